//! From text to words: quotes, escapes, and the home folder.

use super::parse::{Parser, Stop};
use super::refusal::Refusal;
use super::syntax::{Part, Word};

/// Where a word stands; it decides what quotes mean in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Behind `NAME=`; ends where the shell's words end.
    Value { export: bool },
    /// In `${X-…}` outside double quotes.
    Bare,
    /// In `${X=…}` outside double quotes, and anywhere in a pattern: no `~` behind a `:`.
    BareOnce,
    /// In `"${X-…}"`: `'` means itself, and still hides a `}` from being the end.
    Quoted,
    /// In `${X%…}`, within double quotes or not: quotes mean what they mean outside of them.
    Pattern,
}

/// Which double quotes a character stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// `"here"`
    Outer,
    /// `"${X-here}"`
    Word,
    /// `"${X-"here"}"`
    Inner,
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
            Self::BareOnce | Self::Pattern => before == Before::Nothing,
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
    pub(super) fn word(&mut self, context: Context, word: &mut Word) -> Result<(), Stop> {
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
                b'"' if context == Context::Quoted => self.double_quoted(Quotes::Inner, word)?,
                b'"' => self.double_quoted(Quotes::Outer, word)?,
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
            return self.escape_in_quotes(Quotes::Word, word);
        }
        let start = self.cursor.at();
        self.cursor.bump();
        let character = self.cursor.take_character();
        let span = self.span(start..self.cursor.at());
        // A backslash at the very end of a file means itself.
        word.push_text(character.unwrap_or('\\').encode_utf8(&mut [0; 4]), true, span);
    }

    /// `\` within double quotes: it means itself before most characters, and is left out in quotes within quotes.
    fn escape_in_quotes(&mut self, quotes: Quotes, word: &mut Word) {
        let start = self.cursor.at();
        self.cursor.bump();
        let next = self.cursor.peek_raw();
        let is_escaped = match next {
            Some(b'$' | b'`' | b'"' | b'\\') => true,
            Some(b'}') => quotes == Quotes::Word,
            _ => false,
        };
        if is_escaped || quotes == Quotes::Inner {
            // There, the shell drops the backslash before it looks for names: `$A\b` would be `$Ab`.
            if !is_escaped && is_open(word, self.cursor.before(start)) {
                self.refuse(Refusal::MixedQuotes, start..self.cursor.at());
            }
            let character = self.cursor.take_character();
            let span = self.span(start..self.cursor.at());
            return word.push_text(character.unwrap_or('\\').encode_utf8(&mut [0; 4]), true, span);
        }
        // The quote behind it means itself too, and opens nothing.
        if next == Some(b'\'') {
            self.cursor.bump();
        }
        let span = self.span(start..self.cursor.at());
        word.push_text(self.cursor.since(start), true, span);
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

    /// Passes over a double quote. Of quotes within quotes, the shell joins what stands on both sides before it looks
    /// for names: `$A"b"` would be `$Ab`.
    fn quote(&mut self, quotes: Quotes, word: &Word) {
        let at = self.cursor.at();
        self.cursor.bump();
        if quotes != Quotes::Inner || !is_open(word, self.cursor.before(at)) {
            return;
        }
        let is_dollar = self.cursor.before(at).ends_with('$');
        let joins = match self.cursor.peek() {
            None | Some(b'}' | b' ' | b'\t' | b'\n') => false,
            Some(next) => is_dollar || next == b'_' || next.is_ascii_alphanumeric() || matches!(next, b'"' | b'\\'),
        };
        if joins {
            self.refuse(Refusal::MixedQuotes, at..at + 1);
        }
    }

    fn double_quoted(&mut self, quotes: Quotes, word: &mut Word) -> Result<(), Stop> {
        let start = self.cursor.at();
        self.quote(quotes, word);
        let opening = self.span(start..self.cursor.at());
        word.push_text("", true, opening);
        loop {
            let at = self.cursor.at();
            match self.cursor.peek() {
                None => return Err(self.give_up(Refusal::OpenDoubleQuote, start..start + 1)),
                Some(b'"') => break self.quote(quotes, word),
                Some(b'\\') => self.escape_in_quotes(quotes, word),
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
        if plain_end && name.is_empty() && self.patterns > 0 && self.cursor.peek() == Some(b':') {
            self.refuse(Refusal::TildeInPattern, start..run + 1);
        } else if plain_end && name.is_empty() {
            word.parts.push(Part::Home { span });
        } else if plain_end && names_a_home(name) {
            self.refuse(Refusal::TildeName, start..run + name.len());
        } else {
            word.push_text("~", false, span);
            word.push_text(name, false, span);
        }
    }
}

/// Whether a character more would change what stands before it: `$NAME`, or a `$` that means itself.
fn is_open(word: &Word, before: &str) -> bool {
    match word.parts.last() {
        Some(Part::Expansion(_)) => !before.ends_with('}'),
        _ => before.strip_suffix('$').is_some_and(|rest| (rest.len() - rest.trim_end_matches('\\').len()) % 2 == 0),
    }
}

/// Whether the shell would look for someone's home folder by this name.
fn names_a_home(name: &str) -> bool {
    matches!(name, "+" | "-")
        || name.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit())
        || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'))
}
