//! `down`: with the last deployment, or by the project's name where there is none.

use std::ffi::OsString;

use crate::app::{Context, Failure, hooks};
use crate::exit::Exit;

const AFTER: &str = "after-down";
const REMOVE_ORPHANS: &str = "--remove-orphans";

pub(super) fn run(context: &Context<'_>, arguments: &[OsString]) -> Result<Exit, Failure> {
    let project = context.project()?;
    let compose = context.compose_for(&project)?;
    hooks::run(context, &project, "before-down")?;
    // Of two spellings docker compose takes the last: the user's.
    let command = compose.command("down").arg(REMOVE_ORPHANS).args(arguments);
    if !hooks::is_there(&project, AFTER) {
        return context.hand_over(&command);
    }
    let exit = context.outcome(context.runner.run(&command))?;
    hooks::run(context, &project, AFTER)?;
    Ok(exit)
}
