//! The formats of dumps, as they are named.

use std::fmt;

/// How a dump is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain SQL.
    Sql,
    /// pg_dump's custom format, or its tar format.
    Bin,
    /// Alone in a zip archive.
    Zip,
    /// Compressed with Zstandard.
    Zst,
    /// Compressed with gzip. It is only read.
    Gz,
}

impl Format {
    /// Its name, and the ending of its files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Bin => "bin",
            Self::Zip => "zip",
            Self::Zst => "zst",
            Self::Gz => "gz",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
