//! From text to words: quotes, escapes and expansions.

use super::Name;
use super::names;
use super::parse::{Parser, Stop};
use super::refusal::Refusal;
use super::syntax::{Choice, End, Expansion, Operation, Part, Word};

/// Expansions within expansions: more than this is no configuration, and would use up the stack.
const DEEPEST: usize = 200;

/// Where a word stands; it decides what quotes mean in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// Behind `NAME=`; ends where the shell's words end.
    Value { export: bool },
    /// In `${X-…}` outside double quotes.
    Bare,
    /// In `${X=…}` outside double quotes: no `~` behind a `:`.
    BareAssign,
    /// In `"${X-…}"`: `'` means itself, and still hides a `}` from being the end.
    Quoted,
    /// In `${X%…}`, within double quotes or not: quotes mean what they mean outside of them.
    Pattern,
}

/// What stands before the next character, as far as `~` cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Colon,
    Other,
}

impl Context {
    fn is_value(self) -> bool {
        matches!(self, Self::Value { .. })
    }

    /// Whether `~` means the home folder behind `before`.
    fn has_home(self, before: Before) -> bool {
        match self {
            Self::Value { .. } | Self::Bare => before != Before::Other,
            Self::BareAssign | Self::Pattern => before == Before::Nothing,
            Self::Quoted => false,
        }
    }

    /// Whether `byte` ends a run of plain characters.
    fn stops(self, byte: u8) -> bool {
        match byte {
            b'\\' | b'"' | b'\'' | b'$' | b'`' | b'~' | b':' => true,
            b'}' => !self.is_value(),
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' => self.is_value(),
            b'<' | b'>' => self != Self::Quoted,
            b'{' => self == Self::Value { export: true },
            _ => false,
        }
    }
}

