//! `--dry-run`: the SQL, and how many rows would change.

use serde_json::json;

use crate::app::Failure;
use crate::database::anonymize::{Counts, Plan, count};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::settings::Format;

/// Shows it: SQL with the counts as comments, or an object.
pub(super) fn tell(session: &Session<'_>, plan: &Plan) -> Result<Exit, Failure> {
    let counts = count(&session.server, &session.name, plan)?;
    let printer = session.context.printer;
    if session.settings.report == Format::Json {
        let steps = plan.steps.iter().zip(plan.statements()).zip(&counts).map(|((step, statements), counts)| {
            let columns = step.columns().map(|(column, method)| json!({ "column": column, "method": method }));
            json!({ "table": step.table, "statements": statements, "columns": columns.collect::<Vec<_>>(), "rows": counts })
        });
        printer.data(&format!("{}\n", json!({ "tables": steps.collect::<Vec<_>>() })))?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for ((step, statements), counts) in plan.steps.iter().zip(plan.statements()).zip(&counts) {
        text += &format!("-- {}: {}\n", step.table, listed(step, counts));
        text += &format!("{}\n\n", statements.join("\n"));
    }
    printer.data(&text)?;
    Ok(Exit::Done)
}

/// The counts for a question, one line for each table in which something changes.
pub(super) fn rows(plan: &Plan, counts: &Counts) -> String {
    let pairs = plan.steps.iter().zip(counts).filter(|(_, counts)| counts.iter().any(|count| *count > 0));
    pairs.map(|(step, counts)| format!("  {}: {}\n", step.table, listed(step, counts))).collect()
}

fn listed(step: &crate::database::anonymize::Step, counts: &[u64]) -> String {
    let columns: Vec<(&str, &str)> = step.columns().collect();
    if columns.is_empty() {
        return format!("{} rows deleted", counts.iter().sum::<u64>());
    }
    let each = columns.iter().zip(counts).map(|((column, _), count)| format!("{column} {count}"));
    format!("rows changed: {}", each.collect::<Vec<_>>().join(", "))
}
