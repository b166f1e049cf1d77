//! What every verb that works on a database has: the server's lock.

use std::time::Duration;

use super::pause;
use super::session::Session;
use super::state::{Note, Underway};
use crate::app::Failure;
use crate::database::{Attempt, Cleanup, Lock, Problem, cleanup, reached};
use crate::docker::{Mending, interrupted};
use crate::exit::Exit;
use crate::files::FileError;
use crate::report::{Diagnostic, Sources};

const PAUSE: Duration = Duration::from_millis(200);

/// The lock of the session's database. What killed commands had left is gone when it is taken.
pub(crate) struct Held<'s, 'a> {
    session: &'s Session<'a>,
    pub(crate) verb: &'static str,
    pub(crate) lock: Lock<'s, 'a>,
}

/// Takes the lock, waiting for it if that was asked for, and puts right what killed commands have left.
pub(crate) fn hold<'s, 'a>(session: &'s Session<'a>, verb: &'static str) -> Result<Held<'s, 'a>, Failure> {
    let lock = take(session, verb)?;
    reached("locked");
    let held = Held { session, lock, verb };
    held.clear(Duration::ZERO)?;
    session.state.forget_interrupted()?;
    if let Err(failure) = pause::start(session) {
        held.warn(failure);
    }
    super::backup_file::forget_partial(&session.state)?;
    reached("cleaned");
    Ok(held)
}

fn take<'s, 'a>(session: &'s Session<'a>, verb: &str) -> Result<Lock<'s, 'a>, Failure> {
    let context = session.context;
    let user = super::audit_log::user(context.process);
    let mut said = false;
    loop {
        let holder = match Lock::attempt(&session.server, &session.name, verb, &user)? {
            Attempt::Taken(lock) => return Ok(lock),
            Attempt::Held(holder) => holder.describe(),
        };
        if !session.settings.wait_lock {
            let problem = format!("another command is at work on `{}`: {holder}", session.name);
            let problem = Diagnostic::error("locked", problem).with_help("`--wait-lock` waits until it is done");
            return Err(Failure::new(Exit::Failed, problem));
        }
        if !std::mem::replace(&mut said, true) {
            context.printer.say(&format!("waiting for another command: {holder}"));
        }
        std::thread::sleep(PAUSE);
        if interrupted() {
            return Err(Failure::said(Exit::Theirs(130)));
        }
    }
}

impl Held<'_, '_> {
    /// Leaves a note for whoever asks why services are down, should this command be killed.
    pub(crate) fn note(&self) -> Result<Note, FileError> {
        let Self { session, verb, .. } = self;
        session.state.note(&Underway {
            verb: (*verb).to_owned(),
            database: session.name.as_str().to_owned(),
            user: super::audit_log::user(session.context.process),
            since: super::audit_log::now(),
            stopped: Vec::new(),
        })
    }

    /// Removes what is left of commands that ended too early: containers, sessions, staging databases and roles;
    /// reopens closed databases. What cannot be removed is a warning.
    pub(crate) fn clear(&self, patience: Duration) -> Result<(), Failure> {
        // The session that holds the lock may live where no new one can be had.
        if !patience.is_zero() && self.lock.renew().is_err() {
            self.session.server.ready(patience)?;
            self.lock.renew()?;
        }
        let Cleanup { removed, problems } = cleanup(&self.lock)?;
        let printer = self.session.context.printer;
        if removed > 0 && !Mending::is_underway() {
            printer.say("removed what an interrupted command had left behind");
        }
        for Problem { what, cure } in problems {
            let warning = Diagnostic::warning("leftover", what).with_help(cure);
            printer.diagnostic(&Sources::default(), &warning);
        }
        Ok(())
    }

    /// Prints a failure that does not end the command, as a warning.
    pub(crate) fn warn(&self, failure: Failure) {
        if let Some(diagnostic) = failure.unsaid {
            let Diagnostic { code, title, notes, helps, .. } = *diagnostic;
            let warning = Diagnostic { notes, helps, ..Diagnostic::warning(code, title) };
            self.session.context.printer.diagnostic(&Sources::default(), &warning);
        }
    }
}
