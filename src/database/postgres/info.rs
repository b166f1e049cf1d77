//! What a server tells about its databases.

use std::time::Duration;

use serde::Deserialize;

use crate::database::{DatabaseError, Name, Server};

/// A database, as the server sees it.
#[derive(Clone, Debug, Deserialize)]
pub struct Facts {
    /// Its number, which it keeps when its name changes.
    pub oid: u32,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// How many bytes it has; none where we may not know.
    pub size: Option<u64>,
    /// How many connections there are, ours left out.
    pub connections: u64,
    /// What its comment says.
    pub comment: Option<String>,
    /// How its text is encoded.
    pub encoding: String,
    /// Its order of characters.
    pub collate: String,
    /// Its classes of characters.
    pub ctype: String,
    /// Where its files are.
    pub tablespace: String,
    /// Whether clients may connect to it.
    pub allows_connections: bool,
    /// Whether everybody who may create databases may copy it, and nobody may drop it.
    pub is_template: bool,
    /// Whether a command has closed it to other clients.
    pub is_closed: bool,
    /// The locale of ICU, where that is what orders its characters.
    pub icu: Option<String>,
}

/// Rows of JSON. Columns that not every version has are looked for in the row itself.
const QUESTION: &str = "
SELECT json_build_object(
  'oid', d.oid::bigint,
  'name', d.datname,
  'owner', pg_get_userbyid(d.datdba),
  'size', CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END,
  'connections', (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.pid <> pg_backend_pid()),
  'comment', shobj_description(d.oid, 'pg_database'),
  'encoding', pg_encoding_to_char(d.encoding),
  'collate', d.datcollate,
  'ctype', d.datctype,
  'tablespace', t.spcname,
  'allows_connections', d.datallowconn,
  'is_template', d.datistemplate,
  'is_closed', EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) one
    WHERE s.setdatabase = d.oid AND s.setrole = 0 AND (one LIKE 'lapstrake.closed_by=%' OR one LIKE 'application_name=lapstrake closed by %')),
  'icu', CASE to_jsonb(d) ->> 'datlocprovider'
    WHEN 'i' THEN coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') END)
FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname NOT IN ('template0', 'template1')";

/// All databases, in the order of their names.
///
/// # Errors
/// When the server does not tell.
pub fn databases(server: &Server<'_>) -> Result<Vec<Facts>, DatabaseError> {
    server.ask(&format!("{QUESTION} ORDER BY d.datname;\n"))
}

/// Returns the names of the databases that take connections, waiting while the server is starting.
///
/// # Errors
/// When the server does not answer in time.
pub fn connectable(server: &Server<'_>, patience: Duration) -> Result<Vec<String>, DatabaseError> {
    server.ask_when_ready("SELECT to_json(datname) FROM pg_database WHERE datallowconn;\n", patience)
}

/// One database; none where it does not exist.
///
/// # Errors
/// When the server does not tell.
pub fn facts(server: &Server<'_>, name: &Name) -> Result<Option<Facts>, DatabaseError> {
    let rows = server.ask(&format!("{QUESTION} AND d.datname = {};\n", name.literal()))?;
    Ok(rows.into_iter().next())
}
