//! The role that restores a dump: it may make what it likes in the new database, and nothing else on the server.
//!
//! It really logs in, so that no statement of a dump brings back the rights of somebody else. It owns nothing but what
//! it makes, is a member of nothing, and is gone at the end.

use super::notes::Extension;
use crate::database::postgres::scram;
use crate::database::{DatabaseError, Name, Server, identifier, literal};
use crate::docker::RunError;
use crate::machine::random_secret;
use crate::report::Secret;

/// A role that may fill one database. It bears the database's name.
pub struct RestoreRole<'s, 'r> {
    server: &'s Server<'r>,
    database: Name,
    /// Who owned the schema `public` before.
    owner: Option<String>,
    password: Secret,
}

impl<'s, 'r> RestoreRole<'s, 'r> {
    /// Makes the extensions that a dump asks for, and the role; a role of that name that was left behind goes first. As
    /// many connections as `connections` can be open at a time: with one of them psql cannot go over to another
    /// database.
    ///
    /// # Errors
    /// When the server does not make them.
    pub fn create(
        server: &'s Server<'r>,
        database: &Name,
        extensions: &[Extension],
        connections: usize,
    ) -> Result<Self, DatabaseError> {
        let password = random_secret().map_err(RunError::Streams)?;
        let verifier = scram::verifier(&password).map_err(RunError::Streams)?;
        let sql = creation(database, extensions, connections, &verifier);
        let told = server.psql_warily(database, &sql, "the making of the role that restores")?;
        let owner = told.lines().next().map(str::to_owned);
        Ok(Self { server, database: database.clone(), owner, password })
    }

    /// Returns the server as the role finds it.
    #[must_use]
    pub fn login(&self) -> Server<'r> {
        self.server.login(self.database.as_str(), Secret::new(self.password.expose()))
    }

    /// Gives what it made to the connecting user, and removes the role.
    ///
    /// # Errors
    /// When the server does not do it.
    pub fn finish(self) -> Result<(), DatabaseError> {
        let sql = handover(&self.database, self.owner.as_deref());
        self.server.psql_warily(&self.database, &sql, "the passing on of what was restored").map(drop)
    }
}

/// Extensions come first: nothing that a dump makes is there while their scripts run.
fn creation(database: &Name, extensions: &[Extension], connections: usize, verifier: &str) -> String {
    let role = database.identifier();
    let mut sql = format!(
        "SET client_min_messages = warning;\n\
         DROP ROLE IF EXISTS {role};\n\
         CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT \
         CONNECTION LIMIT {connections} PASSWORD {};\n\
         SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user \\gset\n\
         \\if :super\n\
         ALTER ROLE {role} SET lc_messages = 'C';\n\
         \\else\n\
         GRANT {role} TO CURRENT_USER;\n\
         \\endif\n\
         GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {role} TO {role};\n\
         SET search_path = public;\n",
        literal(verifier),
    );
    for extension in extensions {
        let name = identifier(&extension.name);
        let schema = extension.schema.as_deref().unwrap_or("public");
        if !["public", "pg_catalog"].contains(&schema) {
            sql += &format!("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {role};\n", identifier(schema));
        }
        sql += &format!("CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {} CASCADE;\n", identifier(schema));
    }
    sql + &format!(
        "SET search_path = pg_catalog;\n\
         SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', c.oid::regclass, {name}) \
         FROM pg_extension e, unnest(e.extconfig) AS kept JOIN pg_class c ON c.oid = kept WHERE c.relkind = 'r' \\gexec\n\
         SELECT format('GRANT USAGE ON FOREIGN DATA WRAPPER %I TO %I', fdwname, {name}) FROM pg_foreign_data_wrapper \\gexec\n\
         SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public';\n\
         DO $$ BEGIN ALTER SCHEMA public OWNER TO {role}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;\n",
        name = database.literal(),
    )
}

/// Tables go one by one, so that not all of them are locked at a time.
fn handover(database: &Name, owner: Option<&str>) -> String {
    let (role, name) = (database.identifier(), database.literal());
    let mut sql = format!(
        "SET client_min_messages = warning;\n\
         SET synchronous_commit = off;\n\
         ALTER ROLE {role} NOLOGIN;\n\
         SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = {name} \\g /dev/null\n\
         SELECT format('ALTER TABLE %I.%I OWNER TO %I', n.nspname, c.relname, current_user) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relowner = {name}::regrole AND c.relkind IN ('r', 'p', 'f', 'v', 'm') \
         AND NOT starts_with(n.nspname, 'pg_') \\gexec\n\
         REASSIGN OWNED BY {role} TO CURRENT_USER;\n",
    )
    .replace(&format!("{name}::regrole"), &format!("(SELECT oid FROM pg_roles WHERE rolname = {name})"));
    if let Some(owner) = owner {
        let owner = identifier(owner);
        sql += &format!(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public') THEN \
             ALTER SCHEMA public OWNER TO {owner}; END IF; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;\n"
        );
    }
    sql + &format!("DROP OWNED BY {role};\nDROP ROLE {role};\n")
}
