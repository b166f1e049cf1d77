//! Secrets that are written out in fragments: a warning, and nothing that is shown of a deployment.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::environment::HIDDEN;
use crate::report::{
    Diagnostic, Report, Sources, Span, is_secret_name, is_secret_value, is_switch_value, secret_assignment,
};
use crate::yaml::{Kind, Map, Node, Piece, Scalar};

/// Where people write values of their own, below a service or a resource.
const PLACES: [&[&str]; 8] = [
    &["environment"],
    &["build", "args"],
    &["command"],
    &["entrypoint"],
    &["healthcheck", "test"],
    &["labels"],
    &["logging", "options"],
    &["driver_opts"],
];

/// A secret that is written out.
pub(super) struct Literal<'m> {
    /// The service or resource.
    owner: &'m str,
    /// Where below it: `environment`.
    place: &'static [&'static str],
    /// The key it stands under, or its number in a list.
    key: String,
    node: &'m Node,
}

/// Finds the secrets that are written out in a model.
pub(super) fn literals(model: &Node) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    for section in ["services", "volumes", "networks"] {
        for (owner, entry) in model.get(section).and_then(Node::as_map).into_iter().flat_map(Map::iter) {
            for (key, entry) in entry.value.as_map().into_iter().flat_map(Map::iter) {
                let place = PLACES.into_iter().find(|place| place[0] == &**key);
                let node = place.and_then(|place| Some((place, entry.value.find(&place[1..])?)));
                node.into_iter().for_each(|(place, node)| in_place(owner, place, node, &mut found));
            }
        }
    }
    found
}

fn in_place<'m>(owner: &'m str, place: &'static [&'static str], node: &'m Node, found: &mut Vec<Literal<'m>>) {
    let mut add = |key: String, node| found.push(Literal { owner, place, key, node });
    match &node.kind {
        Kind::Map(map) => {
            for (key, entry) in map {
                let Some(text) = entry.value.as_scalar().map(written_out) else { continue };
                let is_named = || is_secret_name(key) && !is_switch_value(&text);
                if is_named() || is_secret_value(&text) {
                    add(key.to_string(), &entry.value);
                }
            }
        }
        Kind::List(items) => {
            // `--password`, and what it is in the next item.
            let mut is_next = false;
            for (number, item) in items.iter().enumerate() {
                let Some(text) = item.as_scalar().map(written_out) else { continue };
                if is_secret_value(&text) || is_next && !is_switch_value(&text) && !text.starts_with('-') {
                    let key = text.split_once('=').map_or_else(|| number.to_string(), |(key, _)| key.to_owned());
                    add(key, item);
                }
                is_next = text.strip_prefix('-').is_some_and(is_secret_name);
            }
        }
        Kind::Scalar(scalar) if is_secret_value(&written_out(scalar)) => add(String::new(), node),
        Kind::Scalar(_) => {}
    }
}

/// What is written out of a text: all but the references to variables.
fn written_out(scalar: &Scalar) -> Cow<'_, str> {
    match &scalar.template {
        // What was read of a deployment on disk.
        None if !scalar.interpolated && scalar.text.contains("${") => {
            let mut parts = scalar.text.split("${");
            let first = parts.next().unwrap_or_default().to_owned();
            Cow::Owned(parts.fold(first, |text, part| text + part.split_once('}').map_or(part, |(_, rest)| rest)))
        }
        None => Cow::Borrowed(&scalar.text),
        Some(pieces) => {
            let text = |piece: &Piece| if let Piece::Text(text) = piece { text.clone() } else { String::new() };
            Cow::Owned(pieces.iter().map(text).collect())
        }
    }
}

/// Warns of secrets that are written out, and hides them wherever their lines are drawn.
pub(super) fn warn(model: &Node, sources: &mut Sources, report: &mut Report) {
    let found = literals(model);
    let Some(first) = found.first() else { return };
    for literal in &found {
        let span = literal.node.span;
        let inner = secret_assignment(sources.slice(span));
        let hidden = inner.map_or(span, |range| {
            let start = span.start as usize;
            Span::new(span.source, start + range.start..start + range.end)
        });
        sources.mask(hidden);
    }
    let title = match found.len() {
        1 => format!("a secret of `{}` is written out in a fragment", first.owner),
        number => format!("{number} secrets are written out in fragments"),
    };
    let mut problem = Diagnostic::warning("literal-secret", title);
    let mut seen = HashSet::new();
    for span in found.iter().map(|literal| literal.node.span) {
        if seen.insert(span) {
            problem = problem.at(span, "");
        }
    }
    report.push(
        problem
            .with_note("whoever may read the fragments, or `compose.yaml`, reads it")
            .with_help("write `NAME: ${NAME}`, and `NAME=…` in env.custom; `# secret` behind it marks one by hand"),
    );
}

/// A model as it may be shown, without the secrets that are written out in it.
#[must_use]
pub fn without_literals(model: &Node) -> Node {
    without_literals_since(model, None)
}

/// The same; one that is another than in `before` says so.
pub(super) fn without_literals_since(model: &Node, before: Option<&Node>) -> Node {
    let texts = |model| -> HashMap<_, _> {
        let named = |literal: Literal<'_>| {
            let text = literal.node.as_scalar().map_or_else(String::new, |scalar| scalar.text.clone());
            ((literal.owner.to_owned(), literal.place, literal.key), text)
        };
        literals(model).into_iter().map(named).collect()
    };
    let known = before.map(texts);
    let shown = |literal: Literal<'_>| {
        let text = literal.node.as_scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
        let old = known.as_ref().and_then(|known| known.get(&(literal.owner.to_owned(), literal.place, literal.key)));
        let hidden = if old.is_some_and(|old| old != text) { "*** (another one)" } else { HIDDEN };
        let shown = match secret_assignment(text) {
            Some(range) => format!("{}{hidden}{}", &text[..range.start], &text[range.end..]),
            None => hidden.to_owned(),
        };
        ((literal.node.span, text.to_owned()), shown)
    };
    let shown: HashMap<(Span, String), String> = literals(model).into_iter().map(shown).collect();
    let mut copy = model.clone();
    if !shown.is_empty() {
        replace(&mut copy, &shown);
    }
    copy
}

fn replace(node: &mut Node, shown: &HashMap<(Span, String), String>) {
    match &mut node.kind {
        Kind::Map(map) => map.values_mut().for_each(|entry| replace(&mut entry.value, shown)),
        Kind::List(items) => items.iter_mut().for_each(|item| replace(item, shown)),
        Kind::Scalar(scalar) => {
            if let Some(text) = shown.get(&(node.span, scalar.text.clone())) {
                *scalar = Scalar::text(text.as_str());
            }
        }
    }
}
