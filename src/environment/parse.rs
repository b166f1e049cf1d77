//! From text to assignments. What is refused is noted and passed over, so that one run finds everything.

use super::Name;
use super::cursor::Cursor;
use super::names;
use super::refusal::Refusal;
use super::syntax::{Assignment, File, Mark, Problem, Word};
use crate::report::{SourceId, Span, mentions_secret};

/// Nobody reads more problems of one file than this.
const MOST_PROBLEMS: usize = 100;
const LAST_PROBLEM: usize = MOST_PROBLEMS - 1;

/// Parses a text without byte order mark and carriage returns before line ends (see [`super::layers`]).
pub(super) fn parse(source: SourceId, text: &str) -> File {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        text,
        source,
        file: File::default(),
        depth: 0,
        patterns: 0,
        stop: false,
        last: 0..0,
    };
    if let Some(at) = text.find('\0') {
        parser.refuse(Refusal::Nul, at..at + 1);
        parser.lose_from(0);
    } else {
        parser.file();
    }
    parser.file
}

pub(super) struct Parser<'t> {
    pub(super) cursor: Cursor<'t>,
    text: &'t str,
    source: SourceId,
    file: File,
    /// How many `${` are open.
    pub(super) depth: usize,
    /// How many of them are patterns.
    pub(super) patterns: usize,
    /// The end of what is open could not be found: nothing behind it can be read.
    stop: bool,
    /// Where the last assignment stands: behind a secret's, lines that are none may be the rest of it.
    last: std::ops::Range<usize>,
}

/// Why the words of a line end: nothing more can be made of it.
pub(super) struct Stop;

