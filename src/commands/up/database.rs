//! The database's service, started before all others.

use super::Up;
use crate::app::Failure;
use crate::runtime::Waiting;

/// Starts the database's service alone, and waits until it is ready.
pub(super) fn start(up: &Up<'_>, service: &str, waiting: &mut Waiting<'_>) -> Result<(), Failure> {
    let command = up.compose.command("up").args(["--detach", "--no-deps"]).args(&up.request.about_images).arg(service);
    // Orphans are the business of the `up` that follows.
    let ended = up.context.runner.run(&command.env("COMPOSE_IGNORE_ORPHANS", "true"))?;
    if !ended.well() {
        return Err(up.context.blame(ended));
    }
    waiting.expect_briefly(service);
    waiting.until_settled().map(drop)
}
