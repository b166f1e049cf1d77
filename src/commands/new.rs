//! `new`: a folder with the bundled stack, to be set up with `init`.

use std::fs;
use std::path::Path;

use super::{Context, Failure};
use crate::docker::Command;
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::stack;

pub(super) fn run(context: &Context<'_>, folder: &Path) -> Result<Exit, Failure> {
    let shown = folder.display();
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        let problem = Diagnostic::error("not-empty", format!("{shown} is there already, and not empty"))
            .with_help("name a folder that does not exist yet");
        return Err(Failure::new(Exit::Refused, problem));
    }
    make(folder).map_err(|error| {
        Failure::new(Exit::Failed, Diagnostic::error("not-written", format!("cannot make {shown}: {error}")))
    })?;
    context.printer.good(&format!("{shown} is a project. Now set it up:"));
    // A command shows its words as a shell takes them.
    let go = Command::new("cd").arg(folder);
    context.printer.say(&format!("\n  {go}\n  lapstrake init"));
    Ok(Exit::Done)
}

/// Unpacks beside the folder, and gives it its name when it is whole.
fn make(folder: &Path) -> std::io::Result<()> {
    let absolute = std::path::absolute(folder)?;
    let parent = absolute.parent().unwrap_or(&absolute);
    fs::create_dir_all(parent)?;
    let staging = tempfile::Builder::new().prefix(".lapstrake-").tempdir_in(parent)?;
    let whole = staging.path().join("project");
    fs::create_dir(&whole)?;
    stack::unpack(&whole)?;
    fs::rename(&whole, &absolute)
}
