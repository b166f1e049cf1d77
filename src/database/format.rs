//! The formats of dumps, recognised by content.

use std::fmt;
use std::io::Read;

use super::DumpFault;

/// How a dump is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain SQL.
    Sql,
    /// pg_dump's custom format.
    Bin,
    /// Plain SQL, alone in a zip archive.
    Zip,
    /// Plain SQL, compressed with Zstandard.
    Zst,
    /// Plain SQL, compressed with gzip. It is only read.
    Gz,
}

/// How much of a file tells what it is.
const ENOUGH: usize = 512;

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

    /// Looks at the beginning of a file.
    pub(super) fn recognise(from: &mut impl Read) -> Result<Self, DumpFault> {
        let mut beginning = Vec::new();
        from.take(ENOUGH as u64).read_to_end(&mut beginning).map_err(DumpFault::Unreadable)?;
        of(&beginning)
    }
}

fn of(beginning: &[u8]) -> Result<Format, DumpFault> {
    match beginning {
        [] => Err(DumpFault::Empty),
        [b'P', b'G', b'D', b'M', b'P', ..] => Ok(Format::Bin),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Format::Zip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Format::Zst),
        [0x1f, 0x8b, ..] => Ok(Format::Gz),
        [b'B', b'Z', b'h', ..] => Err(DumpFault::Foreign("compressed with bzip2")),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Err(DumpFault::Foreign("compressed with xz")),
        _ if beginning.get(257..262) == Some(b"ustar") => Err(DumpFault::Foreign("a tar archive")),
        _ if beginning.contains(&0) => Err(DumpFault::Foreign("no dump: it is binary, and of no format that is known")),
        _ if beginning.iter().all(u8::is_ascii_whitespace) => Err(DumpFault::Empty),
        _ => Ok(Format::Sql),
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_format() {
        for (beginning, format) in [
            (&b"PGDMP\x01\x0e"[..], "sql bin"),
            (b"PK\x03\x04", "zip"),
            (b"\x28\xb5\x2f\xfd", "zst"),
            (b"\x1f\x8b\x08", "gz"),
            (b"--\n-- PostgreSQL database dump\n", "sql"),
        ] {
            assert!(format.ends_with(of(beginning).unwrap().word()), "{beginning:?}");
        }
        assert!(matches!(of(b""), Err(DumpFault::Empty)));
        assert!(matches!(of(b"\n \n"), Err(DumpFault::Empty)));
        assert!(matches!(of(b"\x7fELF\0"), Err(DumpFault::Foreign(_))));
    }
}
