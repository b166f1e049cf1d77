//! `${…}` in texts, with docker compose's own grammar (compose-go's `template` package, measured with 2.40.3).
//!
//! Every text of a document is resolved, keys are not. Where a variable is secret the value is known to our decisions
//! but the text that is written keeps `${NAME}`.

use std::collections::{HashMap, HashSet};

use crate::report::{Diagnostic, Report, Span};
use crate::yaml::{Kind, Node, Piece, Scalar};

/// Where values come from.
pub trait Variables {
    /// The value of a variable, if it is set.
    fn lookup(&self, name: &str) -> Option<Found<'_>>;

    /// Where people set a variable that is missing.
    fn place_to_set(&self) -> String {
        "env.custom".to_owned()
    }

    /// What the sample says about it, for those who have to set it.
    fn explanation(&self, _name: &str) -> Option<String> {
        None
    }
}

/// A variable's value.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The value.
    pub value: &'a str,
    /// Whether it is written as a reference into `.env` instead of its value.
    pub kept: bool,
}

/// What interpolation saw of the variables, over all documents.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every name that was read.
    pub read: HashSet<String>,
    /// Names that are unset and used without a default: empty, as in docker compose; with the first place and a count.
    unset: HashMap<String, (Span, usize)>,
    /// How many bytes of values were put in.
    grown: usize,
}

impl Seen {
    /// Says each unset name once.
    pub fn report_unset(&self, variables: &dyn Variables, report: &mut Report) {
        let mut unset: Vec<_> = self.unset.iter().collect();
        unset.sort_by_key(|(_, (span, _))| *span);
        for (name, (span, times)) in unset {
            let often = if *times > 1 { format!(", in {times} places") } else { String::new() };
            let mut problem =
                Diagnostic::warning("unset", format!("`{name}` is not set{often}: docker compose takes it as empty"))
                    .at(*span, "used here")
                    .with_help(format!("set {name}, or write `${{{name}:-}}` where empty is meant"));
            if let Some(explanation) = variables.explanation(name) {
                problem = problem.with_note(explanation);
            }
            report.push(problem);
        }
    }
}

/// Resolves every text below `node`.
pub(super) fn interpolate(node: &mut Node, variables: &dyn Variables, seen: &mut Seen, report: &mut Report) {
    match &mut node.kind {
        Kind::Map(map) => map.values_mut().for_each(|entry| interpolate(&mut entry.value, variables, seen, report)),
        Kind::List(items) => items.iter_mut().for_each(|item| interpolate(item, variables, seen, report)),
        Kind::Scalar(scalar) if scalar.text.contains('$') && !scalar.interpolated => {
            let mut pieces = Vec::new();
            let mut run = Run { variables, seen, report, span: node.span, depth: 0 };
            if run.text(&scalar.text.clone(), &mut pieces) {
                settle(scalar, pieces, variables);
            }
        }
        Kind::Scalar(_) => {}
    }
}

fn settle(scalar: &mut Scalar, pieces: Vec<Piece>, variables: &dyn Variables) {
    let kept = pieces.iter().any(|piece| matches!(piece, Piece::Reference(_)));
    scalar.text = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Reference(name) => variables.lookup(name).map_or("", |found| found.value),
        })
        .collect();
    scalar.template = kept.then(|| Box::new(pieces));
    scalar.interpolated = true;
}

/// How many bytes of values all texts together may take: more is a mistake, and would not fit into memory.
const MOST_VALUES: usize = 64 << 20;
/// How deep defaults may be nested in defaults: each is resolved on the thread's stack.
const DEEPEST: usize = 50;

struct Run<'a> {
    variables: &'a dyn Variables,
    seen: &'a mut Seen,
    report: &'a mut Report,
    span: Span,
    depth: usize,
}

