//! What we remember about a database from one run to the next: a folder below `log/`, for our eyes only.
#![allow(clippy::disallowed_methods, reason = "notes of what is underway, each of one short line")]

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::report::Secret;

/// The last dump of a database.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct LastDump {
    /// When it was written.
    pub(super) at: String,
    /// Where it went.
    pub(super) file: String,
}

/// What we remember about one database.
#[derive(Debug)]
pub(super) struct State {
    folder: PathBuf,
}

/// A password in a file. It is gone when dropped.
pub(super) struct PasswordFile {
    folder: TempDir,
}

const STOPPED: &str = "stopped";
const PARTIAL: &str = "partial";
const LAST_DUMP: &str = "last_dump";
const SECRETS: &str = "secrets-";

impl State {
    /// The folder for a database; `key` stands for the database and its server.
    pub(super) fn of(root: &Path, key: &str) -> Self {
        Self { folder: root.join("log/databases").join(key) }
    }

    /// Where it is, made if need be.
    pub(super) fn folder(&self) -> io::Result<&Path> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        Ok(&self.folder)
    }

    /// The containers that a run stopped and did not start again.
    pub(super) fn stopped(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join(STOPPED)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Remembers what is being stopped.
    pub(super) fn remember_stopped(&self, containers: &[String]) -> io::Result<()> {
        let path = self.folder()?.join(STOPPED);
        if containers.is_empty() { remove(&path) } else { fs::write(path, containers.join("\n")) }
    }

    /// Remembers the half-written file of a dump, and removes the one that a killed run has left.
    pub(super) fn remember_partial(&self, path: Option<&Path>) -> io::Result<()> {
        let note = self.folder()?.join(PARTIAL);
        if let Ok(left) = fs::read_to_string(&note) {
            remove(Path::new(&left))?;
        }
        match path.and_then(Path::to_str) {
            Some(path) => fs::write(note, path),
            None => remove(&note),
        }
    }

    /// The last dump, if there is one that we know of.
    pub(super) fn last_dump(&self) -> Option<LastDump> {
        serde_json::from_slice(&fs::read(self.folder.join(LAST_DUMP)).ok()?).ok()
    }

    pub(super) fn remember_dump(&self, dump: &LastDump) -> io::Result<()> {
        fs::write(self.folder()?.join(LAST_DUMP), serde_json::to_vec(dump)?)
    }

    /// Puts a secret into a file. Whoever a container runs as may read it there; on this machine nobody gets past
    /// the folder but us. Those that a killed run has left are removed.
    pub(super) fn keep_secret(&self, secret: &Secret) -> io::Result<PasswordFile> {
        for entry in fs::read_dir(self.folder()?)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(SECRETS) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let folder = tempfile::Builder::new()
            .prefix(SECRETS)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(&self.folder)?;
        let kept = PasswordFile { folder };
        let mut file = File::options().write(true).create_new(true).open(kept.path())?;
        file.write_all(secret.expose().as_bytes())?;
        file.set_permissions(fs::Permissions::from_mode(0o444))?;
        Ok(kept)
    }
}

impl PasswordFile {
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// The same for a program that wants nobody else to be able to read it.
    pub(super) fn closed(self) -> io::Result<Self> {
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o600))?;
        Ok(self)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
