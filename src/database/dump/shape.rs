//! What a file is: a dump, and what it is packed in, recognised by content.

use std::fs::File;
use std::io::{self, Read};

use crate::database::{DumpFault, Format, Opened, Reader};

/// What the dump itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Plain SQL.
    Sql,
    /// pg_dump's custom format.
    Custom,
    /// pg_dump's tar format.
    Tar,
}

/// A dump, and what it is packed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// From the outside to the inside.
    pub packings: Vec<Format>,
    /// The dump.
    pub content: Content,
}

/// How much of a file tells what it is.
const ENOUGH: usize = 4096;
/// More layers are no accident.
const MOST_LAYERS: usize = 3;

enum Layer {
    Packed(Format),
    Dump(Content),
}

impl Shape {
    /// Looks at the beginning of a file, and at what is packed in it.
    ///
    /// # Errors
    /// When it is nothing that can be loaded.
    pub fn recognise(file: &File, said: Option<Format>) -> Result<Self, DumpFault> {
        let mut packings = Vec::new();
        loop {
            let mut beginning = Vec::new();
            Opened::new(Reader::of(file)?, &packings).read(|from| {
                from.take(ENOUGH as u64).read_to_end(&mut beginning)?;
                Ok(())
            })?;
            match layer(&beginning, packings.is_empty())? {
                Layer::Dump(content) => {
                    let shape = Self { packings, content };
                    return match said {
                        Some(said) if said != shape.format() => Err(DumpFault::Mistaken { said }),
                        _ => Ok(shape),
                    };
                }
                Layer::Packed(_) if packings.len() == MOST_LAYERS => {
                    return Err(DumpFault::foreign("packed more than three times over"));
                }
                Layer::Packed(format) => packings.push(format),
            }
        }
    }

    /// Looks at the first bytes alone: whether it can be anything that is known.
    ///
    /// # Errors
    /// When it cannot.
    pub fn glance(beginning: &[u8]) -> Result<(), DumpFault> {
        layer(beginning, true).map(drop)
    }

    /// Whether it is an archive that pg_restore reads.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.content != Content::Sql
    }

    /// Returns the format of the file itself.
    #[must_use]
    pub fn format(&self) -> Format {
        match (self.packings.first(), self.content) {
            (Some(format), _) => *format,
            (None, Content::Sql) => Format::Sql,
            (None, _) => Format::Bin,
        }
    }
}

