//! docker compose's own reading of an env file (compose-go's `dotenv`), for `merge` and for what is included.
//! Our layers are another language: see `environment/GRAMMAR.md`.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::interpolate::{Found, Seen, Variables, interpolate};
use crate::report::{Diagnostic, Report, Severity, SourceId, Sources, Span};
use crate::yaml::{Node, Scalar};

/// The variables of an env file, read with those of `outer` known to it.
pub fn read_dotenv(
    sources: &Sources,
    id: SourceId,
    outer: &dyn Variables,
    report: &mut Report,
) -> Option<IndexMap<String, String>> {
    let text = sources.text(id);
    let mut reader = Reader { text, at: 0, id, outer, values: IndexMap::new(), report };
    reader.at = text.len() - text.trim_start_matches('\u{feff}').len();
    reader.file().map(|()| reader.values)
}

/// Variables of a file beneath those of somebody else.
pub struct Beneath<'a> {
    /// Who is asked first.
    pub outer: &'a dyn Variables,
    /// What the file adds.
    pub own: IndexMap<String, String>,
}

impl Variables for Beneath<'_> {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        self.outer.lookup(name).or_else(|| self.own.get(name).map(|value| Found { value, kept: false }))
    }

    fn place_to_set(&self) -> String {
        self.outer.place_to_set()
    }

    fn explanation(&self, name: &str) -> Option<String> {
        self.outer.explanation(name)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    id: SourceId,
    outer: &'a dyn Variables,
    values: IndexMap<String, String>,
    report: &'a mut Report,
}

/// What was read so far, for values that refer to it.
struct SoFar<'a>(&'a dyn Variables, &'a IndexMap<String, String>);

impl Variables for SoFar<'_> {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        let own = || self.1.get(name).map(|value| Found { value, kept: false });
        self.0.lookup(name).map(|found| Found { kept: false, ..found }).or_else(own)
    }

    fn place_to_set(&self) -> String {
        self.0.place_to_set()
    }
}

impl<'a> Reader<'a> {
    fn file(&mut self) -> Option<()> {
        loop {
            self.skip(char::is_whitespace);
            if self.rest().is_empty() {
                return Some(());
            }
            if self.rest().starts_with('#') {
                self.skip(|character| character != '\n');
                continue;
            }
            self.assignment()?;
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        self.at = self.text.len() - self.rest().trim_start_matches(what).len();
    }

    fn assignment(&mut self) -> Option<()> {
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with([' ', '\t'])
        {
            self.at += "export".len();
            self.skip(is_blank);
        }
        let line = self.rest();
        let end = line.find(['=', ':', '\n']).unwrap_or(line.len());
        let name = line[..end].trim_end();
        if let Some(wrong) = name.find(|character: char| !is_name(character)) {
            return self.refuse(self.at + wrong, "this character cannot stand in a name");
        }
        self.at += end;
        if !self.rest().starts_with(['=', ':']) {
            if let Some(found) = self.outer.lookup(name) {
                self.values.insert(name.to_owned(), found.value.to_owned());
            }
            return Some(());
        }
        self.at += 1;
        self.skip(is_blank);
        let value = self.value()?;
        self.values.insert(name.to_owned(), value);
        Some(())
    }

    fn value(&mut self) -> Option<String> {
        match self.rest().chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => {
                let line = self.rest().split('\n').next().unwrap_or_default();
                let start = self.at;
                self.at += line.len();
                let value = line.split(" #").next().unwrap_or_default().trim_end();
                self.expand(value, start)
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Option<String> {
        let start = self.at;
        let mut value = String::new();
        let mut escaped = false;
        for (at, character) in self.rest().char_indices().skip(1) {
            if character == quote && !escaped {
                self.at += at + 1;
                return if quote == '"' { self.expand(&unescape(&value), start) } else { Some(value) };
            }
            if character == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if escaped && character != quote {
                value.push('\\');
            }
            escaped = false;
            value.push(character);
        }
        self.refuse(start, "this quote is never closed")
    }

    fn expand(&mut self, value: &str, at: usize) -> Option<String> {
        if !value.contains('$') {
            return Some(value.to_owned());
        }
        let span = Span::new(self.id, at..at + value.len());
        let mut node = Node::scalar(Scalar::quoted(value), span);
        let problems = self.report.count(Severity::Error);
        interpolate(&mut node, &SoFar(self.outer, &self.values), &mut Seen::default(), self.report);
        let failed = self.report.count(Severity::Error) > problems;
        if failed { None } else { node.as_scalar().map(|scalar| scalar.text.clone()) }
    }

    fn refuse<T>(&mut self, at: usize, why: &str) -> Option<T> {
        let span = Span::new(self.id, at..at + 1);
        self.report.push(Diagnostic::error("env-file", "docker compose cannot read this env file").at(span, why));
        None
    }
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && character != '\n'
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '[' | ']')
}

/// `\n`, `\"`, … of a double-quoted value; `\$` becomes `$$`, which expansion takes for a `$`.
fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('$') => out.push_str("$$"),
            Some(same @ ('\\' | '"')) => out.push(same),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// The process environment (or any other table) as variables.
#[derive(Debug, Default)]
pub struct Table(pub HashMap<String, String>);

impl Variables for Table {
    fn lookup(&self, name: &str) -> Option<Found<'_>> {
        self.0.get(name).map(|value| Found { value, kept: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_docker_compose_reads() {
        let text = "\u{feff}# c\nA=1 # x\nexport B='r $A \\n'\nC: \"x\\n$A \\$A\"\nD=${A:-y}/z\nHOME\nE=a#b\nF=\n";
        let mut sources = Sources::default();
        let id = sources.add(".env", "/.env", text);
        let outer = Table(HashMap::from([("HOME".into(), "/h".into())]));
        let mut report = Report::default();
        let values = read_dotenv(&sources, id, &outer, &mut report).unwrap();
        let shown: Vec<_> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["A=1", "B=r $A \\n", "C=x\n1 $A", "D=1/z", "HOME=/h", "E=a#b", "F="]);
    }
}
