//! `manage_db reset`: a new empty database, initialised by the application.

use std::path::Path;
use std::time::Instant;

use crate::app::Failure;
use crate::database::{Replacement, facts};
use crate::exit::Exit;
use crate::maintenance::application::{self, Task};
use crate::maintenance::confirm::{agree, password};
use crate::maintenance::session::Session;
use crate::maintenance::summary::{Closing, size};
use crate::maintenance::{extensions, operation};

const VERB: &str = "reset";

pub(super) fn run(session: &Session<'_>, password_file: Option<&Path>, keep_old: bool) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    let initialise = session.application()?.initialise.clone();
    session.version()?;
    let held = session.lock(VERB)?;
    agree(session.context, session.settings, || question(session, keep_old))?;
    let password = password(session, password_file)?;
    let began = Instant::now();
    let kept = operation::perform(session, &held, "", |work| {
        let replacement = Replacement::empty(&held.lock)?;
        work.replace(&replacement, keep_old, |database| {
            extensions::extensions(session, database)?;
            session.context.printer.say("the application initialises the new database");
            let task = Task {
                arguments: &initialise,
                database,
                modules: &[],
                password: Some(&password),
                doing: "the initialisation",
            };
            application::run(session, &task)
        })
    })?;
    let mut closing = Closing::of(session, VERB, began);
    closing.kept = kept.map(|kept| kept.to_string());
    closing.tell(session)?;
    Ok(Exit::Done)
}

fn question(session: &Session<'_>, keep_old: bool) -> Result<String, Failure> {
    let (name, server) = (&session.name, session.server_name());
    Ok(match facts(&session.server, name)? {
        None => format!("Make a new database `{name}` on {server}?"),
        Some(former) => {
            let size = former.size.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
            let fate = if keep_old { "It is kept under a dated name." } else { "It is lost; --keep-old keeps it." };
            format!(
                "{}Replace database `{name}` on {server} ({} connections{size}) by an empty one? {fate}",
                session.foreign_connections()?,
                former.connections
            )
        }
    })
}
