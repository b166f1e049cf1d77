//! Copies of values, as aliases and merge keys see them.

use super::node::{Entry, Kind, Node};

/// The value as its aliases see it: what is under `!reset` inside it was taken out where it was written, what is under
/// `!override` acts at every place (measured with docker compose 2.40.3). A tag on the value itself stays.
pub(super) fn copied(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Scalar(scalar) => Kind::Scalar(scalar.clone()),
        Kind::List(items) => Kind::List(items.iter().filter(|item| !is_reset(item)).map(copied).collect()),
        Kind::Map(map) => Kind::Map(
            map.iter()
                .filter(|(_, entry)| !is_reset(&entry.value))
                .map(|(key, entry)| (key.clone(), Entry { key: entry.key, value: copied(&entry.value) }))
                .collect(),
        ),
    };
    Node { kind, tag: node.tag.clone(), span: node.span }
}

/// A copy in which no tag is left.
pub(super) fn untagged(node: &Node) -> Node {
    let mut copy = copied(node);
    strip(&mut copy);
    copy
}

fn strip(node: &mut Node) {
    node.tag = None;
    match &mut node.kind {
        Kind::Scalar(_) => {}
        Kind::List(items) => items.iter_mut().for_each(strip),
        Kind::Map(map) => map.values_mut().for_each(|entry| strip(&mut entry.value)),
    }
}

/// Whether it clears what stands before.
pub(super) fn is_tagged(node: &Node) -> bool {
    matches!(node.tag.as_deref(), Some("!reset" | "!override"))
}

/// Whether it is only there to clear what stands before.
pub(super) fn is_reset(node: &Node) -> bool {
    node.tag.as_deref() == Some("!reset")
}

/// How many values it is made of.
pub(super) fn count(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Scalar(_) => 0,
        Kind::List(items) => items.iter().map(count).sum(),
        Kind::Map(map) => map.values().map(|entry| count(&entry.value)).sum(),
    }
}
