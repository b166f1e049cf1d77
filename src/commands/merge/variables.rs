//! The variables of `merge`: those of the process over those of env files, chosen as docker compose chooses them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::app::Context;
use crate::environment::is_secret;
use crate::model::{Beneath, Found, Table, Variables, read_dotenv, relative};
use crate::report::{Diagnostic, Report, SourceId, Sources, read_lossy};
use crate::settings::Merge;

const PROJECT_NAME: &str = "COMPOSE_PROJECT_NAME";
const ENV_FILES: &str = "COMPOSE_ENV_FILES";
const DISABLED: &str = "COMPOSE_DISABLE_ENV_FILE";

/// The process environment over the env files. The project's name is known to docker compose alone, so it stays a
/// reference unless it was given.
pub(super) struct ComposeVariables {
    values: HashMap<String, String>,
    /// Names that only the env files set.
    from_files: HashSet<String>,
    project_name: Option<String>,
    likely_name: String,
    place_to_set: String,
    /// The `.env` beside the first file, where it was read.
    pub(super) default_file: Option<PathBuf>,
}

impl Variables for ComposeVariables {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        if name == PROJECT_NAME {
            return Some(match &self.project_name {
                Some(value) => Found { value, kept: false },
                None => Found { value: &self.likely_name, kept: true },
            });
        }
        // Bytes that are no UTF-8 can be written by docker compose only.
        let kept = |value: &str| is_secret(name) || value.contains(char::REPLACEMENT_CHARACTER);
        self.values.get(name).map(|value| Found { value, kept: kept(value) })
    }

    fn place_to_set(&self) -> String {
        self.place_to_set.clone()
    }
}

impl ComposeVariables {
    /// Reads the env files that were named, else those of `COMPOSE_ENV_FILES`, else `.env` in `folder`.
    pub(super) fn read(
        context: &Context<'_>,
        settings: &Merge,
        (folder, here): (&Path, &Path),
        sources: &mut Sources,
        report: &mut Report,
    ) -> Option<Self> {
        let process = context.process;
        let own = process.names().filter_map(|name| Some((name.to_owned(), process.text(name)?.to_owned())));
        let mut table = Table(own.collect());
        let named = if settings.env_files.is_empty() { listed(&table) } else { settings.env_files.clone() };
        let shown = |path: &Path| relative(here, path);
        let default = folder.join(".env");
        let mut files: Vec<SourceId> = Vec::new();
        for path in &named {
            files.extend(read_lossy(sources, report, &path.display().to_string(), &here.join(path)));
        }
        let is_default = named.is_empty()
            && !is_disabled(table.0.get(DISABLED), report)
            && is_read((&default, &shown(&default)), report);
        if is_default {
            files.extend(read_lossy(sources, report, &shown(&default), &default));
        }
        // A file sees what the files before it set.
        let mut beneath = Beneath { outer: &table, own: IndexMap::new() };
        for id in files {
            let own = read_dotenv(sources, id, &beneath, report)?;
            beneath.own.extend(own);
        }
        let mut added = beneath.own;
        if is_default && !table.0.contains_key(DISABLED) && is_disabled(added.get(DISABLED), report) {
            added.clear();
        }
        if report.has_errors() {
            return None;
        }
        added.retain(|name, _| !table.0.contains_key(name));
        let from_files = added.keys().cloned().collect();
        table.0.extend(added);
        let folder_name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase());
        let likely_name = table.0.get(PROJECT_NAME).cloned().or(folder_name).unwrap_or_default();
        let place_to_set = named.last().map_or_else(|| shown(&default), |path| path.display().to_string());
        Some(Self {
            values: table.0,
            from_files,
            project_name: settings.project_name.clone(),
            likely_name,
            place_to_set,
            default_file: is_default.then_some(default),
        })
    }

    /// Whether only the env files set a variable.
    pub(super) fn is_from_file(&self, name: &str) -> bool {
        self.from_files.contains(name)
    }
}

fn listed(process: &Table) -> Vec<PathBuf> {
    let names = process.0.get(ENV_FILES).map(String::as_str).unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

/// Whether docker compose reads no `.env` (Go's `ParseBool`).
fn is_disabled(value: Option<&String>, report: &mut Report) -> bool {
    match value.map(String::as_str) {
        None | Some("0" | "f" | "F" | "false" | "FALSE" | "False") => false,
        Some("1" | "t" | "T" | "true" | "TRUE" | "True") => true,
        Some(other) => {
            let problem =
                Diagnostic::error("disable-env-file", format!("{DISABLED} is `{other}`, neither true nor false"));
            report.push(problem.with_help("write `1` or `0`, or unset it"));
            false
        }
    }
}

/// Whether there is a file to read. docker compose ignores a folder, and a link to a file that does not exist.
fn is_read((path, name): (&Path, &str), report: &mut Report) -> bool {
    if path.symlink_metadata().is_err() {
        return false;
    }
    let what = match path.metadata() {
        Ok(metadata) if metadata.is_dir() => "a folder",
        Ok(_) => return true,
        Err(_) => "a link to a file that does not exist",
    };
    let problem = format!("{name} is {what}: docker compose ignores it");
    report.push(Diagnostic::warning("env-file", problem));
    false
}
