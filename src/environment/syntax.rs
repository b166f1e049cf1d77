//! What a file of the language consists of. `GRAMMAR.md` says how it is written.

use super::Name;
use crate::report::Span;

/// A parsed file: its assignments in order, and what could not be understood.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) assignments: Vec<Assignment>,
    pub(super) problems: Vec<Problem>,
    /// Pieces that may hold a secret although they are part of no value (a line that was refused).
    pub(super) masks: Vec<Span>,
    /// Names that lines behind an unterminated quote would have set.
    pub(super) lost: Vec<Name>,
}

/// A construct that is refused, and where it stands.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) refusal: super::refusal::Refusal,
    pub(super) span: Span,
}

/// `NAME=value`.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) name: Name,
    /// The name.
    pub(super) name_span: Span,
    /// Name, `=` and value.
    pub(super) span: Span,
    pub(super) value: Word,
    pub(super) mark: Option<Mark>,
    /// It stands behind the one before it in an `export`: bash expands all of their words before it sets a name.
    pub(super) together: bool,
    /// Something in it was refused: the value is unknown.
    pub(super) broken: bool,
}

/// What the comment behind an assignment says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Secret,
    Public,
}

/// A word: its parts stand side by side.
#[derive(Debug, Default)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    /// Characters; quoted ones mean themselves in a pattern.
    Text { text: String, quoted: bool, span: Span },
    /// An unquoted `~`: the home folder.
    Home { span: Span },
    /// `$NAME` and `${NAME…}`.
    Expansion(Box<Expansion>),
}

#[derive(Debug)]
pub(super) struct Expansion {
    pub(super) name: Name,
    pub(super) span: Span,
    /// Within double quotes: its value means itself in a pattern.
    pub(super) quoted: bool,
    pub(super) operation: Operation,
}

#[derive(Debug)]
pub(super) enum Operation {
    /// `$X`
    Plain,
    /// `${#X}`
    Length,
    /// `${X:-word}` and its seven siblings.
    Choice { choice: Choice, empty_counts: bool, word: Word },
    /// `${X%pattern}` and its three siblings.
    Trim { end: End, longest: bool, pattern: Word },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// `-`: the word where the name is unset.
    Default,
    /// `=`: the same, and the name is set to it.
    Assign,
    /// `?`: an error where the name is unset.
    Require,
    /// `+`: the word where the name is set.
    Alternative,
}

/// Which end of a value a pattern is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `#`
    Front,
    /// `%`
    Back,
}

impl Word {
    /// Adds characters, to the last part where it is of the same kind.
    pub(super) fn push_text(&mut self, more: &str, more_quoted: bool, more_span: Span) {
        if let Some(Part::Text { text, quoted, span }) = self.parts.last_mut()
            && *quoted == more_quoted
        {
            text.push_str(more);
            *span = span.to(more_span);
        } else {
            if self.parts.is_empty() {
                // Most values have one part.
                self.parts.reserve_exact(1);
            }
            self.parts.push(Part::Text { text: more.to_owned(), quoted: more_quoted, span: more_span });
        }
    }

    /// The value, where nothing has to be expanded.
    pub(super) fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| if let Part::Text { text, .. } = part { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Calls `visit` for every piece of literal text in it, in nested words too.
    pub(super) fn each_text(&self, visit: &mut impl FnMut(Span)) {
        for part in &self.parts {
            match part {
                Part::Text { span, .. } => visit(*span),
                Part::Home { .. } => {}
                Part::Expansion(expansion) => match &expansion.operation {
                    // What `?` says is meant to be read.
                    Operation::Choice { choice: Choice::Require, .. } | Operation::Plain | Operation::Length => {}
                    Operation::Choice { word, .. } | Operation::Trim { pattern: word, .. } => word.each_text(visit),
                },
            }
        }
    }
}
