//! `manage_db list`: the databases of the server.

use serde::Serialize;

use super::closing::{one_line, size};
use super::session::Session;
use super::state::LastDump;
use crate::commands::Failure;
use crate::database::{Facts, Kept, Name, databases};
use crate::exit::Exit;
use crate::settings::Format;
use crate::terminal::Table;

/// One line of the list.
#[derive(Serialize)]
struct Row {
    name: String,
    bytes: Option<u64>,
    owner: String,
    connections: u64,
    last_dump: Option<LastDump>,
    kept: Option<Kept>,
    /// Whether it is one that we left half-made.
    half_made: bool,
}

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    session.version()?;
    let rows: Vec<Row> =
        databases(&session.server)?.into_iter().map(|facts| row(session, facts)).collect::<Result<_, _>>()?;
    let text = match session.settings.report {
        Format::Json => format!("{}\n", serde_json::to_string(&rows).map_err(std::io::Error::from)?),
        Format::Text => table(&rows).to_string(),
    };
    session.context.printer.data(&text)?;
    Ok(Exit::Done)
}

fn row(session: &Session<'_>, facts: Facts) -> Result<Row, Failure> {
    let name = Name::new(&facts.name).map_err(crate::database::DatabaseError::from)?;
    Ok(Row {
        bytes: facts.size,
        connections: facts.connections,
        last_dump: session.state_of(&name).last_dump(),
        kept: Kept::of(&facts),
        half_made: name.is_reserved() && facts.name != Name::maintenance().as_str(),
        owner: facts.owner,
        name: facts.name,
    })
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::default();
    table.row(["name", "size", "owner", "connections", "last dump", ""]);
    for row in rows {
        let remark = match &row.kept {
            Some(kept) => format!("`{}` before {} at {}", kept.kept_of, kept.by, kept.at),
            None if row.half_made => "left by an interrupted command".to_owned(),
            None => String::new(),
        };
        table.row([
            one_line(&row.name),
            row.bytes.map_or_else(|| "?".to_owned(), size),
            one_line(&row.owner),
            row.connections.to_string(),
            row.last_dump.as_ref().map_or_else(|| "none".to_owned(), |dump| dump.at.clone()),
            one_line(&remark),
        ]);
    }
    table
}
