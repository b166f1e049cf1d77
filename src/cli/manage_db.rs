//! The arguments of `manage_db`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, Listing, completions};

/// `manage_db`
#[derive(Debug, Args)]
pub struct ManageDb {
    /// The database [default: the project's main database]
    #[arg(long, value_name = "NAME", global = true, add = completions::databases())]
    pub database: Option<String>,
    /// Do not ask for confirmation
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Wait for another command that is at work on the same database
    #[arg(long, global = true)]
    pub wait_lock: bool,
    /// How the result is told
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, global = true)]
    pub report: Format,
    /// What is to be done.
    #[command(subcommand)]
    pub verb: DatabaseVerb,
}

/// What is to be done with a database.
#[derive(Debug, Subcommand)]
pub enum DatabaseVerb {
    /// Make a new empty database, initialised by the application, in the place of the one there is
    #[command(after_help = "\
The administrator's password is asked for, or taken from --admin-password-file, or from LAPSTRAKE_ADMIN_PASSWORD.

Examples:
  lapstrake manage_db reset
  lapstrake manage_db reset --database test --yes --admin-password-file /run/secrets/admin")]
    Reset {
        /// The administrator's password: the first line of this file
        #[arg(long, value_name = "FILE")]
        admin_password_file: Option<PathBuf>,
        /// Keep the former database under a dated name: `undo` brings it back
        #[arg(long)]
        keep_old: bool,
    },
    /// Update the database with the application, which is stopped meanwhile
    #[command(after_help = "\
The update is made on a copy, which takes the database's name when it has ended well: an update that fails changes
nothing. That needs room for the copy; --in-place needs none, and an update that fails may then be half done.

Examples:
  lapstrake manage_db update
  lapstrake manage_db update contract claim loan --keep-old")]
    Update {
        /// What to update or install
        #[arg(value_name = "MODULES", default_value = "ir", add = completions::modules())]
        modules: Vec<String>,
        /// Keep the database as it was before under a dated name
        #[arg(long)]
        keep_old: bool,
        /// Update the database itself instead of a copy
        #[arg(long, conflicts_with = "keep_old")]
        in_place: bool,
    },
    /// Write a backup; nothing is interrupted
    #[command(after_help = "\
Examples:
  lapstrake manage_db dump                        to dumps/DATABASE-DATE-TIME.sql of the project
  lapstrake manage_db dump backup.zst --format zst
  lapstrake manage_db dump - --format bin | ssh elsewhere 'cat > backup.bin'")]
    Dump {
        /// Where it goes; `-` is standard output
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// How it is written
        #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
        format: DumpFormat,
        /// Overwrite a file that is there
        #[arg(long)]
        force: bool,
        /// Write the data with the rules of anonymize.yml applied; the database itself is only read
        #[arg(long)]
        anonymized: bool,
    },
    /// Restore a backup, replacing the database
    #[command(after_help = "\
The backup is checked and restored beside the database, which takes part until the very end: whatever fails, it is as
it was. A dump is a program: it is restored by a role that may make what it likes in the new database and nothing else
on the server. What needs more is named; --trust gives it the rights of the connecting user.

Examples:
  lapstrake manage_db load backup.sql
  lapstrake manage_db load backup.bin --jobs 4 --keep-old --yes
  ssh elsewhere cat backup.zst | lapstrake manage_db load - --yes")]
    Load {
        /// The backup; `-` is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How it is written [default: what its content says]
        #[arg(short, long, value_name = "FORMAT", value_enum)]
        format: Option<LoadFormat>,
        /// Keep the former database under a dated name: `undo` brings it back
        #[arg(long)]
        keep_old: bool,
        /// How many connections restore a `bin` backup [default: one for each processor]
        #[arg(short, long, value_name = "NUMBER")]
        jobs: Option<usize>,
        /// Do not compare the backup's size with the room on the server's disk
        #[arg(long)]
        ignore_room: bool,
        /// Restore with all rights of the connecting user; only for a dump of your own
        #[arg(long)]
        trust: bool,
        /// The database to load, of a dump of several (pg_dumpall)
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
    },
    /// Anonymise the database so it can be shared: the rules in anonymize.yml say how
    #[command(after_help = "\
Rules are read from defaults/anonymize.yml, custom/anonymize.yml and anonymize.yml; a later one wins, column by column.
Everything happens in one transaction, which ends only after it is proven that no old value is left at its place.

Examples:
  lapstrake manage_db anonymize --dry-run         the SQL, and how many rows change
  lapstrake manage_db anonymize --keep-old        `undo` brings the former database back
  lapstrake manage_db anonymize --suggest > more.yml
  lapstrake manage_db dump --anonymized shared.zst --format zst")]
    Anonymize(Anonymize),
    /// Bring back the newest database that was kept
    #[command(after_help = "\
Examples:
  lapstrake manage_db load backup.sql --keep-old
  lapstrake manage_db undo                            as it was before `load`")]
    Undo {
        /// Keep the present database under a dated name
        #[arg(long)]
        keep_old: bool,
    },
    /// Change the administrator's password
    #[command(
        name = "change_admin_password",
        after_help = "\
The password is asked for, or taken from --admin-password-file, or from LAPSTRAKE_ADMIN_PASSWORD.

Examples:
  lapstrake manage_db change_admin_password
  lapstrake manage_db change_admin_password --admin-password-file /run/secrets/admin"
    )]
    ChangeAdminPassword {
        /// The new password: the first line of this file
        #[arg(long, value_name = "FILE")]
        admin_password_file: Option<PathBuf>,
    },
    /// Make an empty database, with the extensions that the application needs
    #[command(after_help = "\
