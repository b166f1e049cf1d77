//! `manage_db wait`: until the server answers.

use std::time::Duration;

use crate::app::Failure;
use crate::exit::Exit;
use crate::maintenance::session::Session;

pub(super) fn run(session: &Session<'_>, patience: Duration) -> Result<Exit, Failure> {
    let version = session.server.ready(patience)?;
    session.context.printer.good(&format!("{} answers (PostgreSQL {version})", session.server_name()));
    Ok(Exit::Done)
}
