//! One problem, and the problems of a run.

use std::collections::BTreeMap;

use super::Span;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Said, and nothing else: what was left out, what was decided.
    Note,
    /// Worth a look; `--strict` turns it into an error.
    Warning,
    /// Nothing is written.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place in a text and what is to be said there (may be empty: only the mark is drawn).
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What stands beside the mark.
    pub text: String,
}

/// One problem: what, where, and what to do about it.
#[derive(Clone, Debug)]
#[must_use = "a diagnostic says nothing until it is pushed to a report"]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// A stable word for machines (`unknown-name`), kebab-case.
    pub code: &'static str,
    /// What is wrong: one line, lower case, no full stop.
    pub title: String,
    /// Where; the first is the main one.
    pub labels: Vec<Label>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// What to do about it.
    pub helps: Vec<String>,
}

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, title: impl Into<String>) -> Self {
        Self { severity, code, title: title.into(), labels: Vec::new(), notes: Vec::new(), helps: Vec::new() }
    }

    /// Something that stops the run before anything is written.
    pub fn error(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, title)
    }

    /// Something worth a look.
    pub fn warning(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, title)
    }

    /// Something that is only said.
    pub fn note(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, title)
    }

    /// Whether this is the same problem: an error at exactly the same places, which several services may share by an
    /// anchor or `extends`. Of what has no place, or is a warning, the words must be the same too.
    fn is_of(&self, other: &Self) -> bool {
        let places = |one: &Self, other: &Self| {
            one.labels.iter().map(|label| label.span).eq(other.labels.iter().map(|label| label.span))
        };
        let shares = self.severity == Severity::Error && !self.labels.is_empty();
        self.code == other.code
            && self.severity == other.severity
            && (shares || self.title == other.title)
            && places(self, other)
    }

    /// Says the same of something else.
    fn add_title(&mut self, title: &str) {
        let note = format!("{ALSO}{title}");
        let more = self.notes.iter().filter(|note| note.starts_with(ALSO)).count();
        if title != self.title && more < MOST_TITLES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a place; the first one given is the main one.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a fact.
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds advice.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Adds `did you mean …?` where a near name is known.
    pub fn with_nearest(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.with_help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// How a note begins that says the same of something else.
const ALSO: &str = "also: ";
/// Of how many others it is said.
const MOST_TITLES: usize = 5;

/// Nobody reads further; it also bounds what a hopeless file takes.
const MOST_OF_A_WEIGHT: usize = 100;

/// The problems of a run, in the order they were found, each once. Of very many that weigh the same the first are kept, and the
/// others are counted.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    found: BTreeMap<Severity, usize>,
}

impl Report {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if let Some(known) = self.diagnostics.iter_mut().find(|known| known.is_of(&diagnostic)) {
            return known.add_title(&diagnostic.title);
        }
        let found = self.found.entry(diagnostic.severity).or_default();
        *found += 1;
        if *found <= MOST_OF_A_WEIGHT {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds problems.
    pub fn push_all(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// How many of this weight were found.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.found.get(&severity).copied().unwrap_or(0)
    }

    /// How many of this weight were found and not kept.
    #[must_use]
    pub fn count_unsaid(&self, severity: Severity) -> usize {
        self.count(severity) - self.diagnostics.iter().filter(|kept| kept.severity == severity).count()
    }

    /// Whether something was found that must stop the run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Whether enough was found: nothing will be written, and there is plenty to read.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.has_errors() && self.diagnostics.len() >= MOST_OF_A_WEIGHT
    }

    /// Whether an error speaks of exactly this place.
    #[must_use]
    pub fn blames(&self, span: Span) -> bool {
        let errors = self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.flat_map(|diagnostic| &diagnostic.labels).any(|label| label.span == span)
    }

    /// Everything found so far that is kept.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Turns every warning into an error (`--strict`).
    pub fn make_strict(&mut self) {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
        let warnings = self.found.remove(&Severity::Warning).unwrap_or(0);
        *self.found.entry(Severity::Error).or_default() += warnings;
    }
}
