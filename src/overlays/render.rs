//! Rendering the overlays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

use super::bundled;
use super::view::{Values, services};
use crate::files;
use crate::model::Variables;
use crate::project::Project;
use crate::report::{Diagnostic, Report, SourceId, Sources, Span, read};
use crate::yaml::{Node, literal};

/// An overlay's YAML, kept as a text of its own so that problems in it can be shown.
pub struct Rendered {
    /// The text.
    pub text: SourceId,
    /// The template it came from; relative paths in it start from the project all the same.
    pub path: PathBuf,
    /// The words of the template that can be names of variables.
    pub words: Vec<String>,
}

/// Renders every overlay over the same model: none sees what another adds.
///
/// `names` are the variables that templates can see. The model is handed back unchanged.
pub fn render<'e>(
    project: &Project,
    model: Node,
    names: impl Iterator<Item = &'e str>,
    variables: &dyn Variables,
    sources: &mut Sources,
    report: &mut Report,
) -> (Node, Vec<Rendered>) {
    let templates = templates(project, sources, report);
    let model = Arc::new(model);
    let environment = environment(project);
    let context = context! {
        env => Value::from_object(Values::new(names, variables)),
        services => services(Arc::clone(&model)),
    };
    let mut rendered = Vec::new();
    for (id, path) in templates {
        match environment.render_named_str(sources.name(id), sources.text(id), &context) {
            Ok(text) => {
                let name = format!("{} (rendered)", sources.name(id));
                let words = words(sources.text(id)).map(str::to_owned).collect();
                rendered.push(Rendered { text: sources.add(name, &path, text), path, words });
            }
            Err(error) => report.push(failed(sources, id, &error)),
        }
    }
    drop((environment, context));
    (Arc::try_unwrap(model).unwrap_or_else(|shared| (*shared).clone()), rendered)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let part_of_name = |each: char| each.is_ascii_alphanumeric() || each == '_';
    text.split(move |each| !part_of_name(each))
        .filter(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn environment(project: &Project) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    // The default delimiters are always accepted, so there is nothing to fail.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.add_filter("quote", |text: &str| literal(text));
    let root = project.root().to_owned();
    environment.add_function("exists", move |path: &str| root.join(path).exists());
    let root = project.root().to_owned();
    environment.add_function("project_file", move |path: &str| project_file(&root, path));
    environment
}

fn project_file(root: &Path, path: &str) -> Result<String, Error> {
    match files::read_text(&root.join(path)) {
        Ok(text) => Ok(text),
        Err(error) => match bundled::FILES.iter().find(|(name, _)| *name == path) {
            Some((_, text)) => Ok((*text).to_owned()),
            None => Err(Error::new(ErrorKind::InvalidOperation, format!("cannot read `{path}`: {}", error.source))),
        },
    }
}

/// The templates of the project, else the bundled ones, then those in `custom/`.
fn templates(project: &Project, sources: &mut Sources, report: &mut Report) -> Vec<(SourceId, PathBuf)> {
    let own = project.root().join("overlays");
    let mut found = Vec::new();
    if own.is_dir() {
        found.extend(templates_in(&own, project, sources, report));
    } else {
        found.extend(bundled::OVERLAYS.iter().map(|(name, text)| {
            let path = own.join(name);
            (sources.add(format!("overlays/{name}"), &path, *text), path)
        }));
    }
    found.extend(templates_in(&project.custom().join("overlays"), project, sources, report));
    found
}

fn templates_in(
    folder: &Path,
    project: &Project,
    sources: &mut Sources,
    report: &mut Report,
) -> Vec<(SourceId, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_str().is_some_and(|path| path.ends_with(".yml.j2")))
        .collect();
    paths.sort();
    paths.into_iter().filter_map(|path| Some((read(sources, report, &project.name_of(&path), &path)?, path))).collect()
}

fn failed(sources: &Sources, id: SourceId, error: &Error) -> Diagnostic {
    let line = error.line().unwrap_or(1);
    let text = sources.text(id);
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Diagnostic::error("overlay", "this overlay cannot be rendered").at(Span::new(id, start..start + length), detail)
}
