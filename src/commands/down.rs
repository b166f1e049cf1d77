//! `down`: with the last deployment, or by the project's name where there is none.

use std::ffi::OsString;

use super::passthrough::compose_for;
use super::{Context, Failure};
use crate::exit::Exit;

const REMOVE_ORPHANS: &str = "--remove-orphans";

pub(super) fn run(context: &Context<'_>, arguments: &[OsString]) -> Result<Exit, Failure> {
    let compose = compose_for(context, &context.project()?)?;
    // Of two spellings docker compose takes the last: the user's.
    context.hand_over(&compose.command("down").arg(REMOVE_ORPHANS).args(arguments))
}
