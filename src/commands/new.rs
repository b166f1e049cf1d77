//! `new`: a folder with the bundled stack, to be set up with `init`.

use std::fs;
use std::path::Path;

use crate::app::{Context, Failure};
use crate::docker::Command;
use crate::exit::Exit;
use crate::files::{self, FileError};
use crate::report::Diagnostic;
use crate::stack;

pub(super) fn run(context: &Context<'_>, folder: &Path) -> Result<Exit, Failure> {
    let shown = folder.display();
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        let problem = Diagnostic::error("not-empty", format!("{shown} is there already, and not empty"))
            .with_help("name a folder that does not exist yet");
        return Err(Failure::new(Exit::Refused, problem));
    }
    make(folder)?;
    context.printer.good(&format!("{shown} is a project. Now set it up:"));
    // A command shows its words as a shell takes them.
    let go = Command::new("cd").arg(folder);
    context.printer.say(&format!("\n  {go}\n  lapstrake init"));
    Ok(Exit::Done)
}

/// Unpacks beside the folder, and gives it its name when it is whole.
fn make(folder: &Path) -> Result<(), FileError> {
    let failed = |error| FileError::new("make", folder, error);
    let absolute = std::path::absolute(folder).map_err(failed)?;
    let parent = absolute.parent().unwrap_or(&absolute);
    files::create_folders(parent, 0o755)?;
    let staging = tempfile::Builder::new().prefix(".lapstrake-").tempdir_in(parent).map_err(failed)?;
    let whole = staging.path().join("project");
    files::create_folders(&whole, 0o755)?;
    stack::unpack(&whole).map_err(failed)?;
    files::give_to_owner_of(parent, &whole)?;
    fs::rename(&whole, &absolute).map_err(failed)
}
