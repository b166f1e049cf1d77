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

use super::classifier::{Fate, Words};
use super::cluster::{Cluster, Mark};
use super::lines::Lines;
use super::notes::Notes;
use super::rows::Rows;
use super::sql_lexer::{Lexer, Meaning};
use super::statement::{self, Outcome};
use super::target::Reading;
use crate::database::DumpFault;

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

/// What comes next in the script.
#[derive(Debug)]
enum Part {
    /// SQL.
    Sql,
    /// A command of psql; its text so far.
    Command(Vec<u8>),
    /// The rest of the line before rows.
    BeforeRows,
    /// Rows.
    Rows(Rows),
}

/// Reads a plain dump as it may go to psql.
pub(in crate::database) struct Plain<'a, R> {
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
    pub(in crate::database) fn new(from: R, reading: Reading<'a>) -> Self {
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
    pub(in crate::database) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Returns how many bytes were read.
    pub(in crate::database) fn taken(&self) -> u64 {
        self.taken
    }

    /// Returns what is known of the dump once it was read.
    pub(in crate::database) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Returns the line of the dump that a line of the output comes from.
    pub(in crate::database) fn source_line(&self, line: u64) -> u64 {
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
            Part::Rows(rows) => {
                let piece = rows.read(bytes);
                self.line += u64::from(piece.line);
                self.ready.extend_from_slice(&bytes[..piece.length]);
                if piece.last {
                    self.part = Part::Sql;
                }
                Ok(piece.length)
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
                        self.part = Part::Rows(Rows::new());
                    }
                    b' ' | b'\t' | b'\r' => {}
                    _ => return Err(DumpFault::Damaged(format!("line {} goes on where rows begin", self.line))),
                }
                Ok(1)
            }
        }
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

    fn end_statement(&mut self) -> Result<(), DumpFault> {
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
        let (target, trusted) = (self.reading.target, self.reading.trusted);
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

    fn command(&self, text: &[u8]) -> DumpFault {
        let text = String::from_utf8_lossy(text);
        let command = text.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
        DumpFault::Command { line: self.line, command }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Target;

    const END: &str = "--\n-- PostgreSQL database dump complete\n--\n\n";

    fn plain<'a, R: Read>(from: R, target: &'a Target, database: Option<&'a str>) -> Plain<'a, R> {
        Plain::new(from, Reading { target, trusted: false, whole: true, from: database })
    }

    /// In one piece and byte by byte.
    fn read(script: &str) -> Result<String, DumpFault> {
        read_from(script, None)
    }

    fn read_from(script: &str, database: Option<&str>) -> Result<String, DumpFault> {
        let target = Target { user: "chief".into(), ..Target::default() };
        struct Slowly<'a>(&'a [u8]);
        impl Read for Slowly<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut into[..1])
            }
        }
        let mut slow = String::new();
        let slowly = plain(Slowly(script.as_bytes()), &target, database).read_to_string(&mut slow).map(|_| slow);
        let mut fast = String::new();
        let fast = plain(script.as_bytes(), &target, database).read_to_string(&mut fast).map(|_| fast);
        let kept =
            |text: &io::Result<String>| text.as_ref().ok().map(|text| text.trim_start_matches("--\n").to_owned());
        assert_eq!(kept(&slowly), kept(&fast), "{script}");
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
        let target = Target::default();
        let mut plain = plain(script.as_bytes(), &target, None);
        io::copy(&mut plain, &mut io::sink()).unwrap();
        assert_eq!(plain.version(), Some("15.20"));
    }

    #[test]
    fn what_goes_beyond_the_database_is_refused() {
        for (script, place) in [
            ("SELECT 1;\nDROP DATABASE coog;\n", "line 2 affects more than this database: `DROP DATABASE COOG`"),
            ("\n\n\\connect other\n", "line 3 is a command for psql, not SQL: `\\connect`"),
            ("SELECT 1 \\gexec\n", "line 1 is a command for psql, not SQL: `\\gexec`"),
            ("SELECT '\\'; \\! rm -rf /\n", "line 1 is a command for psql, not SQL: `\\!`"),
            ("CREATE ROLE x;\n", "line 1 affects more than this database: `CREATE ROLE X`"),
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

    #[test]
    fn transactions_are_the_restores() {
        let script = format!("BEGIN;\nSELECT lo_open(1, 2);\nCOMMIT;\n{END}");
        assert_eq!(read(&script).unwrap(), format!("\nSELECT lo_open(1, 2);\n\n{END}"));
        let fault = read(&format!("\nROLLBACK;\n{END}")).unwrap_err().to_string();
        assert!(fault.starts_with("line 2 ends or divides the transaction"), "{fault}");
    }

    #[test]
    fn what_psql_takes_for_a_line_end_ends_a_comment() {
        for script in ["--\rDROP DATABASE main;\n", "SELECT 1 /**/* 2; DROP DATABASE main;\n"] {
            assert!(matches!(read(&format!("{script}{END}")), Err(DumpFault::BeyondItsDatabase { .. })), "{script}");
        }
        let rows = "COPY t FROM stdin;\n1\n\\.\r\r\nDROP DATABASE main;\n\\.\n";
        assert_eq!(read(&format!("{rows}{END}")).unwrap(), format!("{rows}{END}"));
    }

    #[test]
    fn nothing_grows_without_end() {
        let long = format!("\\restrict {}\n", "x".repeat(1 << 20));
        assert!(matches!(read(&format!("{long}{END}")), Err(DumpFault::Command { .. })));
        let long = format!("SELECT ${}$\n", "a".repeat(1 << 20));
        assert!(matches!(read(&format!("{long}{END}")), Err(DumpFault::Damaged(_))));
        let script = format!("SELECT 1;\n{}SELECT 2;\n{END}", "\n".repeat(1 << 20));
        let target = Target::default();
        let mut plain = plain(script.as_bytes(), &target, None);
        let mut output = String::new();
        plain.read_to_string(&mut output).unwrap();
        assert!(output.len() < 2048, "{}", output.len());
        let place = output.lines().position(|line| line == "SELECT 2;").unwrap() as u64 + 1;
        assert_eq!(plain.source_line(place), (1 << 20) + 2);
        assert_eq!(plain.source_line(1), 1);
    }

    #[test]
    fn one_database_of_several_is_read() {
        let cluster = format!(
            "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE x;\n-- Database \"one\" dump\n\\connect one\n\
             COPY t FROM stdin;\n-- Database \"two\" dump\n\\.\nSELECT 1;\n{END}\
             -- Database \"two\" dump\nCREATE DATABASE two;\nALTER DATABASE two OWNER TO x;\n\\connect two\n\
             SELECT 2;\n{END}-- Database \"three\" dump\nSELECT 3;\n{END}-- PostgreSQL database cluster dump complete\n"
        );
        let two = read_from(&cluster, Some("two")).unwrap();
        assert_eq!(two.split_whitespace().filter(|word| *word != "--").collect::<String>(), "SELECT2;");
        let fault = read(&cluster).unwrap_err().to_string();
        assert!(fault.contains("one, two, three"), "{fault}");
        assert!(matches!(read_from(&cluster, Some("four")), Err(DumpFault::NotInCluster { .. })));
        let single = format!("CREATE DATABASE a;\n\\connect a\nSELECT 1;\n{END}");
        assert!(read_from(&single, Some("a")).unwrap().contains("SELECT 1;"));
    }
}
