//! `init`: what must be known is asked, what can be chosen is chosen, and the configuration configures.

mod answers;
mod choices;
mod texts;

use std::fs;
use std::path::PathBuf;

use crate::app::{Context, Failure};
use crate::docker::{Command, Input};
use crate::exit::Exit;
use crate::files;
use crate::project::Project;
use crate::report::Diagnostic;
use crate::settings::Init;
use crate::yaml::{Map, Node};

use answers::Answers;
use texts::Texts;

pub(super) fn run(context: &Context<'_>, settings: &Init) -> Result<Exit, Failure> {
    let project = context.project()?;
    let own = project.root().join("env.custom");
    if own.symlink_metadata().is_ok() {
        let problem =
            Diagnostic::error("set-up", "this project is set up: `env.custom` is there, and nothing was changed")
                .with_help("`lapstrake edit` changes it, `lapstrake doctor` finds what is wrong");
        return Err(Failure::new(Exit::Refused, problem));
    }
    let mut answers = Answers::new(context, &project)?;
    answers.take(&settings.set)?;
    answers.ask(settings.yes)?;
    if !settings.yes {
        context.printer.say("");
    }
    choices::secrets(&mut answers)?;
    choices::addresses(context, &mut answers)?;
    let texts = Texts::of(&answers);
    let written = Written::write(&texts)?;
    let planned = context.plan(&project);
    let configured = match context.settle(planned) {
        Ok(configured) => configured,
        Err(failure) => {
            written.take_back();
            return Err(failure);
        }
    };
    if settings.git {
        make_repository(context, &project)?;
    }
    for path in &written.files {
        context.printer.good(&format!("Wrote {}{}", project.name_of(path), texts.about(path)));
    }
    let services = configured.model.get("services").and_then(Node::as_map).map_or(0, Map::len);
    let services = if services == 1 { "1 service".to_owned() } else { format!("{services} services") };
    context.printer.say(&format!("\nThe configuration is sound: {services}. What comes next:\n"));
    context
        .printer
        .say("  lapstrake doctor    finds what is missing on this machine\n  lapstrake up -d     starts everything");
    Ok(Exit::Done)
}

/// The files that were written, in order.
struct Written {
    files: Vec<PathBuf>,
}

impl Written {
    /// Writes what is not there yet.
    fn write(texts: &Texts) -> Result<Self, Failure> {
        let mut written = Self { files: Vec::new() };
        for file in &texts.files {
            if file.path.symlink_metadata().is_ok() {
                continue;
            }
            if let Err(error) = files::create(&file.path, &file.text, file.mode) {
                written.take_back();
                return Err(error.into());
            }
            written.files.push(file.path.clone());
        }
        Ok(written)
    }

    /// Removes them again. A folder goes if nothing else is in it.
    fn take_back(&self) {
        for file in &self.files {
            // What cannot be removed is in nobody's way but the next `init`'s, which says so.
            let _ = fs::remove_file(file);
            let _ = file.parent().map(fs::remove_dir);
        }
    }
}

fn make_repository(context: &Context<'_>, project: &Project) -> Result<(), Failure> {
    if project.custom().join(".git").exists() {
        return Ok(());
    }
    let command = Command::new("git").args(["init", "--quiet"]).arg(project.custom()).input(Input::Nothing);
    let ended = context.runner.run(&command)?;
    if ended.well() { Ok(()) } else { Err(Failure::said(Exit::Failed)) }
}
