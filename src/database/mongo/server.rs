//! A MongoDB server, talked to through the tools beside it. Backups are mongodump's archives; folders of its files,
//! packed with zip, are read too.

use std::io::{self, Cursor, Read, Write};

use crate::database::DatabaseError;
use crate::database::postgres::server::uninterrupted;
use crate::docker::{Captured, Command, Input, RunError, Runner};
use crate::report::Secret;

/// Hands the first line that it reads to the program as its configuration, through a descriptor: neither the
/// arguments nor a file hold the password. What comes after that line is the program's to read.
const WITH_CONFIGURATION: &str = "IFS= read -r line\nexec \"$@\" --config=/dev/fd/3 3<<END\n$line\nEND\n";

/// Where a folder of files lies while it is restored.
const FOLDER: &str = "/tmp/lapstrake-documents";

/// A server in a container of ours.
pub struct Documents<'a> {
    /// Runs programs.
    pub runner: &'a dyn Runner,
    /// Its container.
    pub container: String,
    /// As whom we connect; nobody where the server does not ask.
    pub user: &'a str,
    /// The password.
    pub password: Secret,
    /// The database that holds its users.
    pub authentication: &'a str,
}

impl Documents<'_> {
    /// Writes everything as an archive, compressed with gzip.
    ///
    /// # Errors
    /// When mongodump ends badly.
    pub fn dump(&self, to: &mut dyn Write) -> Result<(), DatabaseError> {
        self.run(&["mongodump", "--quiet", "--archive", "--gzip"], &mut io::empty(), to, "the dump")
    }

    /// Replaces the collections that an archive holds.
    ///
    /// # Errors
    /// When mongorestore ends badly.
    pub fn restore(&self, archive: &mut (dyn Read + Send), is_gzip: bool) -> Result<(), DatabaseError> {
        let words = ["mongorestore", "--quiet", "--drop", "--archive", "--gzip"];
        let words = if is_gzip { &words[..] } else { &words[..4] };
        self.run(words, archive, &mut io::sink(), "the restore")
    }

    /// Replaces the collections that a folder holds, which comes as a tar archive with [`Documents::folder`] in front
    /// of each path: mongorestore cannot read it from a stream.
    ///
    /// # Errors
    /// When it cannot be unpacked there, and when mongorestore ends badly.
    pub fn restore_folder(&self, tar: &mut (dyn Read + Send)) -> Result<(), DatabaseError> {
        self.remove_folder()?;
        let copy = Command::new("docker").args(["cp", "-", &format!("{}:/tmp", self.container)]).apart();
        let copied = self.stream(&copy, tar, &mut io::sink(), "the copy of the files");
        let words = ["mongorestore", "--quiet", "--drop", "--dir", FOLDER];
        let restored = copied.and_then(|()| self.run(&words, &mut io::empty(), &mut io::sink(), "the restore"));
        // The next restore removes it at the latest.
        let _ = self.remove_folder();
        restored
    }

    /// What stands in front of each path in the tar archive.
    #[must_use]
    pub fn folder() -> &'static str {
        FOLDER.trim_start_matches("/tmp/")
    }

    fn remove_folder(&self) -> Result<(), DatabaseError> {
        let remove = Command::new("docker").args(["exec", &self.container, "rm", "-r", "-f", FOLDER]);
        uninterrupted()?;
        well(&self.runner.capture(&remove.input(Input::Nothing).apart())?, "the removal of old files")
    }

    fn run(
        &self,
        words: &[&str],
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        let exec = Command::new("docker").args(["exec", "--interactive", &self.container]);
        let exec = exec.args(["sh", "-euc", WITH_CONFIGURATION, "sh"]).args(words.iter().copied());
        let exec = if self.user.is_empty() {
            exec
        } else {
            exec.args(["--username", self.user, "--authenticationDatabase", self.authentication])
        };
        // A JSON text is a YAML text too.
        let password =
            serde_json::to_string(self.password.expose()).map_err(|error| RunError::Streams(error.into()))?;
        let mut input = Cursor::new(format!("password: {password}\n")).chain(from);
        self.stream(&exec.apart(), &mut input, to, doing)
    }

    fn stream(
        &self,
        command: &Command,
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        uninterrupted()?;
        let told = self.runner.stream(command, Some(from), to);
        uninterrupted()?;
        well(&told?, doing)
    }
}

fn well(told: &Captured, doing: &str) -> Result<(), DatabaseError> {
    if told.ended.well() {
        return Ok(());
    }
    Err(DatabaseError::Failed { doing: doing.to_owned(), complaint: told.complaint() })
}
