//! `merge`: the merge alone, for any compose files, with docker compose's own rules for variables.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Context, Failure};
use crate::environment::is_secret;
use crate::exit::Exit;
use crate::model::{Found, Options, Scope, Table, Variables, Workshop, check, clean, read_dotenv, settle};
use crate::report::{Diagnostic, Report, Severity, Sources, Span, read, read_optional};
use crate::settings::{Format, Merge};
use crate::yaml::{Entry, Map, Node, Scalar, emit};

const PROJECT_NAME: &str = "COMPOSE_PROJECT_NAME";

pub(super) fn run(context: &Context<'_>, settings: &Merge) -> Result<Exit, Failure> {
    let here = std::env::current_dir()?;
    let files: Vec<PathBuf> = settings.files.iter().map(|file| clean(&here.join(file))).collect();
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let merged = merge(context, settings, &files, &here, &mut sources, &mut report);
    if settings.format == Format::Json {
        context.printer.data(&format!("{:#}\n", crate::terminal::json(&sources, &report)))?;
    } else {
        context.printer.report(&sources, &report, "nothing was written");
    }
    let Some(text) = merged.filter(|_| !report.has_errors()) else { return Ok(Exit::Invalid) };
    match &settings.output {
        None if settings.format == Format::Text => context.printer.data(&text)?,
        None => {}
        Some(path) => fs::write(path, &text).map_err(|error| {
            let problem = format!("cannot write {}: {error}", path.display());
            Failure::new(Exit::Failed, Diagnostic::error("not-written", problem))
        })?,
    }
    if settings.verify {
        super::verify::merged(context, settings, &files, &text)?;
    }
    Ok(Exit::Done)
}

fn merge(
    context: &Context<'_>,
    settings: &Merge,
    files: &[PathBuf],
    here: &Path,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<String> {
    let folder = files.first().and_then(|file| file.parent()).unwrap_or(here);
    let variables = variables(context, settings, folder, here, sources, report)?;
    let scope = Scope::project(&variables, folder);
    let nowhere = Span::new(sources.add("merge", folder, ""), 0..0);
    let mut model = Node::map(Map::new(), nowhere);
    let mut workshop = Workshop::new(sources, report, here);
    for file in files {
        workshop.add_file(&mut model, file, None, &scope);
    }
    workshop.seen.report_unset(&variables, workshop.report);
    if workshop.report.has_errors() {
        return None;
    }
    if model.as_map().is_some_and(Map::is_empty) {
        report.push(Diagnostic::error("empty", "empty compose file").with_help("name a file that has services"));
        return None;
    }
    let exists = |path: &str| clean(&folder.join(path)).exists();
    let profiles = variables.lookup("COMPOSE_PROFILES").map_or("", |found| found.value);
    let profiles: Vec<String> = profiles.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let options = Options { profiles: &profiles, exists: &exists, overlaps: Severity::Warning };
    check(&model, &options, report);
    if let (Some(name), Some(root)) = (&settings.project_name, model.as_map_mut()) {
        let value = Node::scalar(Scalar::text(name.as_str()), nowhere);
        root.insert("name".into(), Entry { key: nowhere, value });
    }
    settle(&mut model);
    Some(emit(&model))
}

/// The process environment over the env files. The project's name is known to docker compose alone, so it stays a
/// reference unless it was given.
struct ComposeVariables {
    values: HashMap<String, String>,
    project_name: Option<String>,
    likely_name: String,
}

impl Variables for ComposeVariables {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        if name == PROJECT_NAME {
            return Some(match &self.project_name {
                Some(value) => Found { value, kept: false },
                None => Found { value: &self.likely_name, kept: true },
            });
        }
        self.values.get(name).map(|value| Found { value, kept: is_secret(name) })
    }
}

fn variables(
    context: &Context<'_>,
    settings: &Merge,
    folder: &Path,
    here: &Path,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<ComposeVariables> {
    let process = context.process;
    let own = process.names().filter_map(|name| Some((name.to_owned(), process.text(name)?.to_owned())));
    let mut table = Table(own.collect());
    let dotenv = folder.join(".env");
    let ids = if settings.env_files.is_empty() {
        vec![read_optional(sources, report, ".env", &dotenv)]
    } else {
        let name = |path: &Path| path.display().to_string();
        settings.env_files.iter().map(|path| read(sources, report, &name(path), &here.join(path))).collect()
    };
    let mut added: HashMap<String, String> = HashMap::new();
    for id in ids.into_iter().flatten() {
        added.extend(read_dotenv(sources, id, &table, report)?);
    }
    for (name, value) in added {
        table.0.entry(name).or_insert(value);
    }
    let folder_name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let likely_name = table.0.get(PROJECT_NAME).cloned().or(folder_name).unwrap_or_default();
    Some(ComposeVariables { values: table.0, project_name: settings.project_name.clone(), likely_name })
}
