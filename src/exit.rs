//! What the exit code tells scripts.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The work is done.
    Done,
    /// The work failed.
    Failed,
    /// The arguments make no sense.
    Usage,
    /// The configuration is invalid; nothing was written.
    Invalid,
    /// Docker or its compose plugin is missing or cannot be reached.
    NoDocker,
    /// A confirmation or an answer was needed, and nobody was there to give it, or it was no.
    Refused,
    /// What the program we ran for the user ended with.
    Theirs(u8),
}

/// The codes as `--help` lists them.
pub const TABLE: &str = "\
Exit codes:
  0  done
  1  the work failed
  2  wrong usage
  3  the configuration is invalid, nothing was written
  4  docker or its compose plugin is missing or cannot be reached
  5  refused: a confirmation was needed
  Any other code is docker compose's own.";

impl Exit {
    /// The code itself.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::NoDocker => 4,
            Self::Refused => 5,
            Self::Theirs(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
