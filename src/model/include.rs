//! `include`: another compose project, loaded with its own folder and env file, and copied into the document.

use std::path::{Path, PathBuf};

use super::assemble::{Scope, Workshop, outline};
use super::dotenv::{Beneath, read_dotenv};
use super::expanded::{content, short_form};
use super::interpolate::Variables;
use super::paths::{clean, rebase, relative};
use super::remote;
use crate::report::{Diagnostic, Span};
use crate::yaml::{Entry, Kind, Map, Node, Piece, Scalar};

/// The sections that are copied; a name that is there already must mean the same.
const COPIED: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

/// One entry of `include`.
struct Inclusion {
    paths: Vec<(String, Span)>,
    folder: Option<String>,
    /// None: the `.env` of its folder.
    env_files: Vec<(String, Span)>,
    span: Span,
}

impl Workshop<'_> {
    /// Copies what a document includes into it.
    pub(super) fn include(&mut self, document: &mut Node, path: &Path, scope: &Scope<'_>) {
        let Some(include) = document.as_map_mut().and_then(|map| map.shift_remove("include")) else { return };
        let Some(items) = include.value.as_list() else {
            if !include.value.is_null() {
                let problem = Diagnostic::error("include", "`include` must be a list")
                    .at(include.value.span, include.value.sort());
                self.report.push(problem);
            }
            return;
        };
        let own = outline(document);
        for item in items {
            match inclusion(item) {
                Some(inclusion) => self.include_one(&inclusion, (document, &own), path, scope),
                None => {
                    let problem = if item.is_null() || item.as_map().is_some_and(|map| !map.contains_key("path")) {
                        Diagnostic::warning("include", "this says no path: docker compose includes nothing")
                    } else {
                        Diagnostic::error("include", "docker compose cannot read this")
                    };
                    let label = "a path, or a mapping with `path` (and `project_directory`, `env_file`)";
                    self.report.push(problem.at(item.span, label));
                }
            }
        }
    }

    /// Copies one other project into a document; `own` is what the document has itself.
    fn include_one(
        &mut self,
        inclusion: &Inclusion,
        (document, own): (&mut Node, &Node),
        path: &Path,
        scope: &Scope<'_>,
    ) {
        let Some((first, first_span)) = inclusion.paths.first() else { return };
        let remote = inclusion.paths.iter().find(|(path, _)| remote::is_remote(path, &scope.folder));
        if let Some((address, span)) = remote {
            return self.report.push(remote::refusal(address).at(*span, "it is included here"));
        }
        let main = clean(&scope.folder.join(first));
        let mut chain = scope.chain.clone();
        chain.push(path.to_owned());
        if chain.contains(&main) {
            return self.include_cycle(&chain, &main, *first_span, scope);
        }
        let folder = match &inclusion.folder {
            Some(folder) => clean(&scope.folder.join(folder)),
            None => main.parent().unwrap_or(&main).to_owned(),
        };
        let Some(variables) = self.included_variables(inclusion, &folder, scope) else { return };
        self.scopes += 1;
        let inner = Scope { variables: &variables, folder: folder.clone(), chain, id: self.scopes };
        let mut model = Node::map(Map::new(), inclusion.span);
        for (path, span) in &inclusion.paths {
            self.add_file(&mut model, &clean(&scope.folder.join(path)), Some(*span), &inner);
        }
        // docker compose takes a folder that is not there for a file: paths start where it would lie.
        let start = if folder.is_dir() { &*folder } else { folder.parent().unwrap_or(&folder) };
        let way = relative(&scope.folder, start);
        self.settle_included(&mut model, &way, &variables);
        self.copy_included(model, (document, own), inclusion.span, &variables);
    }

    fn include_cycle(&mut self, chain: &[PathBuf], main: &Path, span: Span, scope: &Scope<'_>) {
        let name = |path: &Path| path.strip_prefix(&scope.folder).unwrap_or(path).display().to_string();
        let mut names: Vec<_> = chain.iter().map(|path| name(path)).collect();
        names.push(name(main));
        self.report.push(
            Diagnostic::error("include-cycle", format!("include cycle detected: {}", names.join(" includes ")))
                .at(span, "this file is already being read"),
        );
    }

    /// The variables of the including project, and beneath them those of the included one's env files.
    fn included_variables<'s>(
        &mut self,
        inclusion: &Inclusion,
        folder: &Path,
        scope: &'s Scope<'_>,
    ) -> Option<Beneath<'s>> {
        let files: Vec<(PathBuf, Option<Span>)> = match inclusion.env_files.as_slice() {
            [] => {
                let dotenv = folder.join(".env");
                if dotenv.is_file() { vec![(dotenv, None)] } else { Vec::new() }
            }
            files => files
                .iter()
                .filter(|(file, _)| file != "/dev/null")
                .map(|(file, span)| (scope.folder.join(file), Some(*span)))
                .collect(),
        };
        let mut variables = Beneath { outer: scope.variables, own: indexmap::IndexMap::new() };
        for (file, span) in files {
            let id = self.env_text(&file, span)?;
            let own = read_dotenv(self.sources, id, &variables, self.report)?;
            if let Some((name, _)) = own.iter().find(|(_, value)| value.contains(char::REPLACEMENT_CHARACTER)) {
                // What is included is written out with its values, and YAML takes no such bytes.
                let file = self.sources.name(id);
                let problem =
                    Diagnostic::error("not-utf8", format!("the value of `{name}` in {file} is not UTF-8 text"));
                self.report.push(problem.with_help("convert the file, for example with `iconv -f latin1 -t utf-8`"));
                return None;
            }
            variables.own.extend(own);
        }
        Some(variables)
    }

    /// What docker compose settles before it copies: defaults and paths by the included folder, and variables that are
    /// only named.
    fn settle_included(&mut self, model: &mut Node, way: &str, variables: &dyn Variables) {
        rebase(model, way, self.report);
        let services = model.get_mut("services").and_then(Node::as_map_mut);
        for entry in services.into_iter().flat_map(Map::values_mut) {
            if let Some(environment) = entry.value.get_mut("environment") {
                settle_environment(environment, variables);
            }
        }
    }

    fn copy_included(
        &mut self,
        model: Node,
        (document, own): (&mut Node, &Node),
        span: Span,
        variables: &dyn Variables,
    ) {
        let Kind::Map(mut model) = model.kind else { return };
        for section in COPIED {
            let Some(Entry { key, value: Node { kind: Kind::Map(from), .. } }) = model.shift_remove(section) else {
                continue;
            };
            let Some(root) = document.as_map_mut() else { return };
            let to = root.entry(section.into()).or_insert_with(|| Entry { key, value: Node::map(Map::new(), span) });
            let Some(to) = to.value.as_map_mut() else { continue };
            for (name, entry) in from {
                match to.get(&name) {
                    None => {
                        to.insert(name, entry);
                    }
                    Some(there) if there.value.means_the_same(&entry.value) => {
                        let is_own = own.find(&[section, &name]).is_some();
                        let differs = match section {
                            _ if !is_own => None,
                            "services" => short_form(&there.value),
                            "secrets" | "configs" => content(&there.value, variables),
                            _ => None,
                        };
                        if let Some(short) = differs {
                            let label = "docker compose writes this out in full in the included file: the two differ";
                            self.report.push(conflict(section, &name).at(short.span, label).with_help(
                                "remove the service here, or write this in the long form that `docker compose config` prints",
                            ));
                        }
                    }
                    Some(there) => self.report.push(
                        conflict(section, &name)
                            .at(there.key, "defined here")
                            .at(entry.key, "and in the file that is included")
                            .with_help("rename one of them, or change it in a later file: overrides may"),
                    ),
                }
            }
        }
    }
}

