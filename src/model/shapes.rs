//! One value in two spellings: the shapes that docker compose gives an attribute, and how to get from one to the other.

use crate::report::Span;
use crate::yaml::{Entry, Kind, Map, Meaning, Node, Piece, Scalar, Style};

/// Brings a value into its one shape.
type Shape = fn(Node) -> Node;

/// The attributes of a service that are brought into one shape after every document (compose-go's `transform`), as far
/// as later documents or `!reset` can see the difference. What is left as written docker compose shapes when it loads.
const SHAPES: &[(&[&str], Shape)] = &[
    (&["build"], build),
    (&["build", "ssh"], keys_and_values),
    (&["build", "additional_contexts"], keys_and_values),
    (&["depends_on"], dependencies),
    (&["networks"], names),
    (&["models"], names),
    (&["dns"], items),
    (&["env_file"], items),
    (&["label_file"], items),
    (&["gpus"], gpus),
];

/// Brings a service's attributes into docker compose's shape.
pub(super) fn shape_service(service: &mut Node) {
    for (path, shape) in SHAPES {
        let found = path.iter().try_fold(&mut *service, |node, key| node.get_mut(key));
        if let Some(node) = found {
            replace_with(node, shape);
        }
    }
}

/// Brings the old `external: {name: n}` of a network, volume, secret or config into the new form. Two different names
/// are handed back: docker compose refuses them.
pub(super) fn shape_external(resource: &mut Node) -> Option<(Span, Span)> {
    let old = resource.get("external").filter(|external| external.as_map().is_some())?;
    let (span, inner) = (old.span, old.get("name").cloned());
    *resource.get_mut("external")? = Node::scalar(Scalar::plain("true"), span);
    let (map, inner) = (resource.as_map_mut()?, inner?);
    match map.get("name") {
        None => {
            map.insert("name".into(), Entry { key: inner.span, value: inner });
            None
        }
        Some(name) if name.value.means_the_same(&inner) => None,
        Some(name) => Some((inner.span, name.value.span)),
    }
}

/// Puts what `make` makes of a node in its place.
pub(super) fn replace_with(node: &mut Node, make: impl FnOnce(Node) -> Node) {
    let hollow = Node { kind: Kind::List(Vec::new()), tag: None, span: node.span };
    let value = std::mem::replace(node, hollow);
    *node = make(value);
}

/// A text as a list of one.
pub(super) fn items(node: Node) -> Node {
    match node.kind {
        Kind::Scalar(_) if !node.is_null() => {
            let span = node.span;
            Node::list(vec![node], span)
        }
        _ => node,
    }
}

/// A text as the context of a build.
pub(super) fn build(node: Node) -> Node {
    match node.kind {
        Kind::Scalar(_) if !node.is_null() => {
            let span = node.span;
            Node::map(Map::from_iter([("context".into(), Entry { key: span, value: node })]), span)
        }
        _ => node,
    }
}

/// A list of service names as a mapping to `condition: service_started`.
pub(super) fn dependencies(node: Node) -> Node {
    named(node, |span| {
        let word = |text| Entry { key: span, value: Node::scalar(Scalar::plain(text), span) };
        let entries = [("condition".into(), word("service_started")), ("required".into(), word("true"))];
        Node::map(Map::from_iter(entries), span)
    })
}

/// A list of names as a mapping to nothing.
pub(super) fn names(node: Node) -> Node {
    named(node, |span| Node::scalar(Scalar::plain(""), span))
}

fn named(node: Node, value: impl Fn(Span) -> Node) -> Node {
    let Kind::List(list) = &node.kind else { return node };
    let entry = |item: &Node| Some((item.as_word()?.into(), Entry { key: item.span, value: value(item.span) }));
    match list.iter().map(entry).collect::<Option<Map>>() {
        Some(map) => Node::map(map, node.span),
        None => node,
    }
}

fn gpus(node: Node) -> Node {
    if node.as_text() != Some("all") {
        return node;
    }
    let span = node.span;
    let all = Node::map(Map::from_iter([("count".into(), Entry { key: span, value: node })]), span);
    Node::list(vec![all], span)
}

