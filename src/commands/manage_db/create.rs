//! `manage_db create`: an empty database with the extensions that the application needs.

use std::time::Instant;

use crate::app::Failure;
use crate::database::{Replacement, facts};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::maintenance::summary::Closing;
use crate::maintenance::{extensions, operation};
use crate::report::Diagnostic;

const VERB: &str = "create";

pub(super) fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    session.version()?;
    let held = session.lock(VERB)?;
    if facts(&session.server, &session.name)?.is_some() {
        return Err(exists(session));
    }
    let began = Instant::now();
    operation::perform(session, &held, "", |work| {
        let replacement = Replacement::empty(&held.lock)?;
        work.replace(&replacement, false, |database| extensions::extensions(session, database))
    })?;
    Closing::of(session, VERB, began).tell(session)?;
    Ok(Exit::Done)
}

/// There is a database already.
pub(super) fn exists(session: &Session<'_>) -> Failure {
    let problem = Diagnostic::error("exists", format!("there is a database `{}` already", session.name));
    Failure::new(Exit::Failed, problem.with_help("`reset` replaces it, `drop` removes it"))
}
