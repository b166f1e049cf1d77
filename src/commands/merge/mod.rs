//! `merge`: the merge alone, for any compose files, with docker compose's own rules for variables.

mod moved;
mod variables;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::files::{self, FileError};
use crate::model::{
    Options, Scope, Variables, Workshop, check, check_texts, clean, is_remote, rebase, relative, remote_refusal, settle,
};
use crate::report::{Diagnostic, Report, Severity, SourceId, Sources, Span, read_stream};
use crate::settings::{Format, Merge};
use crate::yaml::{Entry, Map, Node, Scalar, emit};

use variables::ComposeVariables;

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// What was merged.
pub(super) struct Merged {
    /// The text of the result.
    pub(super) text: String,
    /// The files, `-` as it was given.
    pub(super) files: Vec<PathBuf>,
    /// What was read from standard input.
    pub(super) input: Option<String>,
    /// The folder that relative paths start from: that of the first file.
    pub(super) folder: PathBuf,
    /// The `.env` of that folder, where it was read.
    pub(super) env_file: Option<PathBuf>,
}

pub(super) fn run(context: &Context<'_>, settings: &Merge) -> Result<Exit, Failure> {
    let here = std::env::current_dir()?;
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let merged = merge(context, settings, &here, &mut sources, &mut report);
    if settings.format == Format::Json {
        context.printer.data(&format!("{:#}\n", crate::terminal::json(&sources, &report)))?;
    } else {
        context.printer.report(&sources, &report, "nothing was written");
    }
    let Some(merged) = merged.filter(|_| !report.has_errors()) else { return Ok(Exit::Invalid) };
    match &settings.output {
        None if settings.format == Format::Text => context.printer.data(&merged.text)?,
        None => {}
        Some(path) => write(path, &merged.text).map_err(|error| {
            let problem = format!("cannot write {}: {error}", path.display());
            Failure::new(Exit::Failed, Diagnostic::error("not-written", problem))
        })?,
    }
    if settings.verify {
        super::verify::merged(context, settings, &merged)?;
    }
    Ok(Exit::Done)
}

/// A file is replaced as a whole; a pipe or a terminal is written to.
fn write(path: &Path, text: &str) -> Result<(), FileError> {
    match path.metadata() {
        Ok(there) if !there.is_file() => {
            let opened = fs::File::options().write(true).open(path);
            let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| FileError::new("write", path, error))
        }
        _ => files::replace(path, text, 0o644),
    }
}

fn merge(
    context: &Context<'_>,
    settings: &Merge,
    here: &Path,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<Merged> {
    let is_input = |file: &&PathBuf| file.as_os_str() == STANDARD_INPUT;
    let first = settings.files.iter().find(|file| !is_input(file)).map(|file| clean(&here.join(file)));
    let folder = first.as_deref().and_then(Path::parent).unwrap_or(here).to_owned();
    let variables = ComposeVariables::read(context, settings, (&folder, here), sources, report)?;
    let scope = Scope::project(&variables, &folder);
    let nowhere = Span::new(sources.add("merge", &folder, ""), 0..0);
    let mut model = Node::map(Map::new(), nowhere);
    let input =
        if settings.files.iter().any(|file| is_input(&file)) { Some(standard_input(sources, report)?) } else { None };
    let mut workshop = Workshop::new(sources, report, here);
    let mut unread = input;
    for file in &settings.files {
        if is_input(&file) {
            // docker compose finds nothing there the second time.
            if let Some(source) = unread.take() {
                workshop.add_text(&mut model, &folder.join(STANDARD_INPUT), source, &scope);
            }
        } else if let Some(address) = file.to_str().filter(|file| is_remote(file, here)) {
            workshop.report.push(remote_refusal(address));
        } else {
            workshop.add_file(&mut model, &clean(&here.join(file)), None, &scope);
        }
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
    check_texts(&model, &profiles, (&folder, &variables), sources, report);
    if let (Some(name), Some(root)) = (&settings.project_name, model.as_map_mut()) {
        let value = Node::scalar(Scalar::text(name.as_str()), nowhere);
        root.insert("name".into(), Entry { key: nowhere, value });
    }
    settle(&mut model);
    if let Some(path) = &settings.output {
        move_to(path, &mut model, &folder, here, &variables, report);
    }
    let input = input.map(|source| sources.text(source).to_owned());
    let files = settings.files.clone();
    Some(Merged { text: emit(&model), files, input, folder, env_file: variables.default_file })
}

/// Has the relative paths start from the folder that the result is written to.
fn move_to(
    output: &Path,
    model: &mut Node,
    folder: &Path,
    here: &Path,
    variables: &ComposeVariables,
    report: &mut Report,
) {
    let output = clean(&here.join(output));
    let there = output.parent().unwrap_or(here);
    if there == folder || output.metadata().is_ok_and(|there| !there.is_file()) {
        return;
    }
    rebase(model, &relative(there, folder), report);
    report.push_all(moved::check(model, variables, &output, here));
}

fn standard_input(sources: &mut Sources, report: &mut Report) -> Option<SourceId> {
    let name = (STANDARD_INPUT, Path::new(STANDARD_INPUT));
    read_stream(sources, report, name, std::io::stdin().lock())
}
