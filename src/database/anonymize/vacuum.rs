//! Old values lie on the server's disk until the tables are written anew.

use super::Plan;
use crate::database::{DatabaseError, Name, Server};

/// What was written anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vacuumed {
    /// The tables that were left out, because the disk has no space for a second copy of them.
    pub left_out: Vec<String>,
    /// Whether the server has written down what it remembered; not every user may order that.
    pub checkpoint: bool,
}

/// Returns how many bytes the tables of a plan have, with their indexes.
///
/// # Errors
/// When the server does not tell.
pub fn size_of_tables(server: &Server<'_>, database: &Name, plan: &Plan) -> Result<u64, DatabaseError> {
    Ok(sizes(server, database, plan)?.into_iter().map(|(_, bytes)| bytes).sum())
}

/// Writes every table of a plan anew that `fits`, and orders a checkpoint. The sizes are in bytes.
///
/// # Errors
/// When a table could not be written anew; what it holds is not touched by that.
pub fn vacuum(
    server: &Server<'_>,
    database: &Name,
    plan: &Plan,
    fits: impl Fn(u64) -> bool,
) -> Result<Vacuumed, DatabaseError> {
    let (fitting, left_out): (Vec<_>, Vec<_>) =
        sizes(server, database, plan)?.into_iter().partition(|(_, bytes)| fits(*bytes));
    let statements: String = fitting.iter().map(|(table, _)| format!("VACUUM (FULL) {table};\n")).collect();
    // What one may not write anew is passed over, and the server only warns of it.
    let sql = format!("SET client_min_messages = error;\n{statements}");
    server.psql(database, &sql, "the vacuum")?;
    let checkpoint = server.psql(database, "CHECKPOINT;\n", "the checkpoint").is_ok();
    Ok(Vacuumed { left_out: left_out.into_iter().map(|(table, _)| table).collect(), checkpoint })
}

/// The tables of a plan and the server's own that held copies, the smallest first: each is quoted, with its size.
fn sizes(server: &Server<'_>, database: &Name, plan: &Plan) -> Result<Vec<(String, u64)>, DatabaseError> {
    let planned: Vec<String> = plan.steps.iter().map(|step| step.oid.to_string()).collect();
    let sql = SIZES.replace("{planned}", &planned.join(", ")).replace(" ()", " (0)");
    let told = server.psql(database, &sql, "the sizes of the tables")?;
    told.lines().map(|line| serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))).collect()
}

const SIZES: &str = "
SELECT json_build_array(format('%I.%I', n.nspname, c.relname), pg_total_relation_size(c.oid))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 't') AND (c.oid IN ({planned})
  OR c.oid IN (to_regclass('pg_catalog.pg_statistic'), to_regclass('pg_catalog.pg_statistic_ext_data'),
    to_regclass('pg_catalog.pg_largeobject')))
ORDER BY pg_total_relation_size(c.oid);
";
