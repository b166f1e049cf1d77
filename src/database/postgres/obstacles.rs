//! What keeps a database from being renamed and removed, found before work begins.

use serde::Deserialize;

use super::lock::Lock;
use crate::database::{DatabaseError, Facts};

/// Something that keeps a database from being replaced or removed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is, with its name.
    pub what: String,
    /// The SQL that removes it, to be run in the database.
    pub cure: String,
}

/// Fails when something keeps a database from being replaced or removed.
///
/// # Errors
/// With everything that does.
pub fn must_be_replaceable(lock: &Lock<'_, '_>, database: &Facts) -> Result<(), DatabaseError> {
    match obstacles(lock, database.oid)? {
        found if found.is_empty() => Ok(()),
        found => Err(DatabaseError::Obstructed { database: database.name.clone(), obstacles: found }),
    }
}

pub(in crate::database) fn obstacles(lock: &Lock<'_, '_>, oid: u32) -> Result<Vec<Obstacle>, DatabaseError> {
    lock.ask(&QUERY.replace('\n', " ").replace("{oid}", &oid.to_string()), "the search for obstacles")
}

/// Subscriptions, logical slots and prepared transactions outlive the sessions that made them: the server renames or
/// drops no database that has one.
const QUERY: &str = "
SELECT json_build_object('what', what, 'cure', cure) FROM (
  SELECT format('subscription `%s`', subname) AS what,
    format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE); DROP SUBSCRIPTION %1$I;',
      subname) AS cure
  FROM pg_subscription WHERE subdbid = {oid}
  UNION ALL
  SELECT format('logical replication slot `%s`', slot_name), format('SELECT pg_drop_replication_slot(%L);', slot_name)
  FROM pg_replication_slots WHERE datoid = {oid}
  UNION ALL
  SELECT format('prepared transaction `%s`', gid), format('ROLLBACK PREPARED %L;', gid)
  FROM pg_prepared_xacts WHERE database = (SELECT datname FROM pg_database WHERE oid = {oid})
) AS found ORDER BY what;";
