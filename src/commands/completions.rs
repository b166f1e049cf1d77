//! `completions`: the script that has a shell complete our commands.

use crate::app::{Context, Failure};
use crate::cli::Shell;
use crate::exit::Exit;

/// The script calls us as we were called: by our name where the shell finds us by it, else by our place.
pub(super) fn run(context: &Context<'_>, shell: Shell) -> Result<Exit, Failure> {
    let called = std::env::args_os().next().unwrap_or_default();
    let program = if called.to_string_lossy().contains('/') {
        std::env::current_exe()?.display().to_string()
    } else {
        called.to_string_lossy().into_owned()
    };
    context.printer.data(&String::from_utf8_lossy(&shell.script(&program)?))?;
    Ok(Exit::Done)
}
