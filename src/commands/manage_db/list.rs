//! `manage_db list`: the databases of the server.

use std::collections::HashMap;

use serde::Serialize;

use crate::app::Failure;
use crate::database::{Facts, Holder, Kept, Name, databases, holders};
use crate::exit::Exit;
use crate::maintenance::recover::recover_server;
use crate::maintenance::session::Session;
use crate::maintenance::state::LastDump;
use crate::maintenance::summary::{one_line, size};
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
    /// Whether it is a staging database, or one that is being removed.
    half_made: bool,
    /// Whether a command has closed it to other clients.
    closed: bool,
    /// The command that works on it.
    locked_by: Option<String>,
}

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    session.version()?;
    let mut rows = rows(session)?;
    if rows.iter().any(Row::is_left_behind) {
        // Its checkout may be another one: the server alone knows of it.
        recover_server(session)?;
        rows = self::rows(session)?;
    }
    let text = match session.settings.report {
        Format::Json => format!("{}\n", serde_json::to_string(&rows).map_err(std::io::Error::from)?),
        Format::Text => table(&rows).to_string(),
    };
    session.context.printer.data(&text)?;
    Ok(Exit::Done)
}

fn rows(session: &Session<'_>) -> Result<Vec<Row>, Failure> {
    let holders = holders(&session.server)?;
    databases(&session.server)?.into_iter().map(|facts| row(session, &holders, facts)).collect()
}

impl Row {
    /// Whether a command that is dead has left it half-made or closed.
    fn is_left_behind(&self) -> bool {
        (self.half_made || self.closed) && self.locked_by.is_none()
    }
}

fn row(session: &Session<'_>, holders: &HashMap<i64, Holder>, facts: Facts) -> Result<Row, Failure> {
    let name = Name::new(&facts.name).map_err(crate::database::DatabaseError::from)?;
    let holder = holders.get(&name.made_for().unwrap_or_else(|| name.lock_key()));
    Ok(Row {
        bytes: facts.size,
        connections: facts.connections,
        last_dump: session.state_of(&name).last_dump(),
        kept: Kept::of(&facts),
        half_made: name.made_for().is_some(),
        closed: facts.is_closed,
        locked_by: holder.map(Holder::describe),
        owner: facts.owner,
        name: facts.name,
    })
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::default();
    table.row(["name", "size", "owner", "connections", "last dump", ""]);
    for row in rows {
        let remark = match (&row.kept, &row.locked_by) {
            (Some(kept), None) => format!("`{}` before {} at {}", kept.kept_of, kept.by, kept.at),
            (_, Some(holder)) if row.half_made => format!("belongs to {holder}"),
            (_, Some(holder)) => format!("locked: {holder}"),
            (None, None) if row.half_made => "left by an interrupted command".to_owned(),
            (None, None) if row.closed => "closed by an interrupted command".to_owned(),
            (None, None) => String::new(),
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