fn layer(beginning: &[u8], outermost: bool) -> Result<Layer, DumpFault> {
    let through = |what, command| Err(DumpFault::Foreign { what, command: Some(command) });
    match beginning {
        [] => Err(DumpFault::Empty),
        [b'P', b'G', b'D', b'M', b'P', ..] => Ok(Layer::Dump(Content::Custom)),
        [b'P', b'K', 3 | 5, 4 | 6, ..] if outermost => Ok(Layer::Packed(Format::Zip)),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Err(DumpFault::foreign("a zip archive inside of another archive")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Layer::Packed(Format::Zst)),
        [0x1f, 0x8b, ..] => Ok(Layer::Packed(Format::Gz)),
        [b'B', b'Z', b'h', ..] => through("compressed with bzip2", "bzip2 -dc FILE"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => through("compressed with xz", "xz -dc FILE"),
        [0x04, 0x22, 0x4d, 0x18, ..] => through("compressed with lz4", "lz4 -dc FILE"),
        [b'7', b'z', 0xbc, 0xaf, ..] => through("a 7z archive", "7z x -so FILE"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => through("text in UTF-16", "iconv -f UTF-16 -t UTF-8 FILE"),
        _ if beginning.get(257..262) == Some(b"ustar") => tar(beginning),
        _ if beginning.iter().all(u8::is_ascii_whitespace) => Err(DumpFault::Empty),
        _ if beginning.contains(&0) => Err(DumpFault::foreign("no dump: it is binary, and of no format that is known")),
        _ => script(beginning),
    }
}

/// pg_dump's tar format begins with its table of contents.
fn tar(beginning: &[u8]) -> Result<Layer, DumpFault> {
    let name = beginning.split(|byte| *byte == 0).next().unwrap_or_default();
    if name == b"toc.dat" {
        return Ok(Layer::Dump(Content::Tar));
    }
    let name = String::from_utf8_lossy(name).chars().filter(|c| !c.is_control()).take(80).collect();
    Err(DumpFault::Tarball { first: name })
}

/// What other programs wrote before the dump is not part of it.
fn script(beginning: &[u8]) -> Result<Layer, DumpFault> {
    const HEADER: &str = "-- PostgreSQL database dump";
    const BEFORE: &[&str] = &["--", "\\", "SET ", "SELECT ", "BEGIN", "CREATE ", "DROP ", "ALTER ", "\u{feff}"];
    let text = String::from_utf8_lossy(beginning);
    if let Some(place) = text.lines().position(|line| line.trim_end() == HEADER) {
        let stray = |line: &str| !line.trim().is_empty() && !BEFORE.iter().any(|known| line.starts_with(known));
        let last = text.lines().take(place).collect::<Vec<_>>().iter().rposition(|line| stray(line));
        if let Some(line) = last {
            let text = text.lines().find(|line| stray(line)).unwrap_or_default().chars().take(80).collect();
            return Err(DumpFault::Stray { lines: line + 1, text });
        }
    }
    Ok(Layer::Dump(Content::Sql))
}

/// Passes on what comes behind a mark of UTF-8, if there is one.
pub(in crate::database) struct Unmarked<R> {
    from: R,
    beginning: Option<Vec<u8>>,
}

impl<R: Read> Unmarked<R> {
    pub(in crate::database) fn new(from: R) -> Self {
        Self { from, beginning: None }
    }
}

impl<R: Read> Read for Unmarked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let beginning = match &mut self.beginning {
            Some(beginning) => beginning,
            none => {
                let mut beginning = Vec::new();
                (&mut self.from).take(MARK.len() as u64).read_to_end(&mut beginning)?;
                none.insert(if beginning == MARK { Vec::new() } else { beginning })
            }
        };
        if beginning.is_empty() {
            return self.from.read(into);
        }
        let length = into.len().min(beginning.len());
        into[..length].copy_from_slice(&beginning[..length]);
        beginning.drain(..length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn shape(bytes: &[u8]) -> Result<Shape, DumpFault> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        Shape::recognise(&file, None)
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn content_tells_what_a_file_is() {
        let of = |packings: &[Format], content| Shape { packings: packings.to_vec(), content };
        let sql = b"--\n-- PostgreSQL database dump\n";
        assert_eq!(shape(sql).unwrap(), of(&[], Content::Sql));
        assert_eq!(shape(b"PGDMP\x01\x0e").unwrap(), of(&[], Content::Custom));
        assert_eq!(shape(&gz(b"PGDMP\x01\x0e")).unwrap(), of(&[Format::Gz], Content::Custom));
        let twice = zstd::encode_all(&gz(sql)[..], 1).unwrap();
        assert_eq!(shape(&twice).unwrap(), of(&[Format::Zst, Format::Gz], Content::Sql));
        assert_eq!(shape("\u{feff}\\restrict x\n".as_bytes()).unwrap().content, Content::Sql);
        assert!(matches!(shape(b""), Err(DumpFault::Empty)));
        assert!(matches!(shape(b"\n \n"), Err(DumpFault::Empty)));
        assert!(matches!(shape(b"\x7fELF\0"), Err(DumpFault::Foreign { .. })));
        assert!(matches!(shape(b"\xff\xfe-\0-\0"), Err(DumpFault::Foreign { command: Some(_), .. })));
        let stray = shape(b"pg_dump: can't do this\n--\n-- PostgreSQL database dump\n");
        assert!(matches!(stray, Err(DumpFault::Stray { lines: 1, .. })));
        assert!(shape(b"\\restrict x\nSET a = 1;\n--\n-- PostgreSQL database dump\n").is_ok());
    }

    #[test]
    fn a_mark_at_the_beginning_is_passed_over() {
        for (text, expected) in [("\u{feff}abc", "abc"), ("ab", "ab"), ("", ""), ("abcdef", "abcdef")] {
            let mut read = String::new();
            Unmarked::new(text.as_bytes()).read_to_string(&mut read).unwrap();
            assert_eq!(read, expected);
        }
    }
}
