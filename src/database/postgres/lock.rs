//! One command at a time on a database, by the server's own lock.
//!
//! A [`Lock`] is a session on the maintenance database that lives as long as the command and holds an advisory lock
//! whose number is made of the database's name. Every checkout and every machine that uses the server meets the same
//! lock, and the server releases it when the session ends, however it ends.
//!
//! Whatever gives, takes or removes a name runs in that very session: a command that has lost its lock cannot swap.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::Call;
use crate::database::{DatabaseError, Name, Server};
use crate::docker::{Dialogue, Mending, interrupted};
use crate::machine::random_secret;

/// psql in the session: errors are reported after each statement and do not end it.
const PSQL: &[&str] = &["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only"];
/// How long a statement of the session may take: none of them moves data.
const PATIENCE: Duration = Duration::from_secs(90);
const LONG_PATIENCE: Duration = Duration::from_secs(24 * 3600);
const GLANCE: Duration = Duration::from_millis(100);

/// The session gives up on other sessions' locks after a while, and the server notices within two minutes when the
/// machine of a command has vanished.
const SETTINGS: &str = "SET lock_timeout = '20s'; SET statement_timeout = '60s'; SET client_min_messages = error; \
    SET idle_session_timeout = 0; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 15; \
    SET tcp_keepalives_count = 5; SET search_path = pg_catalog;";

/// Who holds the lock of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `verb user@host process`, as far as the server shows it to the connecting user.
    words: Option<String>,
    /// When its session began, in seconds since 1970.
    since: i64,
}

/// The result of an attempt to take a lock.
pub enum Attempt<'s, 'r> {
    /// The lock is held as long as the value exists.
    Taken(Lock<'s, 'r>),
    /// Another command holds it.
    Held(Holder),
}

/// The lock of a database, held as long as this exists and its session lives.
pub struct Lock<'s, 'r> {
    server: &'s Server<'r>,
    name: Name,
    /// What the session is called on the server.
    holder: String,
    session: Mutex<Option<Session>>,
}

/// The session, and a word that no answer contains by chance.
struct Session {
    dialogue: Dialogue,
    marker: String,
    patience: Duration,
}

/// What a statement returned: its rows as text, or the server's error.
type Answer = Result<Vec<String>, ServerError>;

/// An error of the server.
#[derive(Clone, Debug)]
pub(in crate::database) struct ServerError {
    /// The SQL state, in five characters.
    pub(in crate::database) state: String,
    /// The message.
    pub(in crate::database) message: String,
}

impl ServerError {
    pub(in crate::database) fn of(self, doing: &str) -> DatabaseError {
        DatabaseError::Failed { doing: doing.to_owned(), complaint: self.message }
    }
}

