//! A PostgreSQL server, talked to through its client programs.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::client::{Call, Client, PATIENT, Place};
use super::{DatabaseError, Name, Room};
use crate::docker::{Captured, Command, Input, Mending, Runner, interrupted};
use crate::report::Secret;

/// psql's exit code when it cannot connect.
const NO_CONNECTION: u8 = 2;
const PAUSE: Duration = Duration::from_millis(250);

/// psql as we use it: it reads nothing but what we give it, says nothing but what was asked, and stops at an error.
const PSQL: &[&str] = &["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"];

/// A server.
pub struct Server<'a> {
    runner: &'a dyn Runner,
    client: Client,
}

impl<'a> Server<'a> {
    /// A server in its place, for work on one database: `work` stands for that database of that project, in the names
    /// of our connections and containers.
    pub fn new(runner: &'a dyn Runner, place: Place, user: &str, password: Secret, work: &str) -> Self {
        let (tag, label) = (format!("lapstrake {work}"), format!("lapstrake.work={work}"));
        Self {
            runner,
            client: Client { place, user: user.to_owned(), password, tag, label, options: PATIENT.to_owned() },
        }
    }

    /// As whom we connect.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.client.user
    }

    /// By what the server knows our connections.
    #[must_use]
    pub(super) fn tag(&self) -> &str {
        &self.client.tag
    }

    /// By what docker knows our containers.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.client.label
    }

    pub(super) fn runner(&self) -> &dyn Runner {
        self.runner
    }

    /// Waits until the server answers, and tells its major version.
    ///
    /// # Errors
    /// When it does not answer in time.
    pub fn ready(&self, patience: Duration) -> Result<u32, DatabaseError> {
        let began = Instant::now();
        loop {
            match self.ask::<u32>("SELECT current_setting('server_version_num')::int / 10000;") {
                Ok(versions) => return versions.first().copied().ok_or_else(|| DatabaseError::Strange(String::new())),
                Err(DatabaseError::NoAnswer { .. } | DatabaseError::Failed { .. }) if began.elapsed() < patience => {
                    std::thread::sleep(PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks for rows, each a JSON value on a line of its own.
    pub(super) fn ask<T: DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>, DatabaseError> {
        let told = self.psql_warily(&Name::maintenance(), sql, "the question to the server")?;
        told.lines()
            .map(|line| serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned())))
            .collect()
    }

    /// The same, where nothing that somebody made in the database takes the place of what the server has.
    pub(super) fn psql_warily(&self, database: &Name, sql: &str, doing: &str) -> Result<String, DatabaseError> {
        let Call { command, first } = self.client.wary().connecting(database, PSQL);
        let bytes = [&first, sql.as_bytes()].concat();
        let told = self.capture(&command.input(Input::Bytes(bytes)))?;
        Ok(well(told, doing)?.text())
    }

    /// Runs a program that connects to nothing on what `from` gives, and writes what it says to `to`.
    pub(super) fn transform(
        &self,
        words: &[&str],
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
    ) -> Result<(), DatabaseError> {
        let call = Call { command: self.client.plain(words), first: Vec::new() };
        self.stream(call, Some(from), to, "the look into the archive")
    }

    /// Returns the same server as another role finds it.
    pub(super) fn login(&self, user: &str, password: Secret) -> Self {
        Self { runner: self.runner, client: self.client.of(user, password) }
    }

    /// Runs statements in a database, and gives back what they tell. What is being done is a noun.
    pub(super) fn psql(&self, database: &Name, sql: &str, doing: &str) -> Result<String, DatabaseError> {
        let Call { command, first } = self.client.connecting(database, PSQL);
        let bytes = [&first, sql.as_bytes()].concat();
        let told = self.capture(&command.input(Input::Bytes(bytes)))?;
        Ok(well(told, doing)?.text())
    }

    /// Runs statements as they come; what they tell goes to `to` at once, so that what comes may depend on it.
    pub(super) fn converse(
        &self,
        database: &Name,
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        self.stream(self.client.connecting(database, PSQL), Some(from), to, doing)
    }

    /// Runs statements that come from `from`, with arguments for psql.
    pub(super) fn psql_from(
        &self,
        database: &Name,
        arguments: &[&str],
        from: &mut (dyn Read + Send),
        doing: &str,
    ) -> Result<(), DatabaseError> {
        let words: Vec<&str> = PSQL.iter().chain(arguments).copied().collect();
        let call = self.client.connecting(database, &words);
        self.stream(call, Some(from), &mut io::sink(), doing)
    }

    /// Runs a program that connects to a database, and takes what it writes.
    ///
    /// # Errors
    /// When it ends badly.
    pub fn draw(&self, database: &Name, words: &[&str], to: &mut dyn Write, doing: &str) -> Result<(), DatabaseError> {
        self.stream(self.client.connecting(database, words), None, to, doing)
    }

    /// Runs a program that connects to a database and reads a file of this machine by itself, and `from`.
    pub(super) fn read_file(
        &self,
        file: &Path,
        database: &Name,
        words: &[&str],
        from: &mut (dyn Read + Send),
        doing: &str,
    ) -> Result<(), DatabaseError> {
        self.stream(self.client.reading(file, database, words), Some(from), &mut io::sink(), doing)
    }

    /// Runs a program that connects to nothing, on what `from` gives, and tells what it wrote.
    pub(super) fn examine(&self, words: &[&str], from: &mut (dyn Read + Send)) -> Result<Captured, DatabaseError> {
        let mut written = Vec::new();
        let told = self.runner.stream(&self.client.plain(words), Some(from), &mut written);
        uninterrupted()?;
        Ok(Captured { stdout: written, ..told? })
    }

    /// The room where the server keeps `folder`; none where that cannot be seen.
    ///
    /// # Errors
    /// When docker cannot be run.
    pub fn room(&self, folder: &str) -> Result<Option<Room>, DatabaseError> {
        let Place::Inside { .. } = self.client.place else { return Ok(None) };
        let told = self.capture(&self.client.plain(&["df", "-P", "-k", folder]))?;
        Ok(Room::read(&told.text()).filter(|_| told.ended.well()))
    }

    /// Looks at that room once for each line of `from`, and writes what `df` says to `to`, until `from` ends. Where it
    /// cannot be seen nothing is read. One program for many looks: to start one takes more than the look itself.
    pub(super) fn watch_room(
        &self,
        folder: &str,
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
    ) -> Result<(), DatabaseError> {
        let Place::Inside { .. } = self.client.place else { return Ok(()) };
        let command = self.client.plain(&["sh", "-c", r#"while read -r line; do df -P -k "$1"; done"#, "sh", folder]);
        self.stream(Call { command, first: Vec::new() }, Some(from), to, "the look at the server's disk")
    }

    /// The command in which a person types SQL. The password is read from a file that holds [`Server::password_line`].
    #[must_use]
    pub fn typing(&self, database: &Name, terminal: bool, password: &Path, words: &[&str]) -> Command {
        self.client.typing(database, terminal, password, words)
    }

    /// What the password file holds; nothing where none is needed.
    #[must_use]
    pub fn password_line(&self) -> Option<Secret> {
        matches!(self.client.place, Place::Outside { .. }).then(|| Secret::new(self.client.password_line()))
    }

    fn capture(&self, command: &Command) -> Result<Captured, DatabaseError> {
        uninterrupted()?;
        self.must_have_sound_password()?;
        let told = self.runner.capture(command);
        uninterrupted()?;
        Ok(told?)
    }

    /// What stands behind a line break in it would be read as SQL.
    fn must_have_sound_password(&self) -> Result<(), DatabaseError> {
        if self.client.has_sound_password() { Ok(()) } else { Err(DatabaseError::Password) }
    }

    fn stream(
        &self,
        call: Call,
        from: Option<&mut (dyn Read + Send)>,
        to: &mut dyn Write,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        uninterrupted()?;
        self.must_have_sound_password()?;
        let Call { command, first } = call;
        let told = match from {
            Some(from) if first.is_empty() => self.runner.stream(&command, Some(from), to),
            Some(from) => self.runner.stream(&command, Some(&mut Cursor::new(first).chain(from)), to),
            None => self.runner.stream(&command.input(Input::Bytes(first)), None, to),
        };
        uninterrupted()?;
        well(told?, doing).map(drop)
    }
}

/// A signal is the reason for whatever happened since.
pub(super) fn uninterrupted() -> Result<(), DatabaseError> {
    if interrupted() && !Mending::is_underway() { Err(DatabaseError::Interrupted) } else { Ok(()) }
}

fn well(told: Captured, doing: &str) -> Result<Captured, DatabaseError> {
    let complaint = told.complaint();
    match told.ended.code {
        0 => Ok(told),
        NO_CONNECTION => Err(DatabaseError::NoAnswer { complaint }),
        _ => Err(DatabaseError::Failed { doing: doing.to_owned(), complaint }),
    }
}