impl Parser<'_> {
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    /// Notes a construct that is not part of the language.
    pub(super) fn refuse(&mut self, refusal: Refusal, range: std::ops::Range<usize>) {
        let span = self.span(range);
        match self.file.problems.len() {
            MOST_PROBLEMS.. => {}
            LAST_PROBLEM => {
                self.stop = true;
                self.file.problems.push(Problem { refusal: Refusal::TooMany, span });
            }
            _ => self.file.problems.push(Problem { refusal, span }),
        }
    }

    /// Notes something that has no end: the rest of the text cannot be read.
    pub(super) fn give_up(&mut self, refusal: Refusal, range: std::ops::Range<usize>) -> Stop {
        self.refuse(refusal, range);
        self.stop = true;
        Stop
    }

    fn file(&mut self) {
        while !self.stop {
            self.blanks();
            match self.cursor.peek() {
                None => break,
                Some(b'\n') => self.cursor.bump(),
                Some(b'#') => _ = self.comment(),
                Some(b';') => {
                    let at = self.cursor.at();
                    self.cursor.bump();
                    self.refuse(Refusal::EmptyStatement, at..at + 1);
                }
                Some(_) => self.statement(),
            }
        }
    }

    fn blanks(&mut self) {
        while matches!(self.cursor.peek(), Some(b' ' | b'\t')) {
            self.cursor.bump();
        }
    }

    /// Passes over a comment; an old secret that is commented out stays one.
    fn comment(&mut self) -> Option<Mark> {
        let start = self.cursor.at();
        let comment = self.cursor.take_until(|byte| byte == b'\n');
        if looks_secret(comment) && comment.contains('=') {
            let equals = comment.find('=').unwrap_or(0);
            let span = self.span(start + equals + 1..start + comment.len());
            self.file.masks.push(span);
        }
        let mut words = comment.trim_start_matches('#').split_whitespace();
        match (words.next(), words.next()) {
            (Some("secret"), _) => Some(Mark::Secret),
            (Some("public"), _) | (Some("not"), Some("secret")) => Some(Mark::Public),
            _ => None,
        }
    }

    /// Assignments up to the end of a line or a `;`, with the comment behind them.
    fn statement(&mut self) {
        let problems = self.file.problems.len();
        let first = self.file.assignments.len();
        let start = self.cursor.at();
        let ended = self.assignments(first);
        if ended.is_err() && !self.stop {
            self.skip_line();
        }
        if self.file.problems.len() > problems && looks_secret(&self.text[self.last.clone()]) {
            let span = self.span(start..self.cursor.at());
            self.file.masks.push(span);
        } else if self.file.assignments.len() > first {
            self.last = start..self.cursor.at();
        }
        if self.stop {
            self.lose_from(start);
        } else if self.file.problems.len() > problems && looks_secret(self.cursor.since(start)) {
            let values = self.file.assignments.get(first).map_or(start, |first| first.name_span.end as usize + 1);
            let span = self.span(values..self.cursor.at().max(values));
            self.file.masks.push(span);
        }
        self.blanks();
        if self.cursor.eat(b';') {
            self.blanks();
        }
        if self.cursor.peek() == Some(b'#') {
            let mark = self.comment();
            for assignment in &mut self.file.assignments[first..] {
                assignment.mark = mark;
            }
        }
    }

    /// The words of a statement; its assignments begin with the `first` of the file's.
    fn assignments(&mut self, first: usize) -> Result<(), Stop> {
        let mut export = false;
        loop {
            self.blanks();
            let start = self.cursor.at();
            match self.cursor.peek() {
                None | Some(b'\n' | b';' | b'#') => return Ok(()),
                Some(byte) => self.refuse_operator(byte)?,
            }
            let name = self.cursor.take_name();
            let behind = self.cursor.peek();
            let is_first = self.file.assignments.len() == first;
            if !name.is_empty() && behind == Some(b'=') {
                self.assignment(name, start, export, export && !is_first)?;
            } else if &*name == "export" && ends_word(behind) && is_first && !export {
                self.begin_export(start)?;
                export = true;
            } else if !(export && !name.is_empty() && ends_word(behind)) {
                return Err(self.refuse_word(&name, start, export, first));
            }
        }
    }

    /// Behind `export`: one name at least.
    fn begin_export(&mut self, start: usize) -> Result<(), Stop> {
        let end = self.cursor.at();
        self.blanks();
        if matches!(self.cursor.peek(), None | Some(b'\n' | b';' | b'#')) {
            self.refuse(Refusal::BadExport, start..end);
            return Err(Stop);
        }
        Ok(())
    }

    /// The value behind a name; the `=` is next. What is known of it is kept even where it cannot be read to its end.
    fn assignment(&mut self, name: Name, start: usize, export: bool, together: bool) -> Result<(), Stop> {
        let name_span = self.span(start..self.cursor.at());
        let problems = self.file.problems.len();
        self.cursor.bump();
        if names::is_computed(&name) {
            self.refuse(Refusal::ComputedName(name.to_string()), name_span.range());
        }
        let mut value = Word::default();
        let ended = self.value(export, &mut value);
        let broken = self.file.problems.len() > problems;
        let span = self.span(start..self.cursor.at());
        self.file.assignments.push(Assignment { name, name_span, span, value, mark: None, together, broken });
        ended
    }

    /// Refuses an operator of the shell where a word should begin.
    pub(super) fn refuse_operator(&mut self, byte: u8) -> Result<(), Stop> {
        let refusal = match byte {
            b'|' => Refusal::Pipe,
            b'&' => Refusal::Ampersand,
            b'<' | b'>' => Refusal::Redirection,
            b'(' | b')' => Refusal::Parenthesis,
            _ => return Ok(()),
        };
        let at = self.cursor.at();
        self.refuse(refusal, at..at + 1);
        Err(Stop)
    }

    /// Refuses a word that is no assignment, and finds out what was meant.
    fn refuse_word(&mut self, name: &str, start: usize, export: bool, first: usize) -> Stop {
        self.cursor.take_until(|byte| ends_word(Some(byte)));
        let word = self.cursor.since(start);
        let refusal = self.meaning_of(word, name, export, first);
        self.refuse(refusal, start..start + word.len().max(1));
        Stop
    }

    fn meaning_of(&mut self, word: &str, name: &str, export: bool, first: usize) -> Refusal {
        let behind_name = &word[name.len().min(word.len())..];
        if !name.is_empty() && behind_name.starts_with("+=") {
            return Refusal::Append;
        }
        if !name.is_empty() && behind_name.starts_with('[') && word.contains("]=") {
            return Refusal::Array;
        }
        if export {
            return Refusal::BadExport;
        }
        if let Some(last) = self.file.assignments[first..].last() {
            return Refusal::WordBehind(last.name.to_string());
        }
        if let Some(equals) = word.find('=')
            && equals > 0
            && word[..equals].bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        {
            return Refusal::BadName;
        }
        if !name.is_empty() && behind_name == ":" {
            return Refusal::Colon(name.to_owned());
        }
        self.blanks();
        if !name.is_empty() && behind_name.is_empty() && self.cursor.peek() == Some(b'=') {
            return Refusal::BlankBeforeEquals(name.to_owned());
        }
        match word {
            "if" | "then" | "elif" | "else" | "fi" | "for" | "while" | "until" | "do" | "done" | "case" | "esac"
            | "select" | "function" | "{" | "}" | "!" | "[[" | "[" | "test" => Refusal::ControlWord(word.to_owned()),
            "source" | "." => Refusal::Include,
            "declare" | "typeset" | "local" | "readonly" => Refusal::Declaration(word.to_owned()),
            "unset" => Refusal::Unset,
            _ => Refusal::Command,
        }
    }

    /// Passes over the rest of a line that is not understood, quotes over several lines included.
    fn skip_line(&mut self) {
        while let Some(byte) = self.cursor.peek_raw().filter(|byte| *byte != b'\n') {
            self.cursor.take_character();
            match byte {
                b'\\' => _ = self.cursor.take_character(),
                b'\'' => _ = self.cursor.take_until(|byte| byte == b'\''),
                b'"' => self.skip_quoted(),
                _ => continue,
            }
            if matches!(byte, b'\'' | b'"') && self.cursor.peek_raw().is_some() {
                self.cursor.bump();
            }
        }
    }

    fn skip_quoted(&mut self) {
        loop {
            self.cursor.take_until(|byte| matches!(byte, b'"' | b'\\'));
            if self.cursor.peek_raw() != Some(b'\\') {
                break;
            }
            self.cursor.bump();
            self.cursor.take_character();
        }
    }

    /// Nothing behind `start` could be read: the names that lines there would have set are not missing.
    fn lose_from(&mut self, start: usize) {
        for line in self.text[start..].lines() {
            let line = line.trim_start();
            let mut cursor = Cursor::new(line.strip_prefix("export ").unwrap_or(line));
            let name = cursor.take_name();
            if !name.is_empty() && cursor.peek_raw() == Some(b'=') {
                self.file.lost.push(name);
            }
        }
        let span = self.span(start..self.text.len());
        if looks_secret(&self.text[start..]) {
            self.mask_values(span);
        }
    }

    /// Hides what stands behind the `=` of each line.
    fn mask_values(&mut self, span: Span) {
        let mut at = span.start as usize;
        for line in self.text[span.range()].split_inclusive('\n') {
            let from = line.find('=').map_or(0, |equals| equals + 1);
            let mask = self.span(at + from..at + line.len());
            self.file.masks.push(mask);
            at += line.len();
        }
    }
}

/// Whether a piece of text that was not understood may hold a secret.
fn looks_secret(text: &str) -> bool {
    mentions_secret(text)
}

/// Whether a word ends before `next`.
fn ends_word(next: Option<u8>) -> bool {
    matches!(next, None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'))
}
