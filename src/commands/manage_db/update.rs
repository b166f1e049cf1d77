//! `manage_db update`: the application brings its database up to date, on a copy.

use std::time::Instant;

use crate::app::Failure;
use crate::database::{Name, Replacement};
use crate::exit::Exit;
use crate::maintenance::application::{self, Task};
use crate::maintenance::session::Session;
use crate::maintenance::summary::Closing;
use crate::maintenance::{confirm, operation};

const VERB: &str = "update";

pub(super) fn run(session: &Session<'_>, modules: &[String], keep_old: bool, in_place: bool) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    let arguments = session.application()?.update.clone();
    session.version()?;
    let held = session.lock(VERB)?;
    let facts = session.facts()?;
    if in_place {
        let question = format!("Update database `{}` itself? An update that fails may be half done.", session.name);
        confirm::agree(session.context, session.settings, || Ok(question))?;
    } else {
        let advice = "free disk space, or update the database itself with --in-place (after a dump)";
        session.must_have_space(
            facts.size.unwrap_or_default(),
            &facts.tablespace,
            ("the copy that is updated", advice),
        )?;
    }
    let began = Instant::now();
    let update = |database: &Name| {
        session.context.printer.say(&format!("the application updates {}", modules.join(", ")));
        let task = Task { arguments: &arguments, database, modules, password: None, doing: "the update" };
        application::run(session, &task)
    };
    let kept = operation::perform(session, &held, &modules.join(" "), |work| {
        let connected = session.foreign_connections()?;
        if !connected.is_empty() && !in_place {
            session.context.printer.say(connected.trim_end());
        }
        work.stop_services()?;
        if in_place {
            return update(&session.name).map(|()| None);
        }
        session.context.printer.say("copying the database");
        let replacement = Replacement::copy(&held.lock)?;
        work.replace(&replacement, keep_old, update)
    })?;
    let mut closing = Closing::of(session, VERB, began);
    closing.kept = kept.map(|kept| kept.to_string());
    closing.tell(session)?;
    Ok(Exit::Done)
}
