//! `edit`: the file that decides is opened, and what was written counts only if the project still configures.

mod editor;
mod subject;

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::app::{Context, Failure, Planned};
use crate::exit::Exit;
use crate::files::{self, FileError};
use crate::project::Project;
use crate::report::{Diagnostic, Report, Severity};
use crate::settings::Edit;
use crate::terminal::{NoAnswer, confirm};

use editor::Editor;
use subject::Subject;

/// A file, as it was and as it is proposed to begin with.
struct Draft<'a> {
    project: &'a Project,
    path: &'a Path,
    /// Nothing where there is no such file.
    before: Option<String>,
    /// The rights of a new file.
    mode: u32,
}

pub(super) fn run(context: &Context<'_>, settings: &Edit) -> Result<Exit, Failure> {
    let project = context.project()?;
    let subject = Subject::find(context, &project, settings.subject.as_deref(), settings.shared)?;
    let draft = Draft {
        project: &project,
        path: &subject.path,
        before: read(&subject.path)?,
        mode: if subject.path == project.root().join("env.custom") { 0o600 } else { 0o644 },
    };
    if subject.is_finished {
        let accepted = draft.accept(context, &subject.text)?;
        return if accepted { Ok(Exit::Done) } else { Err(Failure::said(Exit::Invalid)) };
    }
    let editor = Editor::open(context, &subject)?;
    loop {
        let text = editor.run(context)?;
        if text == subject.text || Some(&text) == draft.before.as_ref() {
            context.printer.say("Nothing has changed.");
            return Ok(Exit::Done);
        }
        if draft.accept(context, &text)? {
            return Ok(Exit::Done);
        }
        match confirm("Edit it again?") {
            Ok(true) => {}
            Ok(false) | Err(NoAnswer::NotATerminal) => {
                context.printer.insist(&format!("What you wrote is kept in {}", editor.keep().display()));
                return Err(Failure::said(Exit::Invalid));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

impl Draft<'_> {
    /// Has a text count if the project configures with it. A project that did not configure before may still not do so:
    /// problems are mended one by one.
    fn accept(&self, context: &Context<'_>, text: &str) -> Result<bool, Failure> {
        let name = self.project.name_of(self.path);
        let before = context.plan(self.project);
        let was_sound = !before.report.has_errors();
        self.write(text)?;
        let after = context.plan(self.project);
        let is_worse = was_sound && after.report.has_errors();
        if is_worse {
            self.restore()?;
        }
        tell_news(context, &before, &after, if is_worse { "nothing was changed" } else { "the file was written" });
        if !is_worse {
            context.printer.good(&format!("Wrote {name}; run `lapstrake up -d` to apply it."));
        }
        Ok(!is_worse)
    }

    fn write(&self, text: &str) -> Result<(), FileError> {
        self.path.parent().map_or(Ok(()), |folder| files::create_folders(folder, 0o755))?;
        files::replace(self.path, text, self.mode)
    }

    fn restore(&self) -> Result<(), FileError> {
        match &self.before {
            Some(before) => files::replace(self.path, before, self.mode),
            None => fs::remove_file(self.path).map_err(|error| FileError::new("remove", self.path, error)),
        }
    }
}

/// Says what was not to be said before.
fn tell_news(context: &Context<'_>, before: &Planned, after: &Planned, aftermath: &str) {
    let known: HashSet<&str> = before.report.diagnostics().iter().map(|one| one.title.as_str()).collect();
    let mut news = Report::default();
    let all = after.report.diagnostics().iter();
    let is_news = |one: &&Diagnostic| one.severity == Severity::Error || !known.contains(one.title.as_str());
    all.filter(is_news).for_each(|one| news.push(one.clone()));
    context.printer.report(&after.sources, &news, aftermath);
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
