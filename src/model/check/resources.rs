//! The top level: where secrets and configs come from, and what may be said of things that others make.

use super::super::schema::bool;
use super::section;
use crate::report::{Diagnostic, Report};
use crate::yaml::{Entry, Node};

/// Checks networks, volumes, secrets and configs, whether anybody uses them or not.
pub(super) fn check(model: &Node, report: &mut Report) {
    for (key, sources) in [("secrets", &["file", "environment"][..]), ("configs", &["file", "environment", "content"])]
    {
        for (name, entry) in section(model, key) {
            source(key, name, entry, sources, report);
        }
    }
    for (name, entry) in section(model, "volumes") {
        external_volume(name, entry, report);
    }
    for key in ["networks", "volumes", "secrets", "configs"] {
        for (name, entry) in section(model, key) {
            external_name(key, name, &entry.value, report);
        }
    }
}

/// Whether it is made by others: `external` as a bool, a text, or the old mapping.
fn is_external(node: &Node) -> bool {
    node.get("external").is_some_and(|external| match external.as_word() {
        Some(word) => bool(word).unwrap_or(false),
        None => external.as_map().is_some(),
    })
}

fn source(key: &str, name: &str, entry: &Entry, sources: &[&str], report: &mut Report) {
    if is_external(&entry.value) {
        return;
    }
    let given: Vec<_> = sources.iter().filter_map(|source| entry.value.as_map()?.get_key_value(*source)).collect();
    let list = sources.iter().map(|source| format!("`{source}`")).collect::<Vec<_>>().join(", ");
    match given.as_slice() {
        // docker compose takes a config that says `external: false` and nothing else.
        [] if key == "configs" && entry.value.get("external").is_some() => {}
        [] => report.push(
            Diagnostic::error("no-source", format!("`{key}.{name}` has no source"))
                .at(entry.key, "where does it come from?")
                .with_help(format!("give it one of {list}, or `external: true`")),
        ),
        [(_, only)] if only.value.as_text() == Some("") && key == "secrets" && given[0].0.as_ref() == "environment" => {
            report.push(
                Diagnostic::error("no-source", format!("`{key}.{name}` names no variable"))
                    .at(only.value.span, "empty"),
            );
        }
        [_] => {}
        [(_, first), rest @ ..] => {
            let problem = Diagnostic::error("two-sources", format!("`{key}.{name}` has more than one source"))
                .at(first.key, "one");
            let problem = rest.iter().fold(problem, |problem, (_, other)| problem.at(other.key, "another"));
            report.push(problem.with_help(format!("keep one of {list}")));
        }
    }
}

fn external_volume(name: &str, entry: &Entry, report: &mut Report) {
    if !is_external(&entry.value) {
        return;
    }
    for (key, other) in entry.value.as_map().into_iter().flatten() {
        if !matches!(&**key, "external" | "name") && !key.starts_with("x-") {
            report.push(
                Diagnostic::error("external", format!("`volumes.{name}` is external, so `{key}` has no say"))
                    .at(other.key, "this is for volumes that docker compose makes")
                    .with_help(format!("remove `{key}`, or `external`")),
            );
        }
    }
}

/// The old `external: {name: …}` beside another `name`.
fn external_name(key: &str, name: &str, node: &Node, report: &mut Report) {
    let (Some(old), Some(new)) = (node.find(&["external", "name"]), node.get("name")) else { return };
    if old.as_word() != new.as_word() {
        report.push(
            Diagnostic::error("external", format!("`{key}.{name}` has two names"))
                .at(old.span, "one")
                .at(new.span, "another")
                .with_help("write `external: true` and keep `name`"),
        );
    }
}
