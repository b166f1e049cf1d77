//! A position in a text, and the one rule that holds nearly everywhere: `\` before a line end is nothing.

use super::Name;

/// Walks over a text byte by byte; runs between ASCII bytes keep characters whole.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// The text up to `end`.
    pub(super) fn before(&self, end: usize) -> &'t str {
        &self.text[..end]
    }

    /// The text from here on.
    pub(super) fn ahead(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next byte, line continuations passed over.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while self.rest().starts_with(b"\\\n") {
            self.at += 2;
        }
        self.peek_raw()
    }

    /// The byte after the next one. Call [`Self::peek`] first.
    pub(super) fn peek_second(&self) -> Option<u8> {
        let mut ahead = Cursor { text: self.text, at: self.at + 1 };
        if ahead.at > self.text.len() { None } else { ahead.peek() }
    }

    /// The next byte as it stands.
    pub(super) fn peek_raw(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Passes over one ASCII byte that was peeked at.
    pub(super) fn bump(&mut self) {
        debug_assert!(self.text.is_char_boundary(self.at + 1), "only ASCII is bumped");
        self.at += 1;
    }

    /// Passes over `byte` if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    /// Passes over the next character as it stands.
    pub(super) fn take_character(&mut self) -> Option<char> {
        let character = self.ahead().chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Passes over everything up to a byte that `stops` (which must be ASCII), or the end.
    pub(super) fn take_until(&mut self, stops: impl Fn(u8) -> bool) -> &'t str {
        let start = self.at;
        let length = self.rest().iter().position(|byte| stops(*byte)).unwrap_or(self.text.len() - start);
        self.at += length;
        self.since(start)
    }

    /// Passes over a name (`[A-Za-z_][A-Za-z0-9_]*`), continuations inside it included; empty where there is none.
    pub(super) fn take_name(&mut self) -> Name {
        let is_part = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        if self.peek().is_none_or(|first| first.is_ascii_digit()) {
            return Name::from("");
        }
        let mut name = self.take_until(|byte| !is_part(byte));
        let mut joined = String::new();
        // Hardly ever: a name over two lines.
        while self.peek_raw() == Some(b'\\') && self.peek().is_some_and(is_part) {
            joined.push_str(name);
            name = self.take_until(|byte| !is_part(byte));
        }
        if joined.is_empty() { Name::from(name) } else { Name::from(joined + name) }
    }

    /// Goes on at an offset ahead, which must be on a character.
    pub(super) fn skip_to(&mut self, offset: usize) {
        self.at = offset.max(self.at);
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }
}
