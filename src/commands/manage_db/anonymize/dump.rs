//! `dump --anonymized`: a copy in the same server is anonymised and handed on. The database itself is only read.

use super::super::held::Held;
use super::super::session::Session;
use super::super::work;
use super::{done, rules};
use crate::commands::Failure;
use crate::database::{Facts, Name, Replacement, drop_database, facts, pour};

/// Makes the copy, has `write` write it, and drops it, whatever happens.
pub(in crate::commands::manage_db) fn dump<T>(
    session: &Session<'_>,
    held: &Held<'_, '_>,
    original: &Facts,
    write: impl FnOnce(&Name, &Facts) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let read = rules::read(session)?;
    let version = session.version()?;
    // What the copy lacks is said before it is made.
    rules::plan(session, &read, &session.name, false)?;
    work::perform(session, held, "anonymized", |_| {
        let replacement = Replacement::like(&held.lock, original)?;
        let copy = replacement.incoming();
        let progress = session.context.printer.progress("copying", original.size);
        pour(&session.server, &session.name, copy, &mut |bytes| progress.advance(bytes))?;
        progress.finish();
        // The database may have changed since.
        let plan = rules::silent_plan(session, &read, copy)?;
        let changed = done::change(session, copy, version, &plan)?;
        done::set_password(session, copy, &read)?;
        changed.say(session);
        let copied = facts(&session.server, copy)?.unwrap_or_else(|| original.clone());
        let written = write(copy, &copied)?;
        drop_database(&session.server, copy)?;
        Ok(written)
    })
}
