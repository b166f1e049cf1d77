//! Old values lie on the server's disk until the tables are written anew.

use super::Plan;
use crate::database::{DatabaseError, Name, Server};

/// Writes every table of a plan anew, and has the server write down what it still remembers. Tells whether it did the
/// latter, for which one must be allowed to.
///
/// # Errors
/// When a table could not be written anew; what it holds is not touched by that.
pub fn vacuum(server: &Server<'_>, database: &Name, plan: &Plan) -> Result<bool, DatabaseError> {
    let tables = plan.steps.iter().map(|step| step.identifier.as_str());
    let sql: String = tables.map(|table| format!("VACUUM (FULL) {table};\n")).collect();
    // What one may not write anew is passed over, and the server only warns of it.
    let sql = format!("SET client_min_messages = error;\n{sql}{OWN}");
    server.psql(database, &sql, "the vacuum")?;
    Ok(server.psql(database, "CHECKPOINT;\n", "the checkpoint").is_ok())
}

/// The server's own tables that held copies.
const OWN: &str = "
SELECT format('VACUUM (FULL) %s;', oid::regclass) FROM pg_catalog.pg_class
WHERE oid IN (to_regclass('pg_catalog.pg_statistic'), to_regclass('pg_catalog.pg_statistic_ext_data'),
  to_regclass('pg_catalog.pg_largeobject')) \\gexec
";
