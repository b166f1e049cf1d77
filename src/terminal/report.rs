//! Problems, drawn for people or written for machines.

use indexmap::IndexMap;
use serde_json::{Value, json as object};

use super::{Printer, wrapped};
use crate::report::{Diagnostic, Look, Report, Severity, Sources, draw};

impl Printer {
    /// Draws one problem. A quiet printer draws errors only.
    pub fn diagnostic(&self, sources: &Sources, diagnostic: &Diagnostic) {
        if diagnostic.severity == Severity::Error || !self.is_quiet() {
            let look = Look { colour: self.colours_talk(), width: self.talk_width() };
            match look.width {
                Some(width) => self.insist(&draw(sources, &fitted(diagnostic, width), look)),
                None => self.insist(&draw(sources, diagnostic, look)),
            }
        }
    }

    /// Draws the problems with a blank line after each, errors last. Of more than a few warnings of one kind the rest is
    /// counted. Errors are counted in a last line that ends with what came of them (`nothing was written`).
    pub fn report(&self, sources: &Sources, report: &Report, aftermath: &str) {
        let (errors, others): (Vec<_>, Vec<_>) =
            report.diagnostics().iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
        if !self.is_quiet() {
            let (drawn, folded) = fold(sources, &others);
            drawn.iter().for_each(|diagnostic| {
                self.diagnostic(sources, diagnostic);
                self.insist("");
            });
            folded.iter().for_each(|line| self.insist(&format!("{line}\n")));
        }
        for diagnostic in errors {
            self.diagnostic(sources, diagnostic);
            self.insist("");
        }
        for (severity, phrase) in unsaid(report) {
            if severity == Severity::Error || !self.is_quiet() {
                self.insist(&format!("… and {phrase}\n"));
            }
        }
        if report.has_errors() {
            self.insist(&format!("{}; {aftermath}", count(report)));
        }
    }
}

/// So many warnings of one kind are drawn.
const MOST_OF_A_KIND: usize = 3;

/// The problems to be drawn, and a line for each kind of which some are not: how many, and the first of their places.
fn fold<'d>(sources: &Sources, problems: &[&'d Diagnostic]) -> (Vec<&'d Diagnostic>, Vec<String>) {
    let mut kinds: IndexMap<(Severity, &str), Vec<&Diagnostic>> = IndexMap::new();
    let mut drawn = Vec::new();
    for problem in problems {
        let kind = kinds.entry((problem.severity, problem.code)).or_default();
        kind.push(problem);
        if kind.len() <= MOST_OF_A_KIND {
            drawn.push(*problem);
        }
    }
    let folded = kinds.iter().filter(|(_, kind)| kind.len() > MOST_OF_A_KIND).map(|((severity, code), kind)| {
        let rest = &kind[MOST_OF_A_KIND..];
        let places: Vec<String> = rest
            .iter()
            .filter_map(|problem| Some(sources.place(problem.labels.first()?.span).to_string()))
            .take(MOST_OF_A_KIND)
            .collect();
        let dots = if places.len() < rest.len() { ", …" } else { "" };
        let places = if places.is_empty() { String::new() } else { format!(": {}{dots}", places.join(", ")) };
        format!("… and {} of this kind (`{code}`){places}", phrase(rest.len(), &format!("more {}", severity.word())))
    });
    (drawn, folded.collect())
}

/// What the drawing puts before a title (`warning: `), and before a note or an advice behind a number of four digits.
const MARGINS: [usize; 2] = [9, 14];

/// The problem in sentences that are broken at blanks, before the terminal breaks them anywhere.
fn fitted(diagnostic: &Diagnostic, width: usize) -> Diagnostic {
    let [of_title, of_notes] = MARGINS.map(|margin| width.saturating_sub(margin).max(20));
    let broken =
        |text: &String, width| text.lines().flat_map(|line| wrapped(line, width)).collect::<Vec<_>>().join("\n");
    Diagnostic {
        title: broken(&diagnostic.title, of_title),
        notes: diagnostic.notes.iter().map(|note| broken(note, of_notes)).collect(),
        helps: diagnostic.helps.iter().map(|help| broken(help, of_notes)).collect(),
        ..diagnostic.clone()
    }
}

/// `3 errors, 1 warning`.
fn count(report: &Report) -> String {
    let or_more = if report.is_full() { " or more" } else { "" };
    let errors = phrase(report.count(Severity::Error), "error") + or_more;
    match report.count(Severity::Warning) {
        0 => errors,
        warnings => format!("{errors}, {}", phrase(warnings, "warning")),
    }
}

fn phrase(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// `9800 more errors`, for each weight of which not all are told.
fn unsaid(report: &Report) -> impl Iterator<Item = (Severity, String)> {
    let weights = [Severity::Error, Severity::Warning, Severity::Note].into_iter();
    let more = weights.map(|weight| (weight, report.count_unsaid(weight)));
    more.filter(|(_, number)| *number > 0)
        .map(|(weight, number)| (weight, phrase(number, &format!("more {}", weight.word()))))
}

/// The problems as one JSON array: severity, code, title, places, notes and advice of each.
#[must_use]
pub fn json(sources: &Sources, report: &Report) -> Value {
    let more = unsaid(report).map(|(_, phrase)| one(sources, &Diagnostic::note("more", phrase)));
    report.diagnostics().iter().map(|diagnostic| one(sources, diagnostic)).chain(more).collect()
}

fn one(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let places: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let place = sources.place(label.span);
            object!({ "file": place.path, "line": place.line, "column": place.column, "text": label.text })
        })
        .collect();
    object!({
        "severity": diagnostic.severity.word(),
        "code": diagnostic.code,
        "title": diagnostic.title,
        "places": places,
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Span;

    #[test]
    fn problems_are_counted_by_weight() {
        let mut report = Report::default();
        report.push(Diagnostic::error("a", "one"));
        assert_eq!(count(&report), "1 error");
        report.push(Diagnostic::error("a", "two"));
        report.push(Diagnostic::warning("b", "three"));
        assert_eq!(count(&report), "2 errors, 1 warning");
    }

    #[test]
    fn machines_get_places_and_advice() {
        let mut sources = Sources::default();
        let id = sources.add("compose/a.yml", "/p/compose/a.yml", "services:\n  web: 3\n");
        let mut report = Report::default();
        report
            .push(Diagnostic::error("type", "a service is a mapping").at(Span::new(id, 17..18), "here").with_help("h"));
        insta::assert_snapshot!(json(&sources, &report), @r#"[{"code":"type","helps":["h"],"notes":[],"places":[{"column":8,"file":"compose/a.yml","line":2,"text":"here"}],"severity":"error","title":"a service is a mapping"}]"#);
    }

    #[test]
    fn long_sentences_are_broken_where_a_terminal_would() {
        let long = "one two three four five six seven eight nine ten eleven twelve";
        let problem = Diagnostic::warning("long", long).with_note(long).with_help(long);
        let drawn = draw(&Sources::default(), &fitted(&problem, 40), Look::default());
        assert!(drawn.lines().count() > 6 && drawn.lines().all(|line| line.chars().count() <= 40), "{drawn}");
    }
}
