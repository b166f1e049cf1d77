//! A plain dump on its way to psql: what is not for the new database is left out, what must not run is refused, and
//! what ends too early is not taken for complete.
//!
//! Left out: owners, privileges, roles (another server's), and what belongs to the database's name. Refused: commands
//! of psql, and statements that speak of other databases or of the server. Lines keep their numbers.
//!
//! This guards against dumps that were made in another way than one thinks. A dump is a program all the same: whoever
//! loads one lets its author do in the server what our user may do.

use std::io::{self, Read};

use memchr::memchr;

use super::DumpFault;
use super::lexer::{Lexer, Meaning};
use super::tokens::{Fate, Words};

const BUFFER: usize = 256 << 10;
/// A statement that is longer goes on before its end is seen.
const LONGEST: usize = 1 << 20;

const CLOSING: &str = "-- PostgreSQL database dump complete";
const CLUSTER: &str = "-- PostgreSQL database cluster dump";
const DUMPED_FROM: &str = "-- Dumped from database version ";
/// What pg_dump writes around a dump, with a word of its own; we have our own.
const RESTRICTIONS: &[&str] = &["\\restrict ", "\\unrestrict "];

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
pub struct Plain<R> {
    from: R,
    buffer: Vec<u8>,
    part: Part,
    lexer: Lexer,
    words: Words,
    /// Whether the statement goes on as it comes.
    passing: bool,
    held: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    line: u64,
    complete: bool,
    version: Option<String>,
    taken: u64,
}

impl<R: Read> Plain<R> {
    /// Returns a filter that has read nothing yet.
    pub fn new(from: R) -> Self {
        Self {
            from,
            buffer: vec![0; BUFFER],
            part: Part::Sql,
            lexer: Lexer::new(),
            words: Words::default(),
            passing: false,
            held: Vec::new(),
            ready: Vec::with_capacity(BUFFER),
            given: 0,
            line: 1,
            complete: false,
            version: None,
            taken: 0,
        }
    }

    /// The version of the server that was dumped, where the dump says it.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// How many bytes were read.
    pub(super) fn taken(&self) -> u64 {
        self.taken
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
            // The buffer is ours alone while the rest of us changes.
            let buffer = std::mem::take(&mut self.buffer);
            let understood = self.understand(&buffer[..length]);
            self.buffer = buffer;
            understood?;
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
        if open || !self.complete { Err(DumpFault::CutOff) } else { Ok(()) }
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
                text.extend_from_slice(&bytes[..end.unwrap_or(bytes.len()).min(LONGEST)]);
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
            (Some(seen), b'\r') if seen == END.len() => (1, Some(seen)),
            (Some(seen), b'\n') if seen == END.len() => {
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
        let meaning = self.lexer.read(byte);
        self.line += u64::from(byte == b'\n');
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
            Meaning::Comment => self.note_comment()?,
            Meaning::Word | Meaning::Inside => {}
        }
        self.hold(&bytes[..1]);
        if self.words.is_empty() && self.lexer.is_between() && byte == b'\n' {
            self.ready.append(&mut self.held);
        }
        Ok(1)
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

    fn note_comment(&mut self) -> Result<(), DumpFault> {
        let comment = self.lexer.comment();
        if comment == CLOSING {
            self.complete = self.words.is_empty();
        } else if comment == CLUSTER {
            return Err(self.beyond("a dump of all databases of a server".to_owned()));
        } else if let Some(version) = comment.strip_prefix(DUMPED_FROM) {
            self.version = version.split_whitespace().next().map(str::to_owned);
        }
        Ok(())
    }

    fn end_statement(&mut self) -> Result<(), DumpFault> {
        let words = std::mem::take(&mut self.words);
        match words.fate() {
            Fate::Refuse => return Err(self.beyond(words.beginning())),
            Fate::Rows => self.part = Part::BeforeRows,
            Fate::Skip if !self.passing => self.held.retain(|byte| *byte == b'\n'),
            Fate::Skip | Fate::Pass => {}
        }
        if words.turns_escapes_on() {
            self.lexer.escape_everywhere();
        }
        self.ready.append(&mut self.held);
        self.passing = false;
        Ok(())
    }

    fn beyond(&self, statement: String) -> DumpFault {
        DumpFault::BeyondItsDatabase { line: self.line, statement }
    }

    /// Within a statement no command of psql is part of a dump.
    fn begin_command(&mut self, bytes: &[u8]) -> Result<usize, DumpFault> {
        if !self.words.is_empty() {
            let end = memchr(b'\n', bytes).unwrap_or(bytes.len());
            return Err(self.command(&bytes[..end]));
        }
        self.part = Part::Command(vec![bytes[0]]);
        Ok(1)
    }

    fn end_command(&mut self) -> Result<(), DumpFault> {
        let Part::Command(text) = std::mem::replace(&mut self.part, Part::Sql) else { return Ok(()) };
        let ours = RESTRICTIONS.iter().any(|known| text.starts_with(known.as_bytes()));
        if ours { Ok(()) } else { Err(self.command(&text)) }
    }

    fn command(&self, text: &[u8]) -> DumpFault {
        let text = String::from_utf8_lossy(text);
        let command = text.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
        DumpFault::Command { line: self.line, command }
    }
}

impl<R: Read> Read for Plain<R> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str = "--\n-- PostgreSQL database dump complete\n--\n\n";