impl Parser<'_> {
    /// The value of an assignment.
    pub(super) fn value(&mut self, export: bool, word: &mut Word) -> Result<(), Stop> {
        self.word(Context::Value { export }, word)
    }

    /// A word up to its end, which stays.
    fn word(&mut self, context: Context, word: &mut Word) -> Result<(), Stop> {
        let mut before = Before::Nothing;
        loop {
            let start = self.cursor.at();
            let Some(byte) = self.cursor.peek() else { return Ok(()) };
            let now = std::mem::replace(&mut before, Before::Other);
            match byte {
                b'}' if !context.is_value() => return Ok(()),
                b' ' | b'\t' | b'\n' | b';' if context.is_value() => return Ok(()),
                b'(' if context.is_value() && now == Before::Nothing => return Err(self.refuse_array(start)),
                b'&' | b'|' | b'(' | b')' | b'<' | b'>' if context.is_value() => self.refuse_operator(byte)?,
                b'<' | b'>' if context != Context::Quoted && self.cursor.peek_second() == Some(b'(') => {
                    self.refuse_process();
                }
                b'\\' => self.escape(context, word),
                b'\'' if context == Context::Quoted => self.quotes_in_quotes(word)?,
                b'\'' => self.single_quoted(word)?,
                b'"' => self.double_quoted(context == Context::Quoted, word)?,
                b'$' => self.dollar(context == Context::Quoted, false, word)?,
                b'`' => self.refuse_backquoted(),
                b'~' if context.has_home(now) => self.tilde(context, word),
                b':' => {
                    before = Before::Colon;
                    self.plain(context, word);
                }
                b'{' if context == (Context::Value { export: true }) => {
                    self.cursor.bump();
                    self.refuse(Refusal::Braces, start..start + 1);
                }
                _ => self.plain(context, word),
            }
        }
    }

    /// One character that means itself, and the plain ones behind it.
    fn plain(&mut self, context: Context, word: &mut Word) {
        let start = self.cursor.at();
        let colon = self.cursor.peek_raw() == Some(b':');
        self.cursor.take_character();
        if !colon {
            self.cursor.take_until(|byte| context.stops(byte));
        }
        let span = self.span(start..self.cursor.at());
        word.push_text(self.cursor.since(start), context == Context::Quoted, span);
    }

    /// `\` and what stands behind it.
    fn escape(&mut self, context: Context, word: &mut Word) {
        if context == Context::Quoted {
            return self.escape_in_quotes(true, word);
        }
        let start = self.cursor.at();
        self.cursor.bump();
        let character = self.cursor.take_character();
        let span = self.span(start..self.cursor.at());
        // A backslash at the very end of a file means itself.
        word.push_text(character.unwrap_or('\\').encode_utf8(&mut [0; 4]), true, span);
    }

    /// `\` within double quotes: it means itself before most characters.
    fn escape_in_quotes(&mut self, in_brace: bool, word: &mut Word) {
        let start = self.cursor.at();
        self.cursor.bump();
        let character = match self.cursor.peek_raw() {
            Some(byte @ (b'$' | b'`' | b'"' | b'\\')) => byte,
            Some(b'}') if in_brace => b'}',
            next => {
                // The quote behind it means itself too, and opens nothing.
                if next == Some(b'\'') {
                    self.cursor.bump();
                }
                let span = self.span(start..self.cursor.at());
                return word.push_text(self.cursor.since(start), true, span);
            }
        };
        self.cursor.bump();
        let span = self.span(start..self.cursor.at());
        word.push_text(char::from(character).encode_utf8(&mut [0; 4]), true, span);
    }

    fn single_quoted(&mut self, word: &mut Word) -> Result<(), Stop> {
        let start = self.cursor.at();
        self.cursor.bump();
        let text = self.cursor.take_until(|byte| byte == b'\'');
        if self.cursor.peek_raw().is_none() {
            return Err(self.give_up(Refusal::OpenSingleQuote, start..start + 1));
        }
        self.cursor.bump();
        let span = self.span(start..self.cursor.at());
        word.push_text(text, true, span);
        Ok(())
    }

    /// `'…'` in `"${X-…}"`: the quotes and what is between them mean themselves, but for expansions.
    fn quotes_in_quotes(&mut self, word: &mut Word) -> Result<(), Stop> {
        let start = self.cursor.at();
        self.cursor.bump();
        let quote = self.span(start..start + 1);
        let Some(length) = self.cursor.ahead().find('\'') else {
            return Err(self.give_up(Refusal::OpenSingleQuote, start..start + 1));
        };
        let end = start + 1 + length;
        let is_mixed = self.cursor.ahead()[..length].contains(['"', '\\', '`']);
        word.push_text("'", true, quote);
        while !is_mixed && self.cursor.at() < end {
            let at = self.cursor.at();
            if self.cursor.peek_raw() == Some(b'$') {
                self.dollar(true, true, word)?;
            } else {
                let text = self.cursor.take_until(|byte| matches!(byte, b'$' | b'\''));
                let span = self.span(at..self.cursor.at());
                word.push_text(text, true, span);
            }
        }
        if is_mixed || self.cursor.at() > end {
            self.refuse(Refusal::MixedQuotes, start..end + 1);
        }
        self.cursor.skip_to(end + 1);
        word.push_text("'", true, quote);
        Ok(())
    }

    fn double_quoted(&mut self, in_brace: bool, word: &mut Word) -> Result<(), Stop> {
        let start = self.cursor.at();
        self.cursor.bump();
        let opening = self.span(start..self.cursor.at());
        word.push_text("", true, opening);
        loop {
            let at = self.cursor.at();
            match self.cursor.peek() {
                None => return Err(self.give_up(Refusal::OpenDoubleQuote, start..start + 1)),
                Some(b'"') => break self.cursor.bump(),
                Some(b'\\') => self.escape_in_quotes(in_brace, word),
                Some(b'$') => self.dollar(true, true, word)?,
                Some(b'`') => self.refuse_backquoted(),
                Some(_) => {
                    let text = self.cursor.take_until(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`'));
                    let span = self.span(at..self.cursor.at());
                    word.push_text(text, true, span);
                }
            }
        }
        Ok(())
    }

    /// `$` and what stands behind it. `between_quotes`: directly between two double quotes, not in a `${…}` there.
    fn dollar(&mut self, quoted: bool, between_quotes: bool, word: &mut Word) -> Result<(), Stop> {
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
            Choice::Assign => Context::BareAssign,
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
        self.word(Context::Pattern, &mut pattern)?;
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

    /// `~` where it may mean the home folder.
    fn tilde(&mut self, context: Context, word: &mut Word) {
        let start = self.cursor.at();
        self.cursor.bump();
        let run = self.cursor.at();
        let ends = |byte: u8| byte == b'/' || byte == b':' || (byte != b'~' && context.stops(byte)) && byte != b'{';
        self.cursor.peek();
        let name = self.cursor.take_until(ends);
        let plain_end = match self.cursor.peek() {
            None | Some(b'/' | b':' | b'}') => true,
            Some(byte) => !matches!(byte, b'\\' | b'"' | b'\'' | b'$' | b'`'),
        };
        let span = self.span(start..self.cursor.at());
        if plain_end && name.is_empty() {
            word.parts.push(Part::Home { span });
        } else if plain_end && names_a_home(name) {
            self.refuse(Refusal::TildeName, start..run + name.len());
        } else {
            word.push_text("~", false, span);
            word.push_text(name, false, span);
        }
    }

    fn refuse_array(&mut self, start: usize) -> Stop {
        self.skip_nested(b'(', b')');
        self.refuse(Refusal::Array, start..start + 1);
        Stop
    }

    fn refuse_process(&mut self) {
        let start = self.cursor.at();
        self.cursor.bump();
        self.skip_nested(b'(', b')');
        self.refuse(Refusal::ProcessSubstitution, start..self.cursor.at());
    }

    fn refuse_backquoted(&mut self) {
        let start = self.cursor.at();
        self.cursor.bump();
        loop {
            self.cursor.take_until(|byte| matches!(byte, b'`' | b'\\'));
            match self.cursor.take_character() {
                Some('\\') => _ = self.cursor.take_character(),
                _ => break,
            }
        }
        self.refuse(Refusal::Backquote, start..self.cursor.at());
    }

    /// Passes over a bracketed construct that was refused, the brackets and quotes in it included.
    fn skip_nested(&mut self, open: u8, close: u8) {
        let mut depth = 0_usize;
        while let Some(byte) = self.cursor.peek_raw() {
            self.cursor.take_character();
            match byte {
                b'\\' => _ = self.cursor.take_character(),
                b'\'' => {
                    self.cursor.take_until(|byte| byte == b'\'');
                    self.cursor.take_character();
                }
                _ if byte == open => depth += 1,
                _ if byte == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    /// Passes over the rest of a `${…` that was refused; false where it has no end.
    fn skip_to_brace(&mut self, quoted: bool) -> bool {
        let mut depth = 1_usize;
        while let Some(byte) = self.cursor.peek_raw() {
            self.cursor.take_character();
            match byte {
                b'\\' => _ = self.cursor.take_character(),
                b'\'' if !quoted => {
                    self.cursor.take_until(|byte| byte == b'\'');
                    self.cursor.take_character();
                }
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }
}

/// What may stand behind a `$` without being a name.
fn is_parameter(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

/// Whether the shell would look for someone's home folder by this name.
fn names_a_home(name: &str) -> bool {
    matches!(name, "+" | "-")
        || name.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit())
        || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'))
}
