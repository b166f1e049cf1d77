//! What every verb that changes something has around it: the journal, the removal of what a killed run has left, and
//! whatever must be put right when it fails or is broken off.

use std::time::{Duration, Instant};

use super::journal::Entry;
use super::services;
use super::session::Session;
use crate::commands::Failure;
use crate::database::{
    Aside, Kept, Name, Replacement, clear_connections, clear_containers, clear_databases, with_room_left,
};
use crate::docker::{Care, Mending, take_care};
use crate::exit::Exit;
use crate::report::{Diagnostic, Sources};

/// How long a server that went away may take to come back, so that what it was doing is tidied up.
const PATIENCE: Duration = Duration::from_secs(15);

/// A verb that changes something, at work.
pub(super) struct Work<'w, 'a> {
    pub(super) session: &'w Session<'a>,
    care: Care,
    verb: &'static str,
}

/// Does the work of a verb. Whatever comes of it stands in the journal, and the services run that ran before.
pub(super) fn perform<T>(
    session: &Session<'_>,
    verb: &'static str,
    details: &str,
    work: impl FnOnce(&Work<'_, '_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let context = session.context;
    let care = take_care();
    let database = session.name.as_str();
    let entry = Entry::begin(session.project.root(), context.process, verb, database, details)?;
    let underway = Work { session, care, verb };
    let done = underway.clear(Duration::ZERO).and_then(|()| work(&underway));
    let _mending = underway.care.mend();
    // What went wrong first is what is told; what else goes wrong is said on the way.
    if let Err(failure) = services::start(session) {
        underway.say(failure);
    }
    if done.is_err() && underway.clear(PATIENCE).is_err() {
        context.printer.say("what is left of this command could not be removed now: the next one does it");
    }
    let outcome = match &done {
        Ok(_) => entry.end("done", details),
        Err(failure) => entry.end(if is_interruption(failure) { "interrupted" } else { "failed" }, &reason(failure)),
    };
    outcome?;
    done
}

impl Work<'_, '_> {
    /// Removes what is left of a run that ended too early: containers, connections, half-made databases.
    fn clear(&self, patience: Duration) -> Result<(), Failure> {
        let server = &self.session.server;
        clear_containers(server)?;
        server.ready(patience)?;
        let left = clear_connections(server)? + clear_databases(server, &self.session.name)?;
        if left > 0 && !Mending::is_underway() {
            self.session.context.printer.say("removed what an interrupted command had left behind");
        }
        Ok(())
    }

    /// Has a replacement filled, and swaps it in. Tells under which name the former database is kept.
    pub(super) fn replace(
        &self,
        replacement: &Replacement<'_, '_>,
        keep_old: bool,
        fill: impl FnOnce(&Name) -> Result<(), Failure>,
    ) -> Result<Option<Name>, Failure> {
        let session = self.session;
        let incoming = replacement.incoming();
        let (filled, exhausted) = with_room_left(&session.server, session.role.data, incoming, || fill(incoming));
        if exhausted && filled.is_err() {
            let problem =
                Diagnostic::error("room", "the server's disk was nearly full: the work was broken off before");
            return Err(Failure::new(Exit::Failed, problem.with_help("make room on the server's disk")));
        }
        filled?;
        replacement.check()?;
        self.swap(replacement, keep_old)
    }

    /// Stops the services that use the database and swaps the names; they start again before the old one is removed.
    pub(super) fn swap(&self, replacement: &Replacement<'_, '_>, keep_old: bool) -> Result<Option<Name>, Failure> {
        let session = self.session;
        let kept = replacement.former().filter(|_| keep_old).map(|_| self.kept_name());
        let aside = match &kept {
            Some(name) => Aside::Keep(name.clone(), self.kept()),
            None => Aside::Drop,
        };
        services::stop(session)?;
        // From here to its end it takes a moment, and half of it is nothing.
        let _mending = self.care.mend();
        let outcome = replacement.swap(&aside)?;
        if let Err(failure) = services::start(session) {
            self.say(failure);
        }
        if let Err(error) = outcome.finish(&session.server) {
            self.say(error.into());
        }
        Ok(kept)
    }

    fn kept_name(&self) -> Name {
        self.session.name.kept(&jiff::Zoned::now().strftime("%Y%m%d_%H%M%S").to_string())
    }

    fn kept(&self) -> Kept {
        let (of, by) = (self.session.name.as_str().to_owned(), self.verb.to_owned());
        Kept { kept_of: of, at: super::journal::now(), by }
    }

    /// Stops the services for as long as the work takes.
    pub(super) fn stop_services(&self) -> Result<(), Failure> {
        services::stop(self.session).map(drop)
    }

    fn say(&self, failure: Failure) {
        if let Some(diagnostic) = failure.unsaid {
            let Diagnostic { code, title, notes, helps, .. } = *diagnostic;
            let warning = Diagnostic { notes, helps, ..Diagnostic::warning(code, title) };
            self.session.context.printer.diagnostic(&Sources::default(), &warning);
        }
    }
}

fn is_interruption(failure: &Failure) -> bool {
    failure.exit.code() > 128
}

fn reason(failure: &Failure) -> String {
    failure.unsaid.as_ref().map(|diagnostic| diagnostic.title.clone()).unwrap_or_default()
}

/// How long something has taken, in seconds.
pub(super) fn seconds(began: Instant) -> f64 {
    (began.elapsed().as_secs_f64() * 10.0).round() / 10.0
}
