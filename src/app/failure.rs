//! Why a command ended early.

use std::io;

use crate::database::DatabaseError;
use crate::docker::{RunError, Trouble, interrupted_by};
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

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        let problem = |code, error: &DatabaseError| Diagnostic::error(code, error.to_string());
        match error {
            DatabaseError::Run(error) => error.into(),
            DatabaseError::Interrupted => Self::new(
                Exit::Theirs(interrupted_by().unwrap_or(130)),
                Diagnostic::error("interrupted", "interrupted"),
            ),
            DatabaseError::Failed { ref complaint, .. } | DatabaseError::NoAnswer { ref complaint } => {
                let problem = problem("database", &error);
                Self::new(Exit::Failed, if complaint.is_empty() { problem } else { problem.with_note(complaint) })
            }
            DatabaseError::Dump { ref fault, ref file } => {
                let problem = problem("dump", &error);
                Self::new(Exit::Failed, fault.advice(file).into_iter().fold(problem, Diagnostic::with_help))
            }
            DatabaseError::Busy(ref sessions) => {
                let problem =
                    sessions.iter().fold(problem("busy", &error), |problem, one| problem.with_note(one.describe()));
                let advice = "end them, or let the connecting user do it: GRANT pg_signal_backend";
                Self::new(Exit::Failed, problem.with_help(advice))
            }
            DatabaseError::Obstructed { ref database, ref obstacles } => {
                let problem = obstacles.iter().fold(problem("obstructed", &error), |problem, one| {
                    problem
                        .with_note(format!("it has {}", one.what))
                        .with_help(format!("in `{database}`: {}", one.cure))
                });
                Self::new(Exit::Failed, problem)
            }
            DatabaseError::LockLost | DatabaseError::InUse => {
                Self::new(Exit::Failed, problem("database", &error).with_help("run the command again"))
            }
            DatabaseError::Password
            | DatabaseError::Strange(_)
            | DatabaseError::Missing(_)
            | DatabaseError::Name(_) => Self::new(Exit::Failed, problem("database", &error)),
        }
    }
}