    /// In one piece and byte by byte.
    fn read(script: &str) -> Result<String, DumpFault> {
        struct Slowly<'a>(&'a [u8]);
        impl Read for Slowly<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut into[..1])
            }
        }
        let mut slow = String::new();
        let slowly = Plain::new(Slowly(script.as_bytes())).read_to_string(&mut slow).map(|_| slow);
        let mut fast = String::new();
        let fast = Plain::new(script.as_bytes()).read_to_string(&mut fast).map(|_| fast);
        assert_eq!(slowly.as_ref().ok(), fast.as_ref().ok(), "{script}");
        fast.map_err(DumpFault::from)
    }

    #[test]
    fn rows_texts_and_bodies_are_not_looked_into() {
        let script = format!(
            "SET standard_conforming_strings = on;\n\
             CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$\n\\! rm\nSELECT 'GRANT x;' || E'\\';'\n$_$;\n\
             COPY public.t (a, b) FROM stdin;\n\\\\N\tGRANT x;\n\\.x\n;'\\connect\n\\.\n\
             INSERT INTO t VALUES ('a\\', 'b;\n\\connect x\n');\n{END}"
        );
        assert_eq!(read(&script).unwrap(), script);
    }

    #[test]
    fn roles_are_left_out_and_lines_keep_their_numbers() {
        let script = format!(
            "\\restrict abc\n--\n-- Dumped from database version 15.20 (Debian)\n\nCREATE TABLE t (a int);\n\
             ALTER TABLE public.t OWNER TO \"some;body\";\nGRANT ALL ON TABLE t\n  TO x; SELECT 1;\n{END}\\unrestrict abc\n"
        );
        let expected = format!(
            "\n--\n-- Dumped from database version 15.20 (Debian)\n\nCREATE TABLE t (a int);\n\n\n SELECT 1;\n{END}\n"
        );
        assert_eq!(read(&script).unwrap(), expected);
        let mut plain = Plain::new(script.as_bytes());
        io::copy(&mut plain, &mut io::sink()).unwrap();
        assert_eq!(plain.version(), Some("15.20"));
    }

    #[test]
    fn what_goes_beyond_the_database_is_refused() {
        for (script, place) in [
            ("SELECT 1;\nDROP DATABASE coog;\n", "line 2 speaks of more than this database: `DROP DATABASE COOG`"),
            ("\n\n\\connect other\n", "line 3 is a command for psql, not SQL: `\\connect`"),
            ("SELECT 1 \\gexec\n", "line 1 is a command for psql, not SQL: `\\gexec`"),
            ("SELECT '\\'; \\! rm -rf /\n", "line 1 is a command for psql, not SQL: `\\!`"),
            ("CREATE ROLE x;\n", "line 1 speaks of more than this database: `CREATE ROLE X`"),
            ("--\n-- PostgreSQL database cluster dump\n", "line 3 speaks of more than this database"),
        ] {
            let fault = read(&format!("{script}{END}")).unwrap_err().to_string();
            assert!(fault.starts_with(place), "{fault}");
        }
    }

    #[test]
    fn a_dump_that_is_cut_off_is_not_complete() {
        let whole = format!("COPY t (a) FROM stdin;\n1\n2\n\\.\nSELECT setval('t', 1);\n{END}");
        assert!(read(&whole).is_ok());
        let needed = whole.find("complete").unwrap() + "complete\n".len();
        for length in 0..needed {
            assert!(matches!(read(&whole[..length]), Err(DumpFault::CutOff)), "{length}");
        }
        assert!(matches!(read(&format!("{END}SELECT 1;\n")), Err(DumpFault::CutOff)));
    }

    #[test]
    fn where_a_backslash_escapes_it_does() {
        let script = format!("SET standard_conforming_strings = off;\nSELECT 'it\\'s; \\! x';\n{END}");
        assert_eq!(read(&script).unwrap(), script);
    }
}
