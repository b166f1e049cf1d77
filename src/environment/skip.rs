//! Passing over what was refused, so that the text behind it is read as it is meant.

use super::parse::{Parser, Stop};
use super::refusal::Refusal;

impl Parser<'_> {
    pub(super) fn refuse_array(&mut self, start: usize) -> Stop {
        self.skip_nested(b'(', b')');
        self.refuse(Refusal::Array, start..start + 1);
        Stop
    }

    pub(super) fn refuse_process(&mut self) {
        let start = self.cursor.at();
        self.cursor.bump();
        self.skip_nested(b'(', b')');
        self.refuse(Refusal::ProcessSubstitution, start..self.cursor.at());
    }

    pub(super) fn refuse_backquoted(&mut self) {
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
    pub(super) fn skip_nested(&mut self, open: u8, close: u8) {
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
    pub(super) fn skip_to_brace(&mut self, quoted: bool) -> bool {
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
