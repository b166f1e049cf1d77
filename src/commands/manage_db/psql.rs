//! `manage_db psql`: a talk with the database.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::app::Failure;
use crate::exit::Exit;
use crate::maintenance::session::Session;

pub(super) fn run(session: &Session<'_>, arguments: &[String]) -> Result<Exit, Failure> {
    let password = match session.server.password_line() {
        Some(line) => Some(session.state.keep_secret(&line)?.closed()?),
        None => None,
    };
    let path = password.as_ref().map_or_else(PathBuf::new, crate::maintenance::state::PasswordFile::path);
    let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let command = session.server.typing(&session.name, terminal, &path, &words);
    let ended = session.context.runner.run(&command)?;
    Ok(Exit::Theirs(ended.code))
}
