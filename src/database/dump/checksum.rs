//! The last line of a plain dump of ours: the sum of everything above it, so that a single flipped bit is seen before
//! anything is touched. It is a comment to everybody else.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::database::{DumpFault, digits};

const MARK: &str = "-- lapstrake: sha256 of the lines above ";
const SUM: usize = 64;
/// The whole line, with its end.
const LINE: usize = MARK.len() + SUM + 1;
/// pg_dump's closing line, and what may come after it.
const ENDING: usize = 512;
const CLOSING: &str = "\n-- PostgreSQL database dump complete\n";

/// Sums what is written to it.
pub struct Sealing<W> {
    to: W,
    sum: Sha256,
    last: Vec<u8>,
}

impl<W: Write> Sealing<W> {
    /// Writes to `to`.
    pub fn new(to: W) -> Self {
        Self { to, sum: Sha256::new(), last: Vec::new() }
    }

    /// Whether what was written ends as pg_dump ends a complete dump.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        String::from_utf8_lossy(&self.last).contains(CLOSING)
    }

    /// Writes the last line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn seal(mut self) -> io::Result<W> {
        self.to.write_all(format!("{MARK}{}\n", digits(&self.sum.finalize())).as_bytes())?;
        Ok(self.to)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.sum.update(&bytes[..length]);
        self.last.extend_from_slice(&bytes[length.saturating_sub(ENDING)..length]);
        self.last.drain(..self.last.len().saturating_sub(ENDING));
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Passes on what it reads. Where the last line tells a sum and it is another one, the end is an error.
pub(in crate::database) struct Sealed<R> {
    from: R,
    sum: Sha256,
    /// What may be the last line, not summed yet.
    last: Vec<u8>,
}

impl<R: Read> Sealed<R> {
    pub(in crate::database) fn new(from: R) -> Self {
        Self { from, sum: Sha256::new(), last: Vec::with_capacity(2 * LINE) }
    }

    fn note(&mut self, bytes: &[u8]) {
        let (old, new) = bytes.split_at(bytes.len().saturating_sub(LINE));
        if !old.is_empty() {
            self.sum.update(&self.last);
            self.sum.update(old);
            self.last.clear();
        }
        self.last.extend_from_slice(new);
        let beyond = self.last.len().saturating_sub(LINE);
        self.sum.update(&self.last[..beyond]);
        self.last.drain(..beyond);
    }

    /// Returns the sum of everything that was read.
    pub(in crate::database) fn sum(&self) -> String {
        let mut sum = self.sum.clone();
        sum.update(&self.last);
        digits(&sum.finalize())
    }

    fn is_altered(&self) -> bool {
        let told = self.last.strip_prefix(MARK.as_bytes()).and_then(|rest| rest.strip_suffix(b"\n"));
        told.is_some_and(|told| told != digits(&self.sum.clone().finalize()).as_bytes())
    }
}

impl<R: Read> Read for Sealed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        if length == 0 && !into.is_empty() && self.is_altered() {
            return Err(DumpFault::Altered.into());
        }
        self.note(&into[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "COPY t FROM stdin;\n1\n\\.\n--\n-- PostgreSQL database dump complete\n--\n";

    fn sealed() -> Vec<u8> {
        let mut sealing = Sealing::new(Vec::new());
        sealing.write_all(TEXT.as_bytes()).unwrap();
        assert!(sealing.is_complete());
        sealing.seal().unwrap()
    }

    /// In pieces of this size.
    fn read(bytes: &[u8], piece: usize) -> io::Result<Vec<u8>> {
        let (mut from, mut all, mut buffer) = (Sealed::new(bytes), Vec::new(), vec![0; piece]);
        loop {
            match from.read(&mut buffer)? {
                0 => return Ok(all),
                length => all.extend_from_slice(&buffer[..length]),
            }
        }
    }

    #[test]
    fn every_flipped_bit_above_is_seen() {
        let whole = sealed();
        for piece in [1, 7, LINE, LINE + 1, 4096] {
            assert_eq!(read(&whole, piece).unwrap(), whole);
            for place in 0..TEXT.len() {
                let mut flipped = whole.clone();
                flipped[place] ^= 1;
                assert!(matches!(read(&flipped, piece).map_err(DumpFault::from), Err(DumpFault::Altered)), "{place}");
            }
        }
    }

    #[test]
    fn what_has_no_such_line_is_passed_on() {
        for text in ["", "SELECT 1;\n", TEXT, &format!("{}SELECT 1;\n", String::from_utf8(sealed()).unwrap())] {
            assert_eq!(read(text.as_bytes(), 10).unwrap(), text.as_bytes());
        }
    }
}
