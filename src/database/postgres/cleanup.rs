//! What a killed command has left behind, found by the next one and removed.
//!
//! Everything here runs under a lock, so that it is known to be nobody's: a staging database belongs to the command
//! that holds the lock of the database it is made for. What cannot be removed is reported and stops nobody.

use super::connections::{closed, end_sessions, end_stale_sessions, expect, reopen};
use super::lock::Lock;
use super::obstacles::obstacles;
use super::server::uninterrupted;
use crate::database::{DatabaseError, Facts, Name, Server, literal};
use crate::docker::{Command, Input};

/// What was found and what became of it.
#[derive(Debug, Default)]
pub struct Cleanup {
    /// How many things were removed or put right.
    pub removed: usize,
    /// What could not be removed: what it is and why, with the SQL that removes it.
    pub problems: Vec<Problem>,
}

/// Something that could not be removed.
#[derive(Debug)]
pub struct Problem {
    /// What it is, and why it is still there.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

/// Removes what killed commands have left: containers, sessions, staging databases and roles, closed databases. Those
/// of other databases of the server are removed unless a living command holds their lock.
///
/// # Errors
/// When the server does not answer, or docker does not.
pub fn cleanup(lock: &Lock<'_, '_>) -> Result<Cleanup, DatabaseError> {
    let label = &lock.server().client().label;
    let mut done = Cleanup { removed: remove_containers(lock.server(), label)?, problems: Vec::new() };
    match end_stale_sessions(lock) {
        Ok(ended) => done.removed += ended,
        Err(DatabaseError::Busy(sessions)) => done.problem(
            format!("{} sessions of an interrupted command do not end", sessions.len()),
            "an administrator of the server can end them with pg_terminate_backend".to_owned(),
        ),
        Err(error) => return Err(error),
    }
    for name in databases_made(lock)? {
        done.each(lock, &name, |name| remove_database(lock, name))?;
    }
    for name in roles_made(lock)? {
        done.each(lock, &name, |name| {
            lock.must(&format!("DROP ROLE IF EXISTS {};", name.identifier()), "the removal of a role").map(drop)
        })?;
    }
    for name in closed(lock)? {
        let Ok(name) = Name::new(name) else { continue };
        let again = || reopen(lock, &name).map(|()| 1);
        match if name == *lock.name() { again().map(Some) } else { lock.while_free(name.lock_key(), again) } {
            Ok(reopened) => done.removed += reopened.unwrap_or_default(),
            Err(DatabaseError::Failed { complaint, .. }) => done.problem(
                format!(
                    "database `{name}` was closed by an interrupted command and could not be reopened: {complaint}"
                ),
                format!("ALTER DATABASE {0} ALLOW_CONNECTIONS true; ALTER DATABASE {0} RESET ALL;", name.identifier()),
            ),
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

impl Cleanup {
    fn problem(&mut self, what: String, cure: String) {
        self.problems.push(Problem { what, cure });
    }

    /// Removes one thing that a command has made, unless that command is alive.
    fn each(
        &mut self,
        lock: &Lock<'_, '_>,
        name: &Name,
        remove: impl Fn(&Name) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        let Some(key) = name.made_for() else { return Ok(()) };
        let removed =
            if key == lock.name().lock_key() { remove(name).map(Some) } else { lock.while_free(key, || remove(name)) };
        match removed {
            Ok(removed) => self.removed += usize::from(removed.is_some()),
            Err(DatabaseError::Failed { doing, complaint }) => {
                let cure = format!("DROP DATABASE {0}; DROP ROLE IF EXISTS {0};", name.identifier());
                self.problem(format!("{doing} failed: {complaint}"), cure);
            }
            Err(DatabaseError::Obstructed { database, obstacles }) => {
                let what: Vec<&str> = obstacles.iter().map(|one| one.what.as_str()).collect();
                let cures: Vec<&str> = obstacles.iter().map(|one| one.cure.as_str()).collect();
                let what = format!("`{database}`, left by an interrupted command, is kept by {}", what.join(", "));
                let open = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true;", name.identifier());
                self.problem(what, format!("{open} then in that database: {}", cures.join(" ")));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn databases_made(lock: &Lock<'_, '_>) -> Result<Vec<Name>, DatabaseError> {
    made(lock, "SELECT to_json(datname) FROM pg_database WHERE datname LIKE 'lapstrake\\_%';")
}

/// Roles of databases that are gone: a role cannot be dropped while its database is there.
fn roles_made(lock: &Lock<'_, '_>) -> Result<Vec<Name>, DatabaseError> {
    let query = "SELECT to_json(rolname) FROM pg_roles WHERE rolname LIKE 'lapstrake\\_%' \
                 AND NOT EXISTS (SELECT FROM pg_database WHERE datname = rolname);";
    made(lock, query)
}

fn made(lock: &Lock<'_, '_>, query: &str) -> Result<Vec<Name>, DatabaseError> {
    let found: Vec<String> = lock.ask(query, "the search for what interrupted commands have left")?;
    Ok(found.into_iter().filter_map(|name| Name::new(name).ok()).filter(|name| name.made_for().is_some()).collect())
}

/// Drops a database that a command has made, with what keeps the server from dropping it. Only a staging database is
/// treated so: what an outgoing one has was somebody's.
fn remove_database(lock: &Lock<'_, '_>, name: &Name) -> Result<(), DatabaseError> {
    let query = format!("SELECT oid::bigint FROM pg_database WHERE datname = {};", name.literal());
    let found: Vec<u32> = lock.ask(&query, "the search for a database")?;
    let Some(oid) = found.first() else { return Ok(()) };
    let obstacles = obstacles(lock, *oid)?;
    if !obstacles.is_empty() {
        if !name.is_staging() {
            return Err(DatabaseError::Obstructed { database: name.to_string(), obstacles });
        }
        let cures: String = obstacles.iter().map(|one| format!("{}\n", one.cure)).collect();
        lock.server().psql(name, &cures, &format!("the removal of what keeps database `{name}`"))?;
    }
    drop_database(lock, name)
}

/// Removes the containers with a label; returns how many there were.
fn remove_containers(server: &Server<'_>, label: &str) -> Result<usize, DatabaseError> {
    let filter = format!("label={label}");
    let listing = Command::new("docker").args(["ps", "--all", "--quiet", "--no-trunc", "--filter", &filter]);
    let listed = server.runner().capture(&listing.input(Input::Nothing).apart());
    uninterrupted()?;
    let listed = listed?.text();
    let found: Vec<&str> = listed.split_whitespace().collect();
    if found.is_empty() {
        return Ok(0);
    }
    let removal = Command::new("docker").args(["rm", "--force", "--volumes"]).args(found.iter().copied());
    let removed = server.runner().capture(&removal.input(Input::Nothing).apart());
    uninterrupted()?;
    removed?;
    Ok(found.len())
}

/// Breaks off the work of this command: ends its sessions, all sessions on its staging database and its containers.
/// The session that holds the lock goes on, and orders it: a new connection would come too late, or not at all.
pub(in crate::database) fn break_off(lock: &Lock<'_, '_>) {
    let token = lock.server().token();
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
         AND (application_name LIKE {} OR datname LIKE {});",
        literal(&format!("lapstrake % {token}")),
        literal(&format!("lapstrake\\_staging\\_%\\_{token}")),
    );
    let ended = lock.execute(&sql);
    if !matches!(ended, Ok(Ok(_))) {
        // Whatever comes of it: the work is told to be broken off, and what is left is cleaned up after it.
        let _ = lock.server().psql(&Name::maintenance(), &format!("{sql}\n"), "the end of the work");
    }
    // Those of the database may be another command's by now.
    if let Some(claim) = lock.server().client().claim.get() {
        let _ = remove_containers(lock.server(), &claim.label());
    }
}

/// Removes a database, identified by its number, for good: it gives its name away first, so that nobody can connect
/// to it or put another one in its place meanwhile.
///
/// # Errors
/// When something keeps it, or the server does not do it; then it has its name again after the next cleanup.
pub fn remove(lock: &Lock<'_, '_>, database: &Facts) -> Result<(), DatabaseError> {
    let doing = format!("the removal of database `{}`", lock.name());
    let outgoing = lock.name().outgoing(lock.server().token());
    end_sessions(lock, &[database.oid])?;
    lock.transaction(&doing, || {
        lock.must(&expect(lock, database.oid, lock.name()), &doing)?;
        let (from, to) = (lock.name().identifier(), outgoing.identifier());
        lock.must(&format!("ALTER DATABASE {from} RENAME TO {to};"), &doing)?;
        lock.must(&expect(lock, database.oid, &outgoing), &doing)
    })?;
    drop_database(lock, &outgoing)
}

/// Drops a database and ends whatever is connected to it.
///
/// # Errors
/// When the server does not do it.
pub fn drop_database(lock: &Lock<'_, '_>, name: &Name) -> Result<(), DatabaseError> {
    let doing = format!("the removal of database `{name}`");
    let query = format!(
        "SELECT json_build_array(oid::bigint, datistemplate, current_setting('server_version_num')::int >= 130000) \
         FROM pg_database WHERE datname = {};",
        name.literal()
    );
    let found: Vec<(u32, bool, bool)> = lock.ask(&query, &doing)?;
    let Some((oid, is_template, can_force)) = found.into_iter().next() else { return Ok(()) };
    let identifier = name.identifier();
    if is_template {
        lock.must(&format!("ALTER DATABASE {identifier} IS_TEMPLATE false;"), &doing)?;
    }
    end_sessions(lock, &[oid])?;
    let force = if can_force { " WITH (FORCE)" } else { "" };
    let dropped = lock.execute_long(&format!("DROP DATABASE IF EXISTS {identifier}{force};"))?;
    dropped.map(drop).map_err(|error| error.of(&doing))
}
