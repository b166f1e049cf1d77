//! Who else is connected to a database, how nobody is, and how it stays that way.
//!
//! From the moment when a database is copied to the moment when its name is swapped it takes no connections, so that
//! no client's write is acknowledged and then lost. The server enforces it; a setting of the database says who closed
//! it, so that the next command reopens what a killed one has left closed.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::lock::Lock;
use crate::database::{DatabaseError, Facts, Name, Server, literal};
use crate::docker::{Mending, interrupted};

/// How long sessions may take to end once they were told to.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);

/// The settings that mark a database as closed by a command, whose token is in the value. Who is no superuser may not
/// set parameters of another prefix, but may set this one, which means nothing while nobody can connect.
const MARKS: [&str; 2] = ["lapstrake.closed_by=%", "application_name=lapstrake closed by %"];

/// The SQL condition that a setting `one` is such a mark.
pub(in crate::database) fn is_mark() -> String {
    format!("one LIKE '{}' OR one LIKE '{}'", MARKS[0], MARKS[1])
}

/// Sessions of one client on a database.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Connections {
    /// The role that the client uses, unless the server hides it.
    pub user: Option<String>,
    /// The client's own name.
    pub application: Option<String>,
    /// The client's address; `None` for a local socket.
    pub address: Option<String>,
    /// How many there are.
    pub count: u64,
}

impl Connections {
    /// The description for messages: `3 of psql (chief, 172.18.0.5)`.
    #[must_use]
    pub fn describe(&self) -> String {
        let known = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let application = known(&self.application).unwrap_or_else(|| "an unnamed client".to_owned());
        let origin = known(&self.address).unwrap_or_else(|| "local".to_owned());
        let user = known(&self.user).map(|user| format!("{user}, ")).unwrap_or_default();
        format!("{} of {application} ({user}{origin})", self.count)
    }
}

/// Returns the connections of other clients to a database, the most numerous first.
///
/// # Errors
/// When the server does not answer.
pub fn connections(server: &Server<'_>, name: &Name) -> Result<Vec<Connections>, DatabaseError> {
    server.ask(&format!(
        "SELECT json_build_object('user', usename, 'application', application_name, \
         'address', host(client_addr), 'count', count(*)) FROM pg_stat_activity \
         WHERE datname = {} AND pid <> pg_backend_pid() AND application_name NOT LIKE 'lapstrake%' \
         GROUP BY usename, application_name, client_addr ORDER BY count(*) DESC, 1::text;\n",
        name.literal()
    ))
}

/// Lets nobody connect to a database until [`reopen`] or the swap. Whoever is connected stays so.
pub(in crate::database) fn close(lock: &Lock<'_, '_>, database: &Facts) -> Result<(), DatabaseError> {
    if !database.allows_connections {
        return Ok(());
    }
    let name = Name::new(&database.name)?;
    let (identifier, doing) = (name.identifier(), format!("closing database `{name}` to other clients"));
    lock.transaction(&doing, || {
        lock.must(&format!("ALTER DATABASE {identifier} ALLOW_CONNECTIONS false;"), &doing)?;
        let superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user;";
        let mark = match lock.must(superuser, &doing)?.first().map(String::as_str) {
            Some("t") => format!("lapstrake.closed_by = '{}'", lock.server().token()),
            _ => format!("application_name = 'lapstrake closed by {}'", lock.server().token()),
        };
        lock.must(&format!("ALTER DATABASE {identifier} SET {mark};"), &doing)?;
        lock.must(&expect(lock, database.oid, &name), &doing)
    })?;
    Ok(())
}

/// Lets clients connect again to a database that a command had closed.
pub(in crate::database) fn reopen(lock: &Lock<'_, '_>, name: &Name) -> Result<(), DatabaseError> {
    let doing = format!("reopening database `{name}`");
    lock.transaction(&doing, || {
        reopen_statements(lock, name)?.iter().try_for_each(|one| lock.must(one, &doing).map(drop))
    })
}

/// Returns the statements that reopen a closed database, to be run in a transaction.
pub(in crate::database) fn reopen_statements(lock: &Lock<'_, '_>, name: &Name) -> Result<Vec<String>, DatabaseError> {
    let query = format!(
        "SELECT to_json(format('ALTER DATABASE %I RESET %s;', datname, split_part(one, '=', 1))) \
         FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) one \
         WHERE s.setrole = 0 AND datname = {} AND ({});",
        name.literal(),
        is_mark()
    );
    let mut statements: Vec<String> = lock.ask(&query, "the mark of a closed database")?;
    statements.push(format!("ALTER DATABASE {} ALLOW_CONNECTIONS true;", name.identifier()));
    Ok(statements)
}

