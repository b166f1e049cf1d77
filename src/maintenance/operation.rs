//! What every verb that changes something has around it: the journal, the removal of what a killed run has left, and
//! whatever must be put right when it fails or is broken off.

use std::time::{Duration, Instant};

use super::audit_log::Entry;
use super::lock::Held;
use super::pause;
use super::session::Session;
use crate::app::Failure;
use crate::database::{Aside, Ended, Kept, Name, Replacement, facts, guarded};
use crate::docker::{Care, take_care};
use crate::exit::Exit;
use crate::report::Diagnostic;

/// How long a server that went away may take to come back, so that what it was doing is tidied up.
const PATIENCE: Duration = Duration::from_secs(15);

/// A verb that changes something, at work.
pub(crate) struct Work<'w, 'a> {
    pub(crate) session: &'w Session<'a>,
    pub(crate) held: &'w Held<'w, 'a>,
    care: Care,
}

/// Does the work of a verb. Whatever comes of it stands in the journal, the services run that ran before, and the
/// server's disk does not fill up: that is watched while the work lasts, whatever the work is.
pub(crate) fn perform<T>(
    session: &Session<'_>,
    held: &Held<'_, '_>,
    details: &str,
    work: impl FnOnce(&Work<'_, '_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let context = session.context;
    let care = take_care();
    let database = session.name.as_str();
    let entry = Entry::begin(session.project.root(), context.process, held.verb, database, details)?;
    let underway = Work { session, held, care };
    let note = held.note()?;
    let done = match guarded(&held.lock, session.role.data, || work(&underway)) {
        Ok((Some(Ok(value)), _)) => Ok(value),
        Ok((Some(Err(failure)), Ended::Itself)) => Err(failure),
        Ok((_, ended)) => Err(broken_off(ended)),
        Err(error) => Err(error.into()),
    };
    let _mending = underway.care.mend();
    // What went wrong first is what is told; what else goes wrong is said on the way.
    let cleared = if done.is_err() { held.clear(PATIENCE) } else { Ok(()) };
    if let Err(failure) = pause::start(session) {
        held.warn(failure);
    }
    match cleared {
        Ok(()) => drop(note),
        Err(failure) => {
            held.warn(failure);
            context.printer.say("could not clean up; the next command will");
            note.leave();
        }
    }
    let outcome = match &done {
        Ok(_) => entry.end("done", details),
        Err(failure) => entry.end(if is_interruption(failure) { "interrupted" } else { "failed" }, &reason(failure)),
    };
    outcome?;
    done
}

fn broken_off(ended: Ended) -> Failure {
    let (code, problem, advice) = match ended {
        Ended::DiskFull => (
            "disk-space",
            "the server's disk was nearly full: stopped before it filled up",
            "free disk space on the server",
        ),
        Ended::Unwatched => (
            "disk-space",
            "the free space on the server's disk could not be watched any more: stopped",
            "run the command again",
        ),
        Ended::LockLost | Ended::Itself => (
            "lock",
            "the lock on the database was lost, because its session on the server ended: stopped",
            "run the command again",
        ),
    };
    Failure::new(Exit::Failed, Diagnostic::error(code, problem).with_help(advice))
}

impl Work<'_, '_> {
    /// Has a replacement filled, and swaps it in. Tells under which name the former database is kept.
    pub(crate) fn replace(
        &self,
        replacement: &Replacement<'_, '_, '_>,
        keep_old: bool,
        fill: impl FnOnce(&Name) -> Result<(), Failure>,
    ) -> Result<Option<Name>, Failure> {
        fill(replacement.incoming())?;
        replacement.check()?;
        self.swap(replacement, keep_old)
    }

    /// Stops the services that use the database and swaps the names; they start again before the old one is removed.
    pub(crate) fn swap(&self, replacement: &Replacement<'_, '_, '_>, keep_old: bool) -> Result<Option<Name>, Failure> {
        let session = self.session;
        let kept = replacement.former().filter(|_| keep_old).map(|_| self.kept_name()).transpose()?;
        let aside = match &kept {
            Some(name) => Aside::Keep(name.clone(), self.kept()),
            None => Aside::Drop,
        };
        pause::stop(session)?;
        // Short, and must not be interrupted halfway.
        let _mending = self.care.mend();
        let outcome = replacement.swap(&aside)?;
        if let Err(failure) = pause::start(session) {
            self.held.warn(failure);
        }
        if outcome.finish(&self.held.lock).is_err() {
            // Says what keeps it, and what to do about that.
            self.held.clear(Duration::ZERO)?;
        }
        Ok(kept)
    }

    /// A name with the time, and with a number where that second has one already.
    fn kept_name(&self) -> Result<Name, Failure> {
        let Session { name, server, .. } = self.session;
        let time = jiff::Zoned::now().strftime("%Y%m%d_%H%M%S").to_string();
        let mut kept = name.kept(&time);
        let mut number = 1;
        while facts(server, &kept)?.is_some() {
            number += 1;
            kept = name.kept(&format!("{time}_{number}"));
        }
        Ok(kept)
    }

    fn kept(&self) -> Kept {
        let (of, by) = (self.session.name.as_str().to_owned(), self.held.verb.to_owned());
        Kept { kept_of: of, at: super::audit_log::now(), by, swap: None }
    }

    /// Stops the services for as long as the work takes.
    pub(crate) fn stop_services(&self) -> Result<(), Failure> {
        pause::stop(self.session).map(drop)
    }
}

fn is_interruption(failure: &Failure) -> bool {
    failure.exit.code() > 128
}

fn reason(failure: &Failure) -> String {
    failure.unsaid.as_ref().map(|diagnostic| diagnostic.title.clone()).unwrap_or_default()
}

/// How long something has taken, in seconds.
pub(crate) fn seconds(began: Instant) -> f64 {
    (began.elapsed().as_secs_f64() * 10.0).round() / 10.0
}
