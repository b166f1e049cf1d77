//! Reading a file that somebody named: whatever it is, reading it ends.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::FileError;

/// The longest text that is read, in bytes: configuration is written by people.
pub const LONGEST_TEXT: u64 = 32 << 20;

/// Reads a file. What is no file (a pipe, a device, a socket, a folder) is refused without waiting for it; `/dev/null` is
/// empty.
///
/// # Errors
/// When it is missing (the kind is `NotFound`), no file, too long, or cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    read_bytes(path).map_err(|error| FileError::new("read", path, error))
}

/// Reads a stream to its end; `path` names it in errors.
///
/// # Errors
/// When it is too long, or cannot be read.
pub fn read_stream(path: &Path, from: impl Read) -> Result<Vec<u8>, FileError> {
    read_to_end(from, 0).map_err(|error| FileError::new("read", path, error))
}

/// Reads a text.
///
/// # Errors
/// As [`read`] does; and when it is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let not_text = |_| FileError::new("read", path, io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"));
    String::from_utf8(read(path)?).map_err(not_text)
}

/// The first bytes of a file, by which its kind is known.
///
/// # Errors
/// As [`read`] does.
pub fn read_start(path: &Path) -> Result<Vec<u8>, FileError> {
    const START: u64 = 4 << 10;
    let start = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some((file, _)) = open_file(path)? {
            file.take(START).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    start().map_err(|error| FileError::new("read", path, error))
}

/// Whether reading it would give something: it is a file, or the null device.
#[must_use]
pub fn is_usable(path: &Path) -> bool {
    path.metadata().is_ok_and(|there| there.is_file() || is_null_device(&there))
}

/// Whether it is `/dev/null`, by which people say that there is nothing.
#[must_use]
pub fn is_null_device(metadata: &Metadata) -> bool {
    let device = metadata.rdev();
    metadata.file_type().is_char_device() && (rustix::fs::major(device), rustix::fs::minor(device)) == (1, 3)
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    match open_file(path)? {
        None => Ok(Vec::new()),
        Some((_, length)) if length > LONGEST_TEXT => Err(too_long()),
        Some((file, length)) => read_to_end(file, length),
    }
}

/// Opens a file, and returns it with its length; `None` is the null device.
fn open_file(path: &Path) -> io::Result<Option<(File, u64)>> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    match other_than_a_file(&metadata) {
        Some(what) => Err(refused(what)),
        None if is_null_device(&metadata) => Ok(None),
        None => Ok(Some((file, metadata.len()))),
    }
}

fn read_to_end(from: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 1);
    from.take(LONGEST_TEXT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_TEXT { Err(too_long()) } else { Ok(bytes) }
}

/// Opens it without waiting: nobody may ever write to a pipe.
fn open(path: &Path) -> io::Result<File> {
    let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits();
    let opened = OpenOptions::new().read(true).custom_flags(i32::try_from(flags).unwrap_or(0)).open(path);
    opened.map_err(|error| match (error.kind(), path.metadata()) {
        (ErrorKind::NotFound, _) if path.symlink_metadata().is_ok() => {
            refused("it is a link to a file that does not exist")
        }
        (ErrorKind::NotFound | ErrorKind::NotADirectory, _) => {
            io::Error::new(ErrorKind::NotFound, "there is no such file")
        }
        // A socket cannot even be opened.
        (_, Ok(there)) => other_than_a_file(&there).map_or(error, refused),
        _ => error,
    })
}

fn other_than_a_file(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    match () {
        () if kind.is_file() || is_null_device(metadata) => None,
        () if kind.is_dir() => Some("it is a folder, a file is wanted here"),
        () if kind.is_fifo() => Some("it is a named pipe, a file is wanted here"),
        () if kind.is_socket() => Some("it is a socket, a file is wanted here"),
        () => Some("it is a device, a file is wanted here"),
    }
}

fn refused(why: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why)
}

fn too_long() -> io::Error {
    let why = format!("it is longer than {} MiB, which no configuration is", LONGEST_TEXT >> 20);
    io::Error::new(ErrorKind::FileTooLarge, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &Path) -> String {
        read(path).map_or_else(|error| error.source.to_string(), |bytes| format!("{bytes:?}"))
    }

    #[test]
    fn whatever_is_no_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
        assert!(made.success());
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("dangling")).unwrap();
        std::os::unix::fs::symlink(path("pipe"), path("link")).unwrap();
        std::fs::write(path("file"), "x").unwrap();
        assert_eq!(said(&path("pipe")), "it is a named pipe, a file is wanted here");
        assert_eq!(said(&path("link")), "it is a named pipe, a file is wanted here");
        assert_eq!(said(&path("socket")), "it is a socket, a file is wanted here");
        assert_eq!(said(folder.path()), "it is a folder, a file is wanted here");
        assert_eq!(said(&path("dangling")), "it is a link to a file that does not exist");
        assert_eq!(said(&path("missing")), "there is no such file");
        assert_eq!(said(&path("file/below")), "there is no such file");
        assert_eq!(said(Path::new("/dev/zero")), "it is a device, a file is wanted here");
        assert_eq!(said(Path::new("/dev/null")), "[]");
        assert_eq!(said(&path("file")), "[120]");
    }
}