/// Returns the names of the databases that a command has closed.
pub(in crate::database) fn closed(lock: &Lock<'_, '_>) -> Result<Vec<String>, DatabaseError> {
    let query = format!(
        "SELECT to_json(d.datname) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase \
         WHERE s.setrole = 0 AND EXISTS (SELECT FROM unnest(s.setconfig) one WHERE {});",
        is_mark()
    );
    lock.ask(&query, "the search for closed databases")
}

/// The statement that fails, and with it its transaction, when a database takes connections.
pub(in crate::database) fn expect_closed(lock: &Lock<'_, '_>, oid: u32) -> String {
    raise_unless(
        lock,
        &format!("oid = {oid} AND NOT datallowconn"),
        "somebody has reopened the database to clients meanwhile: what they wrote would be lost",
    )
}

/// The statement that fails, and with it its transaction, unless the database with this number has this name.
pub(in crate::database) fn expect(lock: &Lock<'_, '_>, oid: u32, name: &Name) -> String {
    let problem = format!("database {oid} is not called `{name}` any more: another client has renamed it");
    raise_unless(lock, &format!("oid = {oid} AND datname = {}", name.literal()), &problem)
}

/// The statement that raises an error unless there is such a database.
fn raise_unless(lock: &Lock<'_, '_>, condition: &str, problem: &str) -> String {
    // A name can hold anything but this command's random word.
    let quote = format!("$lapstrake_{}$", lock.server().token());
    format!(
        "DO {quote} BEGIN IF NOT EXISTS (SELECT FROM pg_database WHERE {condition}) \
         THEN RAISE EXCEPTION USING MESSAGE = {}; END IF; END {quote};",
        literal(problem)
    )
}

#[derive(Deserialize)]
struct Session {
    pid: i32,
    user: Option<String>,
    application: Option<String>,
    address: Option<String>,
}

/// Ends all sessions on databases, and returns when there are none.
///
/// # Errors
/// When some could not be ended in time.
pub(in crate::database) fn end_sessions(lock: &Lock<'_, '_>, databases: &[u32]) -> Result<(), DatabaseError> {
    let numbers = databases.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    // The server ends autovacuum by itself where it is in the way.
    end(lock, &format!("datid IN ({numbers}) AND backend_type IS DISTINCT FROM 'autovacuum worker'"))
}

/// Ends the sessions of other commands on the same database: as the lock is ours, those commands are dead.
pub(in crate::database) fn end_stale_sessions(lock: &Lock<'_, '_>) -> Result<usize, DatabaseError> {
    let stale = format!(
        "application_name LIKE {} AND application_name NOT LIKE {}",
        literal(&format!("lapstrake {} %", lock.name().fingerprint())),
        literal(&format!("% {}", lock.server().token())),
    );
    let query = format!("SELECT count(*) FROM pg_stat_activity WHERE {stale};");
    let found: Vec<usize> = lock.ask(&query, "the search for sessions")?;
    end(lock, &stale)?;
    Ok(found.into_iter().sum())
}

/// Ends the sessions that match a condition.
fn end(lock: &Lock<'_, '_>, which: &str) -> Result<(), DatabaseError> {
    const DOING: &str = "ending sessions";
    let query = format!(
        "SELECT json_build_object('pid', pid, 'user', usename, 'application', application_name, \
         'address', host(client_addr)) FROM pg_stat_activity WHERE {which} AND pid <> pg_backend_pid();"
    );
    let began = Instant::now();
    let mut told: Vec<i32> = Vec::new();
    loop {
        let found: Vec<Session> = lock.ask(&query, DOING)?;
        if found.is_empty() {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            let one = |Session { user, application, address, .. }| Connections { user, application, address, count: 1 };
            return Err(DatabaseError::Busy(found.into_iter().map(one).collect()));
        }
        if interrupted() && !Mending::is_underway() {
            return Err(DatabaseError::Interrupted);
        }
        for pid in found.iter().map(|session| session.pid).filter(|pid| !told.contains(pid)).collect::<Vec<_>>() {
            // Whoever may not be ended shows in the next round.
            let _ = lock.execute(&format!("SELECT pg_terminate_backend({pid});"))?;
            told.push(pid);
        }
        std::thread::sleep(PAUSE);
    }
}
