//! Text to tree. The only file that knows the parser crate.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Mark, Tag};
use indexmap::map::Entry as Slot;

use super::node::{Entry, Kind, Map, Meaning, Node, Scalar, Style};
use crate::report::{Diagnostic, Report, SourceId, Sources, Span};

/// How many nodes aliases may add to one file. Real files stay far below; an alias bomb doubles with every line.
const MOST_ALIASED_NODES: usize = 250_000;

/// Reads every document of a text; whatever is wrong with it is reported, and then `None` comes back.
///
/// Aliases become copies, merge keys (`<<`) are resolved as go-yaml does it: own keys win, then the earlier source.
pub fn parse(sources: &Sources, id: SourceId, report: &mut Report) -> Option<Vec<Node>> {
    let text = sources.text(id);
    let mut builder = Builder { id, text, events: Parser::new_from_str(text), anchors: HashMap::new(), copied: 0 };
    match builder.stream() {
        Ok(documents) => Some(documents),
        Err(problem) => {
            report.push(*problem);
            None
        }
    }
}

type Built<T> = Result<T, Box<Diagnostic>>;
type Tagged<'a> = Option<std::borrow::Cow<'a, Tag>>;

struct Builder<'a> {
    id: SourceId,
    text: &'a str,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    copied: usize,
}

/// A key of a mapping under construction; `<<` is no key of its own.
enum Key {
    Own(Box<str>),
    Merge,
}

