//! Why work on a database ended early.

use std::io;
use std::path::{Path, PathBuf};

use super::postgres::connections::Connections;
use super::postgres::obstacles::Obstacle;
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
    /// The password cannot be told to client programs.
    #[error("the password of the database server has a line break in it")]
    Password,
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
    /// It is something that is not loaded.
    #[error("it is {what}")]
    Foreign {
        /// What it is.
        what: &'static str,
        /// The command that writes what is in it.
        command: Option<&'static str>,
    },
    /// It is a tar archive, and none of pg_dump's.
    #[error("it is a tar archive of files, the first of which is `{first}`")]
    Tarball {
        /// The first file.
        first: String,
    },
    /// It is a folder (`pg_dump --format directory`).
    #[error("it is a folder, written by pg_dump in its directory format")]
    Folder,
    /// There is no room to write it down.
    #[error("there is no room left in {folder} for what comes through a pipe or out of a packing")]
    NoSpool {
        /// Where it is written.
        folder: String,
    },
    /// Something stands before the dump.
    #[error("line {lines} is not part of the dump: `{text}`")]
    Stray {
        /// How many lines do not belong to it.
        lines: usize,
        /// The first of them.
        text: String,
    },
    /// It holds several databases.
    #[error("it is a dump of a whole server, made by pg_dumpall; its databases: {}", databases.join(", "))]
    Cluster {
        /// Their names.
        databases: Vec<String>,
    },
    /// It does not hold the database that is wanted.
    #[error("it holds no database `{name}`, but {}", databases.join(", "))]
    NotInCluster {
        /// The one that is wanted.
        name: String,
        /// Those that are there.
        databases: Vec<String>,
    },
    /// It ends or divides the transaction in which it is restored.
    #[error("line {line} ends or divides the transaction in which it is restored: `{statement}`")]
    Transaction {
        /// Where.
        line: u64,
        /// Its first words.
        statement: String,
    },
    /// Its bytes are no text in its encoding, or it is in one that is not read.
    #[error("its text is not valid in the encoding {encoding}")]
    Encoding {
        /// The encoding.
        encoding: String,
    },
    /// It asks for an extension that the server does not have.
    #[error("it needs the extension `{name}`, which the server does not have")]
    NoExtension {
        /// The extension.
        name: String,
    },
    /// It asks for an extension that may reach beyond the database.
    #[error("it asks for the extension `{name}`, which may reach beyond its database")]
    Untrusted {
        /// The extension.
        name: String,
    },
    /// It was changed between the check and the end of the restore.
    #[error("it was changed while it was being loaded")]
    Changed,
    /// The role that restores it may not do what it says.
    #[error("it does what only a superuser may: {complaint}")]
    NotAllowed {
        /// What the server said, with the statement.
        complaint: String,
    },
    /// It needs what the server does not have.
    #[error("it needs what the server does not have: {complaint}")]
    Lacking {
        /// What the server said, with the statement.
        complaint: String,
    },
    /// There is no way to restore it with fewer rights.
    #[error("`{user}` may not create the role that restores it with fewer rights")]
    NoRole {
        /// Who loads it.
        user: String,
    },
    /// psql cannot be kept from running programs.
    #[error("the server's psql is too old to be restricted: a plain dump could have it run programs")]
    Unrestricted,
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
    /// It affects more than its database.
    #[error("line {line} affects more than this database: `{statement}`")]
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
    pub fn advice(&self, file: &Path) -> Option<String> {
        let known: &str = match self {
            Self::Foreign { command: Some(command), .. } => return Some(piped(command, file)),
            Self::Foreign { command: None, .. } => {
                "plain SQL and pg_dump's archives can be loaded, also in zip, zst or gz"
            }
            Self::Folder => return Some(piped("pg_restore --file=- FILE", file)),
            Self::NoSpool { .. } => "make room there, or name another folder in TMPDIR",
            Self::Tarball { .. } => return Some(piped("tar -xOf FILE MEMBER", file)),
            Self::Stray { lines, .. } => return Some(piped(&format!("tail -n +{} FILE", lines + 1), file)),
            Self::Mistaken { .. } => "without --format it is recognised by its content",
            Self::Damaged(_) | Self::CutOff | Self::Empty => "dump it again, or copy it again from where it was made",
            Self::Altered => "copy it again from where it was made; if you changed it yourself, take its last line out",
            Self::BeyondItsDatabase { .. } => "dump one database, without --create; or name it with --from NAME",
            Self::Cluster { .. } | Self::NotInCluster { .. } => "name one of them with --from NAME",
            Self::Newer { .. } => "load it into a server of that version, or of a newer one",
            Self::NoRoom { .. } => "make room, or load it all the same with --ignore-room",
            Self::Transaction { .. } | Self::NotAllowed { .. } => {
                "if the dump is your own, --trust restores it with all rights of the connecting user"
            }
            Self::NoRole { .. } => "have an administrator grant CREATEROLE; or, if the dump is your own, use --trust",
            Self::Unrestricted => {
                "update the server's image to a later minor version, dump with --format bin, or, if the dump is your own, use --trust"
            }
            Self::Encoding { encoding } => return Some(recode(encoding, file)),
            Self::Lacking { .. } => "install it on the server (a collation comes with its locale), or dump without it",
            Self::NoExtension { .. } => "install it on the server, or dump without it",
            Self::Untrusted { .. } => {
                "list it under `x-lapstrake.database.extensions`; or, if the dump is your own, use --trust"
            }
            Self::Changed => "load it again when nobody writes to it any more",
            Self::Unreadable(_) | Self::Command { .. } => return None,
        };
        Some(known.to_owned())
    }

    /// Something that no command makes loadable.
    pub(crate) fn foreign(what: &'static str) -> Self {
        Self::Foreign { what, command: None }
    }
}

/// A command whose output can be loaded.
fn piped(command: &str, file: &Path) -> String {
    format!("`{} | lapstrake manage_db load -`", command.replace("FILE", &quoted(file)))
}

fn recode(encoding: &str, file: &Path) -> String {
    let from = if encoding.eq_ignore_ascii_case("SQL_ASCII") || encoding.eq_ignore_ascii_case("UTF8") {
        "LATIN1"
    } else {
        encoding
    };
    let steps =
        format!("iconv -f {from} -t UTF-8 FILE | sed \"s/^SET client_encoding = .*/SET client_encoding = 'UTF8';/\"");
    format!("dump it with the encoding that its text is in; a plain dump in {from}: {}", piped(&steps, file))
}

fn quoted(file: &Path) -> String {
    let text = file.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+=@%,".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
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
