//! What may stand in a compose file, as a table, and the check that walks a model along it.
//!
//! docker compose checks the merged model after every document, so that every prefix of the files must be valid; so do
//! we, but only what the document touched. Some notations (durations, sizes) it reads when everything is merged.

mod common;
mod deploy;
mod notation;
mod number;
mod service;
mod shape;
mod short;
mod top;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::notation::{Cast, Notation};
use self::shape::{Keys, Others, Shape};
use self::top::FILE;
use crate::report::{Diagnostic, Report, nearest};
use crate::yaml::{Entry, Map, Meaning, Node, Scalar, TEMPLATE_ADVICE, Trail, looks_like_a_template};

pub(super) use self::number::{bool, number, size};
pub(super) use self::short::{Ports, range};

/// Checks the entries of the model that `touched` names too: services, networks, … by name, other sections as a whole.
///
/// `touched` is a document as it was merged, its `extends` and `include` resolved; only its outline is looked at.
pub(super) fn check(model: &Node, touched: &Node, report: &mut Report) {
    let mut walk = Walk { report, late: false };
    let (Some(model), Some(touched)) = (model.as_map(), touched.as_map()) else { return };
    for (key, entry) in touched {
        let trail = Trail::root(key);
        let Some(shape) = FILE.get(key) else {
            walk.unknown(&FILE, None, key, entry);
            continue;
        };
        let Some(section) = model.get(key) else { continue };
        match (shape, entry.value.as_map(), section.value.as_map()) {
            (Shape::Named(_) | Shape::Mapping(_), Some(names), Some(members)) => {
                let members = names.keys().filter_map(|name| members.get_key_value(name));
                walk.members(shape, members, &trail);
            }
            // Nothing over a section keeps it, but docker compose refuses it for services all the same.
            (Shape::Named(_), None, Some(_)) if &**key == "services" => walk.check(shape, &entry.value, &trail),
            _ => walk.check(shape, &section.value, &trail),
        }
    }
}

/// Checks the notations that docker compose reads when everything is merged, in the whole model.
pub(super) fn check_values(model: &Node, report: &mut Report) {
    let Some(map) = model.as_map() else { return };
    let mut walk = Walk { report, late: true };
    for (key, entry) in map {
        if let Some(shape) = FILE.get(key) {
            walk.check(shape, &entry.value, &Trail::root(key));
        }
    }
}

struct Walk<'a> {
    report: &'a mut Report,
    /// Whether everything is merged: then the late notations are read, and nothing else is said again.
    late: bool,
}

