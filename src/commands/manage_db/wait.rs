//! `manage_db wait`: until the server answers.

use std::time::Duration;

use super::session::Session;
use crate::app::Failure;
use crate::exit::Exit;

pub(super) fn run(session: &Session<'_>, patience: Duration) -> Result<Exit, Failure> {
    let version = session.server.ready(patience)?;
    session.context.printer.good(&format!("{} answers (PostgreSQL {version})", session.server_name()));
    Ok(Exit::Done)
}
