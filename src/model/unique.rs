//! Lists in which a thing may stand once: the last one stands, at the place of the first
//! (compose-go 2.9.1 `override/uncity.go`).

use std::collections::HashMap;

use super::merge::Beaten;
use super::short::{ShortVolume, port_identity, port_key};
use crate::yaml::{Kind, Meaning, Node};

/// What makes two items of a list the same thing; nothing: the item is only itself.
type Identity = fn(&Node) -> Option<String>;

/// The lists of a service.
const OF_SERVICE: &[(&[&str], Identity)] = &[
    (&["environment"], name),
    (&["labels"], name),
    (&["annotations"], name),
    (&["build", "args"], name),
    (&["build", "labels"], name),
    (&["build", "additional_contexts"], name),
    (&["build", "tags"], name),
    (&["cap_add"], name),
    (&["cap_drop"], name),
    (&["deploy", "labels"], name),
    (&["dns"], name),
    (&["dns_opt"], name),
    (&["dns_search"], name),
    (&["links"], name),
    (&["profiles"], name),
    (&["sysctls"], name),
    (&["tmpfs"], name),
    (&["volumes"], mount),
    (&["devices"], device),
    (&["ports"], port),
    (&["expose"], text),
    (&["secrets"], secret),
    (&["configs"], config),
    (&["env_file"], env_file),
];

/// The lists of one of a service's networks.
const OF_ATTACHMENT: &[(&[&str], Identity)] = &[(&["aliases"], name), (&["link_local_ips"], name)];

/// The lists of a network.
const OF_NETWORK: &[(&[&str], Identity)] = &[(&["labels"], name), (&["ipam", "options"], name)];

/// Whether each thing may stand once in the list at a path of a service.
pub(super) fn is_unique(path: &[&str]) -> bool {
    let is_attachment = |name: &str| OF_ATTACHMENT.iter().any(|(list, _)| *list == [name]);
    match path {
        ["networks", _, name] => is_attachment(name),
        path => OF_SERVICE.iter().any(|(list, _)| *list == path),
    }
}

/// Makes the lists of a service unique.
pub(super) fn unique_service(service: &mut Node, beaten: &mut Beaten) {
    unique_by(OF_SERVICE, service, beaten);
    if let Some(networks) = service.get_mut("networks").and_then(Node::as_map_mut) {
        for attachment in networks.values_mut() {
            unique_by(OF_ATTACHMENT, &mut attachment.value, beaten);
        }
    }
}

/// Drops what a document says twice to the letter. docker compose does that before it reads the short syntax, so that
/// `8080:80, 0.0.0.0:8080:80, 8080:80` ends with the second.
pub(super) fn unique_texts(document: &mut Node, beaten: &mut Beaten) {
    let Some(services) = document.get_mut("services").and_then(Node::as_map_mut) else { return };
    for entry in services.values_mut() {
        unique_by(&[(&["ports"], text)], &mut entry.value, beaten);
    }
}

/// Makes the lists of a network unique.
pub(super) fn unique_network(network: &mut Node, beaten: &mut Beaten) {
    unique_by(OF_NETWORK, network, beaten);
}

fn unique_by(table: &[(&[&str], Identity)], node: &mut Node, beaten: &mut Beaten) {
    for (path, identity) in table {
        let found = path.iter().try_fold(&mut *node, |node, key| node.get_mut(key));
        if let Some(Node { kind: Kind::List(items), .. }) = found
            && items.len() > 1
        {
            unique(items, *identity, beaten);
        }
    }
}

fn unique(items: &mut Vec<Node>, identity: Identity, beaten: &mut Beaten) {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(items.len());
    let mut kept: Vec<Node> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let place = identity(&item).map(|identity| *places.entry(identity).or_insert(kept.len()));
        match place.and_then(|place| kept.get_mut(place)) {
            Some(there) => {
                beaten.push((item.span, there.span));
                *there = item;
            }
            None => kept.push(item),
        }
    }
    *items = kept;
}

fn text(item: &Node) -> Option<String> {
    item.as_word().map(str::to_owned)
}

fn name(item: &Node) -> Option<String> {
    let text = item.as_text()?;
    Some(text.split_once('=').map_or(text, |(name, _)| name).to_owned())
}

fn mount(item: &Node) -> Option<String> {
    match &item.kind {
        Kind::Scalar(_) => Some(ShortVolume::parse(item.as_text()?).target.to_owned()),
        _ => item.get("target").and_then(text),
    }
}

fn device(item: &Node) -> Option<String> {
    match &item.kind {
        Kind::Scalar(_) => {
            let mut parts = item.as_text()?.split(':');
            let source = parts.next()?;
            Some(parts.next().unwrap_or(source).to_owned())
        }
        _ => item.get("target").and_then(text),
    }
}

/// A `published` that is a YAML number never equals the text of it: docker compose compares it as `%!s(int=…)`.
fn port(item: &Node) -> Option<String> {
    let word = |key: &str| item.get(key).and_then(Node::as_word).unwrap_or_default();
    match &item.kind {
        Kind::Scalar(_) => port_key(item.as_word()?),
        _ if item.as_map()?.values().any(|entry| entry.value.as_scalar().is_none()) => None,
        _ => {
            let number = item
                .get("published")
                .and_then(Node::as_scalar)
                .is_some_and(|published| matches!(published.meaning(), Meaning::Int(_)));
            let published = if number { format!("int {}", word("published")) } else { word("published").to_owned() };
            Some(port_identity(word("host_ip"), &published, word("target"), word("protocol")))
        }
    }
}

fn secret(item: &Node) -> Option<String> {
    granted(item, "/run/secrets/")
}

fn config(item: &Node) -> Option<String> {
    granted(item, "/")
}

fn granted(item: &Node, folder: &str) -> Option<String> {
    match &item.kind {
        Kind::Scalar(_) => Some(format!("{folder}{}", item.as_text()?)),
        _ => match item.get("target").and_then(text) {
            Some(target) => Some(target),
            None => Some(format!("{folder}{}", item.get("source").and_then(text)?)),
        },
    }
}

fn env_file(item: &Node) -> Option<String> {
    match &item.kind {
        Kind::Scalar(_) => text(item),
        _ => item.get("path").and_then(text),
    }
}
