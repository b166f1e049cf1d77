//! `--suggest` and `--check`: what looks personal and is not covered.

use serde_json::json;

use super::rules::Read;
use crate::app::Failure;
use crate::database::anonymize::{Suggestion, catalogue, fragment, suggest};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::settings::{Aim, Format};

/// Tells it: rules to judge, or a verdict.
pub(super) fn tell(session: &Session<'_>, read: &Read, aim: Aim) -> Result<Exit, Failure> {
    let catalogue = catalogue(&session.server, &session.name)?;
    let found = suggest(&session.server, &session.name, &read.rules, &catalogue)?;
    let printer = session.context.printer;
    if session.settings.report == Format::Json {
        printer.data(&format!("{}\n", json(&found)))?;
    } else if aim == Aim::Proposals && !found.is_empty() {
        printer.data(&fragment(&found))?;
    } else {
        for Suggestion { table, column, why, .. } in &found {
            printer.bad(&format!("{table}.{column}: {why}"));
        }
    }
    match (found.len(), aim) {
        (0, _) => printer.good(&format!("nothing in `{}` looks personal without a rule", session.name)),
        (_, Aim::Verdict) => return Err(Failure::said(Exit::Failed)),
        (count, _) => printer.say(&format!(
            "{count} columns look personal and are not covered: judge them, then put them into custom/anonymize.yml"
        )),
    }
    Ok(Exit::Done)
}

fn json(found: &[Suggestion]) -> serde_json::Value {
    let one = |Suggestion { table, column, method, why }: &Suggestion| json!({ "table": table, "column": column, "method": method, "why": why });
    found.iter().map(one).collect()
}
