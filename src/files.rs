//! The files of a project: read without ever waiting, written whole or not at all, and owned by whom they belong to.

mod owner;
mod read;
mod write;

pub use owner::{ownership_advice, shell_word};
pub use read::{LONGEST_TEXT, is_null_device, is_usable, read, read_start, read_stream, read_text};
pub use write::{
    append, create, create_folders, give_to_owner_at, give_to_owner_of, replace, replace_private, sync_folder,
};

use std::io;
use std::path::{Path, PathBuf};

/// What could not be done with a file, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}", path.display())]
pub struct FileError {
    /// What was to be done: `read`, `write`.
    pub doing: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl FileError {
    /// An error about a file.
    pub fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self { doing, path: path.to_owned(), source }
    }

    /// The system's kind of error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self.kind() {
            io::ErrorKind::PermissionDenied => ownership_advice(&self.path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Some("make room on that disk, or point TMPDIR to another one if the file is a temporary one".to_owned())
            }
            io::ErrorKind::ReadOnlyFilesystem => Some("the disk is mounted read-only: mount it writable".to_owned()),
            _ => None,
        }
    }
}