impl Run<'_> {
    /// Appends the resolved pieces of `text`; false when it cannot be resolved (and that was reported).
    fn text(&mut self, text: &str, out: &mut Vec<Piece>) -> bool {
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            if self.seen.grown > MOST_VALUES {
                return self.too_much();
            }
            push_text(out, &rest[..dollar]);
            let after = &rest[dollar + 1..];
            if let Some(tail) = after.strip_prefix('$') {
                push_text(out, "$");
                rest = tail;
            } else if let Some(inner) = after.strip_prefix('{') {
                let Some((substitution, tail)) = braced(inner) else { return self.invalid(text) };
                if !self.substitute(&substitution, out) {
                    return false;
                }
                rest = tail;
            } else {
                let name = &after[..name_length(after)];
                if name.is_empty() {
                    push_text(out, "$");
                } else {
                    self.plain(name, out);
                }
                rest = &after[name.len()..];
            }
        }
        push_text(out, rest);
        true
    }

    fn invalid(&mut self, text: &str) -> bool {
        let shown: String = text.chars().take(80).collect();
        self.report.push(
            Diagnostic::error("interpolation", "invalid interpolation format")
                .at(self.span, format!("`{}` is not a variable that docker compose understands", shown.trim_end()))
                .with_help("write `${NAME}` or `${NAME:-default}`; a `$` that is meant as it stands is written `$$`"),
        );
        false
    }

    fn too_deep(&mut self) -> bool {
        self.report.push(
            Diagnostic::error("interpolation", "defaults are nested too deep")
                .at(self.span, format!("there are more than {DEEPEST} in one another"))
                .with_help("give the inner ones names of their own"),
        );
        false
    }

    fn too_much(&mut self) -> bool {
        let problem = format!("the values in these texts take more than {} MiB", MOST_VALUES >> 20);
        self.report.push(
            Diagnostic::error("interpolation", problem)
                .at(self.span, "with this one")
                .with_help("keep long texts in files, and their paths in variables"),
        );
        false
    }

    fn plain(&mut self, name: &str, out: &mut Vec<Piece>) {
        if self.value(name, out).is_none() {
            self.seen.unset.entry(name.to_owned()).or_insert((self.span, 0)).1 += 1;
        }
    }

    /// Reads a variable and appends its value; what it was, if it is set.
    fn value(&mut self, name: &str, out: &mut Vec<Piece>) -> Option<bool> {
        let found = self.find(name)?;
        let length = found.value.len();
        if found.kept && !found.value.is_empty() {
            out.push(Piece::Reference(name.to_owned()));
        } else {
            push_text(out, found.value);
        }
        self.seen.grown += length;
        Some(length > 0)
    }

    fn find(&mut self, name: &str) -> Option<Found<'_>> {
        if !self.seen.read.contains(name) {
            self.seen.read.insert(name.to_owned());
        }
        self.variables.lookup(name)
    }

    fn substitute(&mut self, substitution: &Substitution<'_>, out: &mut Vec<Piece>) -> bool {
        let Some((operator, word)) = substitution.operation else {
            self.plain(substitution.name, out);
            return true;
        };
        // The word is resolved whether it is needed or not, as docker compose does.
        let mut alternative = Vec::new();
        if self.depth == DEEPEST {
            return self.too_deep();
        }
        self.depth += 1;
        let resolved = self.text(word, &mut alternative);
        self.depth -= 1;
        if !resolved {
            return false;
        }
        let mut own = Vec::new();
        let state = self.value(substitution.name, &mut own);
        let present = if operator.starts_with(':') { state == Some(true) } else { state.is_some() };
        match (operator.trim_start_matches(':'), present) {
            ("+", true) | ("-", false) => out.extend(alternative),
            ("?", false) => return self.missing(substitution.name, &alternative),
            _ => out.extend(own),
        }
        true
    }

    fn missing(&mut self, name: &str, message: &[Piece]) -> bool {
        let mut problem = Diagnostic::error("required", format!("required variable {name} is missing a value"))
            .at(self.span, "required here")
            .with_help(format!("set {name} in {}", self.variables.place_to_set()));
        let message: String =
            message.iter().map(|piece| if let Piece::Text(text) = piece { text } else { "" }).collect();
        if !message.is_empty() {
            problem = problem.with_note(message);
        }
        if let Some(explanation) = self.variables.explanation(name) {
            problem = problem.with_note(explanation);
        }
        self.report.push(problem);
        false
    }
}

fn push_text(out: &mut Vec<Piece>, text: &str) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => out.push(Piece::Text(text.to_owned())),
    }
}

/// What stands between `${` and its `}`: a name, and an operator with a word.
struct Substitution<'a> {
    name: &'a str,
    operation: Option<(&'a str, &'a str)>,
}

