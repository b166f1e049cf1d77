//! The arguments as clap reads them; the comments are the help. [`crate::settings`] is the only reader.

mod completions;
mod man;
mod manage_db;
mod session;
mod showing;
mod verbatim;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};

use crate::exit;
pub use completions::{Completions, Shell, answer};
pub use man::{Manual, pages};
pub use manage_db::{Anonymize, DatabaseVerb, DumpFormat, LoadFormat, ManageDb};
pub use session::*;
pub use showing::*;

const EXAMPLES: &str = "\
Examples:
  lapstrake configure          write .env and compose.yaml
  lapstrake up -d              configure, start everything, wait until it is healthy
  lapstrake logs -f coog       docker compose's own verbs work as they are
  lapstrake explain NAME       where a value comes from
  lapstrake -C /srv/demo ps    the same from any folder";

/// Turns layered configuration into one docker compose project, and runs it.
///
/// Every verb of docker compose that is not listed here is passed through to it (ps, logs, exec, run, pull, stop, …).
#[derive(Debug, Parser)]
#[command(name = "lapstrake", version, arg_required_else_help = true, after_help = after_help())]
pub struct Arguments {
    /// What holds for every verb.
    #[command(flatten)]
    pub common: Common,
    /// What is to be done.
    #[command(subcommand)]
    pub verb: Verb,
}

fn after_help() -> String {
    format!("{EXAMPLES}\n\n{}", exit::TABLE)
}

impl Arguments {
    /// Reads the arguments, the program's name first.
    ///
    /// # Errors
    /// When they make no sense, or ask for help.
    pub fn read(words: &[OsString]) -> Result<Self, clap::Error> {
        let arguments = Self::try_parse_from(words).map_err(with_scope_hint)?;
        let Some((verb, theirs)) = arguments.verb.verbatim() else { return Ok(arguments) };
        // clap stops looking for options of ours at the first one it does not know; our users do not know whose is whose.
        let (before, after) = words.split_at(words.len() - theirs.len());
        let (ours, theirs) = verbatim::partition(verb, after);
        if ours.is_empty() || before.last().is_some_and(|word| word == "--") {
            return Ok(arguments);
        }
        Self::try_parse_from(before.iter().chain(ours).chain([&"--".into()]).chain(theirs))
    }
}

