//! `manage_db undo`: the newest database that was kept takes its name back.

use std::time::Instant;

use crate::app::Failure;
use crate::database::{Name, Replacement, facts, kept};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::maintenance::summary::Closing;
use crate::maintenance::{confirm, operation};
use crate::report::Diagnostic;

const VERB: &str = "undo";

pub(super) fn run(session: &Session<'_>, keep_old: bool) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    session.version()?;
    let held = session.lock(VERB)?;
    let Some((newest, how)) = kept(&session.server, &session.name)?.into_iter().next() else {
        let problem = Diagnostic::error("nothing-kept", format!("no previous version was kept of `{}`", session.name));
        let advice = "`reset`, `load` and `update` keep the former one when they are told --keep-old";
        return Err(Failure::new(Exit::Failed, problem.with_help(advice)));
    };
    let incoming = Name::new(newest.name).map_err(crate::database::DatabaseError::from)?;
    let present = facts(&session.server, &session.name)?;
    let loss = match (&present, keep_old) {
        (None, _) => "There is no such database now.".to_owned(),
        (Some(_), true) => "The present one is kept under a dated name.".to_owned(),
        (Some(_), false) => format!("Everything since then is lost; --keep-old keeps the present `{}`.", session.name),
    };
    confirm::agree(session.context, session.settings, || {
        let connected = session.foreign_connections()?;
        Ok(format!("{connected}Bring back `{}` as it was before `{}` at {}? {loss}", session.name, how.by, how.at))
    })?;
    let began = Instant::now();
    let kept = operation::perform(session, &held, incoming.as_str(), |work| {
        let replacement = Replacement::with(&held.lock, &incoming)?;
        work.swap(&replacement, keep_old)
    })?;
    let mut closing = Closing::of(session, VERB, began);
    closing.kept = kept.map(|kept| kept.to_string());
    closing.tell(session)?;
    Ok(Exit::Done)
}