/// Splits what follows `${` into the substitution and what comes after its brace.
fn braced(text: &str) -> Option<(Substitution<'_>, &str)> {
    let name = &text[..name_length(text)];
    if name.is_empty() {
        return None;
    }
    let after = &text[name.len()..];
    if let Some(tail) = after.strip_prefix('}') {
        return Some((Substitution { name, operation: None }, tail));
    }
    let operator = [":-", ":+", ":?", "-", "+", "?"].into_iter().find(|operator| after.starts_with(operator))?;
    let word = &after[operator.len()..];
    let end = closing_brace(name.len() + operator.len(), text)?;
    let word_end = end - name.len() - operator.len();
    Some((Substitution { name, operation: Some((&after[..operator.len()], &word[..word_end])) }, &text[end + 1..]))
}

/// The brace that closes a substitution: braces are counted, a character behind an opening one is passed over, and
/// where the count never comes out even it is the last brace of the line (compose-go's `getFirstBraceClosingIndex`).
fn closing_brace(from: usize, text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut open, mut at, mut last) = (1, from, None);
    while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'\n') {
        match byte {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
                last = Some(at);
            }
            b'{' => {
                open += 1;
                if let Some(passed) = bytes.get(at + 1).filter(|next| **next != b'\n') {
                    at += 1;
                    last = if *passed == b'}' { Some(at) } else { last };
                }
            }
            _ => {}
        }
        at += 1;
    }
    last
}

fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_') {
        return 0;
    }
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Sources;

    struct Fixed;

    impl Variables for Fixed {
        fn lookup(&self, name: &str) -> Option<Found<'_>> {
            let (value, kept) = match name {
                "A" => ("a", false),
                "EMPTY" => ("", false),
                "SECRET" => ("s3$cret", true),
                _ => return None,
            };
            Some(Found { value, kept })
        }
    }

    fn resolve(text: &str) -> Result<(String, Option<Vec<Piece>>), String> {
        let span = Span::new(Sources::default().add("a", "a", ""), 0..0);
        let mut node = Node::scalar(Scalar::quoted(text), span);
        let mut report = Report::default();
        interpolate(&mut node, &Fixed, &mut Seen::default(), &mut report);
        if let Some(problem) = report.diagnostics().first() {
            return Err(problem.title.clone());
        }
        let Kind::Scalar(scalar) = node.kind else { unreachable!() };
        Ok((scalar.text, scalar.template.map(|template| *template)))
    }

    #[test]
    fn the_forms_of_the_rules() {
        for (text, expected) in [
            ("$$A $A ${A}", "$A a a"),
            ("${U:-d}|${U-d}|${EMPTY:-d}|${EMPTY-d}", "d|d|d|"),
            ("${A:+x}|${U:+x}|${EMPTY+x}|${EMPTY:+x}", "x||x|"),
            ("${U:-${V:-${A}}}", "a"),
            ("${U:-{\"a\":{\"b\":1}}}", "{\"a\":{\"b\":1}}"),
            ("${U:-a}b}", "ab}"),
            ("${U-:-x}", ":-x"),
            ("$1 $( $- é$", "$1 $( $- é$"),
            ("${U:-{}}", "{}"),
            ("${A:-x}/${U:-y}", "a/y"),
        ] {
            assert_eq!(resolve(text).unwrap().0, expected, "{text}");
        }
    }

    #[test]
    fn what_docker_compose_refuses() {
        for text in ["${A.B}", "${}", "${A", "${A:x}", "${A/x/y}", "${#A}", "${U:-a\nb}"] {
            assert_eq!(resolve(text), Err("invalid interpolation format".to_owned()), "{text}");
        }
        assert_eq!(resolve("${A:-${U?}}"), Err("required variable U is missing a value".to_owned()));
    }

    #[test]
    fn a_secret_is_known_but_written_as_a_reference() {
        let (text, template) = resolve("user:${SECRET}@h").unwrap();
        assert_eq!(text, "user:s3$cret@h");
        let expected = [Piece::Text("user:".into()), Piece::Reference("SECRET".into()), Piece::Text("@h".into())];
        assert_eq!(template.unwrap(), expected);
        assert_eq!(resolve("${SECRET:+on}").unwrap(), ("on".to_owned(), None));
    }
}