Examples:
  lapstrake manage_db create --database test")]
    Create,
    /// Remove a database
    #[command(after_help = "\
Examples:
  lapstrake manage_db drop --database test")]
    Drop,
    /// List the databases of the server
    #[command(after_help = "\
Examples:
  lapstrake manage_db list
  lapstrake manage_db list --format json")]
    List {
        /// How they are listed [default: as --report says]
        #[arg(long, value_name = "FORMAT", value_enum)]
        format: Option<Listing>,
    },
    /// Copy a database, without interrupting it
    #[command(after_help = "\
Examples:
  lapstrake manage_db copy coog test")]
    Copy {
        /// What is copied
        #[arg(value_name = "FROM", add = completions::databases())]
        from: String,
        /// What the copy is called
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Open psql
    #[command(after_help = "\
Examples:
  lapstrake manage_db psql
  lapstrake manage_db psql -c 'SELECT count(*) FROM party_party'")]
    Psql {
        /// Arguments for psql
        #[arg(value_name = "ARGUMENTS", allow_hyphen_values = true, trailing_var_arg = true)]
        arguments: Vec<String>,
    },
    /// Wait until the server answers
    #[command(after_help = "\
Examples:
  lapstrake manage_db wait --timeout 120")]
    Wait {
        /// How long it may take
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        timeout: u64,
    },
    /// Write a backup of the MongoDB server
    #[command(
        name = "mongo_dump",
        after_help = "\
Examples:
  lapstrake manage_db mongo_dump documents.gz"
    )]
    MongoDump {
        /// Where it goes; `-` is standard output [default: dumps/mongo-DATE-TIME.gz of the project]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Overwrite a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Restore a backup of the MongoDB server; collections that the backup holds are replaced
    #[command(
        name = "mongo_restore",
        after_help = "\
Examples:
  lapstrake manage_db mongo_restore documents.gz"
    )]
    MongoRestore {
        /// The backup; `-` is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `anonymize`
#[derive(Debug, Args)]
#[group(id = "anonymize")]
pub struct Anonymize {
    /// Also in a project with ENVIRONMENT=production
    #[arg(long)]
    pub production: bool,
    /// Fail where a rule speaks of what the database does not have
    #[arg(long)]
    pub strict: bool,
    /// Change nothing; print the SQL and how many rows would change
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the former database under a dated name: `undo` brings it back
    #[arg(long)]
    pub keep_old: bool,
    /// Leave old values on the server's disk until it writes the tables anew by itself
    #[arg(long)]
    pub no_vacuum: bool,
    /// Change nothing; propose rules for columns that look personal and are not covered
    #[arg(long, conflicts_with = "dry_run")]
    pub suggest: bool,
    /// Change nothing; exit 1 while there are such columns
    #[arg(long, conflicts_with_all = ["dry_run", "suggest"])]
    pub check: bool,
}

/// How a backup is written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum DumpFormat {
    /// Plain SQL
    #[default]
    Sql,
    /// pg_dump's custom format: restored with several connections at a time
    Bin,
    /// Plain SQL in a zip archive
    Zip,
    /// Plain SQL, compressed with Zstandard
    Zst,
}

/// How a backup that is to be loaded was written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LoadFormat {
    /// Plain SQL
    Sql,
    /// pg_dump's custom format
    Bin,
    /// Plain SQL in a zip archive
    Zip,
    /// Plain SQL, compressed with Zstandard
    Zst,
    /// Plain SQL, compressed with gzip
    Gz,
}
