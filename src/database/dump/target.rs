//! What a dump meets on the server that it goes to.

use std::collections::HashSet;

use serde::Deserialize;

use super::notes::Extension;
use crate::database::{DatabaseError, DumpFault, Name, Server, facts};

/// An extension that a server has to offer.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::database) struct Available {
    name: String,
    /// Whether the server lets any owner of a database make it; none where the server does not tell.
    trusted: Option<bool>,
}

/// What a dump meets on the server that it goes to.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Target {
    /// The server's major version.
    pub version: u32,
    /// Who loads it.
    pub user: String,
    /// Whether that is a superuser.
    pub superuser: bool,
    /// Whether that one may create roles.
    pub creates_roles: bool,
    pub(in crate::database) roles: HashSet<String>,
    pub(in crate::database) settings: HashSet<String>,
    /// How many locks all transactions together can hold.
    pub(in crate::database) locks: u64,
    pub(in crate::database) available: Vec<Available>,
    /// The extensions of the database that is replaced, and those that the project names.
    #[serde(default)]
    pub(in crate::database) admitted: HashSet<String>,
    /// How the new database encodes text.
    #[serde(default)]
    pub(in crate::database) encoding: String,
}

/// How a dump is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::database) struct Reading<'a> {
    /// What it meets.
    pub(in crate::database) target: &'a Target,
    /// Whether it may do what the connecting user may.
    pub(in crate::database) trusted: bool,
    /// Whether it is restored in one transaction.
    pub(in crate::database) whole: bool,
    /// The one database of several that is read.
    pub(in crate::database) from: Option<&'a str>,
}

const QUESTION: &str = "
SELECT json_build_object(
  'version', current_setting('server_version_num')::int / 10000,
  'user', current_user,
  'superuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'creates_roles', (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
  'roles', (SELECT json_agg(rolname) FROM pg_roles),
  'settings', (SELECT json_agg(lower(name)) FROM pg_settings),
  'locks', current_setting('max_locks_per_transaction')::bigint
    * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint),
  'available', (SELECT coalesce(json_agg(json_build_object('name', e.name, 'trusted',
      (SELECT bool_or((to_jsonb(v) ->> 'trusted')::bool) FROM pg_available_extension_versions v
       WHERE v.name = e.name AND v.version = e.default_version))), '[]') FROM pg_available_extensions e));
";

/// What servers before 13 do not tell of the extensions that come with them.
const TRUSTED: &[&str] = &[
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "seg",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
];

impl Target {
    /// Asks the server. `extensions` are those that the project names.
    ///
    /// # Errors
    /// When the server does not tell.
    pub fn of(server: &Server<'_>, database: &Name, extensions: &[&str]) -> Result<Self, DatabaseError> {
        let told: Vec<Self> = server.ask(QUESTION)?;
        let mut target = told.into_iter().next().ok_or_else(|| DatabaseError::Strange(String::new()))?;
        target.admitted = extensions.iter().map(|name| (*name).to_owned()).collect();
        target.encoding = "UTF8".to_owned();
        if let Some(former) = facts(server, database)? {
            target.encoding = former.encoding;
            let there =
                server.psql_warily(database, "SELECT extname FROM pg_extension;\n", "the question to the server")?;
            target.admitted.extend(there.lines().map(str::to_owned));
        }
        Ok(target)
    }

    /// Refuses an extension that the server does not have, or that may reach beyond the database.
    pub(in crate::database) fn admits(&self, extension: &Extension) -> Result<(), DumpFault> {
        let name = &extension.name;
        if self.admitted.contains(name) {
            return Ok(());
        }
        let Some(available) = self.available.iter().find(|one| one.name == *name) else {
            return Err(DumpFault::NoExtension { name: name.clone() });
        };
        if available.trusted.unwrap_or_else(|| TRUSTED.contains(&name.as_str())) {
            Ok(())
        } else {
            Err(DumpFault::Untrusted { name: name.clone() })
        }
    }
}
