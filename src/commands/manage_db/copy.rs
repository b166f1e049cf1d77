//! `manage_db copy FROM TO`: a second database like the first, which goes on working.

use std::time::Instant;

use super::create::exists;
use crate::app::Failure;
use crate::database::{DatabaseError, Name, Replacement, facts, pour};
use crate::exit::Exit;
use crate::maintenance::operation;
use crate::maintenance::session::Session;
use crate::maintenance::summary::Closing;

const VERB: &str = "copy";

/// The session is that of the copy.
pub(super) fn run(session: &Session<'_>, from: &str) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    session.version()?;
    let held = session.lock(VERB)?;
    let from = Name::new(from).map_err(DatabaseError::from)?;
    let original = facts(&session.server, &from)?.ok_or_else(|| DatabaseError::Missing(from.to_string()))?;
    if facts(&session.server, &session.name)?.is_some() {
        return Err(exists(session));
    }
    let advice = ("the copy", "free disk space on the server");
    session.must_have_space(original.size.unwrap_or_default(), &original.tablespace, advice)?;
    let began = Instant::now();
    operation::perform(session, &held, &format!("of {from}"), |work| {
        let replacement = Replacement::like(&held.lock, &original)?;
        work.replace(&replacement, false, |database| {
            let progress = session.context.printer.progress("copying", original.size);
            pour(&session.server, &from, database, &mut |bytes| progress.advance(bytes))?;
            progress.finish();
            Ok(())
        })
    })?;
    Closing::of(session, VERB, began).tell(session)?;
    Ok(Exit::Done)
}
