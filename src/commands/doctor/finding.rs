//! What a check found: what, why it matters, and what mends it.

use serde_json::{Value, json};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// Keeps services from running.
    Failure,
}

impl Weight {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// A stable word for the check.
    pub(super) check: &'static str,
    pub(super) weight: Weight,
    /// What is so: one line.
    pub(super) what: String,
    /// Why it matters.
    pub(super) why: Vec<String>,
    /// What mends it: commands, or advice where no command can.
    pub(super) mend: Vec<String>,
}

impl Finding {
    fn new(check: &'static str, weight: Weight, what: impl Into<String>) -> Self {
        Self { check, weight, what: what.into(), why: Vec::new(), mend: Vec::new() }
    }

    pub(super) fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Weight::Good, what)
    }

    pub(super) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Weight::Warning, what)
    }

    pub(super) fn failure(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Weight::Failure, what)
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }

    pub(super) fn mended_by(mut self, command: impl Into<String>) -> Self {
        self.mend.push(command.into());
        self
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "check": self.check,
            "weight": self.weight.word(),
            "what": self.what,
            "why": self.why,
            "mend": self.mend,
        })
    }
}
