//! From keys and values in order to a mapping: no key twice, and `<<` resolved as go-yaml does it.

use std::collections::HashMap;

use indexmap::map::Entry as Slot;

use super::copy::{is_reset, is_tagged, untagged};
use super::node::{Entry, Kind, Map, Meaning, Node, Style};
use crate::report::{Diagnostic, Span};

/// What was read, or the problem that ends the reading.
pub(super) type Built<T> = Result<T, Box<Diagnostic>>;

/// A key of a mapping under construction; `<<` is no key of its own.
pub(super) enum Key {
    Own(Box<str>),
    Merge,
}

/// The key that a node is.
pub(super) fn name(key: &Node) -> Built<Key> {
    let refuse = |why: String| {
        Box::new(Diagnostic::error("yaml-key", "a key must be a text").at(key.span, why).with_help("put it in quotes"))
    };
    match &key.kind {
        Kind::Scalar(scalar) if scalar.text == "<<" && scalar.style == Style::Plain => Ok(Key::Merge),
        Kind::Scalar(scalar) => match scalar.meaning() {
            Meaning::Text(text) => Ok(Key::Own(text.into())),
            _ => Err(refuse(format!("docker compose reads this as {}", key.sort()))),
        },
        _ => Err(refuse(format!("this is {}", key.sort()))),
    }
}

/// Checks for keys given twice, then puts the merged keys where `<<` stands; own keys win, then the earlier source.
pub(super) fn assemble(entries: Vec<(Key, Span, Node)>) -> Built<Map> {
    let own = own_keys(&entries)?;
    let mut map = Map::with_capacity(entries.len());
    let mut cleared = Vec::new();
    for (key, span, value) in entries {
        match key {
            Key::Own(name) if is_reset(&value) => cleared.push((name, Entry { key: span, value })),
            Key::Own(name) => {
                map.insert(name, Entry { key: span, value });
            }
            Key::Merge => {
                for (name, entry) in merge_sources(span, value)?.into_iter().flatten() {
                    match map.entry(name) {
                        Slot::Vacant(slot) if !own.contains_key(slot.key()) => {
                            slot.insert(entry);
                        }
                        slot if is_tagged(&entry.value) => cleared.push((slot.key().clone(), entry)),
                        _ => {}
                    }
                }
            }
        }
    }
    // A tag clears what stands before, also where another value takes the place: an own one that of a merged one, or
    // a merged one that of an own `!reset`, which is gone before docker compose merges.
    for (name, entry) in cleared {
        match map.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(mut slot) => {
                slot.get_mut().value.tag.get_or_insert_with(|| "!override".into());
            }
        }
    }
    Ok(map)
}

/// The keys that hide merged ones. A key given twice is refused.
fn own_keys(entries: &[(Key, Span, Node)]) -> Built<HashMap<Box<str>, Span>> {
    let mut own = HashMap::with_capacity(entries.len());
    let mut merge: Option<Span> = None;
    for (key, span, _) in entries {
        let first = match key {
            Key::Own(name) => own.insert(name.clone(), *span),
            Key::Merge => merge.replace(*span),
        };
        if let Some(first) = first {
            return Err(Box::new(
                Diagnostic::error("yaml-duplicate-key", "this mapping has the same key twice")
                    .at(*span, "again here")
                    .at(first, "first here")
                    .with_help("join the two, or remove one"),
            ));
        }
    }
    for (key, _, value) in entries {
        if let Key::Own(name) = key
            && is_reset(value)
        {
            own.remove(name);
        }
    }
    Ok(own)
}

/// The mappings that a merge key at `key` names.
fn merge_sources(key: Span, value: Node) -> Built<Vec<Map>> {
    let refuse = |node: &Node| {
        let problem = Diagnostic::error("yaml-merge-key", "`<<` takes a mapping or a list of mappings");
        let is_elsewhere = node.span.end < key.start;
        Box::new(if is_elsewhere {
            let what = format!("the anchor that it names is {}", node.sort());
            problem.at(key, "merged here").at(node.span, what)
        } else {
            problem
                .at(if node.span.start == node.span.end { key } else { node.span }, format!("this is {}", node.sort()))
        })
    };
    match value.kind {
        Kind::Map(map) => Ok(vec![map]),
        // In a list of sources docker compose does not find the tags.
        Kind::List(items) => items
            .into_iter()
            .map(|item| match untagged(&item).kind {
                Kind::Map(map) => Ok(map),
                _ => Err(refuse(&item)),
            })
            .collect(),
        Kind::Scalar(_) => Err(refuse(&value)),
    }
}
