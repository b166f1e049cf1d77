//! What runs commands, as a trait: the real one is [`super::System`], tests have one that records.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitStatus;

use super::{Command, Dialogue};

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code, or 128 and the signal's number, as shells say it.
    pub code: u8,
}

impl Ended {
    /// Whether it ended with 0.
    #[must_use]
    pub fn well(self) -> bool {
        self.code == 0
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
        Self { code: u8::try_from(code).unwrap_or(1) }
    }
}

/// How a program ended, and what it wrote.
#[derive(Clone, Debug)]
pub struct Captured {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote to standard output; empty where that went elsewhere.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

impl Captured {
    /// Standard output as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text, without blanks around it.
    #[must_use]
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Why a program did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such program.
    #[error("there is no program `{}`", program.display())]
    NotFound {
        /// Its name.
        program: OsString,
    },
    /// It could not be started, or could not be waited for.
    #[error("cannot run `{}`: {source}", program.display())]
    NotRun {
        /// Its name.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// What was to be moved into it or out of it could not be read or written on our side.
    #[error("{0}")]
    Streams(io::Error),
}

impl RunError {
    pub(super) fn new(command: &Command, source: io::Error) -> Self {
        let program = command.program().to_owned();
        if source.kind() == io::ErrorKind::NotFound {
            Self::NotFound { program }
        } else {
            Self::NotRun { program, source }
        }
    }
}

/// Whether a program that is being watched may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    GoOn,
    /// It is to be ended.
    Stop,
}

/// Runs commands, several at a time if need be.
pub trait Runner: Sync {
    /// Becomes the program: on success this does not return.
    ///
    /// # Errors
    /// When it cannot be started.
    fn replace(&self, command: &Command) -> Result<Ended, RunError>;

    /// Runs the program on our terminal, and waits for it.
    ///
    /// # Errors
    /// When it cannot be started.
    fn run(&self, command: &Command) -> Result<Ended, RunError>;

    /// The same, asking `watch` now and then whether the program may go on.
    ///
    /// # Errors
    /// When it cannot be started.
    fn run_watched(&self, command: &Command, watch: &mut dyn FnMut() -> Verdict) -> Result<Ended, RunError>;

    /// Runs the program, keeping what it writes.
    ///
    /// # Errors
    /// When it cannot be started.
    fn capture(&self, command: &Command) -> Result<Captured, RunError>;

    /// Runs the program, moving bytes into it and out of it without keeping them. Its standard error is kept.
    /// With `from`, the command's own input is not used.
    ///
    /// # Errors
    /// When it cannot be started, or when `from` or `to` fail; that the program stopped reading is no error.
    fn stream(
        &self,
        command: &Command,
        from: Option<&mut (dyn Read + Send)>,
        to: &mut dyn Write,
    ) -> Result<Captured, RunError>;

    /// Starts the program and leaves it running, to be written to and read from.
    ///
    /// # Errors
    /// When it cannot be started.
    fn open(&self, command: &Command) -> Result<Dialogue, RunError>;
}
