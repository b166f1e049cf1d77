//! What docker compose writes out in full when it includes a file. A service that repeats it in short form is another
//! one to it (measured with 2.40.3).

use super::interpolate::Variables;
use super::unique::is_unique;
use crate::yaml::{Kind, Meaning, Node, Scalar};

/// Whether an item or a value stays as it is written.
type Stays = fn(&Node) -> bool;

/// Lists whose items are written out.
const ITEMS: &[(&[&str], Stays)] = &[
    (&["ports"], |port| port.get("mode").is_some() && port.get("protocol").is_some()),
    (&["volumes"], is_long_volume),
    (&["devices"], |device| device.as_map().is_some()),
    (&["configs"], |config| config.as_map().is_some()),
    (&["secrets"], |secret| secret.get("target").is_some()),
    (&["env_file"], |file| file.get("required").is_some()),
    (&["gpus"], is_counted),
    (&["build", "secrets"], |secret| secret.as_map().is_some()),
    (&["deploy", "resources", "reservations", "devices"], is_counted),
    (&["develop", "watch"], |rule| ["ignore", "include"].iter().all(|key| rule.get(key).is_none_or(is_list))),
];

/// Values that are written otherwise.
const VALUES: &[(&[&str], Stays)] =
    &[(&["build", "provenance"], |value| !is_bool(value)), (&["build", "sbom"], |value| !is_bool(value))];

/// The first part of a service that is written in another way when it is included.
pub(super) fn short_form(service: &Node) -> Option<&Node> {
    let item = |(path, stays): &(&[&str], Stays)| service.find(path)?.as_list()?.iter().find(|item| !stays(item));
    let value = |(path, stays): &(&[&str], Stays)| service.find(path).filter(|value| !stays(value));
    let form = ITEMS.iter().find_map(item).or_else(|| VALUES.iter().find_map(value));
    form.or_else(|| empty_list(service, &mut Vec::new()))
}

/// The variable that a secret or config takes its content from, if it is set: docker compose copies the content then.
pub(super) fn content<'n>(resource: &'n Node, variables: &dyn Variables) -> Option<&'n Node> {
    resource.get("environment").filter(|name| name.as_text().is_some_and(|name| variables.lookup(name).is_some()))
}

/// The first empty list that is dropped. One in which each thing may stand once stays.
fn empty_list<'n>(node: &'n Node, path: &mut Vec<&'n str>) -> Option<&'n Node> {
    match &node.kind {
        Kind::List(items) => (items.is_empty() && !is_unique(path)).then_some(node),
        Kind::Map(map) => map.iter().find_map(|(key, entry)| {
            path.push(key);
            let found = empty_list(&entry.value, path);
            path.pop();
            found
        }),
        Kind::Scalar(_) => None,
    }
}

fn is_long_volume(volume: &Node) -> bool {
    let source = volume.get("source").and_then(Node::as_text);
    volume.as_map().is_some() && !source.is_some_and(|source| source.starts_with('~'))
}

fn is_counted(device: &Node) -> bool {
    device.get("count").is_some() || device.get("device_ids").is_some()
}

fn is_list(node: &Node) -> bool {
    node.as_list().is_some()
}

fn is_bool(node: &Node) -> bool {
    matches!(node.as_scalar().map(Scalar::meaning), Some(Meaning::Bool(_)))
}
