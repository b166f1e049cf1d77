//! Old values lie on the server's disk until the tables are written anew.

use super::Plan;
use crate::database::{DatabaseError, Name, Server};

/// Writes every table of a plan anew, and has the server write down what it still remembers. Tells whether it did the
/// latter, for which one must be allowed to.
///
/// # Errors
/// When a table could not be written anew; what it holds is not touched by that.
pub fn vacuum(server: &Server<'_>, database: &Name, plan: &Plan) -> Result<bool, DatabaseError> {
    let tables = plan.steps.iter().map(|step| format!("VACUUM (FULL, ANALYZE) {};\n", step.identifier));
    let sql = format!("SET client_min_messages = error;\n{}", tables.collect::<String>());
    server.psql(database, &sql, "the vacuum")?;
    Ok(server.psql(database, "CHECKPOINT;\n", "the checkpoint").is_ok())
}
