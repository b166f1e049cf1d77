//! What a word means: the shell's expansions, over the names as they stand.

use super::evaluate::Evaluator;
use super::pattern::Pattern;
use super::syntax::{Choice, End, Expansion, Operation, Part, Word};
use super::{Name, Used, VariableId};
use crate::report::{Diagnostic, Span};

/// What a word expands to.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) text: String,
    /// It is a pattern: quoted characters get a backslash.
    is_pattern: bool,
    /// Something in it could not be found out, which was noted.
    pub(super) poisoned: bool,
}

impl Output {
    fn push(&mut self, text: &str, quoted: bool) {
        if self.is_pattern && quoted {
            for character in text.chars() {
                self.text.extend(['\\', character]);
            }
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn fail(&mut self) {
        self.text.clear();
        self.poisoned = true;
    }
}

impl Evaluator<'_> {
    /// Appends what `word` means to `output`, and the names that were looked at to `used`.
    pub(super) fn expand(&mut self, word: &Word, output: &mut Output, used: &mut Vec<Used>) {
        for part in &word.parts {
            match part {
                Part::Text { text, quoted, .. } => output.push(text, *quoted),
                Part::Home { span } => self.home(*span, output, used),
                Part::Expansion(expansion) => self.expansion(expansion, output, used),
            }
        }
    }

    /// `~`
    fn home(&mut self, span: Span, output: &mut Output, used: &mut Vec<Used>) {
        match self.look_at(&Name::from("HOME"), span, true, used) {
            Some(id) => self.push_value(id, true, span, output),
            None => {
                self.missing.unset("HOME", span);
                output.fail();
            }
        }
    }

    fn expansion(&mut self, expansion: &Expansion, output: &mut Output, used: &mut Vec<Used>) {
        let Expansion { name, span, quoted, operation } = expansion;
        match operation {
            Operation::Choice { choice, empty_counts, word } => {
                self.choice(expansion, *choice, *empty_counts, word, output, used);
            }
            Operation::Plain | Operation::Length | Operation::Trim { .. } => {
                let contributes = !matches!(operation, Operation::Length);
                let Some(id) = self.look_at(name, *span, contributes, used) else {
                    self.missing.unset(name, *span);
                    return output.fail();
                };
                match operation {
                    Operation::Length => self.length(id, output),
                    Operation::Trim { end, longest, pattern } => {
                        self.trim(id, *end, *longest, pattern, expansion, output, used);
                    }
                    _ => self.push_value(id, *quoted, *span, output),
                }
            }
        }
    }

    /// `${X-word}` and its siblings: the word is only looked at where it is wanted.
    fn choice(
        &mut self,
        expansion: &Expansion,
        choice: Choice,
        empty_counts: bool,
        word: &Word,
        output: &mut Output,
        used: &mut Vec<Used>,
    ) {
        let Expansion { name, span, quoted, .. } = expansion;
        let found = self.look_at(name, *span, choice != Choice::Alternative, used);
        let variable = found.map(|id| &self.variables[id.index()]);
        if variable.is_some_and(|variable| variable.poisoned) {
            return output.fail();
        }
        let present = variable.is_some_and(|variable| !(empty_counts && variable.value.is_empty()));
        match (choice, found) {
            (Choice::Alternative, _) if present => self.expand(word, output, used),
            (Choice::Alternative, _) => {}
            (_, Some(id)) if present => self.push_value(id, *quoted, *span, output),
            (Choice::Default, _) => self.expand(word, output, used),
            (Choice::Assign, _) => self.assign_word(expansion, word, output, used),
            (Choice::Require, found) => {
                self.missing.required(name, *span, found, word);
                output.fail();
            }
        }
    }

    /// `${X=word}`: the word's value is the name's from now on.
    fn assign_word(&mut self, expansion: &Expansion, word: &Word, output: &mut Output, used: &mut Vec<Used>) {
        let mut value = Output::default();
        let mut own = Vec::new();
        self.expand(word, &mut value, &mut own);
        let Expansion { name, span, quoted, .. } = expansion;
        self.assign_default(name, *span, &value, own, word);
        if let Some(id) = self.look_at(name, *span, true, used) {
            self.push_value(id, *quoted, *span, output);
        }
    }

    fn length(&mut self, id: VariableId, output: &mut Output) {
        let variable = &self.variables[id.index()];
        if variable.poisoned {
            return output.fail();
        }
        let length = variable.value.chars().count().to_string();
        output.push(&length, true);
    }

    #[expect(clippy::too_many_arguments, reason = "an expansion in its parts")]
    fn trim(
        &mut self,
        id: VariableId,
        end: End,
        longest: bool,
        pattern: &Word,
        expansion: &Expansion,
        output: &mut Output,
        used: &mut Vec<Used>,
    ) {
        // bash leaves the pattern alone when there is nothing to take it off, and so do the `:=` in it.
        if self.variables[id.index()].value.is_empty() {
            output.poisoned |= self.variables[id.index()].poisoned;
            return;
        }
        let mut text = Output { is_pattern: true, ..Output::default() };
        self.expand(pattern, &mut text, used);
        if text.poisoned || self.variables[id.index()].poisoned {
            return output.fail();
        }
        let Ok(pattern) = Pattern::compile(&text.text) else {
            self.complain(
                Diagnostic::error("not-in-language", "this bracket in a pattern is not read here")
                    .at(expansion.span, "its meaning depends on the language of the shell")
                    .with_help("name the characters themselves: `[abc]`, `[a-z]` or `[[:digit:]]`"),
            );
            return output.fail();
        };
        let work = pattern.work(&self.variables[id.index()].value);
        if !self.may_work(work, expansion.span) {
            return output.fail();
        }
        let rest = pattern.trim(&self.variables[id.index()].value, end, longest);
        output.push(rest, expansion.quoted);
    }

    /// Notes that a name is looked at, and finds what it holds.
    fn look_at(&mut self, name: &Name, span: Span, contributes: bool, used: &mut Vec<Used>) -> Option<VariableId> {
        let found = self.find(name);
        if let Some(id) = found {
            self.variables[id.index()].read = true;
            if self.variables[id.index()].poisoned && self.variables[id.index()].origin.layer == super::Layer::Process {
                self.missing.not_text(name, span);
            }
        } else if super::names::is_preset(name) {
            self.missing.preset(name, span);
        }
        used.push(Used { name: Name::clone(name), span, found, contributes });
        found
    }

    fn push_value(&mut self, id: VariableId, quoted: bool, span: Span, output: &mut Output) {
        if self.variables[id.index()].poisoned || !self.may_work(self.variables[id.index()].value.len(), span) {
            return output.fail();
        }
        output.push(&self.variables[id.index()].value, quoted);
    }
}
