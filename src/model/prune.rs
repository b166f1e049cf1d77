//! Leaving services out: ways to them are dropped and said, and what nobody uses any more goes too.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::graph::{Bond, attachments, edges};
use super::short::ShortVolume;
use crate::report::{Diagnostic, Report, Span};
use crate::yaml::{Kind, Map, Node};

/// Why a service is not in the model.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// In words.
    pub why: String,
    /// What decided it.
    pub place: Option<Span>,
}

/// Drops the ways to services that are not in the model. `left_out` says where a service went, for the message; a
/// service that it does not know stays, for the check to say so.
///
/// `required: false` would not help: docker compose refuses a dependency on a service it does not know all the same.
pub fn drop_edges(model: &mut Node, left_out: &dyn Fn(&str) -> Option<LeftOut>, report: &mut Report) {
    let Some(services) = model.get_mut("services").and_then(Node::as_map_mut) else { return };
    let there: HashSet<Box<str>> = services.keys().cloned().collect();
    let mut dropped: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, entry) in services {
        let gone: Vec<(String, Bond, Span, LeftOut)> = edges(&entry.value)
            .into_iter()
            .filter(|edge| !there.contains(edge.to))
            .filter_map(|edge| Some((edge.to.to_owned(), edge.bond, edge.span, left_out(edge.to)?)))
            .collect();
        for (to, bond, span, why) in gone {
            if bond.is_hard() {
                report.push(needed(name, bond, &to, &why, span));
            } else {
                drop_edge(&mut entry.value, bond, span);
                dropped.entry(format!("`{to}` is left out ({})", why.why)).or_default().push(name.to_string());
            }
        }
    }
    for (what, names) in dropped {
        report.push(Diagnostic::note("edge-dropped", format!("{what}: not waited for by {}", names.join(", "))));
    }
}

/// Removes one edge, and the attribute with the last of them.
fn drop_edge(service: &mut Node, bond: Bond, span: Span) {
    let attribute = bond.attribute();
    let Some(node) = service.get_mut(attribute) else { return };
    match &mut node.kind {
        Kind::Map(map) => map.retain(|_, entry| entry.key != span),
        Kind::List(items) => items.retain(|item| item.span != span),
        Kind::Scalar(_) => {}
    }
    let is_empty = node.as_map().is_some_and(Map::is_empty) || node.as_list().is_some_and(<[Node]>::is_empty);
    if is_empty && let Some(map) = service.as_map_mut() {
        map.shift_remove(attribute);
    }
}

fn needed(name: &str, bond: Bond, to: &str, left_out: &LeftOut, span: Span) -> Diagnostic {
    let problem = Diagnostic::error("needed-service", format!("`{name}` cannot do without `{to}`, which is left out"))
        .at(span, format!("`{}` needs it", bond.attribute()));
    let problem = match left_out.place {
        Some(place) => problem.at(place, "left out here"),
        None => problem.with_note(format!("`{to}`: {}", left_out.why)),
    };
    problem.with_help(format!("bring `{to}` back, or leave `{name}` out too"))
}

/// Removes networks, volumes, secrets and configs that no service names.
pub fn drop_unused(model: &mut Node) {
    for (section, names) in used_names(model) {
        let Some(map) = model.get_mut(section).and_then(Node::as_map_mut) else { continue };
        map.retain(|name, _| names.contains(&**name));
        if map.is_empty()
            && let Some(root) = model.as_map_mut()
        {
            root.shift_remove(section);
        }
    }
}

fn used_names(model: &Node) -> [(&'static str, HashSet<String>); 4] {
    let mut used = [HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new()];
    let [networks, volumes, secrets, configs] = &mut used;
    let services = model.get("services").and_then(Node::as_map);
    for service in services.into_iter().flat_map(Map::values).map(|entry| &entry.value) {
        networks.extend(attachments(service).into_iter().map(|(name, _)| name.to_owned()));
        if service.get("networks").is_none() && service.get("network_mode").is_none() {
            networks.insert("default".to_owned());
        }
        volumes.extend(items(service, &["volumes"]).filter_map(volume_name));
        secrets.extend(items(service, &["secrets"]).chain(items(service, &["build", "secrets"])).filter_map(source));
        configs.extend(items(service, &["configs"]).filter_map(source));
    }
    let [networks, volumes, secrets, configs] = used;
    [("networks", networks), ("volumes", volumes), ("secrets", secrets), ("configs", configs)]
}

fn items<'n>(service: &'n Node, path: &[&str]) -> impl Iterator<Item = &'n Node> {
    service.find(path).and_then(Node::as_list).into_iter().flatten()
}

fn volume_name(item: &Node) -> Option<String> {
    match item.as_text() {
        Some(text) => ShortVolume::parse(text).source.map(str::to_owned),
        None => source(item),
    }
}

fn source(item: &Node) -> Option<String> {
    item.as_text().or_else(|| item.get("source").and_then(Node::as_word)).map(str::to_owned)
}
