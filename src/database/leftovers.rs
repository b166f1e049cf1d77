//! What a run that was killed has left behind. Whoever holds the lock of a database knows that nobody needs it.

use super::server::uninterrupted;
use super::{DatabaseError, Name, Server};
use crate::docker::{Command, Input};

/// Ends the connections of a run that was killed, and with them what is left of its programs; tells how many there
/// were.
///
/// # Errors
/// When the server does not do it.
pub fn clear_connections(server: &Server<'_>) -> Result<usize, DatabaseError> {
    let tag = super::literal(server.tag());
    let sql = format!(
        "SELECT to_json(count(pg_terminate_backend(pid))) FROM pg_stat_activity \
         WHERE application_name = {tag} AND pid <> pg_backend_pid();\n"
    );
    Ok(server.ask::<usize>(&sql)?.into_iter().sum())
}

/// Ends our one-off containers; tells how many there were.
///
/// # Errors
/// When docker does not do it.
pub fn clear_containers(server: &Server<'_>) -> Result<usize, DatabaseError> {
    let filter = format!("label={}", server.label());
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

/// Drops what was made for `name` and never took its name, or gave it away; tells how many there were.
///
/// # Errors
/// When the server does not do it.
pub fn clear_databases(server: &Server<'_>, name: &Name) -> Result<usize, DatabaseError> {
    let half_made = [name.staging(), name.outgoing()];
    let names = half_made.each_ref().map(Name::literal).join(", ");
    let found: Vec<String> =
        server.ask(&format!("SELECT to_json(datname) FROM pg_database WHERE datname IN ({names});\n"))?;
    for name in half_made.iter().filter(|name| found.iter().any(|other| other == name.as_str())) {
        drop_database(server, name)?;
    }
    Ok(found.len())
}

/// Drops a database and whatever is connected to it.
///
/// # Errors
/// When the server does not do it.
pub fn drop_database(server: &Server<'_>, name: &Name) -> Result<(), DatabaseError> {
    let identifier = name.identifier();
    let sql = format!(
        "SET client_min_messages = warning;\n\
         SELECT current_setting('server_version_num')::int >= 130000 AS forced \\gset\n\
         SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = {literal} \\g /dev/null\n\
         \\if :forced\nDROP DATABASE IF EXISTS {identifier} WITH (FORCE);\n\
         \\else\nDROP DATABASE IF EXISTS {identifier};\n\\endif\n",
        literal = name.literal(),
    );
    server.psql(&Name::maintenance(), &sql, &format!("the removal of database `{name}`")).map(drop)
}
