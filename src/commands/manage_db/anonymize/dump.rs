//! `dump --anonymized`: the database itself is only read. Plain formats are a stream that changes nothing on the
//! server; for the custom format a copy in the same server is anonymised and handed on.

use std::io::Write;

use super::done::Done;
use super::{done, rules};
use crate::app::Failure;
use crate::database::anonymize::{Purpose, size_of_tables, snapshot};
use crate::database::{Facts, Name, Replacement, drop_database, facts, pour};
use crate::maintenance::lock::Held;
use crate::maintenance::operation;
use crate::maintenance::session::Session;

/// Writes an anonymised plain dump.
pub(in crate::commands::manage_db) fn stream(
    session: &Session<'_>,
    version: u32,
    to: &mut dyn Write,
) -> Result<(), Failure> {
    let read = rules::read(session)?;
    let outcome = snapshot(&session.server, &session.name, version, |snapshot| {
        let plan = rules::plan_within(session, &read, snapshot, (Purpose::Stream, false))?;
        Ok::<_, Failure>(snapshot.write(&plan, &read.rules, to)?)
    })?;
    Done::streamed(outcome).say(session);
    let sets_password = session.application.as_ref().is_some_and(|application| !application.set_password.is_empty());
    if sets_password && !read.rules.stores_password() {
        let advice = "the administrator's password in the dump is the database's own: once it is loaded, \
                      `lapstrake manage_db change_admin_password` sets another";
        session.context.printer.say(advice);
    }
    Ok(())
}

/// Makes a copy, anonymises it, has `write` write it, and drops it, whatever happens.
pub(in crate::commands::manage_db) fn from_copy<T>(
    session: &Session<'_>,
    held: &Held<'_, '_>,
    original: &Facts,
    write: impl FnOnce(&Name, &Facts) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let read = rules::read(session)?;
    let version = session.version()?;
    // What the copy lacks is said before it is made.
    let plan = rules::plan(session, &read, &session.name, false)?;
    let needed = original.size.unwrap_or_default() + size_of_tables(&session.server, &session.name, &plan)?;
    let advice = "free disk space on the server, or choose a format that needs none: sql, zip or zst";
    session.must_have_space(needed, &original.tablespace, ("the copy that is anonymised", advice))?;
    operation::perform(session, held, "anonymized", |_| {
        let replacement = Replacement::like(&held.lock, original)?;
        let copy = replacement.incoming();
        let progress = session.context.printer.progress("copying", original.size);
        pour(&session.server, &session.name, copy, &mut |bytes| progress.advance(bytes))?;
        progress.finish();
        // The database may have changed since.
        let plan = rules::silent_plan(session, &read, copy)?;
        let changed = done::change(session, copy, version, &plan, &read)?;
        done::set_password(session, copy, &read)?;
        changed.say(session);
        let copied = facts(&session.server, copy)?.unwrap_or_else(|| original.clone());
        let written = write(copy, &copied)?;
        drop_database(&held.lock, copy)?;
        Ok(written)
    })
}
