//! `manage_db change_admin_password`: the application sets a new one; nothing stops.

use std::path::Path;
use std::time::Instant;

use crate::app::Failure;
use crate::exit::Exit;
use crate::maintenance::application::{self, Task};
use crate::maintenance::session::Session;
use crate::maintenance::summary::Closing;
use crate::maintenance::{confirm, operation};

const VERB: &str = "change_admin_password";

pub(super) fn run(session: &Session<'_>, password_file: Option<&Path>) -> Result<Exit, Failure> {
    let arguments = session.application()?.set_password.clone();
    session.version()?;
    let held = session.lock(VERB)?;
    session.facts()?;
    let password = confirm::password(session, password_file)?;
    let began = Instant::now();
    operation::perform(session, &held, "", |_| {
        let task = Task {
            arguments: &arguments,
            database: &session.name,
            modules: &[],
            password: Some(&password),
            doing: "the change of the password",
        };
        application::run(session, &task)
    })?;
    Closing::of(session, VERB, began).tell(session)?;
    Ok(Exit::Done)
}
