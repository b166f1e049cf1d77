//! What is checked of a deployment as a whole, before anything is written.

use std::collections::HashSet;

use crate::environment::{Environment, Sample, shadowed, unread, weak};
use crate::files;
use crate::model::{self, Options};
use crate::project::Project;
use crate::report::{Diagnostic, Report, Severity};
use crate::yaml::{Kind, Map, Node, Piece};

use super::service_env::candidates;

/// Turns what overlays advise (`x-lapstrake.advice`) into warnings, and takes it out of the model.
pub(super) fn take_advice(model: &mut Node, report: &mut Report) {
    let roles = model.get_mut("x-lapstrake").and_then(Node::as_map_mut);
    let Some(advice) = roles.and_then(|roles| roles.shift_remove("advice")) else { return };
    for item in advice.value.as_list().into_iter().flatten() {
        let Some(what) = item.get("what").and_then(Node::as_word) else { continue };
        let warning = Diagnostic::warning("advice", what);
        report.push(match item.get("help").and_then(Node::as_word) {
            Some(help) => warning.with_help(help),
            None => warning,
        });
    }
    if model.get("x-lapstrake").and_then(Node::as_map).is_some_and(Map::is_empty) {
        model.as_map_mut().map(|root| root.shift_remove("x-lapstrake"));
    }
}

/// Checks the whole model.
pub(super) fn check(model: &Node, environment: &Environment, project: &Project, report: &mut Report) {
    let services = model.get("services").and_then(Node::as_map);
    if services.is_none_or(Map::is_empty) {
        report.push(
            Diagnostic::error("no-services", "no service is left")
                .with_help("look at `disabled_services`, and at the fragments below `compose/`"),
        );
    }
    for service in services.into_iter().flat_map(Map::values) {
        check_env_files(&service.value, project, report);
        check_mounts(&service.value, project, report);
    }
    let profiles = environment.lookup("COMPOSE_PROFILES").map_or("", |found| found.value);
    let profiles: Vec<String> = profiles.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    // Missing env files were just told, with the places where they were looked for.
    let options = Options { profiles: &profiles, exists: &|_| true, overlaps: Severity::Error };
    model::check(model, &options, report);
}

fn check_env_files(service: &Node, project: &Project, report: &mut Report) {
    for item in service.get("env_file").and_then(Node::as_list).into_iter().flatten() {
        let optional = item.get("required").and_then(Node::as_word) == Some("false");
        let path = if item.as_map().is_some() { item.get("path") } else { Some(item) };
        let Some(text) = path.and_then(Node::as_text) else { continue };
        // docker compose cleans the path as a text before it looks: `e/../x.env` needs no `e`.
        if optional || files::is_usable(&model::clean(&project.root().join(text))) {
            continue;
        }
        let mut problem =
            Diagnostic::error("env-file", format!("there is no env file `{text}`")).at(item.span, "it is named here");
        if let Some(places) = candidates(text, project) {
            let places: Vec<_> = places.iter().map(|place| project.name_of(place)).collect();
            problem = problem.with_note(format!("looked for {}", places.join(", ")));
        }
        report.push(problem);
    }
}

/// The engine takes a mount apart at each `:`, also where one is part of a folder's name.
fn check_mounts(service: &Node, project: &Project, report: &mut Report) {
    for mount in service.get("volumes").and_then(Node::as_list).into_iter().flatten() {
        let Some(source) = model::bind_source(mount) else { continue };
        let path = model::clean(&project.root().join(source));
        if !source.starts_with('~') && path.to_string_lossy().contains(':') {
            report.push(
                Diagnostic::error(
                    "mount",
                    format!("docker cannot mount {}: there is a `:` in its name", path.display()),
                )
                .at(mount.span, "mounted here")
                .with_help("give the folder another name, or mount a volume"),
            );
        }
    }
}

/// Checks the variables against what the model makes of them; `read` are the names that YAML and overlays look at.
pub(super) fn check_variables(
    model: &Node,
    environment: &Environment,
    read: &HashSet<String>,
    project: &Project,
    report: &mut Report,
) {
    let sample = Sample::read(project);
    let elsewhere = read.iter().map(String::as_str).collect();
    unread(environment, &elsewhere, &sample).into_iter().for_each(|problem| report.push(problem));
    let mut kept = HashSet::new();
    references(model, &mut kept);
    shadowed(environment, &|name| kept.contains(name)).into_iter().for_each(|problem| report.push(problem));
    weak(environment, &sample, &|name| kept.contains(name)).into_iter().for_each(|problem| report.push(problem));
}

/// The variables that the deployment refers to.
fn references<'m>(node: &'m Node, found: &mut HashSet<&'m str>) {
    match &node.kind {
        Kind::Map(map) => map.values().for_each(|entry| references(&entry.value, found)),
        Kind::List(items) => items.iter().for_each(|item| references(item, found)),
        Kind::Scalar(scalar) => found.extend(scalar.template.iter().flat_map(|pieces| pieces.iter()).filter_map(
            |piece| {
                if let Piece::Reference(name) = piece { Some(name.as_str()) } else { None }
            },
        )),
    }
}