/// A mapping as a list of `KEY=VALUE`; a key without value is the key alone, one with a list a line for each item.
pub(super) fn sequence(node: Node) -> Node {
    let span = node.span;
    match node.kind {
        Kind::Map(map) => {
            let mut lines = Vec::with_capacity(map.len());
            for (key, entry) in &map {
                match &entry.value.kind {
                    Kind::List(values) => lines.extend(values.iter().map(|value| line(key, entry.key, value))),
                    _ => lines.push(line(key, entry.key, &entry.value)),
                }
            }
            // docker compose sorts what it makes of a mapping. That shows only where one name has several lines.
            if map.iter().any(|(key, entry)| key.contains('=') || entry.value.as_list().is_some()) {
                lines.sort_by(|one, other| one.as_text().cmp(&other.as_text()));
            }
            Node::list(lines, span)
        }
        _ => items(node),
    }
}

/// docker compose prints what is no single value in Go's own form, `map[…]`: here it stays for the schema to refuse.
fn line(key: &str, key_span: Span, value: &Node) -> Node {
    if value.as_scalar().is_none() {
        return value.clone();
    }
    let span = if value.span.source == key_span.source && value.span.start >= key_span.start {
        key_span.to(value.span)
    } else {
        key_span
    };
    let mut scalar = Scalar::text(key);
    if let Some(value) = value.as_scalar().filter(|_| !value.is_null()) {
        scalar.text = format!("{key}={}", go_text(value));
        scalar.template = value.template.as_ref().map(|pieces| {
            let mut line = vec![Piece::Text(format!("{key}="))];
            line.extend(pieces.iter().cloned());
            Box::new(line)
        });
    }
    Node::scalar(scalar, span)
}

/// A list of `KEY=VALUE` as a mapping, where every key is plain text, not empty, and stands once.
pub(super) fn keys_and_values(node: Node) -> Node {
    let Kind::List(list) = &node.kind else { return node };
    let mut map = Map::with_capacity(list.len());
    for item in list {
        let Some((key, value)) = split_line(item).filter(|(key, _)| !key.is_empty()) else { return node };
        if map.insert(key, Entry { key: item.span, value }).is_some() {
            return node;
        }
    }
    Node::map(map, node.span)
}

fn split_line(item: &Node) -> Option<(Box<str>, Node)> {
    let scalar = item.as_scalar().filter(|scalar| scalar.is_text() || matches!(scalar.meaning(), Meaning::Text(_)))?;
    let Some((key, value)) = scalar.text.split_once('=') else {
        return scalar
            .template
            .is_none()
            .then(|| (scalar.text.as_str().into(), Node::scalar(Scalar::plain(""), item.span)));
    };
    let template = match scalar.template.as_deref() {
        None => None,
        Some(pieces) => match pieces.split_first() {
            Some((Piece::Text(first), rest)) => {
                let mut value = vec![Piece::Text(first.split_once('=')?.1.to_owned())];
                value.extend(rest.iter().cloned());
                Some(Box::new(value))
            }
            _ => return None,
        },
    };
    let value = Scalar { text: value.to_owned(), style: Style::Plain, template, interpolated: true };
    Some((key.into(), Node::scalar(value, item.span)))
}

/// What Go prints for a scalar with `%v`: the text that docker compose makes of a number or a bool.
pub(super) fn go_text(scalar: &Scalar) -> String {
    match scalar.meaning() {
        Meaning::Bool(value) => value.to_string(),
        Meaning::Int(value) => value.to_string(),
        Meaning::Float(value) => go_float(value),
        Meaning::Null => String::new(),
        Meaning::Text(_) | Meaning::Timestamp => scalar.text.clone(),
    }
}

/// Go's shortest form: with an exponent below 1e-4 and from 1e6 on, of two digits at least (measured).
fn go_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let short = format!("{value:e}");
    let (mantissa, exponent) = short.split_once('e').unwrap_or((&short, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_texts_that_go_prints() {
        for (text, expected) in [
            ("1.50", "1.5"),
            ("0022", "18"),
            ("1e5", "100000"),
            ("1234567.0", "1.234567e+06"),
            ("0.00001", "1e-05"),
            ("True", "true"),
            ("1_000", "1000"),
        ] {
            assert_eq!(go_text(&Scalar::plain(text)), expected);
        }
    }
}
