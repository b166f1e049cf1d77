//! Why a command ended early.

use std::io;

use crate::docker::{RunError, Trouble};
use crate::exit::Exit;
use crate::files::FileError;
use crate::project::ProjectError;
use crate::report::Diagnostic;
use crate::terminal::NoAnswer;

/// Why a command ended early, and with which exit code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is still to be said about it.
    pub unsaid: Option<Box<Diagnostic>>,
}

impl Failure {
    /// Something that is still to be said.
    pub fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self { exit, unsaid: Some(Box::new(diagnostic)) }
    }

    /// Something that was said already.
    #[must_use]
    pub fn said(exit: Exit) -> Self {
        Self { exit, unsaid: None }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match &error {
            RunError::NotFound { program } if program == "docker" => Trouble::NoDocker.into(),
            RunError::Streams(_) => Self::new(Exit::Failed, Diagnostic::error("streams", error.to_string())),
            _ => Self::new(Exit::NoDocker, Diagnostic::error("not-run", error.to_string())),
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::new(Exit::NoDocker, Diagnostic::error("docker", trouble.to_string()).with_help(trouble.advice()))
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let advice = "name the project's folder with `-C DIR`, or go there";
        Self::new(Exit::Usage, Diagnostic::error("no-project", error.to_string()).with_help(advice))
    }
}

impl From<NoAnswer> for Failure {
    fn from(error: NoAnswer) -> Self {
        Self::new(Exit::Refused, Diagnostic::error("no-answer", error.to_string()))
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let problem = Diagnostic::error("file", error.to_string());
        Self::new(
            Exit::Failed,
            match error.advice() {
                Some(advice) => problem.with_help(advice),
                None => problem,
            },
        )
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // Whoever read our output has seen enough.
            Self::said(Exit::Done)
        } else {
            Self::new(Exit::Failed, Diagnostic::error("failed", error.to_string()))
        }
    }
}