impl<'a> Builder<'a> {
    fn stream(&mut self) -> Built<Vec<Node>> {
        let mut documents = Vec::new();
        loop {
            match self.next()? {
                (Event::DocumentStart(..), _) => {
                    self.anchors.clear();
                    let (event, mark) = self.next()?;
                    documents.push(self.node(event, mark)?);
                }
                (Event::StreamEnd, _) => return Ok(documents),
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Built<(Event<'a>, Mark)> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.malformed(&error)),
            None => Ok((Event::StreamEnd, Mark::default())),
        }
    }

    fn span(&self, mark: Mark) -> Span {
        Span::new(self.id, mark.byte_range().unwrap_or(0..0))
    }

    fn malformed(&self, error: &ScanError) -> Box<Diagnostic> {
        let at = error.marker().byte_offset().unwrap_or(0);
        let words = error.info();
        let help = if words.contains("tab") { "indent with blanks: YAML takes no tabs there" } else { "" };
        let problem = Diagnostic::error("yaml", "this is not YAML").at(Span::new(self.id, at..at + 1), words);
        Box::new(if help.is_empty() { problem } else { problem.with_help(help) })
    }

    fn node(&mut self, event: Event<'a>, mark: Mark) -> Built<Node> {
        let span = self.span(mark);
        let (anchor, mut node) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, tag.as_deref(), span)),
            Event::SequenceStart(_, anchor, tag) => (anchor, self.list(span, &tag)?),
            Event::MappingStart(_, anchor, tag) => (anchor, self.map(span, &tag)?),
            _ => {
                return Err(Box::new(
                    Diagnostic::error("yaml", "this is not YAML").at(span, "a value is missing here"),
                ));
            }
        };
        if anchor != 0 {
            self.anchors.insert(anchor, copied_node(&node));
        }
        if let Some(start) = mark.tag_span().and_then(|tag| tag.byte_range()) {
            node.span.start = node.span.start.min(Span::new(self.id, start).start);
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Built<Node> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(Box::new(
                Diagnostic::error("yaml-alias", "this alias stands inside the value it names")
                    .at(span, "a value cannot contain itself"),
            ));
        };
        self.copied += count(node);
        if self.copied > MOST_ALIASED_NODES {
            return Err(Box::new(
                Diagnostic::error("yaml-alias", "the aliases of this file grow beyond all measure")
                    .at(span, format!("with this one they make more than {MOST_ALIASED_NODES} values")),
            ));
        }
        Ok(node.clone())
    }

    fn list(&mut self, span: Span, tag: &Tagged<'_>) -> Built<Node> {
        let mut items = Vec::new();
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let span = self.closed(span, mark, items.last().map(|item: &Node| item.span));
                return Ok(Node { kind: Kind::List(items), tag: tag_text(tag.as_deref()), span });
            }
            items.push(self.node(event, mark)?);
        }
    }

    fn map(&mut self, span: Span, tag: &Tagged<'_>) -> Built<Node> {
        let mut entries: Vec<(Key, Span, Node)> = Vec::new();
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let span = self.closed(span, mark, entries.last().map(|(_, key, value)| key.to(value.span)));
                let kind = Kind::Map(assemble(entries)?);
                return Ok(Node { kind, tag: tag_text(tag.as_deref()), span });
            }
            let mut key = self.node(event, mark)?;
            self.glue(&mut key)?;
            let (event, mark) = self.next()?;
            let mut value = self.node(event, mark)?;
            if value.span.start == value.span.end {
                value.span = key.span;
            }
            entries.push((name(&key)?, key.span, value));
        }
    }

    /// In `{a:}` and `{a:, b: 1}` go-yaml takes the colon for a part of the key; where a value follows it gives up.
    fn glue(&self, key: &mut Node) -> Built<()> {
        let Kind::Scalar(Scalar { text, style: Style::Plain, .. }) = &mut key.kind else { return Ok(()) };
        let end = key.span.end as usize;
        match self.text.as_bytes().get(end..end + 2) {
            Some(b":," | b":}" | b":]") => text.push(':'),
            Some(b":[" | b":{") => {
                return Err(Box::new(
                    Diagnostic::error("yaml", "this is not YAML to docker compose")
                        .at(key.span, "a blank is missing behind the colon"),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// A collection's piece of the text: up to its bracket, or to the end of its last value.
    fn closed(&self, span: Span, end: Mark, last: Option<Span>) -> Span {
        let end = self.span(end);
        match last {
            Some(last) if end.start == end.end && last.source == span.source && last.end > span.start => span.to(last),
            _ => span.to(end),
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Node {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    };
    // The parser says `~` for a value that is not there at all.
    let text = if style == Style::Plain && span.start == span.end { "" } else { text };
    let is_string = tag.and_then(Tag::core_suffix) == Some("str");
    let style = match tag.map(Tag::core_suffix) {
        // To go-yaml a scalar is a text under any tag that YAML itself does not know: `!override 5` is "5".
        Some(Some("str") | None) if style == Style::Plain => Style::Double,
        Some(Some("int" | "float" | "bool" | "null")) => Style::Plain,
        _ => style,
    };
    Node {
        kind: Kind::Scalar(Scalar { text: text.to_owned(), style, template: None, interpolated: false }),
        tag: if is_string { None } else { tag_text(tag) },
        span,
    }
}

fn tag_text(tag: Option<&Tag>) -> Option<Box<str>> {
    tag.map(|tag| tag.original().into_boxed_str())
}

fn name(key: &Node) -> Built<Key> {
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
fn assemble(entries: Vec<(Key, Span, Node)>) -> Built<Map> {
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
                for (name, entry) in merge_sources(value)?.into_iter().flatten() {
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

fn merge_sources(value: Node) -> Built<Vec<Map>> {
    let refuse = |node: &Node| {
        Box::new(
            Diagnostic::error("yaml-merge-key", "`<<` takes a mapping or a list of mappings")
                .at(node.span, format!("this is {}", node.sort())),
        )
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

/// The value as its aliases see it: what is under `!reset` inside it was taken out where it was written, what is under
/// `!override` acts at every place (measured with docker compose 2.40.3). A tag on the value itself stays.
fn copied_node(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Scalar(scalar) => Kind::Scalar(scalar.clone()),
        Kind::List(items) => Kind::List(items.iter().filter(|item| !is_reset(item)).map(copied_node).collect()),
        Kind::Map(map) => Kind::Map(
            map.iter()
                .filter(|(_, entry)| !is_reset(&entry.value))
                .map(|(key, entry)| (key.clone(), Entry { key: entry.key, value: copied_node(&entry.value) }))
                .collect(),
        ),
    };
    Node { kind, tag: node.tag.clone(), span: node.span }
}

fn untagged(node: &Node) -> Node {
    let mut copy = copied_node(node);
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

fn is_tagged(node: &Node) -> bool {
    matches!(node.tag.as_deref(), Some("!reset" | "!override"))
}

fn is_reset(node: &Node) -> bool {
    node.tag.as_deref() == Some("!reset")
}

fn count(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Scalar(_) => 0,
        Kind::List(items) => items.iter().map(count).sum(),
        Kind::Map(map) => map.values().map(|entry| count(&entry.value)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Look, draw};

    fn read(text: &str) -> (Option<Vec<Node>>, String) {
        let mut sources = Sources::default();
        let mut report = Report::default();
        let id = sources.add("a.yml", "/p/a.yml", text);
        let documents = parse(&sources, id, &mut report);
        let drawn: Vec<_> = report.diagnostics().iter().map(|each| draw(&sources, each, Look::default())).collect();
        (documents, drawn.join("\n"))
    }

    fn problem(text: &str) -> String {
        let (documents, drawn) = read(text);
        assert!(documents.is_none());
        drawn
    }

    #[test]
    fn own_keys_win_over_merged_ones_and_earlier_sources_over_later() {
        let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n";
        let document = read(text).0.unwrap().remove(0);
        let map = document.get("c").unwrap().as_map().unwrap();
        let shown: Vec<_> = map.iter().map(|(k, e)| format!("{k}={}", e.value.as_word().unwrap())).collect();
        assert_eq!(shown, ["y=1", "z=2", "x=3"]);
    }

    #[test]
    fn tags_and_styles_are_kept() {
        let document = read("a: !reset null\nb: !override [1]\nc: 'x'\nd: |\n  y\n").0.unwrap().remove(0);
        assert_eq!(document.get("a").unwrap().tag.as_deref(), Some("!reset"));
        assert_eq!(document.get("b").unwrap().tag.as_deref(), Some("!override"));
        assert_eq!(document.get("c").unwrap().as_scalar().unwrap().style, Style::Single);
        assert_eq!(document.get("d").unwrap().as_scalar().unwrap().text, "y\n");
    }

    #[test]
    fn no_document_a_null_one_and_two() {
        assert_eq!(read("# nothing\n").0.unwrap().len(), 0);
        assert_eq!(read("---\n").0.unwrap().len(), 1);
        assert_eq!(read("a: 1\n---\nb: 2\n").0.unwrap().len(), 2);
    }

    #[test]
    fn a_key_given_twice_is_shown_twice() {
        insta::assert_snapshot!(problem("services:\n  web:\n    image: a\n    image: b\n"), @"
        error: this mapping has the same key twice
         --> a.yml:4:5
          |
        3 |     image: a
          |     ----- first here
        4 |     image: b
          |     ^^^^^ again here
          |
          = help: join the two, or remove one
        ");
    }

    #[test]
    fn what_is_not_yaml_is_shown_where_it_breaks() {
        insta::assert_snapshot!(problem("services:\n\tweb:\n"), @"
        error: this is not YAML
         --> a.yml:2:2
          |
        2 |     web:
          |     ^ tabs disallowed within this context (block indentation)
          |
          = help: indent with blanks: YAML takes no tabs there
        ");
        insta::assert_snapshot!(problem("a: [1, 2\nb: 3\n"), @"
        error: this is not YAML
         --> a.yml:2:2
          |
        2 | b: 3
          |  ^ illegal placement of ':' indicator
        ");
        insta::assert_snapshot!(problem("a: *nowhere\n"), @"
        error: this is not YAML
         --> a.yml:1:4
          |
        1 | a: *nowhere
          |    ^ while parsing node, found unknown anchor
        ");
        insta::assert_snapshot!(problem("1: a\n"), @"
        error: a key must be a text
         --> a.yml:1:1
          |
        1 | 1: a
          | ^ docker compose reads this as a number
          |
          = help: put it in quotes
        ");
        insta::assert_snapshot!(problem("a: &a\n  b: *a\n"), @"
        error: this alias stands inside the value it names
         --> a.yml:2:6
          |
        2 |   b: *a
          |      ^^ a value cannot contain itself
        ");
        insta::assert_snapshot!(problem("a:\n  <<: 3\n"), @"
        error: `<<` takes a mapping or a list of mappings
         --> a.yml:2:7
          |
        2 |   <<: 3
          |       ^ this is a number
        ");
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..50 {
            text += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
        }
        assert!(problem(&text).contains("beyond all measure"));
    }
}
