//! Who else gets what changes in a database: they keep old values, and no transaction reaches them.

use crate::database::{DatabaseError, Name, Server};

/// What follows the changes of a database, a sentence each.
///
/// # Errors
/// When the server does not tell.
pub fn followers(server: &Server<'_>, database: &Name) -> Result<Vec<String>, DatabaseError> {
    let told = server.psql(database, QUESTION, "the question for replication")?;
    Ok(told.lines().map(str::to_owned).collect())
}

const QUESTION: &str = "
SELECT format('replication slot `%s` keeps old values in the write-ahead log until it is read or dropped', slot_name)
FROM pg_catalog.pg_replication_slots WHERE database = current_database()
UNION ALL
SELECT format('publication `%s` sends changes to subscribers: what their databases hold is not looked at', pubname)
FROM pg_catalog.pg_publication
ORDER BY 1;
";
