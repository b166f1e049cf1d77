//! A part of pg_dump's output. Each part comes as a whole script, with a preamble and a closing line: of several, the
//! first preamble and the last closing line are kept.

use std::io::{self, Write};

use memchr::memmem;

const CLOSING: &[u8] = b"\n--\n-- PostgreSQL database dump complete\n--\n";
/// The last line of the preamble.
const PREAMBLE_ENDS: &[u8] = b"\nSET row_security = off;\n";
/// How long a preamble may be.
const LONGEST_PREAMBLE: usize = 8 << 10;
/// The closing line and what may follow it.
const ENDING: usize = 512;

/// Passes a part on, without its closing line and perhaps without its preamble.
pub(super) struct Section<W> {
    to: W,
    /// What may be the preamble, as long as its end was not seen.
    head: Option<Vec<u8>>,
    /// What may be the closing line.
    held: Vec<u8>,
}

impl<W: Write> Section<W> {
    pub(super) fn first(to: W) -> Self {
        Self { to, head: None, held: Vec::new() }
    }

    pub(super) fn later(to: W) -> Self {
        Self { to, head: Some(Vec::new()), held: Vec::new() }
    }

    /// The closing line, with what follows it; none where the part is not complete.
    pub(super) fn finish(mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(end) = memmem::rfind(&self.held, CLOSING).filter(|_| self.head.is_none()) else { return Ok(None) };
        self.to.write_all(&self.held[..=end])?;
        self.to.flush()?;
        Ok(Some(self.held.split_off(end + 1)))
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (passed, kept) = bytes.split_at(bytes.len().saturating_sub(ENDING));
        if !passed.is_empty() {
            self.to.write_all(&self.held)?;
            self.to.write_all(passed)?;
            self.held.clear();
        }
        self.held.extend_from_slice(kept);
        let beyond = self.held.len().saturating_sub(ENDING);
        self.to.write_all(&self.held[..beyond])?;
        self.held.drain(..beyond);
        Ok(())
    }
}

impl<W: Write> Write for Section<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(mut head) = self.head.take() else {
            self.pass(bytes)?;
            return Ok(bytes.len());
        };
        head.extend_from_slice(bytes);
        match memmem::find(&head, PREAMBLE_ENDS) {
            // What follows begins with an empty line.
            Some(end) => self.pass(&head[end + PREAMBLE_ENDS.len()..])?,
            None if head.len() > LONGEST_PREAMBLE => {
                return Err(io::Error::other("pg_dump writes a preamble that is not known"));
            }
            None => self.head = Some(head),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Leaves out the statements that add certain unique constraints. pg_dump must quote all names.
pub(super) struct WithoutConstraints<W> {
    to: W,
    /// The two lines of each statement, the second without its end.
    statements: Vec<(String, String)>,
    line: Vec<u8>,
    /// The first line of what may be such a statement.
    first: Option<Vec<u8>>,
}

impl<W: Write> WithoutConstraints<W> {
    /// `constraints` are tables and names of constraints, both quoted.
    pub(super) fn new(to: W, constraints: &[(String, String)]) -> Self {
        let statement = |(table, name): &(String, String)| {
            (format!("ALTER TABLE ONLY {table}\n"), format!("    ADD CONSTRAINT {name} "))
        };
        Self { to, statements: constraints.iter().map(statement).collect(), line: Vec::new(), first: None }
    }

    fn line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        if let Some(first) = self.first.take() {
            let is_meant = |(one, two): &(String, String)| {
                first == one.as_bytes() && line.starts_with(two.as_bytes()) && line.ends_with(b";\n")
            };
            if self.statements.iter().any(is_meant) {
                return Ok(());
            }
            self.to.write_all(&first)?;
        }
        if self.statements.iter().any(|(one, _)| line == one.as_bytes()) {
            self.first = Some(line);
            return Ok(());
        }
        self.to.write_all(&line)
    }
}

impl<W: Write> Write for WithoutConstraints<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.line()?;
            }
        }
        Ok(bytes.len())
    }

    /// Is called at the end alone.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(first) = self.first.take() {
            self.to.write_all(&first)?;
        }
        let rest = std::mem::take(&mut self.line);
        self.to.write_all(&rest)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict k\n\nSET statement_timeout = 0;\n\
        SET row_security = off;\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict k\n\n";

    fn through(section: Section<&mut Vec<u8>>, text: &str, size: usize) -> Option<String> {
        let mut section = section;
        text.as_bytes().chunks(size).for_each(|piece| section.write_all(piece).unwrap());
        section.finish().unwrap().map(|tail| String::from_utf8(tail).unwrap())
    }

    #[test]
    fn of_several_parts_one_preamble_and_one_closing_line_are_kept() {
        for size in [1, 7, 100, 10_000] {
            let mut all = Vec::new();
            let tail = through(Section::first(&mut all), PART, size).unwrap();
            through(Section::later(&mut all), PART, size).unwrap();
            all.extend_from_slice(tail.as_bytes());
            let all = String::from_utf8(all).unwrap();
            assert_eq!(all, PART.replace("SELECT 1;\n\n", "SELECT 1;\n\n\nSELECT 1;\n\n"), "by {size}");
        }
    }

    #[test]
    fn what_is_cut_off_is_seen() {
        let cut = &PART[..PART.len() - 30];
        assert!(through(Section::first(&mut Vec::new()), cut, 10).is_none());
        assert!(through(Section::later(&mut Vec::new()), "--\n", 10).is_none());
    }

    #[test]
    fn constraints_that_are_in_the_way_are_left_out() {
        let text = "ALTER TABLE ONLY \"s\".\"t\"\n    ADD CONSTRAINT \"u\" UNIQUE (\"a\");\n\
            ALTER TABLE ONLY \"s\".\"t\"\n    ADD CONSTRAINT \"u2\" UNIQUE (\"a\");\nALTER TABLE ONLY \"s\".\"t\"\n";
        let mut all = Vec::new();
        let names = [("\"s\".\"t\"".to_owned(), "\"u\"".to_owned())];
        let mut filter = WithoutConstraints::new(&mut all, &names);
        text.as_bytes().chunks(3).for_each(|piece| filter.write_all(piece).unwrap());
        filter.flush().unwrap();
        let kept = text.split_inclusive('\n').skip(2).collect::<String>();
        assert_eq!(String::from_utf8(all).unwrap(), kept);
    }
}
