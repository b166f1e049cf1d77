//! What a dump is packed in: zip, Zstandard, gzip, several of them or nothing.

use std::io::{self, BufReader, Read, Write};

use flate2::read::MultiGzDecoder;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::database::{DumpFault, Format, Reader};

const BUFFER: usize = 256 << 10;
/// Zstandard looks back so far at most (128 MiB, as the program `zstd` does by default): memory does not grow with what
/// somebody else has packed.
const LONGEST_LOOK_BACK: u32 = 27;
/// What Zstandard says where that is not far enough.
const TOO_FAR: &str = "too much memory";

/// A packed dump, opened.
pub struct Opened<'a> {
    file: Reader,
    packings: &'a [Format],
}

impl<'a> Opened<'a> {
    /// A file, and what it is packed in from the outside to the inside.
    #[must_use]
    pub fn new(file: Reader, packings: &'a [Format]) -> Self {
        Self { file, packings }
    }

    /// Hands out what is packed to `work`. It is checked against the sums that were packed with it when it is read to
    /// its end.
    ///
    /// # Errors
    /// When it cannot be unpacked, and when `work` fails.
    pub fn read<T>(self, work: impl FnOnce(&mut (dyn Read + Send)) -> Result<T, DumpFault>) -> Result<T, DumpFault> {
        let mut file = BufReader::with_capacity(BUFFER, self.file);
        let [Format::Zip, rest @ ..] = self.packings else { return unpack(&mut file, self.packings, work) };
        let mut archive = ZipArchive::new(file).map_err(of_zip)?;
        let is_file = |index: &usize| {
            let name = archive.name_for_index(*index).and_then(Result::ok);
            name.is_some_and(|name| !name.ends_with('/'))
        };
        let members: Vec<usize> = (0..archive.len()).filter(is_file).collect();
        let &[index] = members.as_slice() else {
            let what = "a zip archive with more or less than one file in it";
            return Err(DumpFault::Foreign { what, command: Some("unzip -p FILE MEMBER") });
        };
        unpack(&mut Damage(archive.by_index(index).map_err(of_zip)?), rest, work)
    }
}

fn unpack<T>(
    from: &mut (dyn Read + Send),
    packings: &[Format],
    work: impl FnOnce(&mut (dyn Read + Send)) -> Result<T, DumpFault>,
) -> Result<T, DumpFault> {
    let Some((packing, rest)) = packings.split_first() else { return work(from) };
    let from = BufReader::with_capacity(BUFFER, from);
    match packing {
        Format::Gz => unpack(&mut Damage(MultiGzDecoder::new(from)), rest, work),
        Format::Zst => {
            let mut decoder = zstd::Decoder::with_buffer(from).map_err(|error| damaged(&error))?;
            decoder.window_log_max(LONGEST_LOOK_BACK).map_err(|error| damaged(&error))?;
            unpack(&mut Damage(decoder), rest, work)
        }
        Format::Zip => Err(DumpFault::foreign("a zip archive inside of another archive")),
        Format::Sql | Format::Bin => work(&mut { from }),
    }
}

fn damaged(error: &io::Error) -> DumpFault {
    let text = error.to_string();
    if text.contains(TOO_FAR) {
        let what = "compressed with a longer window than the 128 MiB that are unpacked here";
        return DumpFault::Foreign { what, command: Some("zstd -dc --long=31 FILE") };
    }
    DumpFault::Damaged(text)
}

fn of_zip(error: ZipError) -> DumpFault {
    match error {
        ZipError::UnsupportedArchive(_) => {
            let what = "a zip archive that is encrypted or packed in a rare way";
            DumpFault::Foreign { what, command: Some("unzip -p FILE") }
        }
        other => DumpFault::Damaged(other.to_string()),
    }
}

/// What cannot be unpacked is damaged; that the disk cannot be read is another matter, told by the system's number.
struct Damage<R>(R);

impl<R: Read> Read for Damage<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| {
            let known = error.get_ref().and_then(|inner| inner.downcast_ref::<DumpFault>()).is_some();
            if known || error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
                error
            } else {
                damaged(&error).into()
            }
        })
    }
}

/// Packs what is written to it.
pub enum Packer<W: Write> {
    /// As it comes.
    Plain(W),
    /// Into a zip archive with one member.
    Zip(Box<ZipWriter<StreamWriter<W>>>),
    /// With Zstandard.
    Zst(zstd::Encoder<'static, W>),
}

impl<W: Write> Packer<W> {
    /// Packs into `to`; a zip archive calls what is in it `member`.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn new(format: Format, member: &str, to: W) -> io::Result<Self> {
        Ok(match format {
            Format::Sql | Format::Bin | Format::Gz => Self::Plain(to),
            Format::Zip => {
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
                let mut writer = ZipWriter::new_stream(to);
                writer.start_file(member, options.large_file(true).unix_permissions(0o600))?;
                Self::Zip(Box::new(writer))
            }
            Format::Zst => {
                let mut encoder = zstd::Encoder::new(to, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zst(encoder)
            }
        })
    }

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(to) => Ok(to),
            Self::Zip(writer) => Ok(writer.finish()?.into_inner()),
            Self::Zst(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(to) => to.write(bytes),
            Self::Zip(writer) => writer.write(bytes),
            Self::Zst(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.flush(),
            Self::Zip(writer) => writer.flush(),
            Self::Zst(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(format: Format, text: &[u8]) -> Vec<u8> {
        let mut packer = Packer::new(format, "coog.sql", Vec::new()).unwrap();
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn unpacked(format: Format, bytes: &[u8]) -> Result<Vec<u8>, DumpFault> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let file = Reader::of(&file).unwrap();
        let packings = if format == Format::Sql { &[][..] } else { &[format] };
        Opened::new(file, packings).read(|plain| {
            let mut text = Vec::new();
            plain.read_to_end(&mut text)?;
            Ok(text)
        })
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        for format in [Format::Sql, Format::Zip, Format::Zst] {
            assert_eq!(unpacked(format, &packed(format, &text)).unwrap(), text, "{format}");
        }
    }

    #[test]
    fn damage_is_seen() {
        let text: Vec<u8> =
            (0..50_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for format in [Format::Zip, Format::Zst] {
            let whole = packed(format, &text);
            let cut = &whole[..whole.len() / 2];
            assert!(matches!(unpacked(format, cut), Err(DumpFault::Damaged(_))), "{format} cut");
            let mut flipped = whole.clone();
            flipped[whole.len() / 2] ^= 4;
            assert!(matches!(unpacked(format, &flipped), Err(DumpFault::Damaged(_))), "{format} flipped");
        }
    }
}
