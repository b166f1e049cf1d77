//! Programs of the project that run before and after our work, and with its variables.
//!
//! A hook is an executable in `custom/hooks/` or `hooks/` called `before-VERB` or `after-VERB`. Where both folders have
//! one, both run, the operators' first. A file of another name there never runs, which is said.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::program_fault::fault_of;
use super::{Context, Failure};
use crate::docker::{Command, Input, RunError};
use crate::environment::{Environment, load};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources};

/// Tells a hook its name, and keeps what it calls from running hooks in turn.
const RUNNING: &str = "LAPSTRAKE_HOOK";

/// Runs the hooks of a name, if there are any. One that fails ends the command: before its work nothing was done yet.
///
/// # Errors
/// When a hook cannot be run, or fails.
pub(crate) fn run(context: &Context<'_>, project: &Project, name: &str) -> Result<(), Failure> {
    run_with(context, project, name, &[])
}

/// The same, with variables that tell the hooks more.
///
/// # Errors
/// When a hook cannot be run, or fails.
pub(crate) fn run_with(
    context: &Context<'_>,
    project: &Project,
    name: &str,
    variables: &[(&str, OsString)],
) -> Result<(), Failure> {
    if context.process.get(RUNNING).is_some() {
        return Ok(());
    }
    let found: Vec<PathBuf> = project.folders("hooks").into_iter().map(|folder| folder.join(name)).collect();
    if found.iter().all(|path| !path.is_file()) {
        return Ok(());
    }
    // What is wrong with the layers is told elsewhere; `down` works all the same.
    let environment = load(project, context.process, &mut Sources::default(), &mut Report::default());
    found.iter().filter(|path| path.is_file()).try_for_each(|path| {
        let command = with_variables(path, project, &environment).env(RUNNING, name);
        let command = variables.iter().fold(command, |command, (name, value)| command.env(*name, value));
        one(context, &project.name_of(path), path, name, &command)
    })
}

/// Whether there is a hook of this name.
pub(crate) fn is_there(project: &Project, name: &str) -> bool {
    project.folders("hooks").iter().any(|folder| folder.join(name).is_file())
}

fn one(context: &Context<'_>, shown: &str, path: &Path, name: &str, command: &Command) -> Result<(), Failure> {
    if let Some(fault) = fault_of(path) {
        let problem = Diagnostic::error("hook", format!("the hook {shown} {}", fault.what));
        let problem = if fault.why.is_empty() { problem } else { problem.with_note(fault.why) };
        return Err(Failure::new(Exit::Failed, problem.with_help((fault.mend)(shown)).with_note(undone(name))));
    }
    // Data are ours alone: what comes in, a backup it may be, and what goes out.
    let problem = match context.runner.run(&command.clone().input(Input::Nothing).talking()) {
        Ok(ended) if ended.well() => return Ok(()),
        Ok(ended) => format!("the hook {shown} ended with exit code {}", ended.code),
        Err(RunError::NotFound { .. }) => format!("the hook {shown} cannot be run: its interpreter is missing"),
        Err(error) => error.to_string(),
    };
    Err(Failure::new(Exit::Failed, Diagnostic::error("hook", problem).with_note(undone(name))))
}

/// What a hook that does not run means for the command.
fn undone(name: &str) -> String {
    match name.split_once('-') {
        Some(("before", verb)) => format!("`{verb}` was not done"),
        _ => "the work before it is done".to_owned(),
    }
}

/// A program in the project's folder, with the variables of the project around it.
pub(crate) fn with_variables(program: &Path, project: &Project, environment: &Environment) -> Command {
    let known = environment.iter().filter(|(_, variable)| !variable.poisoned);
    let command = Command::new(program).in_folder(project.root());
    known.fold(command, |command, (name, variable)| command.env(name, &variable.value))
}