fn conflict(section: &str, name: &str) -> Diagnostic {
    Diagnostic::error("include-conflict", format!("{section}.{name} conflicts with imported resource"))
}

/// Gives variables that a list only names (`- KEY`) their value, where they have one. In a mapping (`KEY:`) they are
/// left for the project to resolve, as docker compose does it.
fn settle_environment(environment: &mut Node, variables: &dyn Variables) {
    let Kind::List(items) = &mut environment.kind else { return };
    for item in items {
        let Some(name) = item.as_text().filter(|text| !text.contains('=')).map(str::to_owned) else { continue };
        let Some(found) = variables.lookup(&name) else { continue };
        let prefix = format!("{name}=");
        item.kind = Kind::Scalar(Scalar {
            text: format!("{prefix}{}", found.value),
            template: found.kept.then(|| Box::new(vec![Piece::Text(prefix), Piece::Reference(name)])),
            interpolated: true,
            ..Scalar::plain("")
        });
    }
}

fn inclusion(item: &Node) -> Option<Inclusion> {
    let texts = |node: &Node| -> Option<Vec<(String, Span)>> {
        match node.as_list() {
            Some(items) => items.iter().map(|item| Some((item.as_text()?.to_owned(), item.span))).collect(),
            None => Some(vec![(node.as_text()?.to_owned(), node.span)]),
        }
    };
    let span = item.span;
    let is_text = |key: &str| item.get(key).is_none_or(|node| node.is_null() || node.as_text().is_some());
    if item.as_list().is_some() || !is_text("project_directory") {
        return None;
    }
    if item.as_map().is_none() {
        return Some(Inclusion { paths: texts(item)?, folder: None, env_files: Vec::new(), span });
    }
    let folder = item.get("project_directory").and_then(Node::as_text).filter(|folder| !folder.is_empty());
    let folder = folder.map(str::to_owned);
    let env_files = match item.get("env_file").filter(|files| !files.is_null()) {
        Some(files) => texts(files)?,
        None => Vec::new(),
    };
    Some(Inclusion { paths: texts(item.get("path")?)?, folder, env_files, span })
}
