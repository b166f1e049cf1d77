//! `--verify`: docker compose itself is asked whether it reads the merged file as it reads what was merged.

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::Value;

use super::merge::Merged;
use crate::app::{Context, Failure};
use crate::deployment::Configured;
use crate::docker::{Command, Input};
use crate::exit::Exit;
use crate::files;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources};
use crate::settings::Merge;
use crate::yaml::{Entry, Kind, Map, Meaning, Node, Scalar, emit, parse};

/// Attributes in which a deployment differs from its fragments on purpose: edges to services that are left out, and
/// service env files that are looked up. Both sides get ours.
const OURS: [&str; 3] = ["depends_on", "links", "env_file"];

/// Asks about a merged file, where it was written; about one that was printed, in the folder of the first file.
pub(super) fn merged(context: &Context<'_>, settings: &Merge, merged: &Merged) -> Result<(), Failure> {
    let scratch = tempfile::tempdir()?;
    let mut before: Vec<OsString> = vec!["-p".into(), settings.project_name.as_deref().unwrap_or("verify").into()];
    for file in &settings.env_files {
        before.extend(["--env-file".into(), file.into()]);
    }
    let mut after = before.clone();
    after.extend(merged.env_file.iter().flat_map(|file| ["--env-file".into(), file.into()]));
    let result = match &settings.output {
        Some(path) if path.is_file() => path.clone(),
        _ => {
            let result = scratch.path().join("compose.yaml");
            files::create(&result, &merged.text, 0o600)?;
            after.extend(["--project-directory".into(), merged.folder.clone().into()]);
            result
        }
    };
    let before = Side { options: &before, files: &merged.files, input: merged.input.as_deref() };
    compare(context, &before, &Side { options: &after, files: &[result], input: None })
}

/// Asks about a deployment that is not written yet.
pub(super) fn configured(context: &Context<'_>, project: &Project, configured: &Configured) -> Result<(), Failure> {
    let scratch = tempfile::tempdir()?;
    let place = |name: &str, text: &str| -> Result<PathBuf, Failure> {
        let path = scratch.path().join(name);
        files::create(&path, text, 0o600)?;
        Ok(path)
    };
    let env_file = place("env", &configured.env_text)?;
    let result = place("compose.yaml", &configured.compose_text)?;
    let mut files: Vec<PathBuf> = configured.selection.chosen.iter().map(|fragment| fragment.path.clone()).collect();
    for (number, text) in configured.overlays.iter().enumerate() {
        files.push(place(&format!("overlay-{number}.yaml"), text)?);
    }
    let overrides = [project.custom().join("override.yml"), project.root().join("override.yml")];
    files.extend(overrides.into_iter().filter(|path| path.is_file()));
    files.push(place("ours.yaml", &ours(&configured.model))?);
    let options: Vec<OsString> = vec![
        "--project-directory".into(),
        project.root().into(),
        "--env-file".into(),
        env_file.into(),
        "-p".into(),
        configured.project_name.as_str().into(),
    ];
    let side = |files| Side { options: &options, files, input: None };
    compare(context, &side(&files), &side(&[result]))
}

/// A last file that gives the fragments' side our edges and env files.
fn ours(model: &Node) -> String {
    let services = model.get("services").and_then(Node::as_map);
    let settled = |entry: &Entry| {
        let attribute = |name: &str| match entry.value.get(name) {
            Some(value) => Node { tag: Some("!override".into()), ..value.clone() },
            None => Node { tag: Some("!reset".into()), ..Node::scalar(Scalar::plain("null"), entry.key) },
        };
        let map = OURS.iter().map(|name| ((*name).into(), Entry { key: entry.key, value: attribute(name) }));
        Node::map(map.collect(), entry.key)
    };
    let services: Map = services
        .into_iter()
        .flatten()
        .map(|(name, entry)| (name.clone(), Entry { key: entry.key, value: settled(entry) }))
        .collect();
    let root = Map::from_iter([("services".into(), Entry { key: model.span, value: Node::map(services, model.span) })]);
    emit(&Node::map(root, model.span))
}

/// Files as docker compose is asked about them.
struct Side<'a> {
    options: &'a [OsString],
    files: &'a [PathBuf],
    /// What stands for the file `-`.
    input: Option<&'a str>,
}

fn compare(context: &Context<'_>, before: &Side<'_>, after: &Side<'_>) -> Result<(), Failure> {
    let before = reading(context, before)?;
    let after = reading(context, after)?;
    let mut differences = Vec::new();
    collect(&before, &after, "", &mut differences);
    if differences.is_empty() {
        context.printer.good("docker compose reads both sides the same.");
        return Ok(());
    }
    let mut problem = Diagnostic::error("verify", "docker compose reads the merged file otherwise than its parts");
    for difference in differences.iter().take(10) {
        problem = problem.with_note(difference);
    }
    Err(Failure::new(Exit::Failed, problem.with_help("this is a fault of ours: please report it with the files")))
}

fn reading(context: &Context<'_>, side: &Side<'_>) -> Result<Value, Failure> {
    let input = side.input.map_or(Input::Nothing, |text| Input::Bytes(text.as_bytes().to_vec()));
    let mut command = Command::new("docker").arg("compose").args(side.options.to_vec()).input(input);
    for file in side.files {
        command = command.arg("-f").arg(file);
    }
    // It cannot print every project as JSON: `build.ssh` with a key is an error there.
    let captured = context.runner.capture(&command.arg("config"))?;
    if !captured.ended.well() {
        let problem = Diagnostic::error("verify", "docker compose does not read it").with_note(captured.complaint());
        return Err(Failure::new(Exit::Failed, problem));
    }
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let id = sources.add("docker compose config", "", String::from_utf8_lossy(&captured.stdout));
    let document = parse(&sources, id, &mut report).and_then(|documents| documents.into_iter().next());
    let Some(document) = document else {
        let problem = Diagnostic::error("verify", "what docker compose prints cannot be read");
        return Err(Failure::new(Exit::Failed, problem));
    };
    let mut reading = value(&document);
    if let Some(sections) = reading.as_object_mut() {
        // What overlays say to us (advice) is taken out of the deployment, and says nothing to docker compose.
        sections.remove("x-lapstrake");
    }
    Ok(reading)
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Map(map) => map.iter().map(|(key, entry)| (key.to_string(), value(&entry.value))).collect(),
        Kind::List(items) => items.iter().map(value).collect(),
        Kind::Scalar(scalar) => match scalar.meaning() {
            Meaning::Null => Value::Null,
            Meaning::Bool(value) => value.into(),
            Meaning::Text(text) => text.into(),
            // Both sides are printed by one program: a number has one spelling.
            _ => scalar.text.as_str().into(),
        },
    }
}

/// The places in which two readings differ. Values are not told: they may be secret.
fn collect(before: &Value, after: &Value, path: &str, out: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(one), Value::Object(two)) => {
            for key in one.keys().chain(two.keys().filter(|key| !one.contains_key(*key))) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match (one.get(key), two.get(key)) {
                    (Some(one), Some(two)) => collect(one, two, &path, out),
                    (Some(_), None) => out.push(format!("{path} is lost")),
                    _ => out.push(format!("{path} is new")),
                }
            }
        }
        _ if before == after => {}
        _ => out.push(format!("{path} differs")),
    }
}
