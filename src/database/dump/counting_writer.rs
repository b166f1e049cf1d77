//! What tells how much goes through.

use std::io::{self, Write};

/// Writes to `to`, and tells how many bytes it took.
pub struct Watched<W, P> {
    /// Where it goes.
    pub to: W,
    /// Is told of each piece.
    pub passed: P,
}

impl<W: Write, P: FnMut(u64)> Write for Watched<W, P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        (self.passed)(length as u64);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