/// A bare `--custom` once had the meaning of `--shared`.
fn with_scope_hint(mut error: clap::Error) -> clap::Error {
    let is_bare = error.kind() == ErrorKind::InvalidValue
        && error.get(ContextKind::InvalidArg) == Some(&ContextValue::String("--custom <DIR>".to_owned()))
        && error.get(ContextKind::InvalidValue) == Some(&ContextValue::String(String::new()));
    if is_bare {
        let hint = "to change the file that all machines share, write `--shared`";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error
}

impl Verb {
    /// Its name and docker compose's part of its arguments, if it has such a part beside ours.
    fn verbatim(&self) -> Option<(&'static str, &[OsString])> {
        match self {
            Self::Up(up) => Some(("up", &up.verbatim.arguments)),
            Self::Down(verbatim) => Some(("down", &verbatim.arguments)),
            _ => None,
        }
    }
}

/// The verbs that are ours.
#[must_use]
pub fn verbs() -> Vec<String> {
    Arguments::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect()
}

/// What holds for every verb.
#[derive(Debug, Args)]
pub struct Common {
    /// The project's folder [default: nearest project in this or a parent directory]
    #[arg(short = 'C', value_name = "DIR", global = true, overrides_with = "project", value_hint = ValueHint::DirPath)]
    pub project: Option<PathBuf>,
    /// The folder with what the operators keep, relative to the project
    #[arg(long, value_name = "DIR", default_value = "custom", global = true, value_hint = ValueHint::DirPath)]
    pub custom: PathBuf,
    /// Print only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, global = true)]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into a pipe
    Always,
    /// Not at all
    Never,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Begin a project: a new folder with the bundled stack
    #[command(after_help = "\
Examples:
  lapstrake new demo && cd demo && lapstrake init")]
    New(New),
    /// Set up a project: prompt for required values, generate secrets, pick free subnets and ports
    #[command(after_help = "\
Writes env.custom (this machine's own values and all secrets, for its owner alone) and custom/ (the environment's
values, to be kept under git). Existing files are never overwritten. --set takes the name of any variable.

Examples:
  lapstrake init                  asks
  lapstrake init --yes --set IMAGE_VERSION_COOG=coog-2.13 --set FILESYSTEM_ROOT=/srv/coog
  lapstrake init --git            makes custom/ a git repository, too")]
    Init(Init),
    /// Validate the layers and write .env and compose.yaml
    #[command(after_help = "\
Examples:
  lapstrake configure             write what changed, say what it means for the services
  lapstrake configure --diff      only show what would change
  lapstrake configure --check     exit 1 when something would change")]
    Configure(Configure),
    /// Configure, start the services, and wait for them (with -d)
    #[command(after_help = "\
Takes every option of `docker compose up`, unchanged (`docker compose up --help` lists them). Services that are no
longer part of the project are stopped. With -d the command ends when every service is healthy, running, or has ended
well if it is one that ends; it fails with the last lines of the log of whoever failed.

Examples:
  lapstrake up                    start everything, show the logs, stop with Ctrl-C
  lapstrake up -d                 start everything and wait until it is healthy
  lapstrake up -d coog            start one service and what it depends on
  lapstrake up -d --no-wait       start and do not wait")]
    Up(Up),
    /// Stop and remove the services, including orphans
    #[command(after_help = "\
Takes every option of `docker compose down`, unchanged. Works with the last deployment, or without one by the project's
name.

Examples:
  lapstrake down
  lapstrake down --volumes        remove named volumes too")]
    Down(Verbatim),
    /// Merge compose files as docker compose would, for any project
    #[command(after_help = "\
Examples:
  lapstrake merge base.yml override.yml
  lapstrake merge base.yml override.yml -o merged.yml --verify")]
    Merge(Merge),
    /// Show where a variable, service or service key gets its value
    #[command(after_help = "\
Examples:
  lapstrake explain POSTGRESQL_CONNECTION_STRING
  lapstrake explain coog.environment")]
    Explain(Explain),
    /// List the variables
    #[command(after_help = "\
Examples:
  lapstrake env --changed         what differs from the defaults
  lapstrake env --format json")]
    Env(Env),
    /// Draw the services, what they depend on, and their networks
    #[command(after_help = "\
Examples:
  lapstrake graph --format dot | dot -Tsvg > services.svg")]
    Graph(Graph),
    /// Back up, restore, reset, update and copy databases
    #[command(
        name = "manage_db",
        visible_alias = "db",
        after_help = "\
A command that fails leaves the database as it was.

Examples:
  lapstrake manage_db list
  lapstrake manage_db dump backup.zst --format zst
  lapstrake manage_db load backup.zst --keep-old
  lapstrake manage_db undo        as it was before `load`"
    )]
    ManageDb(ManageDb),
    /// Change a value or a file, and keep the change only if the configuration stays valid
    #[command(after_help = "\
Opens a draft in $VISUAL or $EDITOR. What does not configure changes nothing, and the draft is kept.

Examples:
  lapstrake edit                            env.custom, this machine's values
  lapstrake edit POSTGRES_HOST              the file that sets it
  lapstrake edit CUSTOM_POSTGRES_PORT=5433  no editor
  lapstrake edit override.yml --shared      the one of the whole environment")]
    Edit(Edit),
    /// Show the project on one screen: what runs, where it is found, the databases and their last dumps
    #[command(after_help = "\
Examples:
  lapstrake status
  watch lapstrake status")]
    Status(Answer),
    /// List the addresses of the services: what the reverse proxy leads to them, and the ports they publish
    #[command(after_help = "\
