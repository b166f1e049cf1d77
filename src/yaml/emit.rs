//! Tree to text: block style, and every scalar with the spelling and the quotes it came with.
//!
//! A `$` that docker compose must not read as a variable is doubled here, and nowhere else.

use super::node::{Kind, Map, Node, Piece, Scalar, Style};
use super::scalar::needs_quotes;

/// The text of one document whose root is a mapping or a list.
#[must_use]
pub fn emit(node: &Node) -> String {
    let mut out = String::new();
    match &node.kind {
        Kind::Map(map) if !map.is_empty() => entries(map, 0, &mut out),
        Kind::List(list) if !list.is_empty() => items(list, 0, &mut out),
        _ => {
            value(node, 0, &mut out);
        }
    }
    out
}

/// A text as a YAML scalar that is read back as this very string; `$` is doubled.
#[must_use]
pub fn literal(text: &str) -> String {
    double_quoted(&text.replace('$', "$$"))
}

fn entries(map: &Map, indent: usize, out: &mut String) {
    for (key, entry) in map {
        blanks(indent, out);
        out.push_str(&key_text(key));
        out.push(':');
        value(&entry.value, indent, out);
    }
}

fn items(list: &[Node], indent: usize, out: &mut String) {
    for item in list {
        blanks(indent, out);
        out.push('-');
        match &item.kind {
            // The first key stands on the line of the dash, the others below it.
            Kind::Map(map) if !map.is_empty() && item.tag.is_none() => {
                let start = out.len();
                entries(map, indent + 2, out);
                out.replace_range(start..start + indent + 2, " ");
            }
            _ => value(item, indent, out),
        }
    }
}

/// What follows a `:` or a `-`, up to and with the line end.
fn value(node: &Node, indent: usize, out: &mut String) {
    if let Some(tag) = &node.tag {
        out.push(' ');
        out.push_str(tag);
    }
    match &node.kind {
        Kind::Map(map) if map.is_empty() => out.push_str(" {}\n"),
        Kind::List(list) if list.is_empty() => out.push_str(" []\n"),
        Kind::Map(map) => {
            out.push('\n');
            entries(map, indent + 2, out);
        }
        Kind::List(list) => {
            out.push('\n');
            items(list, indent + 2, out);
        }
        Kind::Scalar(scalar) => {
            let text = scalar_text(scalar, indent + 2);
            if !text.is_empty() {
                out.push(' ');
                out.push_str(&text);
            }
            out.push('\n');
        }
    }
}

fn blanks(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn key_text(key: &str) -> String {
    if needs_quotes(key) || key.contains('#') { double_quoted(key) } else { key.to_owned() }
}

fn scalar_text(scalar: &Scalar, indent: usize) -> String {
    let text = written(scalar);
    match scalar.style {
        Style::Plain if scalar.is_text() && needs_quotes(&text) => double_quoted(&text),
        Style::Plain if text.contains('\n') => double_quoted(&text),
        Style::Plain => text,
        Style::Single if text.chars().all(|character| !character.is_control()) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        Style::Literal | Style::Folded => block(&text, indent).unwrap_or_else(|| double_quoted(&text)),
        Style::Single | Style::Double => double_quoted(&text),
    }
}

/// The text as docker compose must find it: references as `${NAME}`, any other `$` doubled where it has been resolved.
fn written(scalar: &Scalar) -> String {
    match &scalar.template {
        Some(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.replace('$', "$$"),
                Piece::Reference(name) => format!("${{{name}}}"),
            })
            .collect(),
        None if scalar.interpolated => scalar.text.replace('$', "$$"),
        None => scalar.text.clone(),
    }
}

/// A `|` block, where the text can be one.
fn block(text: &str, indent: usize) -> Option<String> {
    let body = text.trim_end_matches('\n');
    let printable = |character: char| {
        character == '\n' || (!character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    };
    if body.is_empty() || body.starts_with([' ', '\n']) || !text.chars().all(printable) {
        return None;
    }
    let chomp = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let mut out = format!("|{chomp}");
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            blanks(indent, &mut out);
            out.push_str(line);
        }
    }
    Some(out)
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() || matches!(other, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sources};
    use crate::yaml::parse;

    fn again(text: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/p/a.yml", text);
        let documents = parse(&sources, id, &mut Report::default()).unwrap();
        emit(&documents[0])
    }

    #[test]
    fn spellings_and_quotes_stay() {
        let text = "a: 012\nb: 1.10\nc: \"2024-01-01\"\nd: yes\ne: 0644\nf: 1_000\ng: '#x'\nh:\n  - 22:22\n  - ~\n  - x: 1\n    y:\n      - 2\ni: {}\nj: []\nk:\n";
        assert_eq!(again(text), text);
    }

    #[test]
    fn blocks_keep_their_line_ends() {
        for text in ["a: |\n  x\n   y\n\n  z\nb: 1\n", "a: |-\n  x\n", "a: |+\n  x\n\n\nb: 1\n"] {
            assert_eq!(again(text), text);
        }
    }

    #[test]
    fn what_stays_a_reference_is_written_as_one_and_other_dollars_are_doubled() {
        let mut scalar = Scalar::plain("p$w:secret");
        scalar.interpolated = true;
        scalar.template = Some(Box::new(vec![Piece::Text("p$w:".into()), Piece::Reference("PASSWORD".into())]));
        assert_eq!(scalar_text(&scalar, 0), "p$$w:${PASSWORD}");
    }

    #[test]
    fn a_resolved_value_stays_a_string() {
        let mut scalar = Scalar::plain("5432");
        scalar.interpolated = true;
        assert_eq!(scalar_text(&scalar, 0), "\"5432\"");
        scalar.text = "C:\\x\ty".into();
        assert_eq!(scalar_text(&scalar, 0), "\"C:\\\\x\\ty\"");
    }
}
