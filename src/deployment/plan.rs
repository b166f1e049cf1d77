//! From layers to a checked deployment, in memory.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{checks, left_out, literals, service_env};
use crate::environment::{Environment, ProcessEnvironment, dotenv, dotenv_line, load};
use crate::fragments::{Disabled, Fragment, Selection, discover, select};
use crate::model::{Beaten, Found, Scope, Variables, Workshop, drop_edges, drop_unused, settle};
use crate::overlays::render;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources, Span};
use crate::yaml::{Entry, Map, Node, Scalar, emit, parse};

/// A deployment that passed every check; nothing is written yet.
#[derive(Debug)]
pub struct Configured {
    /// The variables.
    pub environment: Environment,
    /// The merged model: a mapping of sections.
    pub model: Node,
    /// What was replaced by what, for `explain`.
    pub beaten: Beaten,
    /// The overlays as they were rendered.
    pub overlays: Vec<String>,
    /// The fragments that take part, and those that do not.
    pub selection: Selection,
    /// The name of the docker compose project.
    pub project_name: String,
    /// The project's folder.
    pub root: PathBuf,
    /// Where `.env` goes.
    pub env_file: PathBuf,
    /// What it holds.
    pub env_text: String,
    /// Where `compose.yaml` goes.
    pub compose_file: PathBuf,
    /// What it holds.
    pub compose_text: String,
}

/// The environment as the model sees it, with what the sample says of each name.
struct OfProject<'a> {
    environment: &'a Environment,
    sample: std::cell::OnceCell<crate::environment::Sample>,
    project: &'a Project,
}

impl Variables for OfProject<'_> {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        let own = self.environment.get(name).is_some();
        self.environment.lookup(name).map(|found| Found { value: found.value, kept: found.secret && own })
    }

    fn explanation(&self, name: &str) -> Option<String> {
        let sample = self.sample.get_or_init(|| crate::environment::Sample::read(self.project));
        sample.explanation(name).map(str::to_owned)
    }
}

