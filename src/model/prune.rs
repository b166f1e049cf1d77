//! Leaving services out: ways to them are dropped and said, and what nobody uses any more goes too.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::report::{Diagnostic, Report, Span};
use crate::yaml::{Kind, Map, Node};

/// Attributes that name services and can do without one of them.
const SOFT: [&str; 2] = ["depends_on", "links"];

/// Attributes that cannot do without the service they name.
const HARD: [&str; 5] = ["network_mode", "ipc", "pid", "volumes_from", "uts"];

/// Drops the ways to services that are not in the model. `left_out` says where a service went, for the message.
///
/// `required: false` would not help: docker compose refuses a dependency on a service it does not know all the same.
pub fn drop_edges(model: &mut Node, left_out: &dyn Fn(&str) -> Option<String>, report: &mut Report) {
    let Some(services) = model.get_mut("services").and_then(Node::as_map_mut) else { return };
    let there: HashSet<Box<str>> = services.keys().cloned().collect();
    let mut dropped: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, entry) in services {
        for attribute in SOFT {
            let Some(node) = entry.value.get_mut(attribute) else { continue };
            for target in drop_missing(node, attribute, &there, left_out) {
                dropped.entry(target).or_default().push(name.to_string());
            }
            if is_empty(node) {
                entry.value.as_map_mut().map(|map| map.shift_remove(attribute));
            }
        }
        for attribute in HARD {
            for (target, span) in entry.value.get(attribute).map(hard_targets).unwrap_or_default() {
                if !there.contains(target.as_str())
                    && let Some(why) = left_out(&target)
                {
                    report.push(needed(name, attribute, &target, &why, span));
                }
            }
        }
    }
    for (target, names) in dropped {
        let why = left_out(&target).unwrap_or_default();
        report.push(Diagnostic::note(
            "edge-dropped",
            format!("`{target}` is left out ({why}): not waited for by {}", names.join(", ")),
        ));
    }
}

/// Removes the targets that are known to be left out; a target that nobody knows stays, for the check to say so.
fn drop_missing(
    node: &mut Node,
    attribute: &str,
    there: &HashSet<Box<str>>,
    left_out: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut dropped = Vec::new();
    let mut stays = |target: &str| {
        let target = if attribute == "links" { target.split(':').next().unwrap_or(target) } else { target };
        if there.contains(target) || left_out(target).is_none() {
            return true;
        }
        dropped.push(target.to_owned());
        false
    };
    match &mut node.kind {
        Kind::Map(map) => map.retain(|target, _| stays(target)),
        Kind::List(items) => items.retain(|item| item.as_word().is_none_or(&mut stays)),
        Kind::Scalar(_) => {}
    }
    dropped
}

fn is_empty(node: &Node) -> bool {
    node.as_map().is_some_and(Map::is_empty) || node.as_list().is_some_and(<[Node]>::is_empty)
}

/// The services that a hard attribute names: `service:x`, or the items of `volumes_from`.
fn hard_targets(node: &Node) -> Vec<(String, Span)> {
    match &node.kind {
        Kind::List(items) => items
            .iter()
            .filter_map(|item| {
                let text = item.as_text().filter(|text| !text.starts_with("container:"))?;
                Some((text.split(':').next().unwrap_or(text).to_owned(), item.span))
            })
            .collect(),
        _ => node
            .as_text()
            .and_then(|text| text.strip_prefix("service:"))
            .map(|target| vec![(target.to_owned(), node.span)])
            .unwrap_or_default(),
    }
}

fn needed(name: &str, attribute: &str, target: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::error("needed-service", format!("`{name}` cannot do without `{target}`, which is left out"))
        .at(span, format!("`{attribute}` needs it"))
        .with_note(format!("`{target}`: {why}"))
        .with_help(format!("bring `{target}` back, or leave `{name}` out too"))
}

/// Removes networks, volumes, secrets and configs that no service names.
pub fn drop_unused(model: &mut Node) {
    let used = used_names(model);
    for (section, names) in used {
        let Some(map) = model.get_mut(section).and_then(Node::as_map_mut) else { continue };
        map.retain(|name, _| names.contains(name));
        if map.is_empty() {
            model.as_map_mut().map(|root| root.shift_remove(section));
        }
    }
}

fn used_names(model: &Node) -> [(&'static str, HashSet<Box<str>>); 4] {
    let mut networks = HashSet::new();
    let mut volumes = HashSet::new();
    let mut secrets = HashSet::new();
    let mut configs = HashSet::new();
    let services = model.get("services").and_then(Node::as_map);
    for service in services.into_iter().flat_map(Map::values).map(|entry| &entry.value) {
        match service.get("networks").map(|networks| &networks.kind) {
            Some(Kind::Map(map)) => networks.extend(map.keys().cloned()),
            _ if service.get("network_mode").is_none() => drop(networks.insert("default".into())),
            _ => {}
        }
        volumes.extend(items(service, &["volumes"]).filter_map(volume_name));
        secrets.extend(items(service, &["secrets"]).chain(items(service, &["build", "secrets"])).filter_map(source));
        configs.extend(items(service, &["configs"]).filter_map(source));
    }
    [("networks", networks), ("volumes", volumes), ("secrets", secrets), ("configs", configs)]
}

fn items<'n>(service: &'n Node, path: &[&str]) -> impl Iterator<Item = &'n Node> {
    service.find(path).and_then(Node::as_list).into_iter().flatten()
}

fn volume_name(item: &Node) -> Option<Box<str>> {
    match item.as_text() {
        Some(text) => super::short::ShortVolume::parse(text).source.map(Into::into),
        None => item.get("source").and_then(Node::as_word).map(Into::into),
    }
}

fn source(item: &Node) -> Option<Box<str>> {
    item.as_text().or_else(|| item.get("source").and_then(Node::as_word)).map(Into::into)
}
