//! Text to tree. The only file that knows the parser crate.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Mark, Tag};

use super::copy::{copied, count};
use super::mapping::{Built, Key, assemble, name};
use super::node::{Kind, Node, Scalar, Style};
use crate::report::{Diagnostic, Report, SourceId, Sources, Span};

/// How many values one file may hold, copies for aliases included. Real files stay far below; an alias bomb doubles
/// with every line.
const MOST_VALUES: usize = 500_000;
/// How deep values may be nested: everything that walks a tree goes down on the thread's stack.
const DEEPEST: usize = 100;

/// Reads every document of a text; whatever is wrong with it is reported, and then `None` comes back.
///
/// Aliases become copies, merge keys (`<<`) are resolved as go-yaml does it: own keys win, then the earlier source.
pub fn parse(sources: &Sources, id: SourceId, report: &mut Report) -> Option<Vec<Node>> {
    let text = sources.text(id);
    let mut builder =
        Builder { id, text, events: Parser::new_from_str(text), anchors: HashMap::new(), values: 0, depth: 0 };
    match builder.stream() {
        Ok(documents) => Some(documents),
        Err(problem) => {
            report.push(of_template(sources, *problem));
            None
        }
    }
}

/// Whether a text has the marks of Jinja2, Helm or Go templates.
#[must_use]
pub fn looks_like_a_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The advice for a text with such marks.
pub const TEMPLATE_ADVICE: &str =
    "this looks like a template (Jinja2, Helm or Go) that was not rendered: render it first, and name the result";

/// The problem with advice of its own where the text is a template.
fn of_template(sources: &Sources, problem: Diagnostic) -> Diagnostic {
    let is_template = problem.labels.first().is_some_and(|label| looks_like_a_template(sources.line(label.span)));
    if is_template { Diagnostic { helps: Vec::new(), ..problem }.with_help(TEMPLATE_ADVICE) } else { problem }
}

type Tagged<'a> = Option<std::borrow::Cow<'a, Tag>>;

struct Builder<'a> {
    id: SourceId,
    text: &'a str,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    values: usize,
    depth: usize,
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
        self.hold(1, span)?;
        let (anchor, mut node) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, tag.as_deref(), span)),
            Event::SequenceStart(_, anchor, tag) => (anchor, self.nested(span, |builder| builder.list(span, &tag))?),
            Event::MappingStart(_, anchor, tag) => (anchor, self.nested(span, |builder| builder.map(span, &tag))?),
            _ => {
                return Err(Box::new(
                    Diagnostic::error("yaml", "this is not YAML").at(span, "a value is missing here"),
                ));
            }
        };
        if anchor != 0 {
            self.hold(count(&node), span)?;
            self.anchors.insert(anchor, copied(&node));
        }
        if let Some(start) = mark.tag_span().and_then(|tag| tag.byte_range()) {
            node.span.start = node.span.start.min(Span::new(self.id, start).start);
        }
        Ok(node)
    }

    fn nested(&mut self, span: Span, read: impl FnOnce(&mut Self) -> Built<Node>) -> Built<Node> {
        if self.depth == DEEPEST {
            return Err(Box::new(
                Diagnostic::error("yaml-deep", "values are nested too deep")
                    .at(span, format!("below {DEEPEST} others, which no configuration needs")),
            ));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    /// Counts what the file holds.
    fn hold(&mut self, more: usize, span: Span) -> Built<()> {
        self.values += more;
        if self.values <= MOST_VALUES {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::error("yaml-large", "this file holds more than any configuration")
                .at(span, format!("with this one it is more than {MOST_VALUES} values, aliases counted in full")),
        ))
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Built<Node> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(Box::new(
                Diagnostic::error("yaml-alias", "this alias stands inside the value it names")
                    .at(span, "a value cannot contain itself"),
            ));
        };
        let node = node.clone();
        self.hold(count(&node), span)?;
        Ok(node)
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
            let name = name(&key)?;
            if value.span.start == value.span.end && matches!(name, Key::Own(_)) {
                value.span = key.span;
            }
            entries.push((name, key.span, value));
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
        assert!(problem(&text).contains("aliases counted in full"));
    }
}
