//! The texts of env files and label files. docker compose reads them when it loads the project.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::super::dotenv::{Beneath, read_dotenv};
use super::super::interpolate::Variables;
use super::{is_active, section};
use crate::report::{Diagnostic, Report, SourceId, Sources, Span, read, read_lossy};
use crate::yaml::{Kind, Node};

/// A file that a service names.
struct Named<'a> {
    attribute: &'static str,
    path: &'a str,
    span: Span,
    is_raw: bool,
}

/// Checks the env files and label files of the active services that are there. What is missing is another check's.
pub fn check_texts(
    model: &Node,
    profiles: &[String],
    (folder, variables): (&Path, &dyn Variables),
    sources: &mut Sources,
    report: &mut Report,
) {
    let mut refused: HashSet<PathBuf> = HashSet::new();
    for (_, entry) in section(model, "services").filter(|(_, entry)| is_active(&entry.value, profiles)) {
        let mut known = Beneath { outer: variables, own: environment(&entry.value) };
        for named in files(&entry.value) {
            let path = folder.join(named.path);
            if named.path.is_empty() || !path.exists() || refused.contains(&path) {
                continue;
            }
            let errors = report.count(crate::report::Severity::Error);
            let read = text(&named, &path, sources, report).and_then(|id| values(&named, id, &known, sources, report));
            if report.count(crate::report::Severity::Error) > errors {
                refused.insert(path);
            }
            known.own.extend(read.into_iter().flatten());
        }
    }
}

/// The values that a service gives itself; they are known to its env files.
fn environment(service: &Node) -> IndexMap<String, String> {
    let Some(environment) = service.get("environment") else { return IndexMap::new() };
    match &environment.kind {
        Kind::Map(map) => {
            map.iter().filter_map(|(name, entry)| Some((name.to_string(), entry.value.as_word()?.to_owned()))).collect()
        }
        Kind::List(items) => items
            .iter()
            .filter_map(|item| item.as_text()?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        Kind::Scalar(_) => IndexMap::new(),
    }
}

fn files(service: &Node) -> impl Iterator<Item = Named<'_>> {
    ["env_file", "label_file"].into_iter().flat_map(move |attribute| {
        let items = service.get(attribute).map(|value| value.as_list().unwrap_or(std::slice::from_ref(value)));
        items.into_iter().flatten().filter_map(move |item| {
            let path = item.get("path").unwrap_or(item);
            let is_raw = item.get("format").and_then(Node::as_text) == Some("raw");
            Some(Named { attribute, path: path.as_text()?, span: path.span, is_raw })
        })
    })
}

fn text(named: &Named<'_>, path: &Path, sources: &mut Sources, report: &mut Report) -> Option<SourceId> {
    if path.is_dir() {
        let problem = format!("`{}` is a folder, and `{}` needs a file", named.path, named.attribute);
        report.push(Diagnostic::error("not-a-file", problem).at(named.span, "it is named here"));
        return None;
    }
    if named.is_raw { read(sources, report, named.path, path) } else { read_lossy(sources, report, named.path, path) }
}

fn values(
    named: &Named<'_>,
    id: SourceId,
    known: &dyn Variables,
    sources: &Sources,
    report: &mut Report,
) -> Option<IndexMap<String, String>> {
    if !named.is_raw {
        return read_dotenv(sources, id, known, report);
    }
    check_raw(sources.text(id), id, report);
    None
}

/// Lines of the raw format: a name, which holds no blank, and perhaps a value, which is not looked at.
fn check_raw(text: &str, id: SourceId, report: &mut Report) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim();
        let name = written.split('=').next().unwrap_or_default();
        if !written.is_empty() && !written.starts_with('#') && (name.is_empty() || name.contains(char::is_whitespace)) {
            let why = if name.is_empty() { "there is no name before the `=`" } else { "a name holds no blank" };
            let at = start + line.len() - line.trim_start().len();
            let span = Span::new(id, at..at + name.len().max(1));
            report.push(Diagnostic::error("env-file", "docker compose cannot read this env file").at(span, why));
            return;
        }
        start += line.len();
    }
}