Examples:
  lapstrake urls
  lapstrake urls --format json | jq -r '.[].url'")]
    Urls(Answer),
    /// Find what is wrong with this machine or the project, and suggest fixes
    #[command(after_help = "\
Looks at docker, the configuration, images, folders, ports, networks, certificates, room on the disk, hooks and tools.
Exits 1 when something is wrong that keeps services from running.

Examples:
  lapstrake doctor
  lapstrake doctor --format json | jq -r '.[] | select(.weight == \"failure\").mend[]'")]
    Doctor(Answer),
    /// List the fragments and what their services do, or switch fragments on and off
    #[command(after_help = "\
Examples:
  lapstrake services                             what there is, and what it is doing
  lapstrake services disable back/cron           leave a fragment out
  lapstrake services --format json | jq -r '.[] | select(.state == \"healthy\").service'")]
    Services(Services),
    /// Copy service env files from `defaults/env` to `custom/env`, to be changed there
    #[command(after_help = "\
Examples:
  lapstrake customize back                       custom/env/back.env, read instead of defaults/env/back.env")]
    Customize(Customize),
    /// Run a tool of the project, or run a diagnostic in the running application
    #[command(after_help = "\
A tool is an executable in tools/ or custom/tools/, run in the project's folder with its variables, or declared under
`x-lapstrake.tools`.

Examples:
  lapstrake tools                 lists them
  lapstrake tools uwsgi_stats")]
    Tools(Tools),
    /// Print the script that has a shell complete verbs and the names of the project
    #[command(after_help = "\
Examples:
  lapstrake completions bash > ~/.local/share/bash-completion/completions/lapstrake
  lapstrake completions zsh > ~/.zfunc/_lapstrake      with ~/.zfunc in $fpath
  lapstrake completions fish > ~/.config/fish/completions/lapstrake.fish")]
    Completions(Completions),
    /// Write the pages of the manual into a folder
    #[command(
        hide = true,
        after_help = "\
Examples:
  lapstrake man ~/.local/share/man/man1"
    )]
    Man(Manual),
    /// A verb of docker compose
    #[command(external_subcommand)]
    Compose(Vec<OsString>),
}

/// How problems are shown.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Format {
    /// Drawn for people, on standard error
    #[default]
    Text,
    /// As JSON, on standard output
    Json,
}

/// `configure`
#[derive(Debug, Args)]
pub struct Configure {
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Write nothing; exit 1 when something would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    pub diff: bool,
    /// Write nothing; print compose.yaml
    #[arg(long)]
    pub print: bool,
    /// Ask docker compose itself whether it reads the same
    #[arg(long)]
    pub verify: bool,
    /// How problems are shown
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
}

/// `up`
#[derive(Debug, Args)]
pub struct Up {
    /// With -d: do not wait for the services
    #[arg(long)]
    pub no_wait: bool,
    /// With -d: how long a service may take to become ready after it was started
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub wait_timeout: u64,
    /// The same as -d: waiting is what we do
    #[arg(long, hide = true)]
    pub wait: bool,
    /// docker compose's own.
    #[command(flatten)]
    pub verbatim: Verbatim,
}

/// Arguments that are docker compose's business.
#[derive(Debug, Args)]
pub struct Verbatim {
    /// Options and services for docker compose
    #[arg(value_name = "ARGUMENTS", allow_hyphen_values = true, add = completions::services())]
    pub arguments: Vec<OsString>,
}

/// Which tool.
#[derive(Debug, Args)]
pub struct Tools {
    /// The tool's name; without it they are listed
    #[arg(value_name = "NAME", add = completions::tools())]
    pub tool: Option<String>,
    /// Arguments for the tool
    #[arg(value_name = "ARGUMENTS", allow_hyphen_values = true, trailing_var_arg = true)]
    pub arguments: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_make_sense_to_clap() {
        Arguments::command().debug_assert();
    }
}
