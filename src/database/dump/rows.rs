//! The rows of a `COPY`, as far as it must be known where they end.

use memchr::memchr;

/// Rows end with a line that is this.
const END: &[u8] = b"\\.";

/// How much of the line that would end the rows was seen; none where this line cannot be it.
#[derive(Debug)]
pub(in crate::database) struct Rows(Option<usize>);

/// What was read of them.
pub(in crate::database) struct Piece {
    /// How many bytes.
    pub(in crate::database) length: usize,
    /// Whether a line ended.
    pub(in crate::database) line: bool,
    /// Whether the rows ended.
    pub(in crate::database) last: bool,
}

impl Rows {
    pub(in crate::database) fn new() -> Self {
        Self(Some(0))
    }

    /// Reads at least one byte.
    pub(in crate::database) fn read(&mut self, bytes: &[u8]) -> Piece {
        match (self.0, bytes[0]) {
            (Some(seen), byte) if END.get(seen) == Some(&byte) => self.0 = Some(seen + 1),
            (Some(seen), b'\r') if seen == END.len() => self.0 = Some(seen + 1),
            (Some(seen), b'\n') if seen >= END.len() => return Piece { length: 1, line: true, last: true },
            _ => {
                let end = memchr(b'\n', bytes);
                self.0 = end.map(|_| 0);
                return Piece { length: end.map_or(bytes.len(), |end| end + 1), line: end.is_some(), last: false };
            }
        }
        Piece { length: 1, line: false, last: false }
    }
}
