//! What we remember about a database from one run to the next: a folder below `log/`, for our eyes only.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::summary::one_line;
use crate::files::{self, FileError};
use crate::report::Secret;

/// The last dump of a database.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct LastDump {
    /// When it was written.
    pub(crate) at: String,
    /// Where it went.
    pub(crate) file: String,
}

/// What we remember about one database.
#[derive(Debug)]
pub(crate) struct State {
    folder: PathBuf,
}

/// A password in a file. It is gone when dropped.
pub(crate) struct PasswordFile {
    folder: TempDir,
}

/// A command at work on a database.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Underway {
    pub(crate) verb: String,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) since: String,
    /// The services that it has stopped.
    #[serde(skip)]
    pub(crate) stopped: Vec<String>,
}

/// The note of a command at work: a file that its process keeps locked, so that whoever can lock it knows that the
/// process is dead. It is removed when dropped.
#[derive(Debug)]
pub(crate) struct Note {
    path: PathBuf,
    _file: File,
}

impl Note {
    /// Leaves the note for the next command, which puts right what this one could not.
    pub(crate) fn leave(mut self) {
        self.path = PathBuf::new();
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // One that stays is taken for a killed command's, and cleared by the next one.
        let _ = remove(&self.path);
    }
}

impl Underway {
    /// The sentence for people who ask why services are down: `` `update` of database `main`, begun by … at …, was
    /// interrupted``.
    pub(crate) fn describe(&self, what_of_it: &str) -> String {
        let Self { verb, database, user, since, stopped } = self;
        let database = one_line(database);
        let begun = if since.is_empty() { String::new() } else { format!(", begun by {user} at {since},") };
        let stopped = match stopped.as_slice() {
            [] => String::new(),
            services => format!("; it had stopped {}", services.join(", ")),
        };
        format!("`{verb}` of database `{database}`{begun} {what_of_it}{stopped}")
    }
}

/// Returns the commands that were killed on databases of a project and have not been put right since.
pub(crate) fn interrupted(root: &Path) -> Vec<Underway> {
    notes(root).filter(|(_, is_alive)| !is_alive).map(|(underway, _)| underway).collect()
}

/// Returns the commands that are at work on databases of a project and have stopped services for it.
pub(crate) fn at_work(root: &Path) -> Vec<Underway> {
    let all = notes(root).filter(|(underway, is_alive)| *is_alive && !underway.stopped.is_empty());
    all.map(|(underway, _)| underway).collect()
}

fn notes(root: &Path) -> impl Iterator<Item = (Underway, bool)> {
    let folders = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    folders.filter_map(|folder| State { folder: folder.path() }.underway())
}

const FOLDER: &str = "log/databases";
const UNDERWAY: &str = "underway";
const STOPPED: &str = "stopped";
const PARTIAL: &str = "partial";
const LAST_DUMP: &str = "last_dump";
const SECRETS: &str = "secrets-";

impl State {
    /// The folder for a database; `key` stands for the database and its server.
    pub(crate) fn of(root: &Path, key: &str) -> Self {
        Self { folder: root.join(FOLDER).join(key) }
    }

    /// Where it is, made if need be.
    pub(crate) fn folder(&self) -> Result<&Path, FileError> {
        files::create_folders(&self.folder, 0o700)?;
        Ok(&self.folder)
    }

    /// Leaves a note of a command that begins.
    pub(crate) fn note(&self, underway: &Underway) -> Result<Note, FileError> {
        let path = self.folder()?.join(UNDERWAY);
        files::replace_private(&path, &serde_json::to_string(underway).unwrap_or_default())?;
        let file = File::open(&path).map_err(|error| FileError::new("read", &path, error))?;
        // The server's lock keeps others away; that this one cannot be taken is no reason to stop.
        let _ = file.try_lock();
        Ok(Note { path, _file: file })
    }

    /// Removes the note of a command that was killed, once everything is put right.
    pub(crate) fn forget_interrupted(&self) -> Result<(), FileError> {
        remove(&self.folder.join(UNDERWAY))
    }

    /// The command that has left a note or stopped services, and whether it is alive.
    fn underway(&self) -> Option<(Underway, bool)> {
        let stopped: Vec<String> = self.stopped().into_iter().map(|(_, service)| service).collect();
        match File::open(self.folder.join(UNDERWAY)) {
            Ok(mut file) => {
                let is_alive = file.try_lock_shared().is_err();
                let mut text = String::new();
                io::Read::read_to_string(&mut file, &mut text).ok()?;
                Some((Underway { stopped, ..serde_json::from_str(&text).ok()? }, is_alive))
            }
            Err(_) if stopped.is_empty() => None,
            Err(_) => {
                let verb = "manage_db".to_owned();
                let (database, user, since) = (String::new(), String::new(), String::new());
                Some((Underway { verb, database, user, since, stopped }, false))
            }
        }
    }

    /// The containers that a run stopped and did not start again, each with its service.
    pub(crate) fn stopped(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(self.folder.join(STOPPED)).unwrap_or_default();
        let pair = |line: &str| line.split_once(' ').map(|(id, service)| (id.to_owned(), service.to_owned()));
        text.lines().filter_map(pair).collect()
    }

    /// Remembers what is being stopped.
    pub(crate) fn remember_stopped(&self, containers: &[(String, String)]) -> Result<(), FileError> {
        let path = self.folder()?.join(STOPPED);
        let lines: Vec<String> = containers.iter().map(|(id, service)| format!("{id} {service}")).collect();
        if containers.is_empty() { remove(&path) } else { files::replace_private(&path, &lines.join("\n")) }
    }

    /// Remembers the half-written file of a dump, and removes the one that a killed run has left.
    pub(crate) fn remember_partial(&self, path: Option<&Path>) -> Result<(), FileError> {
        let note = self.folder()?.join(PARTIAL);
        if let Ok(left) = fs::read_to_string(&note) {
            remove(Path::new(&left))?;
        }
        match path.and_then(Path::to_str) {
            Some(path) => files::replace_private(&note, path),
            None => remove(&note),
        }
    }

    /// The last dump, if there is one that we know of.
    pub(crate) fn last_dump(&self) -> Option<LastDump> {
        serde_json::from_slice(&fs::read(self.folder.join(LAST_DUMP)).ok()?).ok()
    }

    pub(crate) fn remember_dump(&self, dump: &LastDump) -> Result<(), FileError> {
        files::replace_private(&self.folder()?.join(LAST_DUMP), &serde_json::to_string(dump).unwrap_or_default())
    }

    /// Puts a secret into a file. Whoever a container runs as may read it there; on this machine nobody gets past
    /// the folder but us. Those that a killed run has left are removed.
    pub(crate) fn keep_secret(&self, secret: &Secret) -> Result<PasswordFile, FileError> {
        let folder = self.folder()?;
        self.write_secret(secret).map_err(|error| FileError::new("write", folder, error))
    }

    fn write_secret(&self, secret: &Secret) -> io::Result<PasswordFile> {
        for entry in fs::read_dir(&self.folder)? {
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
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// The same for a program that wants nobody else to be able to read it.
    pub(crate) fn closed(self) -> io::Result<Self> {
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o600))?;
        Ok(self)
    }
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::new("remove", path, error)),
        _ => Ok(()),
    }
}
