//! The user's editor, on a draft that nobody else can read.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::subject::Subject;
use crate::app::{Context, Failure};
use crate::docker::{Command, RunError};
use crate::exit::Exit;
use crate::files::{self, FileError};
use crate::report::Diagnostic;

/// What is used where nobody has chosen.
const USUAL: &str = "vi";

pub(super) struct Editor {
    folder: TempDir,
    file: PathBuf,
    words: Vec<String>,
}

impl Editor {
    /// Lays the draft down, under its own name: editors choose their colours by it.
    pub(super) fn open(context: &Context<'_>, subject: &Subject) -> Result<Self, Failure> {
        let chosen = ["VISUAL", "EDITOR"].into_iter().find_map(|name| context.process.text(name));
        let chosen = chosen.filter(|words| !words.trim().is_empty()).unwrap_or(USUAL);
        let place = std::env::temp_dir();
        let folder = tempfile::Builder::new().prefix("lapstrake-edit-").tempdir_in(&place);
        let folder = folder.map_err(|error| FileError::new("make a folder in", &place, error))?;
        let file = folder.path().join(subject.path.file_name().unwrap_or_default());
        files::create(&file, &subject.text, 0o600)?;
        Ok(Self { folder, file, words: chosen.split_whitespace().map(str::to_owned).collect() })
    }

    /// Lets the user write; the text that comes of it.
    pub(super) fn run(&self, context: &Context<'_>) -> Result<String, Failure> {
        let mut words = self.words.iter();
        let program = words.next().map_or(USUAL, String::as_str);
        let ended = context.runner.run(&Command::new(program).args(words).arg(&self.file));
        match ended {
            Ok(ended) if ended.well() => Ok(files::read_text(&self.file)?),
            Ok(ended) => {
                let title = format!("the editor `{program}` ended with exit code {}; nothing was changed", ended.code);
                Err(Failure::new(Exit::Failed, Diagnostic::error("editor", title)))
            }
            Err(RunError::NotFound { .. }) => {
                let problem = Diagnostic::error("editor", format!("there is no editor `{program}`"));
                let help = "name yours: EDITOR=nano lapstrake edit";
                Err(Failure::new(Exit::Failed, problem.with_help(help)))
            }
            Err(error) => Err(Failure::new(Exit::Failed, Diagnostic::error("editor", error.to_string()))),
        }
    }

    /// Leaves the draft where it is; its place.
    pub(super) fn keep(self) -> PathBuf {
        let name = self.file.file_name().map(Path::new).unwrap_or(Path::new("")).to_owned();
        self.folder.keep().join(name)
    }
}
