//! What a plain dump is packed in: zip, Zstandard, gzip or nothing.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};

use flate2::read::MultiGzDecoder;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{DumpFault, Format};

const BUFFER: usize = 256 << 10;
/// Zstandard looks back so far at most (32 MiB): our memory does not grow with what somebody else has packed.
const LONGEST_LOOK_BACK: u32 = 25;

/// A packed dump, opened.
pub struct Opened {
    file: File,
    format: Format,
}

impl Opened {
    /// A file in its format.
    #[must_use]
    pub fn new(file: File, format: Format) -> Self {
        Self { file, format }
    }

    /// Hands out the plain dump to `work`. What was packed is checked against the sums that were packed with it when
    /// it is read to its end.
    ///
    /// # Errors
    /// When it cannot be unpacked, and when `work` fails.
    pub fn plain<T>(self, work: impl FnOnce(&mut (dyn Read + Send)) -> Result<T, DumpFault>) -> Result<T, DumpFault> {
        let file = BufReader::with_capacity(BUFFER, self.file);
        match self.format {
            Format::Sql | Format::Bin => work(&mut { file }),
            Format::Gz => work(&mut Damage(MultiGzDecoder::new(file))),
            Format::Zst => {
                let mut decoder = zstd::Decoder::with_buffer(file).map_err(|error| damaged(&error))?;
                decoder.window_log_max(LONGEST_LOOK_BACK).map_err(|error| damaged(&error))?;
                work(&mut Damage(decoder))
            }
            Format::Zip => {
                let mut archive = ZipArchive::new(file).map_err(of_zip)?;
                let is_file = |index: &usize| {
                    let name = archive.name_for_index(*index).and_then(Result::ok);
                    name.is_some_and(|name| !name.ends_with('/'))
                };
                let members: Vec<usize> = (0..archive.len()).filter(is_file).collect();
                let &[index] = members.as_slice() else {
                    return Err(DumpFault::Foreign("a zip archive with more or less than one file in it"));
                };
                work(&mut Damage(archive.by_index(index).map_err(of_zip)?))
            }
        }
    }
}

fn damaged(error: &io::Error) -> DumpFault {
    DumpFault::Damaged(error.to_string())
}

fn of_zip(error: ZipError) -> DumpFault {
    match error {
        ZipError::UnsupportedArchive(_) => {
            DumpFault::Foreign("a zip archive that is encrypted or packed in a rare way")
        }
        other => DumpFault::Damaged(other.to_string()),
    }
}

/// What cannot be unpacked is damaged; that the disk cannot be read is another matter, told by the system's number.
struct Damage<R>(R);

impl<R: Read> Read for Damage<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| {
            if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
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
    use std::io::{Seek, SeekFrom};

    use super::*;

    fn packed(format: Format, text: &[u8]) -> Vec<u8> {
        let mut packer = Packer::new(format, "coog.sql", Vec::new()).unwrap();
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn unpacked(format: Format, bytes: &[u8]) -> Result<Vec<u8>, DumpFault> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        Opened::new(file, format).plain(|plain| {
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
