//! What a person must say before something happens.

use std::fs;
use std::path::Path;

use super::session::Session;
use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::report::{Diagnostic, Secret};
use crate::settings::ManageDb;
use crate::terminal::{NoAnswer, confirm, hidden};

/// Where scripts put the administrator's password.
const VARIABLE: &str = "LAPSTRAKE_ADMIN_PASSWORD";

/// Goes on after a yes. The question is made only for somebody who is asked.
pub(crate) fn agree(
    context: &Context<'_>,
    settings: &ManageDb,
    question: impl FnOnce() -> Result<String, Failure>,
) -> Result<(), Failure> {
    if settings.yes {
        return Ok(());
    }
    let question = question()?;
    match confirm(&question) {
        Ok(true) => Ok(()),
        Ok(false) => {
            context.printer.say("nothing was done");
            Err(Failure::said(Exit::Refused))
        }
        Err(error) => {
            let problem = Diagnostic::error("unconfirmed", question.lines().last().unwrap_or(&question).to_owned());
            let problem = problem.with_note(error.to_string()).with_help("pass `--yes` to skip the confirmation");
            Err(Failure::new(Exit::Refused, problem))
        }
    }
}

/// The administrator's new password: from a file, from the environment, or typed twice.
pub(crate) fn password(session: &Session<'_>, file: Option<&Path>) -> Result<Secret, Failure> {
    let administrator = session.application()?.administrator;
    let text = match (file, session.context.process.text(VARIABLE)) {
        (Some(file), _) => {
            let text = fs::read_to_string(file).map_err(|error| {
                let problem = format!("cannot read the password from {}: {error}", file.display());
                Failure::new(Exit::Usage, Diagnostic::error("password", problem))
            })?;
            text.lines().next().unwrap_or_default().to_owned()
        }
        (None, Some(text)) if !text.is_empty() => text.to_owned(),
        (None, _) => typed(administrator)?.expose().to_owned(),
    };
    if text.is_empty() || text.contains(['\n', '\r']) {
        let problem = Diagnostic::error("password", "a password is one line, and not empty");
        return Err(Failure::new(Exit::Usage, problem));
    }
    Ok(Secret::new(text))
}

fn typed(administrator: &str) -> Result<Secret, Failure> {
    let asked = |question: &str| {
        hidden(question).map_err(|error| match error {
            NoAnswer::NotATerminal => {
                let problem = Diagnostic::error("password", format!("a password for `{administrator}` is needed"));
                let advice = format!("put it into a file for --admin-password-file, or into {VARIABLE}");
                Failure::new(Exit::Refused, problem.with_note(error.to_string()).with_help(advice))
            }
            other => other.into(),
        })
    };
    let first = asked(&format!("New password for `{administrator}`"))?;
    if first == asked("The same again")? {
        Ok(first)
    } else {
        Err(Failure::new(Exit::Refused, Diagnostic::error("password", "the passwords do not match")))
    }
}
