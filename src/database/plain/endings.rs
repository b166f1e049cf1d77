//! What becomes of a statement and of a command of psql when its end is read.

use std::io::Read;

use memchr::memchr;

use super::{CONNECT, Part, Plain, RESTRICTIONS, Reading};
use crate::database::DumpFault;
use crate::database::notes::Notes;
use crate::database::statement::{self, Outcome};
use crate::database::tokens::Fate;

impl<R: Read> Plain<'_, R> {
    pub(super) fn end_statement(&mut self) -> Result<(), DumpFault> {
        let words = std::mem::take(&mut self.words);
        let (trusted, passed_on) = (self.reading.trusted, self.passing);
        match words.fate() {
            fate if self.is_muted() && fate != Fate::Read => {}
            Fate::Database if self.reading.from.is_some() => self.skip(),
            Fate::Refuse | Fate::Database => return Err(self.beyond(words.beginning())),
            Fate::Read if !passed_on => self.read_statement()?,
            Fate::Skip => self.skip(),
            Fate::LeaveOut(kind) if !trusted => {
                *self.notes.left_out.entry(kind).or_default() += 1;
                self.skip();
            }
            Fate::Transaction if !words.is_harmless_in_a_transaction() && !trusted => {
                return Err(DumpFault::Transaction { line: self.line, statement: words.beginning() });
            }
            Fate::Transaction if self.reading.whole => self.skip(),
            Fate::LeaveOut(_) | Fate::Transaction | Fate::Read | Fate::Pass => {}
        }
        self.notes.locks += words.locks();
        self.ready.append(&mut self.held);
        self.passing = false;
        Ok(())
    }

    /// Leaves a statement out; its lines stay.
    fn skip(&mut self) {
        if !self.passing {
            self.held.retain(|byte| *byte == b'\n');
        }
    }

    fn read_statement(&mut self) -> Result<(), DumpFault> {
        let Reading { target, trusted, .. } = self.reading;
        let mut unheard = Notes::default();
        let notes = if self.is_muted() { &mut unheard } else { &mut self.notes };
        let read = statement::read(&self.held, target, trusted, notes);
        match if self.is_muted() { read.or(Ok(Outcome::AsIs)) } else { read }? {
            Outcome::AsIs => {}
            Outcome::Rows => self.part = Part::BeforeRows,
            Outcome::Nothing => self.skip(),
            Outcome::Instead(text) => {
                let lines = self.held.iter().filter(|byte| **byte == b'\n').count();
                let more = lines.saturating_sub(text.matches('\n').count());
                self.held = text.into_bytes();
                self.held.resize(self.held.len() + more, b'\n');
            }
            Outcome::Escapes(escapes) => self.lexer.escape_everywhere(escapes),
        }
        Ok(())
    }

    fn beyond(&self, statement: String) -> DumpFault {
        DumpFault::BeyondItsDatabase { line: self.line, statement }
    }

    /// Within a statement no command of psql is part of a dump.
    pub(super) fn begin_command(&mut self, bytes: &[u8]) -> Result<usize, DumpFault> {
        if !self.words.is_empty() {
            let end = memchr(b'\n', bytes).unwrap_or(bytes.len());
            return Err(self.command(&bytes[..end]));
        }
        self.part = Part::Command(vec![bytes[0]]);
        Ok(1)
    }

    pub(super) fn end_command(&mut self) -> Result<(), DumpFault> {
        let Part::Command(text) = std::mem::replace(&mut self.part, Part::Sql) else { return Ok(()) };
        let is = |known: &&str| text.starts_with(known.as_bytes());
        let connects = is(&CONNECT) && self.reading.from.is_some() && !std::mem::replace(&mut self.connected, true);
        if self.is_muted() || connects || RESTRICTIONS.iter().any(is) {
            if self.is_muted() {
                self.connected = false;
            }
            return Ok(());
        }
        Err(self.command(&text))
    }

    pub(super) fn command(&self, text: &[u8]) -> DumpFault {
        let text = String::from_utf8_lossy(text);
        let command = text.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
        DumpFault::Command { line: self.line, command }
    }
}