impl Holder {
    /// The description for messages: who, which verb, since when.
    #[must_use]
    pub fn describe(&self) -> String {
        let since = jiff::Timestamp::from_second(self.since).unwrap_or_default();
        let since = since.to_zoned(jiff::tz::TimeZone::system());
        let today = since.date() == jiff::Zoned::now().date();
        let since = since.strftime(if today { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" });
        let mut words = self.words.iter().flat_map(|words| words.split(' '));
        match (words.next(), words.next(), words.next()) {
            (Some(verb), Some(who), Some(process)) => format!("`{verb}` by {who} since {since} (process {process})"),
            _ => format!("another session since {since}"),
        }
    }
}

impl<'s, 'r> Lock<'s, 'r> {
    /// Tries to take the lock of a database, for a verb that `user` runs.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn attempt(
        server: &'s Server<'r>,
        name: &Name,
        verb: &str,
        user: &str,
    ) -> Result<Attempt<'s, 'r>, DatabaseError> {
        let holder = holder(verb, user);
        let mut session = Session::open(server, &holder)?;
        if session.try_lock(name.lock_key())? {
            server.claim(name)?;
            let session = Mutex::new(Some(session));
            return Ok(Attempt::Taken(Self { server, name: name.clone(), holder, session }));
        }
        let found = session.query(HOLDERS)?.map_err(|error| error.of("the lock"))?;
        let rows = found.iter().map(|row| parsed::<Row>(row)).collect::<Result<Vec<_>, _>>()?;
        // Whoever held it may be gone by now.
        let held = rows.into_iter().find(|row| row.key == name.lock_key()).unwrap_or_default();
        Ok(Attempt::Held(held.holder()))
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &'s Server<'r> {
        self.server
    }

    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Takes the lock again after the session was lost, when the server was restarted for example.
    ///
    /// # Errors
    /// When the server does not answer, or another command has the lock now.
    pub fn renew(&self) -> Result<(), DatabaseError> {
        let mut slot = self.slot();
        if let Some(session) = slot.as_mut()
            && session.query("SELECT 1;").is_ok_and(|answer| answer.is_ok())
        {
            return Ok(());
        }
        *slot = None;
        let mut session = Session::open(self.server, &self.holder)?;
        if !session.try_lock(self.name.lock_key())? {
            return Err(DatabaseError::LockLost);
        }
        *slot = Some(session);
        Ok(())
    }

    /// Runs one statement, and returns its rows as text.
    pub(in crate::database) fn execute(&self, statement: &str) -> Result<Answer, DatabaseError> {
        let mut slot = self.slot();
        let session = slot.as_mut().ok_or(DatabaseError::LockLost)?;
        let answer = session.query(statement);
        if answer.is_err() {
            // What was asked may still be answered later: the session is of no use any more.
            *slot = None;
        }
        answer
    }

    /// Runs one statement that must succeed; `doing` is a noun for messages.
    pub(in crate::database) fn must(&self, statement: &str, doing: &str) -> Result<Vec<String>, DatabaseError> {
        self.execute(statement)?.map_err(|error| error.of(doing))
    }

    /// Asks for rows, each a JSON value on a line of its own.
    pub(in crate::database) fn ask<T: DeserializeOwned>(
        &self,
        query: &str,
        doing: &str,
    ) -> Result<Vec<T>, DatabaseError> {
        self.must(query, doing)?.iter().map(|row| parsed(row)).collect()
    }

    /// Runs `work` in a transaction, which is rolled back when it fails.
    pub(in crate::database) fn transaction<T>(
        &self,
        doing: &str,
        work: impl FnOnce() -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        self.must("BEGIN;", doing)?;
        let done = work();
        match done {
            Ok(value) => self.must("COMMIT;", doing).map(|_| value),
            Err(error) => {
                // Without a session there is nothing to roll back: the server has done it.
                let _ = self.execute("ROLLBACK;");
                Err(error)
            }
        }
    }

    /// Runs `work` under the lock of another database as well, given by its number, unless another command has it.
    pub(in crate::database) fn while_free<T>(
        &self,
        key: i64,
        work: impl FnOnce() -> Result<T, DatabaseError>,
    ) -> Result<Option<T>, DatabaseError> {
        let attempt = self.must(&format!("SELECT pg_try_advisory_lock({key});"), "the lock")?;
        if attempt.first().map(String::as_str) != Some("t") {
            return Ok(None);
        }
        let done = work();
        self.must(&format!("SELECT pg_advisory_unlock({key});"), "the lock")?;
        done.map(Some)
    }

    /// Runs one statement that may take long, such as the removal of a large database.
    pub(in crate::database) fn execute_long(&self, statement: &str) -> Result<Answer, DatabaseError> {
        let mut slot = self.slot();
        let session = slot.as_mut().ok_or(DatabaseError::LockLost)?;
        session.patience = LONG_PATIENCE;
        let answer = session.query("SET statement_timeout = 0;").and_then(|_| session.query(statement));
        session.patience = PATIENCE;
        if answer.is_err() {
            *slot = None;
        }
        answer
    }

    /// Whether the session lives, and with it the lock.
    pub(in crate::database) fn is_held(&self) -> bool {
        self.execute("SELECT 1;").is_ok()
    }

    fn slot(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn open(server: &Server<'_>, holder: &str) -> Result<Self, DatabaseError> {
        let Call { command, first } = server.client().unclaimed().connecting(&Name::maintenance(), PSQL);
        let mut dialogue = server.runner().open(&command)?;
        let sent = dialogue.write(&first);
        let random = random_secret().map_err(crate::docker::RunError::Streams)?;
        let mut session = Self { dialogue, marker: random.expose()[..32].to_owned(), patience: PATIENCE };
        sent.map_err(|_| session.lost())?;
        for setting in SETTINGS.split_inclusive(';') {
            // Servers before 14 do not know all of them.
            let _ = session.query(setting.trim())?;
        }
        let _ = session.query(&format!("SET application_name = {};", crate::database::literal(holder)))?;
        Ok(session)
    }

    fn try_lock(&mut self, key: i64) -> Result<bool, DatabaseError> {
        let answer = self.query(&format!("SELECT pg_try_advisory_lock({key});"))?;
        Ok(answer.map_err(|error| error.of("the lock"))?.first().is_some_and(|row| row == "t"))
    }

    fn query(&mut self, statement: &str) -> Result<Answer, DatabaseError> {
        let marker = &self.marker;
        let text =
            format!("{statement}\n\\echo {marker} :ERROR :SQLSTATE\n\\echo :LAST_ERROR_MESSAGE\n\\echo {marker} end\n");
        self.dialogue.write(text.as_bytes()).map_err(|_| self.lost())?;
        let mut lines = Vec::new();
        let asked = Instant::now();
        let end = format!("{} end", self.marker);
        loop {
            match self.dialogue.line(GLANCE) {
                Some(line) if line == end => return self.answer(lines),
                Some(line) => lines.push(line),
                None if self.dialogue.has_exited() || asked.elapsed() > self.patience => return Err(self.lost()),
                None if interrupted() && !Mending::is_underway() => return Err(DatabaseError::Interrupted),
                None => {}
            }
        }
    }

    fn answer(&self, mut lines: Vec<String>) -> Result<Answer, DatabaseError> {
        let state = lines.iter().rposition(|line| line.starts_with(&self.marker));
        let Some(state) = state else { return Err(DatabaseError::Strange(lines.join("\n"))) };
        let mut message = lines.split_off(state);
        let outcome = message.remove(0);
        match outcome.split(' ').collect::<Vec<_>>().as_slice() {
            [_, "false", _] => Ok(Ok(lines)),
            [_, _, state] => Ok(Err(ServerError { state: (*state).to_owned(), message: message.join("\n") })),
            _ => Err(DatabaseError::Strange(outcome)),
        }
    }

    fn lost(&self) -> DatabaseError {
        let complaint = self.dialogue.complaint();
        if complaint.is_empty() { DatabaseError::LockLost } else { DatabaseError::NoAnswer { complaint } }
    }
}

/// What begins the name of a session that holds a lock.
const PREFIX: &str = "lapstrake: ";

/// The name of the session, in at most the 63 bytes that a server keeps: `lapstrake: verb user@host process`.
fn holder(verb: &str, user: &str) -> String {
    let word = |text: &str, longest: usize| -> String {
        let plain = text.chars().filter(char::is_ascii_graphic);
        plain.take(longest).collect()
    };
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    let who = format!("{}@{}", word(user, 10), word(&host, 10));
    format!("{PREFIX}{} {who} {}", word(verb, 21), std::process::id())
}

#[derive(Default, Deserialize)]
struct Row {
    key: i64,
    name: Option<String>,
    since: i64,
}

impl Row {
    fn holder(self) -> Holder {
        let words = self.name.and_then(|name| name.strip_prefix(PREFIX).map(str::to_owned));
        Holder { words, since: self.since }
    }
}

/// Selects the sessions that hold advisory locks in the maintenance database.
const HOLDERS: &str = "
SELECT json_build_object(
  'key', (l.classid::bigint << 32) | l.objid::bigint,
  'name', a.application_name,
  'since', coalesce(extract(epoch FROM a.backend_start), 0)::bigint)
FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database());";

/// Returns who holds locks on the server, by [`Name::lock_key`].
///
/// # Errors
/// When the server does not answer.
pub fn holders(server: &Server<'_>) -> Result<HashMap<i64, Holder>, DatabaseError> {
    let rows: Vec<Row> = server.ask(HOLDERS)?;
    Ok(rows.into_iter().map(|row| (row.key, row.holder())).collect())
}

fn parsed<T: DeserializeOwned>(row: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(row).map_err(|_| DatabaseError::Strange(row.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_session_fits_and_is_read_back() {
        let name = holder("change_admin_password", "somebody with a very long name");
        assert!(name.len() <= 63, "{name}");
        let words = name.strip_prefix(PREFIX).map(str::to_owned);
        let described = Holder { words, since: 0 }.describe();
        assert!(described.starts_with("`change_admin_password` by somebodywi@"), "{described}");
        assert!(Holder { words: None, since: 0 }.describe().starts_with("another session since 19"));
    }
}