impl Walk<'_> {
    fn check(&mut self, shape: &'static Shape, node: &Node, trail: &Trail<'_>) {
        if self.report.is_full() {
            return;
        }
        if !shape.takes(node) {
            return self.refuse_sort(shape, node, trail);
        }
        match (shape, node.as_map(), node.as_list()) {
            (Shape::Word(words), ..) => self.word(words, node, trail),
            (Shape::Cast(cast, shape), ..) => self.cast(*cast, shape, node, trail),
            (Shape::Written(_, notation), ..) if !self.late => self.notation(notation, node, trail),
            (Shape::Late(shape, notation), ..) => {
                self.check(shape, node, trail);
                if self.late {
                    self.notation(notation, node, trail);
                }
            }
            (Shape::OneOf(shapes), ..) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.takes(node)) {
                    self.check(shape, node, trail);
                }
            }
            (Shape::List(item), _, Some(items)) => self.items(item, items, trail),
            (Shape::Set(item), _, Some(items)) => {
                self.items(item, items, trail);
                if !self.late {
                    self.distinct(items, trail);
                }
            }
            (Shape::Keys(keys), Some(map), _) => self.keys(keys, node, map, trail),
            (Shape::Named(_) | Shape::Mapping(_) | Shape::Filled(_), Some(map), _) => {
                self.members(shape, map.iter(), trail);
            }
            (Shape::Newer(shape), ..) => {
                self.newer(node, trail);
                self.check(shape, node, trail);
            }
            _ => {}
        }
    }

    fn members<'a>(
        &mut self,
        shape: &'static Shape,
        members: impl Iterator<Item = (&'a Box<str>, &'a Entry)>,
        trail: &Trail<'_>,
    ) {
        let (Shape::Named(inner) | Shape::Mapping(inner) | Shape::Filled(inner)) = shape else { return };
        for (name, entry) in members {
            if matches!(shape, Shape::Filled(_)) && name.is_empty() {
                self.push(
                    Diagnostic::error("empty-key", format!("`{trail}` has an empty key"))
                        .at(entry.key, "docker compose takes no empty key here")
                        .with_help("give it a name, or remove the line"),
                );
            }
            if matches!(shape, Shape::Named(_)) && !is_name(name) {
                self.push(
                    Diagnostic::error("bad-name", format!("`{name}` is no name for one of `{trail}`"))
                        .at(entry.key, "not a name")
                        .with_help("use letters, digits, `.`, `_` and `-`"),
                );
            }
            self.check(inner, &entry.value, &trail.then(name));
        }
    }

    fn keys(&mut self, keys: &'static Keys, node: &Node, map: &Map, trail: &Trail<'_>) {
        for (key, entry) in map {
            match keys.get(key) {
                Some(shape) => self.check(shape, &entry.value, &trail.then(key)),
                None => self.unknown(keys, Some(trail), key, entry),
            }
        }
        for key in keys.required.iter().filter(|key| !map.contains_key(**key)) {
            self.push(
                Diagnostic::error("missing-key", format!("`{trail}` needs `{key}`"))
                    .at(node.span, format!("without `{key}`")),
            );
        }
    }

    fn newer(&mut self, node: &Node, trail: &Trail<'_>) {
        self.push(
            Diagnostic::warning("newer", format!("docker compose 2.40.3 does not know `{trail}`"))
                .at(node.span, "a newer docker compose is needed for it"),
        );
    }

    fn items(&mut self, shape: &'static Shape, items: &[Node], trail: &Trail<'_>) {
        for (at, item) in items.iter().enumerate() {
            self.check(shape, item, &trail.then(&at.to_string()));
        }
    }

    fn distinct(&mut self, items: &[Node], trail: &Trail<'_>) {
        let mut seen: HashMap<(bool, &str), &Node> = HashMap::with_capacity(items.len());
        for item in items {
            let Some(scalar) = item.as_scalar() else { continue };
            let text = matches!(scalar.meaning(), Meaning::Text(_));
            let Some(first) = seen.insert((text, &scalar.text), item) else { continue };
            self.push(
                Diagnostic::error("twice", format!("`{trail}` has the same item twice"))
                    .at(item.span, "here again")
                    .at(first.span, "first here")
                    .with_help("remove one of them: docker compose takes no item twice in this list"),
            );
        }
    }

    fn cast(&mut self, cast: Cast, shape: &'static Shape, node: &Node, trail: &Trail<'_>) {
        let Some(text) = node.as_text() else { return self.check(shape, node, trail) };
        let converted = match cast.convert(text) {
            Some(Meaning::Bool(value)) => value.to_string(),
            Some(Meaning::Int(value)) => value.to_string(),
            Some(_) => text.to_owned(),
            None => return self.refuse_sort(shape, node, trail),
        };
        self.check(shape, &Node::scalar(Scalar { text: converted, ..Scalar::plain("") }, node.span), trail);
    }

    fn word(&mut self, words: &'static [&'static str], node: &Node, trail: &Trail<'_>) {
        let Some(text) = node.as_text().filter(|text| !words.contains(text)) else { return };
        let near = nearest(text, words.iter().copied());
        self.push(
            Diagnostic::error("wrong-value", format!("`{trail}` must be {}", Shape::Word(words).wants()))
                .at(node.span, "not one of these")
                .with_nearest(near),
        );
    }

    fn notation(&mut self, notation: &'static Notation, node: &Node, trail: &Trail<'_>) {
        let Some(why) = (notation.refuse)(node) else { return };
        let secret = node.as_scalar().is_some_and(|scalar| scalar.template.is_some());
        let label = if why.is_empty() || secret { format!("not {}", notation.called) } else { why };
        let problem = Diagnostic::error("wrong-value", format!("`{trail}` must be {}", notation.called));
        let is_template = node.as_text().is_some_and(looks_like_a_template);
        let advice = if is_template { TEMPLATE_ADVICE } else { notation.advice };
        self.push_late(problem.at(node.span, label).with_help(advice));
    }

    fn refuse_sort(&mut self, shape: &Shape, node: &Node, trail: &Trail<'_>) {
        let problem = Diagnostic::error("wrong-type", format!("`{trail}` must be {}", shape.wants()))
            .at(node.span, format!("{} here", node.sort()));
        let quoted = Node::scalar(Scalar::quoted(""), node.span);
        let quotes_help = node.as_scalar().is_some() && !node.is_null() && node.as_text().is_none();
        self.push(if quotes_help && shape.takes(&quoted) && !matches!(shape, Shape::Cast(..)) {
            problem.with_help("put it in quotes to make it a text")
        } else {
            problem
        });
    }

    fn unknown(&mut self, keys: &Keys, trail: Option<&Trail<'_>>, key: &str, entry: &Entry) {
        let extensible = keys.others != Others::Refused;
        if keys.others == Others::Any || extensible && key.starts_with("x-") || self.report.is_full() {
            return;
        }
        let place = trail.map_or_else(|| key.to_owned(), |trail| trail.then(key).to_string());
        let near = nearest(key, keys.known.iter().map(|(name, _)| *name));
        let problem = Diagnostic::error("unknown-key", format!("unknown attribute `{place}`"))
            .at(entry.key, "docker compose does not know it");
        let free = extensible && near.is_none();
        let problem = problem.with_nearest(near);
        self.push(if free { problem.with_help("start its name with `x-` to keep it as a note") } else { problem });
    }

    /// Reports what was found out now; when everything is merged, it has been said before.
    fn push(&mut self, problem: Diagnostic) {
        if !self.late {
            self.push_late(problem);
        }
    }

    /// Reports a problem, unless an earlier document led to the same one.
    fn push_late(&mut self, problem: Diagnostic) {
        let place = |problem: &Diagnostic| problem.labels.first().map(|label| label.span);
        let again = |other: &Diagnostic| other.title == problem.title && place(other) == place(&problem);
        if !self.report.is_full() && !self.report.diagnostics().iter().any(again) {
            self.report.push(problem);
        }
    }
}

/// What docker compose takes as the name of a service, volume, secret or config.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
