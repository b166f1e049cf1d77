//! What the user wants done with a database.

use std::path::PathBuf;
use std::time::Duration;

use super::Format;
use crate::cli;
use crate::database;

/// What to do with which database.
#[derive(Debug)]
pub struct ManageDb {
    /// The database, where it was named.
    pub database: Option<String>,
    /// Whether the answer to every question is yes.
    pub yes: bool,
    /// Whether to wait for another command that is at work on the same database.
    pub wait_lock: bool,
    /// How the result is told.
    pub report: Format,
    /// What is to be done.
    pub verb: DatabaseVerb,
}

impl ManageDb {
    /// The settings of a look at a database that changes nothing; an empty name is the role's own database.
    #[must_use]
    pub fn looking_at(database: &str) -> Self {
        let database = Some(database.to_owned()).filter(|name| !name.is_empty());
        Self { database, yes: false, wait_lock: false, report: Format::Text, verb: DatabaseVerb::List }
    }
}

/// What is to be done with a database.
#[derive(Debug)]
pub enum DatabaseVerb {
    /// A new one, initialised by the application.
    Reset {
        /// Where the administrator's password stands.
        password_file: Option<PathBuf>,
        /// Whether the former one is kept.
        keep_old: bool,
    },
    /// Updated by the application.
    Update {
        /// What to update or install.
        modules: Vec<String>,
        /// Whether the former one is kept.
        keep_old: bool,
        /// Whether it is updated itself instead of a copy.
        in_place: bool,
    },
    /// Into a file.
    Dump(Dump),
    /// Out of a file.
    Load(Load),
    /// One that may be handed on.
    Anonymize(Anonymize),
    /// The newest one that was kept.
    Undo {
        /// Whether the present one is kept.
        keep_old: bool,
    },
    /// A new password for the administrator.
    ChangeAdminPassword {
        /// Where it stands.
        password_file: Option<PathBuf>,
    },
    /// An empty one.
    Create,
    /// None any more.
    Drop,
    /// All of them.
    List,
    /// A second one.
    Copy {
        /// What is copied.
        from: String,
        /// What the copy is called.
        to: String,
    },
    /// A talk with it.
    Psql {
        /// Arguments for psql.
        arguments: Vec<String>,
    },
    /// An answer.
    Wait {
        /// How long it may take.
        patience: Duration,
    },
    /// The documents into a file.
    MongoDump {
        /// Where they go.
        file: Option<PathBuf>,
        /// Whether a file that is there is overwritten.
        force: bool,
    },
    /// The documents out of a file.
    MongoRestore {
        /// Where they are.
        file: PathBuf,
    },
}

/// How to dump.
#[derive(Debug)]
pub struct Dump {
    /// Where it goes, where that was said.
    pub file: Option<PathBuf>,
    /// How it is written.
    pub format: database::Format,
    /// Whether a file that is there is overwritten.
    pub force: bool,
    /// Whether it is made of an anonymised copy.
    pub anonymized: bool,
}

/// How to anonymise.
#[derive(Clone, Copy, Debug)]
pub struct Anonymize {
    /// What comes of it.
    pub aim: Aim,
    /// Whether that is allowed in production.
    pub production: bool,
    /// Whether a rule may not speak of what the database does not have.
    pub strict: bool,
    /// Whether the former database is kept.
    pub keep_old: bool,
    /// Whether the tables are written anew.
    pub vacuum: bool,
}

/// What comes of anonymising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// It is done.
    Done,
    /// It is shown.
    Shown,
    /// Rules are proposed for what is not covered.
    Proposals,
    /// It is told whether something is not covered.
    Verdict,
}

/// How to load.
#[derive(Debug)]
pub struct Load {
    /// The dump.
    pub file: PathBuf,
    /// How it is written, where that was said.
    pub format: Option<database::Format>,
    /// Whether the former database is kept.
    pub keep_old: bool,
    /// How many connections restore, where that was said.
    pub jobs: Option<usize>,
    /// Whether the room on the server's disk does not matter.
    pub ignore_room: bool,
    /// Whether the dump may do whatever the connecting user may.
    pub trust: bool,
    /// The database of a dump of several, where that was said.
    pub from: Option<String>,
}

impl From<cli::ManageDb> for ManageDb {
    fn from(cli::ManageDb { database, yes, wait_lock, report, verb }: cli::ManageDb) -> Self {
        let listed = if let cli::DatabaseVerb::List { format } = verb { format } else { None };
        Self { database, yes, wait_lock, report: listed.map_or_else(|| report.into(), Into::into), verb: verb.into() }
    }
}

impl From<cli::DatabaseVerb> for DatabaseVerb {
    fn from(verb: cli::DatabaseVerb) -> Self {
        use cli::DatabaseVerb as Verb;
        match verb {
            Verb::Reset { admin_password_file, keep_old } => {
                Self::Reset { password_file: admin_password_file, keep_old }
            }
            Verb::Update { modules, keep_old, in_place } => Self::Update { modules, keep_old, in_place },
            Verb::Dump { file, format, force, anonymized } => {
                Self::Dump(Dump { file, format: format.into(), force, anonymized })
            }
            Verb::Load { file, format, keep_old, jobs, ignore_room, trust, from } => {
                Self::Load(Load { file, format: format.map(Into::into), keep_old, jobs, ignore_room, trust, from })
            }
            Verb::Anonymize(arguments) => Self::Anonymize(arguments.into()),
            Verb::Undo { keep_old } => Self::Undo { keep_old },
            Verb::ChangeAdminPassword { admin_password_file } => {
                Self::ChangeAdminPassword { password_file: admin_password_file }
            }
            Verb::Create => Self::Create,
            Verb::Drop => Self::Drop,
            Verb::List { .. } => Self::List,
            Verb::Copy { from, to } => Self::Copy { from, to },
            Verb::Psql { arguments } => Self::Psql { arguments },
            Verb::Wait { timeout } => Self::Wait { patience: Duration::from_secs(timeout) },
            Verb::MongoDump { file, force } => Self::MongoDump { file, force },
            Verb::MongoRestore { file } => Self::MongoRestore { file },
        }
    }
}

impl From<cli::Anonymize> for Anonymize {
    fn from(arguments: cli::Anonymize) -> Self {
        let cli::Anonymize { production, strict, dry_run, keep_old, no_vacuum, suggest, check } = arguments;
        let aim = match (dry_run, suggest, check) {
            (true, ..) => Aim::Shown,
            (_, true, _) => Aim::Proposals,
            (_, _, true) => Aim::Verdict,
            _ => Aim::Done,
        };
        Self { aim, production, strict, keep_old, vacuum: !no_vacuum }
    }
}

impl From<cli::DumpFormat> for database::Format {
    fn from(format: cli::DumpFormat) -> Self {
        match format {
            cli::DumpFormat::Sql => Self::Sql,
            cli::DumpFormat::Bin => Self::Bin,
            cli::DumpFormat::Zip => Self::Zip,
            cli::DumpFormat::Zst => Self::Zst,
        }
    }
}

impl From<cli::LoadFormat> for database::Format {
    fn from(format: cli::LoadFormat) -> Self {
        match format {
            cli::LoadFormat::Sql => Self::Sql,
            cli::LoadFormat::Bin => Self::Bin,
            cli::LoadFormat::Zip => Self::Zip,
            cli::LoadFormat::Zst => Self::Zst,
            cli::LoadFormat::Gz => Self::Gz,
        }
    }
}
