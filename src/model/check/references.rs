//! What a service names: other services, and networks, volumes, secrets, configs and models of the top level.

use super::super::graph::{Bond, Edge, attachments, edges};
use super::super::short::ShortVolume;
use super::{Project, section};
use crate::report::{Diagnostic, Report, Span, nearest};
use crate::yaml::Node;

/// Checks what a service names.
pub(super) fn check(project: &Project<'_>, name: &str, service: &Node, report: &mut Report) {
    for edge in edges(service) {
        // A service that is left out was spoken of when the ways to it were dropped.
        if !project.active.contains_key(edge.to) && !report.blames(edge.span) {
            undefined_service(project, name, &edge).into_iter().for_each(|problem| report.push(problem));
        }
    }
    let networks = attachments(service).into_iter().filter(|(network, _)| *network != "default");
    let sections = [
        ("networks", "network", networks.collect()),
        ("volumes", "volume", volumes(service)),
        ("secrets", "secret", granted(service.get("secrets"))),
        ("secrets", "build secret", granted(service.find(&["build", "secrets"]))),
        ("configs", "config", granted(service.get("configs"))),
        ("models", "model", names(service.get("models"))),
    ];
    for (key, what, named) in sections {
        for (target, span) in named {
            if project.model.find(&[key, target]).is_none() {
                report.push(undefined(project, name, (key, what), target, span));
            }
        }
    }
}

/// A service that is named and not there, or not with these profiles.
fn undefined_service(project: &Project<'_>, name: &str, edge: &Edge<'_>) -> Option<Diagnostic> {
    let attribute = edge.bond.attribute();
    let Some((_, entry)) = section(project.model, "services").find(|(other, _)| *other == edge.to) else {
        let near = nearest(edge.to, project.active.keys().copied());
        return Some(
            Diagnostic::error(
                "undefined-service",
                format!("service `{name}` depends on undefined service `{}`", edge.to),
            )
            .at(edge.span, format!("`{attribute}` names it"))
            .with_nearest(near),
        );
    };
    if !edge.required {
        return None;
    }
    let place = entry.value.get("profiles").map_or(entry.key, |profiles| profiles.span);
    let problem = format!("service `{name}` depends on `{}`, whose profiles are not active", edge.to);
    let problem = Diagnostic::error("inactive-service", problem)
        .at(edge.span, format!("`{attribute}` names it"))
        .at(place, "it is there only with one of these profiles");
    Some(match edge.bond {
        Bond::DependsOn => problem.with_help("activate one of the profiles, or write `required: false`"),
        _ => problem.with_help("activate one of the profiles"),
    })
}

fn undefined(project: &Project<'_>, name: &str, (key, what): (&str, &str), target: &str, span: Span) -> Diagnostic {
    let near = nearest(target, section(project.model, key).map(|(known, _)| known));
    let problem = Diagnostic::error("undefined", format!("service `{name}` refers to undefined {what} `{target}`"))
        .at(span, format!("no such {what}"));
    match near {
        Some(_) => problem.with_nearest(near),
        None => problem.with_help(format!("declare it under `{key}:`, beside `services:`")),
    }
}

/// Named volumes. A source that is a path or nothing is not one.
fn volumes(service: &Node) -> Vec<(&str, Span)> {
    let items = service.get("volumes").and_then(Node::as_list).unwrap_or_default();
    items.iter().filter_map(named_volume).collect()
}

fn named_volume(item: &Node) -> Option<(&str, Span)> {
    if let Some(text) = item.as_text() {
        let volume = ShortVolume::parse(text);
        return volume.source.filter(|_| !volume.is_bind()).map(|source| (source, item.span));
    }
    let source = item.get("source").filter(|_| item.get("type").and_then(Node::as_text) == Some("volume"))?;
    source.as_text().filter(|text| !text.is_empty()).map(|text| (text, source.span))
}

/// Secrets or configs that are mounted.
fn granted(grants: Option<&Node>) -> Vec<(&str, Span)> {
    let items = grants.and_then(Node::as_list).unwrap_or_default();
    items.iter().filter_map(grant).collect()
}

fn grant(item: &Node) -> Option<(&str, Span)> {
    match (item.as_text(), item.as_map()) {
        (Some(text), _) => Some((text, item.span)),
        (None, Some(map)) => Some(
            map.get("source")
                .map_or(("", item.span), |source| (source.value.as_text().unwrap_or(""), source.value.span)),
        ),
        _ => None,
    }
}

/// The names in a list, or the keys of a mapping.
fn names(value: Option<&Node>) -> Vec<(&str, Span)> {
    let Some(value) = value else { return Vec::new() };
    let items = value.as_list().unwrap_or_default().iter().filter_map(|item| Some((item.as_text()?, item.span)));
    items.chain(value.as_map().into_iter().flatten().map(|(name, entry)| (&**name, entry.key))).collect()
}
