//! `manage_db drop`: removes a database.

use std::time::Instant;

use crate::app::Failure;
use crate::database::{must_be_replaceable, remove};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::maintenance::summary::{Closing, size};
use crate::maintenance::{confirm, operation};

const VERB: &str = "drop";

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    session.version()?;
    let held = session.lock(VERB)?;
    let facts = session.facts()?;
    must_be_replaceable(&held.lock, &facts)?;
    let size = facts.size.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
    let (name, server) = (&session.name, session.server_name());
    confirm::agree(session.context, session.settings, || {
        let connected = session.foreign_connections()?;
        Ok(format!(
            "{connected}Remove database `{name}` from {server} ({} connections{size})? It is lost.",
            facts.connections
        ))
    })?;
    let began = Instant::now();
    operation::perform(session, &held, "", |_| Ok(remove(&held.lock, &facts)?))?;
    Closing::of(session, VERB, began).tell(session)?;
    Ok(Exit::Done)
}
