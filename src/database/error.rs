//! Why work on a database ended early.

use std::io;
use std::path::{Path, PathBuf};

use super::connections::Connections;
use super::obstacles::Obstacle;
use super::{Format, NameError};
use crate::docker::RunError;

/// Why work on a database ended early.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A program could not be run, or bytes could not be moved.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A program ended badly.
    #[error("{doing} failed")]
    Failed {
        /// What was being done, as a noun: `the restore into …`.
        doing: String,
        /// What the program said.
        complaint: String,
    },
    /// The server does not answer.
    #[error("the database server does not answer")]
    NoAnswer {
        /// What the client program said last.
        complaint: String,
    },
    /// What the server told is not what was asked for.
    #[error("the database server's answer cannot be read: {0}")]
    Strange(String),
    /// There is no such database.
    #[error("there is no database `{0}`")]
    Missing(String),
    /// A signal came.
    #[error("interrupted")]
    Interrupted,
    /// The session that holds the lock has ended, or another command holds the lock.
    #[error("the lock on the database was lost: its session on the server has ended")]
    LockLost,
    /// Somebody has connected to a database that nobody may be connected to.
    #[error("a client has connected to the database at the last moment")]
    InUse,
    /// Sessions do not end.
    #[error("sessions of other clients do not end")]
    Busy(Vec<Connections>),
    /// Something keeps the database from being replaced or removed.
    #[error("database `{database}` cannot be replaced or removed")]
    Obstructed {
        /// Its name.
        database: String,
        /// What does, with its cure.
        obstacles: Vec<Obstacle>,
    },
    /// A name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The dump is not to be loaded.
    #[error("{} cannot be loaded: {fault}", file.display())]
    Dump {
        /// The file.
        file: PathBuf,
        /// Why.
        fault: DumpFault,
    },
}

impl DatabaseError {
    /// The same, with the file by the name that the user gave it.
    #[must_use]
    pub fn of_file(self, name: &Path) -> Self {
        match self {
            Self::Dump { fault, .. } => Self::Dump { file: name.to_owned(), fault },
            other => other,
        }
    }
}

/// What is wrong with a dump.
#[derive(Debug, thiserror::Error)]
pub enum DumpFault {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(io::Error),
    /// It is something that we do not load.
    #[error("it is {0}")]
    Foreign(&'static str),
    /// It is not what it was said to be.
    #[error("it is not in the format `{said}`")]
    Mistaken {
        /// What it was said to be.
        said: Format,
    },
    /// The archive around it, or the dump in it, is damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It was changed after it was written.
    #[error("it was altered: the sum in its last line is another one")]
    Altered,
    /// It ends before its closing line.
    #[error("it is cut off: the closing line of a complete dump is not there")]
    CutOff,
    /// It speaks of more than one database.
    #[error("line {line} speaks of more than this database: `{statement}`")]
    BeyondItsDatabase {
        /// Where.
        line: u64,
        /// Its first words.
        statement: String,
    },
    /// It tells psql to do something.
    #[error("line {line} is a command for psql, not SQL: `{command}`")]
    Command {
        /// Where.
        line: u64,
        /// The command.
        command: String,
    },
    /// It was made from a newer server.
    #[error("it is of PostgreSQL {dump}, and the server is {server}")]
    Newer {
        /// The dump's version.
        dump: String,
        /// The server's.
        server: u32,
    },
    /// The server's disk is too small.
    #[error("it needs about {needed} on the server's disk, where {free} are free")]
    NoRoom {
        /// What is needed.
        needed: String,
        /// What there is.
        free: String,
    },
}

impl DumpFault {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Foreign(_) => Some("plain SQL (also in zip, zst or gz) and pg_dump's custom format can be loaded"),
            Self::Mistaken { .. } => Some("without --format it is recognised by its content"),
            Self::Damaged(_) | Self::CutOff | Self::Empty => {
                Some("dump it again, or copy it again from where it was made")
            }
            Self::Altered => {
                Some("copy it again from where it was made; if you changed it yourself, take its last line out")
            }
            Self::BeyondItsDatabase { .. } => Some("dump one database, without --create"),
            Self::Newer { .. } => Some("load it into a server of that version, or of a newer one"),
            Self::NoRoom { .. } => Some("make room, or load it all the same with --ignore-room"),
            Self::Unreadable(_) | Self::Command { .. } => None,
        }
    }
}

/// What travels through readers, which know input errors only.
impl From<DumpFault> for io::Error {
    fn from(fault: DumpFault) -> Self {
        Self::other(fault)
    }
}

impl From<io::Error> for DumpFault {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(error) => Self::Unreadable(error),
        }
    }
}
