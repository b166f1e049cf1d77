//! A plain dump on its way to psql: what is not for the new database is left out, what must not run is refused, and
//! what ends too early is not taken for complete.
//!
//! Left out: owners, privileges, roles (another server's), and what belongs to the database's name. Refused: commands
//! of psql, and statements that affect other databases or the server. Lines keep their numbers, or are counted.
//!
//! This explains; it is no guard. psql and the server may read a script in another way: what keeps a dump in its
//! database is the role that restores it.

use std::io::{self, Read};

use memchr::memchr;

use super::cluster::{Cluster, Mark};
use super::lexer::{Lexer, Meaning};
use super::lines::Lines;
use super::notes::Notes;
use super::tokens::Words;
use super::{DumpFault, Target};

const BUFFER: usize = 256 << 10;
/// A statement that is longer goes on before its end is seen.
const LONGEST: usize = 1 << 20;
/// No command of psql in a dump is longer.
const LONGEST_COMMAND: usize = 4 << 10;
/// More empty lines at a time are not handed on.
const BLANK: usize = 1 << 10;

const CLOSING: &str = "-- PostgreSQL database dump complete";
const DUMPED_FROM: &str = "-- Dumped from database version ";
/// What pg_dump writes around a dump, with a word of its own; the restore has its own.
const RESTRICTIONS: &[&str] = &["\\restrict ", "\\unrestrict "];
const CONNECT: &str = "\\connect ";

/// How a dump is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// What it meets.
    pub(super) target: &'a Target,
    /// Whether it may do what the connecting user may.
    pub(super) trusted: bool,
    /// Whether it is restored in one transaction.
    pub(super) whole: bool,
    /// The one database of several that is read.
    pub(super) from: Option<&'a str>,
}

/// Returns the filter of a dump that meets `target`, for fuzzing.
#[doc(hidden)]
pub fn filtered<'a>(from: impl Read + 'a, target: &'a Target) -> impl Read + 'a {
    Plain::new(from, Reading { target, trusted: false, whole: true, from: None })
}

/// What comes next in the script.
#[derive(Debug)]
enum Part {
    /// SQL.
    Sql,
    /// A command of psql; its text so far.
    Command(Vec<u8>),
    /// The rest of the line before rows.
    BeforeRows,
    /// Rows. So much of the line that would end them was seen; none where this line cannot be it.
    Rows(Option<usize>),
}

/// Reads a plain dump as it may go to psql.
pub(super) struct Plain<'a, R> {
    from: R,
    reading: Reading<'a>,
    notes: Notes,
    buffer: Vec<u8>,
    part: Part,
    cluster: Cluster,
    /// How many lines were handed on before it was known that there are several databases.
    handed_on: u64,
    chunk: u64,
    lexer: Lexer,
    words: Words,
    /// Whether the statement goes on as it comes.
    passing: bool,
    held: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    line: u64,
    lines: Lines,
    blank: usize,
    connected: bool,
    complete: bool,
    version: Option<String>,
    taken: u64,
}

impl<'a, R: Read> Plain<'a, R> {
    pub(super) fn new(from: R, reading: Reading<'a>) -> Self {
        Self {
            from,
            reading,
            notes: Notes::default(),
            buffer: vec![0; BUFFER],
            part: Part::Sql,
            cluster: Cluster::default(),
            handed_on: 0,
            chunk: 1,
            lexer: Lexer::new(),
            words: Words::default(),
            passing: false,
            held: Vec::new(),
            ready: Vec::with_capacity(BUFFER),
            given: 0,
            line: 1,
            lines: Lines::default(),
            blank: 0,
            connected: false,
            complete: false,
            version: None,
            taken: 0,
        }
    }

    /// Returns the version of the server that was dumped, where the dump says it.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Returns how many bytes were read.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Returns what is known of the dump once it was read.
    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Returns the line of the dump that a line of the output comes from.
    pub(super) fn source_line(&self, line: u64) -> u64 {
        self.lines.source(line)
    }

