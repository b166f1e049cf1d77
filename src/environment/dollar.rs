//! From text to words: expansions.

use super::Name;
use super::names;
use super::parse::{Parser, Stop};
use super::refusal::Refusal;
use super::syntax::{Choice, End, Expansion, Operation, Part, Word};
use super::word::Context;

/// Expansions within expansions: more than this is no configuration, and would use up the stack.
const DEEPEST: usize = 200;

impl Parser<'_> {
    /// `$` and what stands behind it. `between_quotes`: directly between two double quotes, not in a `${…}` there.
    pub(super) fn dollar(&mut self, quoted: bool, between_quotes: bool, word: &mut Word) -> Result<(), Stop> {
        let start = self.cursor.at();
        self.cursor.bump();
        match self.cursor.peek() {
            Some(b'{') => return self.brace(quoted, start, word),
            Some(b'(') => {
                let refusal = if self.cursor.peek_second() == Some(b'(') {
                    Refusal::Arithmetic
                } else {
                    Refusal::CommandSubstitution
                };
                self.skip_nested(b'(', b')');
                self.refuse(refusal, start..self.cursor.at());
            }
            Some(b'[') => {
                self.skip_nested(b'[', b']');
                self.refuse(Refusal::Arithmetic, start..self.cursor.at());
            }
            Some(b'\'') if !between_quotes => self.refuse(Refusal::AnsiQuote, start..start + 2),
            Some(b'"') if !between_quotes => self.refuse(Refusal::LocaleQuote, start..start + 2),
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                let name = self.cursor.take_name();
                self.expansion(name, Operation::Plain, quoted, start, word);
            }
            Some(byte) if is_parameter(byte) => {
                self.cursor.bump();
                self.refuse(Refusal::Parameter(char::from(byte)), start..self.cursor.at());
            }
            _ => {
                let span = self.span(start..start + 1);
                word.push_text("$", quoted, span);
            }
        }
        Ok(())
    }

    /// `${…}`; the brace is next, `start` is the dollar's offset.
    fn brace(&mut self, quoted: bool, start: usize, word: &mut Word) -> Result<(), Stop> {
        self.cursor.bump();
        if self.depth == DEEPEST {
            return Err(self.give_up(Refusal::TooDeep, start..start + 2));
        }
        self.depth += 1;
        let length = self.cursor.peek() == Some(b'#')
            && self.cursor.peek_second().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic());
        if length {
            self.cursor.bump();
        }
        let name = self.cursor.take_name();
        let operation = match self.bad_name(&name) {
            Some(refusal) => Err(refusal),
            None if length && self.cursor.peek() == Some(b'}') => Ok(Operation::Length),
            None if length => Err(Refusal::BadExpansion),
            None => self.operation(quoted)?,
        };
        self.depth -= 1;
        match operation {
            Ok(operation) => {
                if !self.cursor.eat(b'}') {
                    return Err(self.give_up(Refusal::OpenBrace, start..start + 2));
                }
                self.expansion(name, operation, quoted, start, word);
            }
            Err(refusal) => {
                if !self.skip_to_brace(quoted) {
                    return Err(self.give_up(Refusal::OpenBrace, start..start + 2));
                }
                self.refuse(refusal, start..self.cursor.at());
            }
        }
        Ok(())
    }

    /// What is wrong with what stands behind `${` where no name is.
    fn bad_name(&mut self, name: &str) -> Option<Refusal> {
        if !name.is_empty() {
            return None;
        }
        Some(match self.cursor.peek() {
            Some(b'!') => Refusal::Indirect,
            Some(byte) if is_parameter(byte) => Refusal::Parameter(char::from(byte)),
            _ => Refusal::BadExpansion,
        })
    }

    /// The operator behind a name in braces, and its word; the closing brace stays.
    fn operation(&mut self, quoted: bool) -> Result<Result<Operation, Refusal>, Stop> {
        let Some(byte) = self.cursor.peek() else { return Ok(Ok(Operation::Plain)) };
        let empty_counts = byte == b':';
        let operator = if empty_counts { self.cursor.peek_second() } else { Some(byte) };
        let choice = match operator {
            Some(b'-') => Choice::Default,
            Some(b'=') => Choice::Assign,
            Some(b'?') => Choice::Require,
            Some(b'+') => Choice::Alternative,
            _ if empty_counts => return Ok(Err(Refusal::Substring)),
            Some(b'}') => return Ok(Ok(Operation::Plain)),
            Some(b'%' | b'#') => return self.trim(byte).map(Ok),
            Some(b'/') => return Ok(Err(Refusal::Replace)),
            Some(b'^' | b',') => return Ok(Err(Refusal::LetterCase)),
            Some(b'@') => return Ok(Err(Refusal::Transform)),
            Some(b'[') => return Ok(Err(Refusal::Array)),
            _ => return Ok(Err(Refusal::BadExpansion)),
        };
        if empty_counts {
            self.cursor.bump();
            self.cursor.peek();
        }
        self.cursor.bump();
        let context = match choice {
            _ if quoted => Context::Quoted,
            Choice::Assign => Context::BareOnce,
            _ if self.patterns > 0 => Context::BareOnce,
            _ => Context::Bare,
        };
        let mut word = Word::default();
        self.word(context, &mut word)?;
        Ok(Ok(Operation::Choice { choice, empty_counts, word }))
    }

    /// `%`, `%%`, `#` or `##` and the pattern.
    fn trim(&mut self, operator: u8) -> Result<Operation, Stop> {
        self.cursor.bump();
        let longest = self.cursor.eat(operator);
        let end = if operator == b'%' { End::Back } else { End::Front };
        let mut pattern = Word::default();
        self.patterns += 1;
        self.word(Context::Pattern, &mut pattern)?;
        self.patterns -= 1;
        Ok(Operation::Trim { end, longest, pattern })
    }

    fn expansion(&mut self, name: Name, operation: Operation, quoted: bool, start: usize, word: &mut Word) {
        let span = self.span(start..self.cursor.at());
        if names::is_computed(&name) {
            self.refuse(Refusal::ComputedName(name.to_string()), span.range());
        } else {
            word.parts.push(Part::Expansion(Box::new(Expansion { name, span, quoted, operation })));
        }
    }
}

/// What may stand behind a `$` without being a name.
fn is_parameter(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}
