//! A PostgreSQL server, talked to through its client programs.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::client::{Call, Claim, Client, PATIENT, Place};
use crate::database::{DatabaseError, Name};
use crate::docker::{Captured, Command, Input, Mending, Runner, interrupted};
use crate::machine::random_secret;
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
        let label = format!("lapstrake.work={work}");
        let (user, options) = (user.to_owned(), PATIENT.to_owned());
        Self { runner, client: Client { place, user, password, claim: OnceLock::new(), label, options } }
    }

    /// As whom we connect.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.client.user
    }

    /// Marks whatever is started from now on as work on a database whose lock this command holds: sessions by their
    /// application name, containers by their label. Only such work is ended as a leftover.
    pub(in crate::database) fn claim(&self, name: &Name) -> Result<(), DatabaseError> {
        let random = random_secret().map_err(crate::docker::RunError::Streams)?;
        let token = random.expose()[..16].to_owned();
        self.client.claim.get_or_init(|| Claim { fingerprint: name.fingerprint(), token });
        Ok(())
    }

    /// Returns the random word of this command's claim; empty without one.
    pub(in crate::database) fn token(&self) -> &str {
        self.client.claim.get().map_or("", |claim| &claim.token)
    }

    /// Returns the application name under which the sessions of this command's containers are known, so that they can
    /// be ended with it.
    #[must_use]
    pub fn application_name(&self) -> String {
        self.client.tag()
    }

    pub(in crate::database) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the labels of this command's containers; none before it holds a lock.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.client.labels()
    }

    pub(in crate::database) fn runner(&self) -> &dyn Runner {
        self.runner
    }

    /// Waits until the server answers, and returns its major version.
    ///
    /// # Errors
    /// When it does not answer in time, or refuses the connection.
    pub fn ready(&self, patience: Duration) -> Result<u32, DatabaseError> {
        let versions = self.ask_when_ready("SELECT current_setting('server_version_num')::int / 10000;", patience)?;
        versions.first().copied().ok_or_else(|| DatabaseError::Strange(String::new()))
    }

    /// Asks for rows like [`Server::ask`], again and again while the server is starting.
    pub(in crate::database) fn ask_when_ready<T: DeserializeOwned>(
        &self,
        sql: &str,
        patience: Duration,
    ) -> Result<Vec<T>, DatabaseError> {
        let began = Instant::now();
        loop {
            match self.ask(sql) {
                // A server that takes connections, but not this one, will not take it later either.
                Err(DatabaseError::NoAnswer { .. } | DatabaseError::Failed { .. })
                    if began.elapsed() < patience && !self.takes_connections()? =>
                {
                    std::thread::sleep(PAUSE);
                }
                answer => return answer,
            }
        }
    }

    fn takes_connections(&self) -> Result<bool, DatabaseError> {
        Ok(self.capture(&self.client.asking_whether_ready())?.ended.well())
    }

    /// Asks for rows, each a JSON value on a line of its own.
    pub(in crate::database) fn ask<T: DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>, DatabaseError> {
        let told = self.psql_warily(&Name::maintenance(), sql, "the question to the server")?;
        told.lines()
            .map(|line| serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned())))
            .collect()
    }

    /// The same, where nothing that somebody made in the database takes the place of what the server has.
    pub(in crate::database) fn psql_warily(
        &self,
        database: &Name,
        sql: &str,
        doing: &str,
    ) -> Result<String, DatabaseError> {
        let Call { command, first } = self.client.wary().connecting(database, PSQL);
        let bytes = [&first, sql.as_bytes()].concat();
        let told = self.capture(&command.input(Input::Bytes(bytes)))?;
        Ok(well(told, doing)?.text())
    }

    /// Runs a program that connects to nothing on what `from` gives, and writes what it says to `to`.
    pub(in crate::database) fn transform(
        &self,
        words: &[&str],
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
    ) -> Result<(), DatabaseError> {
        let call = Call { command: self.client.plain(words), first: Vec::new() };
        self.stream(call, Some(from), to, "the look into the archive")
    }

    /// Returns the same server as another role finds it.
    pub(in crate::database) fn login(&self, user: &str, password: Secret) -> Self {
        Self { runner: self.runner, client: self.client.of(user, password) }
    }

    /// Runs statements in a database, and gives back what they tell. What is being done is a noun.
    pub(in crate::database) fn psql(&self, database: &Name, sql: &str, doing: &str) -> Result<String, DatabaseError> {
        let Call { command, first } = self.client.connecting(database, PSQL);
        let bytes = [&first, sql.as_bytes()].concat();
        let told = self.capture(&command.input(Input::Bytes(bytes)))?;
        Ok(well(told, doing)?.text())
    }

    /// Runs statements as they come; what they tell goes to `to` at once, so that what comes may depend on it.
    pub(in crate::database) fn converse(
        &self,
        database: &Name,
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        self.stream(self.client.connecting(database, PSQL), Some(from), to, doing)
    }

    /// Runs statements that come from `from`, with arguments for psql.
    pub(in crate::database) fn psql_from(
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
    pub(in crate::database) fn read_file(
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
    pub(in crate::database) fn examine(
        &self,
        words: &[&str],
        from: &mut (dyn Read + Send),
    ) -> Result<Captured, DatabaseError> {
        let mut written = Vec::new();
        let told = self.runner.stream(&self.client.plain(words), Some(from), &mut written);
        uninterrupted()?;
        Ok(Captured { stdout: written, ..told? })
    }

    /// Whether programs run beside the server, where they see its files.
    pub(in crate::database) fn is_beside(&self) -> bool {
        matches!(self.client.place, Place::Inside { .. })
    }

    /// Runs a program that connects to nothing, and returns what it wrote.
    pub(in crate::database) fn outside(&self, words: &[&str]) -> Result<Captured, DatabaseError> {
        self.capture(&self.client.plain(words))
    }

    /// Looks at the file systems of folders once for each line of `from`, and writes what `df` says to `to`, until
    /// `from` ends. One program for many looks: to start one takes longer than the look itself.
    pub(in crate::database) fn watch(
        &self,
        folders: &[String],
        from: &mut (dyn Read + Send),
        to: &mut dyn Write,
    ) -> Result<(), DatabaseError> {
        let script = ["sh", "-c", r#"while read -r line; do df -P -k -- "$@"; done"#, "sh"];
        let words: Vec<&str> = script.into_iter().chain(folders.iter().map(String::as_str)).collect();
        let call = Call { command: self.client.plain(&words), first: Vec::new() };
        self.stream(call, Some(from), to, "the look at the server's disks")
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
pub(in crate::database) fn uninterrupted() -> Result<(), DatabaseError> {
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