/// Goes the whole way from layers to a deployment, in memory. Where a stage finds errors, all of that stage are
/// reported and nothing comes back.
pub fn plan(
    project: &Project,
    process: &ProcessEnvironment,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<Configured> {
    let environment = load(project, process, sources, report);
    let disabled = Disabled::read(project, sources, report);
    let fragments = discover(project, report);
    if report.has_errors() {
        return None;
    }
    let switch = |name: &str| environment.get(name).map(|variable| variable.value.as_str());
    let selection = select(fragments, &disabled, switch, report);
    let variables = OfProject { environment: &environment, sample: std::cell::OnceCell::new(), project };
    let Assembled { model, beaten, overlays, read } = assemble(project, &selection, &variables, sources, report)?;
    let project_name = project_name(&environment, &model, project, report)?;
    let model = named(model, &project_name);
    checks::check(&model, &environment, project, report);
    checks::check_variables(&model, &environment, &read, project, report);
    literals::warn(&model, sources, report);
    let env_text = match dotenv(&environment) {
        Ok(text) => text + &choice_of_file(project, &environment),
        Err(problems) => {
            problems.into_iter().for_each(|problem| report.push(problem));
            return None;
        }
    };
    if report.has_errors() {
        return None;
    }
    let root = project.root().to_owned();
    Some(Configured {
        compose_text: compose_text(&model, &selection, project),
        env_text,
        env_file: root.join(".env"),
        compose_file: root.join("compose.yaml"),
        model,
        beaten,
        overlays,
        selection,
        project_name,
        root,
        environment,
    })
}

/// Beside a `docker-compose.yml`, docker compose called by hand says each time that it found two files. Here it is told
/// which one. The path is absolute: 2.26 starts a relative one from the folder it is called in.
fn choice_of_file(project: &Project, environment: &Environment) -> String {
    let beside = ["docker-compose.yml", "docker-compose.yaml"].iter().any(|name| project.root().join(name).exists());
    if !beside || environment.get("COMPOSE_FILE").is_some() {
        return String::new();
    }
    let path = project.root().join("compose.yaml");
    path.to_str().and_then(|path| dotenv_line("COMPOSE_FILE", path)).unwrap_or_default()
}

/// What the fragments, overlays and overrides make together.
struct Assembled {
    model: Node,
    beaten: Beaten,
    overlays: Vec<String>,
    /// The names that YAML, overlays and switches look at.
    read: HashSet<String>,
}

/// Fragments, overlays, overrides: in this order, then what nobody needs any more goes.
fn assemble(
    project: &Project,
    selection: &Selection,
    variables: &OfProject<'_>,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<Assembled> {
    let scope = Scope::project(variables, project.root());
    let nowhere = Span::new(sources.add("compose.yaml", project.root().join("compose.yaml"), ""), 0..0);
    let mut model = Node::map(Map::new(), nowhere);
    let mut workshop = Workshop::new(sources, report, project.root());
    for fragment in &selection.chosen {
        workshop.add_file(&mut model, &fragment.path, None, &scope);
    }
    if workshop.report.has_errors() {
        return None;
    }
    let names = variables.environment.iter().map(|(name, _)| name);
    let (mut model, rendered) = render(project, model, names, variables, workshop.sources, workshop.report);
    for overlay in &rendered {
        for document in parse(workshop.sources, overlay.text, workshop.report).unwrap_or_default() {
            if !document.is_null() {
                workshop.add_document(&mut model, document, &overlay.path, overlay.text, &scope);
            }
        }
    }
    for path in [project.custom().join("override.yml"), project.root().join("override.yml")] {
        if path.symlink_metadata().is_ok() {
            workshop.add_file(&mut model, &path, None, &scope);
        }
    }
    workshop.seen.report_unset(variables, workshop.report);
    let beaten = std::mem::take(&mut workshop.beaten);
    let mut read = std::mem::take(&mut workshop.seen.read);
    read.extend(rendered.iter().flat_map(|overlay| overlay.words.iter().cloned()));
    let left_out = selection.left_out.iter().map(|left_out| &left_out.fragment);
    read.extend(selection.chosen.iter().chain(left_out).map(Fragment::switch));
    let overlays = rendered.iter().map(|overlay| workshop.sources.text(overlay.text).to_owned()).collect();
    if workshop.report.has_errors() {
        return None;
    }
    let left_out = left_out::services(project, selection, variables.environment, sources);
    drop_edges(&mut model, &|name| left_out.get(name).cloned(), report);
    drop_unused(&mut model);
    checks::take_advice(&mut model, report);
    service_env::look_up(&mut model, project);
    settle(&mut model);
    Some(Assembled { model, beaten, overlays, read })
}

fn project_name(environment: &Environment, model: &Node, project: &Project, report: &mut Report) -> Option<String> {
    if let Some(variable) = environment.get("COMPOSE_PROJECT_NAME").filter(|variable| !variable.value.is_empty()) {
        if is_project_name(&variable.value) {
            return Some(variable.value.clone());
        }
        let mut problem = Diagnostic::error("project-name", format!("`{}` cannot be a project's name", variable.value))
            .with_help(
                "COMPOSE_PROJECT_NAME takes small letters, digits, `-` and `_`, and starts with a letter or digit",
            );
        if let Some(span) = variable.origin.span {
            problem = problem.at(span, "set here");
        }
        report.push(problem);
        return None;
    }
    let written = model.get("name").and_then(Node::as_word).map(str::to_owned);
    let folder = || project.root().file_name().map(|name| name.to_string_lossy().into_owned());
    let name = normalized(&written.or_else(folder)?);
    if name.is_empty() {
        report.push(
            Diagnostic::error("project-name", "the project has no name")
                .with_help("set COMPOSE_PROJECT_NAME in env.custom"),
        );
        return None;
    }
    Some(name)
}

fn is_project_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.chars().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || matches!(each, '-' | '_'))
}

/// docker compose's way with a name from a file or a folder: small letters, and nothing it does not know.
fn normalized(name: &str) -> String {
    let known = |each: &char| each.is_ascii_lowercase() || each.is_ascii_digit() || matches!(each, '-' | '_');
    let name: String = name.to_lowercase().chars().filter(known).collect();
    name.trim_start_matches(['-', '_']).to_owned()
}

/// The model with the project's name in front.
fn named(model: Node, name: &str) -> Node {
    let span = model.span;
    let mut root =
        Map::from_iter([("name".into(), Entry { key: span, value: Node::scalar(Scalar::text(name), span) })]);
    if let crate::yaml::Kind::Map(sections) = model.kind {
        root.extend(sections.into_iter().filter(|(section, _)| &**section != "name"));
    }
    Node::map(root, span)
}

/// What every `compose.yaml` of ours begins with.
pub(super) const FIRST_LINE: &str = "# Written by lapstrake:";

fn compose_text(model: &Node, selection: &Selection, project: &Project) -> String {
    head(selection, project) + &emit(model)
}

fn head(selection: &Selection, project: &Project) -> String {
    let mut text =
        format!("{FIRST_LINE} change the fragments, overlays or overrides instead, and configure again.\n#\n");
    let mut add = |path: &Path| text.push_str(&format!("#   {}\n", project.name_of(path)));
    selection.chosen.iter().for_each(|fragment| add(&fragment.path));
    for path in [project.custom().join("override.yml"), project.root().join("override.yml")] {
        if path.is_file() {
            add(&path);
        }
    }
    text.push('\n');
    text
}