    /// Reads on until something is ready; nothing is at the end.
    fn advance(&mut self) -> Result<(), DumpFault> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() {
            let length = self.from.read(&mut self.buffer)?;
            if length == 0 {
                return self.end();
            }
            self.taken += length as u64;
            self.chunk = self.line;
            // The buffer is borrowed by nobody while the rest changes.
            let buffer = std::mem::take(&mut self.buffer);
            let understood = self.understand(&buffer[..length]);
            self.buffer = buffer;
            understood?;
            self.cluster.cut(&mut self.ready);
        }
        Ok(())
    }

    fn understand(&mut self, mut bytes: &[u8]) -> Result<(), DumpFault> {
        while !bytes.is_empty() {
            let read = self.read_some(bytes)?;
            bytes = &bytes[read..];
        }
        Ok(())
    }

    fn end(&self) -> Result<(), DumpFault> {
        let open = !matches!(self.part, Part::Sql) || !self.words.is_empty() || !self.lexer.is_between();
        self.cluster.end(!open && self.complete, self.reading.from)
    }

    fn is_muted(&self) -> bool {
        self.cluster.is_muted()
    }

    /// Reads at least one byte; tells how many.
    fn read_some(&mut self, bytes: &[u8]) -> Result<usize, DumpFault> {
        match &mut self.part {
            Part::Sql => self.read_sql(bytes),
            Part::Rows(seen) => {
                let seen = *seen;
                Ok(self.read_rows(bytes, seen))
            }
            Part::Command(text) => {
                let end = memchr(b'\n', bytes);
                text.extend_from_slice(&bytes[..end.unwrap_or(bytes.len()).min(LONGEST_COMMAND)]);
                if text.len() > LONGEST_COMMAND {
                    let text = std::mem::take(text);
                    return Err(self.command(&text));
                }
                match end {
                    Some(end) => self.end_command().map(|()| end),
                    None => Ok(bytes.len()),
                }
            }
            Part::BeforeRows => {
                self.ready.push(bytes[0]);
                match bytes[0] {
                    b'\n' => {
                        self.line += 1;
                        self.part = Part::Rows(Some(0));
                    }
                    b' ' | b'\t' | b'\r' => {}
                    _ => return Err(DumpFault::Damaged(format!("line {} goes on where rows begin", self.line))),
                }
                Ok(1)
            }
        }
    }

    /// Rows end with a line that is `\.`.
    fn read_rows(&mut self, bytes: &[u8], seen: Option<usize>) -> usize {
        const END: &[u8] = b"\\.";
        let (read, seen) = match (seen, bytes[0]) {
            (Some(seen), byte) if END.get(seen) == Some(&byte) => (1, Some(seen + 1)),
            (Some(seen), b'\r') if seen == END.len() => (1, Some(seen + 1)),
            (Some(seen), b'\n') if seen >= END.len() => {
                self.part = Part::Sql;
                self.line += 1;
                self.ready.push(b'\n');
                return 1;
            }
            _ => match memchr(b'\n', bytes) {
                Some(end) => {
                    self.line += 1;
                    (end + 1, Some(0))
                }
                None => (bytes.len(), None),
            },
        };
        self.ready.extend_from_slice(&bytes[..read]);
        self.part = Part::Rows(seen);
        read
    }

    fn read_sql(&mut self, bytes: &[u8]) -> Result<usize, DumpFault> {
        let insignificant = self.lexer.awaited().map_or(0, |byte| memchr(byte, bytes).unwrap_or(bytes.len()));
        if insignificant > 0 {
            let length = insignificant;
            self.line += bytes[..length].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.hold(&bytes[..length]);
            return Ok(length);
        }
        let byte = bytes[0];
        if byte == b'\n' && self.blank > 0 {
            return Ok(self.read_blank(bytes));
        }
        let meaning = self.lexer.read(byte);
        self.line += u64::from(byte == b'\n');
        self.blank = 0;
        if meaning != Meaning::Inside {
            self.note_word();
        }
        match meaning {
            Meaning::Command => return self.begin_command(bytes),
            Meaning::End => {
                self.hold(b";");
                self.end_statement()?;
                return Ok(1);
            }
            Meaning::Comment => self.note_comment(),
            Meaning::TooLong => {
                return Err(DumpFault::Damaged(format!("line {} has a tag without end", self.line)));
            }
            Meaning::Word | Meaning::Inside => {}
        }
        self.hold(&bytes[..1]);
        if self.words.is_empty() && self.lexer.is_between() && byte == b'\n' {
            self.ready.append(&mut self.held);
            self.passing = false;
            self.blank = 1;
        }
        Ok(1)
    }

    /// Lines without anything, between statements.
    fn read_blank(&mut self, bytes: &[u8]) -> usize {
        let run = bytes.iter().take_while(|byte| **byte == b'\n').count();
        let handed_on = run.min(BLANK.saturating_sub(self.blank));
        self.ready.resize(self.ready.len() + handed_on, b'\n');
        self.blank = (self.blank + run).min(BLANK);
        self.line += run as u64;
        if handed_on < run {
            self.lines.drop(self.line, (run - handed_on) as u64);
        }
        run
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.passing {
            self.ready.extend_from_slice(bytes);
            return;
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() > LONGEST || self.words.passes_already() {
            self.passing = true;
            self.ready.append(&mut self.held);
        }
    }

    fn note_word(&mut self) {
        let word = self.lexer.word();
        if !word.is_empty() {
            self.words.push(&word);
            self.complete = false;
        }
        self.lexer.next_word();
    }

    fn note_comment(&mut self) {
        let comment = self.lexer.comment();
        if comment == CLOSING {
            self.complete = self.words.is_empty();
            if self.complete {
                self.cluster.complete(self.ready.len());
            }
        } else if let Some(version) = comment.strip_prefix(DUMPED_FROM) {
            self.version = version.split_whitespace().next().map(str::to_owned);
        }
        match self.cluster.note(&comment, self.reading.from) {
            Mark::Several => self.handed_on = self.chunk - 1,
            Mark::Begin => {
                self.notes = Notes::default();
                self.ready.clear();
                self.held.clear();
                // The end of this line is the first that is handed on.
                self.lines.begin(self.line, self.handed_on);
            }
            Mark::Nothing => {}
        }
    }
}

impl<R: Read> Read for Plain<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.advance()?;
        }
        let length = into.len().min(self.ready.len() - self.given);
        into[..length].copy_from_slice(&self.ready[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

mod endings;
#[cfg(test)]
mod tests;
