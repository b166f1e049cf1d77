//! The verbs that are docker compose's own business.

use std::ffi::{OsStr, OsString};

use crate::app::{Context, Failure};
use crate::cli;
use crate::docker::VERBS;
use crate::exit::Exit;
use crate::report::{Diagnostic, nearest};

/// What these do depends on what the fragments say now, so they configure first. The others look after containers that
/// are there, and must work while the configuration is broken.
const READ_THE_MODEL: &[&str] =
    &["build", "config", "convert", "create", "publish", "pull", "push", "run", "scale", "watch"];

/// These need no engine: that it is missing is not why they fail.
const NEED_NO_ENGINE: &[&str] = &["config", "convert", "version"];

pub(super) fn run(context: &Context<'_>, verb: &OsStr, arguments: &[OsString]) -> Result<Exit, Failure> {
    let verb = verb.to_str().filter(|word| VERBS.contains(word)).ok_or_else(|| unknown(&verb.to_string_lossy()))?;
    let project = context.project()?;
    let compose = if READ_THE_MODEL.contains(&verb) {
        let configured = context.settle(context.plan(&project))?;
        context.write(&configured)?;
        configured.compose()
    } else {
        context.compose_for(&project)?
    };
    let command = compose.command(verb).args(arguments);
    if NEED_NO_ENGINE.contains(&verb) {
        let ended = context.runner.replace(&command)?;
        return Ok(Exit::Theirs(ended.code));
    }
    context.hand_over(&command)
}

/// A word that is no verb, with the verbs it may have been meant to be.
fn unknown(word: &str) -> Failure {
    let verbs = cli::verbs();
    let ours = nearest(word, verbs.iter().map(String::as_str));
    let theirs = nearest(word, VERBS.iter().copied());
    let meant = match (ours, theirs) {
        (Some(ours), Some(theirs)) => format!("did you mean `{ours}`, or docker compose's `{theirs}`?"),
        (Some(verb), None) | (None, Some(verb)) => format!("did you mean `{verb}`?"),
        (None, None) => "`lapstrake --help` lists the verbs".to_owned(),
    };
    let problem = Diagnostic::error("unknown-verb", format!("neither we nor docker compose know the verb `{word}`"));
    Failure::new(Exit::Usage, problem.with_help(meant))
}
