//! What the user wants, in words of our own: arguments end here, and nothing below knows clap.

mod manage_db;
mod session;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::{self, Arguments, Verb};
use crate::terminal::Colour;
pub use manage_db::{Aim, Anonymize, DatabaseVerb, Dump, Load, ManageDb};
pub use session::*;

/// What holds for every task, and the task.
#[derive(Debug)]
pub struct Settings {
    /// The project's folder, where it was named.
    pub project: Option<PathBuf>,
    /// The folder with what the operators keep, relative to the project.
    pub custom: PathBuf,
    /// Whether to say errors only.
    pub quiet: bool,
    /// When to use colours.
    pub colour: Colour,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done.
#[derive(Debug)]
pub enum Task {
    /// Begin a project in a folder.
    New(PathBuf),
    /// Set a project up.
    Init(Init),
    /// Write the deployment, or say what would be written.
    Configure(Configure),
    /// Start services.
    Up(Up),
    /// Stop and remove services: docker compose's own arguments.
    Down(Vec<OsString>),
    /// Merge any compose files.
    Merge(Merge),
    /// Say where a value comes from.
    Explain(Explain),
    /// List the variables.
    Env(Env),
    /// Draw the services.
    Graph(GraphFormat),
    /// Change a file, if the project still configures then.
    Edit(Edit),
    /// Show the project on one screen.
    Status(Format),
    /// List the addresses of the services.
    Urls(Format),
    /// Print the script by which a shell completes.
    Completions(cli::Shell),
    /// Write the manual into a folder.
    Manual(PathBuf),
    /// Find out what is wrong.
    Doctor(Format),
    /// List the fragments, or switch some.
    Services(Services),
    /// Copy service env files to be changed.
    Customize(Vec<String>),
    /// Look into the running application.
    Tool(Tool),
    /// Work on a database.
    ManageDb(ManageDb),
    /// Whatever docker compose does with this verb and these arguments.
    Compose(OsString, Vec<OsString>),
}

/// How problems are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Drawn for people, on standard error.
    Text,
    /// As JSON, on standard output.
    Json,
}

/// How to configure.
#[derive(Clone, Copy, Debug)]
pub struct Configure {
    /// Whether warnings are errors.
    pub strict: bool,
    /// Whether something is written.
    pub outcome: Outcome,
    /// Whether docker compose is asked if it reads the same.
    pub verify: bool,
    /// How problems are shown.
    pub format: Format,
}

/// What becomes of a deployment that was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is written.
    Write,
    /// Nothing is written; these are shown or told.
    Show {
        /// Exit 1 when something would change.
        check: bool,
        /// Show what would change.
        diff: bool,
        /// Print it.
        print: bool,
    },
}

/// How to start services.
#[derive(Debug)]
pub struct Up {
    /// docker compose's own arguments.
    pub arguments: Vec<OsString>,
    /// How long a service may take to become ready; `None`: it is not waited for.
    pub patience: Option<Duration>,
}

/// What to merge.
#[derive(Debug)]
pub struct Merge {
    /// The files, lowest first.
    pub files: Vec<PathBuf>,
    /// Where the result goes; standard output where it is not said.
    pub output: Option<PathBuf>,
    /// Where variables are read from instead of `.env` beside the first file.
    pub env_files: Vec<PathBuf>,
    /// The project's name, where it was given.
    pub project_name: Option<String>,
    /// Whether docker compose is asked if it reads the same.
    pub verify: bool,
    /// How problems are shown.
    pub format: Format,
}

/// What to explain.
#[derive(Debug)]
pub struct Explain {
    /// A variable, a service, or a service and a path of keys.
    pub subject: String,
    /// Whether secrets are shown.
    pub show_secrets: bool,
    /// How the answer and problems are shown.
    pub format: Format,
}

/// Which variables to list, and how.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Only what differs from the defaults.
    pub changed: bool,
    /// Whether secrets are shown.
    pub show_secrets: bool,
    /// How they are listed.
    pub format: EnvFormat,
}

/// How variables are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvFormat {
    /// For people.
    Text,
    /// As JSON.
    Json,
    /// As docker compose reads it.
    Dotenv,
    /// As a shell reads it.
    Shell,
}

/// Languages of drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    /// Mermaid.
    Mermaid,
    /// DOT.
    Dot,
}

impl Settings {
    /// Reads the arguments, the program's name first.
    ///
    /// # Errors
    /// When they make no sense, or ask for help; both say themselves what is to be printed.
    pub fn from_arguments<T: Into<OsString>>(words: impl IntoIterator<Item = T>) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = words.into_iter().map(Into::into).collect();
        let Arguments { common, verb } = Arguments::read(&words)?;
        Ok(Self {
            project: common.project,
            custom: common.custom,
            quiet: common.quiet,
            colour: match common.color {
                cli::Color::Auto => Colour::Auto,
                cli::Color::Always => Colour::Always,
                cli::Color::Never => Colour::Never,
            },
            task: verb.into(),
        })
    }
}

impl From<Verb> for Task {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::New(arguments) => Self::New(arguments.folder),
            Verb::Init(arguments) => Self::Init(arguments.into()),
            Verb::Configure(arguments) => Self::Configure(arguments.into()),
            Verb::Up(arguments) => Self::Up(arguments.into()),
            Verb::Down(arguments) => Self::Down(arguments.arguments),
            Verb::Merge(arguments) => Self::Merge(arguments.into()),
            Verb::Explain(arguments) => Self::Explain(arguments.into()),
            Verb::Env(arguments) => Self::Env(arguments.into()),
            Verb::Graph(arguments) => Self::Graph(match arguments.format {
                cli::GraphFormat::Mermaid => GraphFormat::Mermaid,
                cli::GraphFormat::Dot => GraphFormat::Dot,
            }),
            Verb::ManageDb(arguments) => Self::ManageDb(arguments.into()),
            Verb::Edit(arguments) => Self::Edit(Edit { subject: arguments.subject, shared: arguments.shared }),
            Verb::Status(arguments) => Self::Status(arguments.format.into()),
            Verb::Urls(arguments) => Self::Urls(arguments.format.into()),
            Verb::Doctor(arguments) => Self::Doctor(arguments.format.into()),
            Verb::Completions(arguments) => Self::Completions(arguments.shell),
            Verb::Man(arguments) => Self::Manual(arguments.folder),
            Verb::Services(arguments) => Self::Services(arguments.into()),
            Verb::Customize(arguments) => Self::Customize(arguments.names),
            Verb::Tools(arguments) => Self::Tool(Tool { name: arguments.tool, arguments: arguments.arguments }),
            Verb::Compose(words) => {
                let mut words = words.into_iter();
                Self::Compose(words.next().unwrap_or_default(), words.collect())
            }
        }
    }
}

impl From<cli::Format> for Format {
    fn from(format: cli::Format) -> Self {
        match format {
            cli::Format::Text => Self::Text,
            cli::Format::Json => Self::Json,
        }
    }
}

impl From<cli::Configure> for Configure {
    fn from(cli::Configure { strict, check, diff, print, verify, format }: cli::Configure) -> Self {
        let outcome = if check || diff || print { Outcome::Show { check, diff, print } } else { Outcome::Write };
        Self { strict, outcome, verify, format: format.into() }
    }
}

impl From<cli::Up> for Up {
    fn from(cli::Up { no_wait, wait_timeout, wait, verbatim }: cli::Up) -> Self {
        let mut arguments = verbatim.arguments;
        if wait {
            // docker compose's own waiting takes a service that ends well for a failure.
            arguments.insert(0, "--detach".into());
        }
        Self { arguments, patience: (!no_wait).then(|| Duration::from_secs(wait_timeout)) }
    }
}

impl From<cli::Merge> for Merge {
    fn from(cli::Merge { files, output, env_file, project_name, verify, format }: cli::Merge) -> Self {
        let output = output.filter(|path| path.as_os_str() != "-");
        Self { files, output, env_files: env_file, project_name, verify, format: format.into() }
    }
}

impl From<cli::Explain> for Explain {
    fn from(cli::Explain { subject, show_secrets, format }: cli::Explain) -> Self {
        Self { subject, show_secrets, format: format.into() }
    }
}

impl From<cli::Env> for Env {
    fn from(cli::Env { changed, show_secrets, format }: cli::Env) -> Self {
        let format = match format {
            cli::EnvFormat::Text => EnvFormat::Text,
            cli::EnvFormat::Json => EnvFormat::Json,
            cli::EnvFormat::Dotenv => EnvFormat::Dotenv,
            cli::EnvFormat::Shell => EnvFormat::Shell,
        };
        Self { changed, show_secrets, format }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(words: &[&str]) -> Task {
        Settings::from_arguments(std::iter::once(&"lapstrake").chain(words)).unwrap().task
    }

    #[test]
    fn arguments_of_up_are_docker_composes_but_for_ours() {
        let Task::Up(up) = task(&["up", "-d", "--no-wait", "--scale", "web=2", "-t", "10", "-V", "web"]) else {
            panic!()
        };
        assert_eq!(up.arguments, ["-d", "--scale", "web=2", "-t", "10", "-V", "web"]);
        assert_eq!(up.patience, None);
        let Task::Up(up) = task(&["up", "web", "--wait", "--wait-timeout", "5"]) else { panic!() };
        assert_eq!(up.arguments, ["--detach", "web"]);
        assert_eq!(up.patience, Some(Duration::from_secs(5)));
    }

    #[test]
    fn what_docker_compose_knows_is_left_alone() {
        let Task::Compose(verb, rest) = task(&["exec", "-T", "coog", "-C", "--quiet", "--help", "--", "x"]) else {
            panic!()
        };
        assert_eq!(verb, "exec");
        assert_eq!(rest, ["-T", "coog", "-C", "--quiet", "--help", "--", "x"]);
        let Task::Down(rest) = task(&["down", "-v", "--rmi", "local", "-t5"]) else { panic!() };
        assert_eq!(rest, ["-v", "--rmi", "local", "-t5"]);
    }

    #[test]
    fn what_holds_for_all_stands_before_or_after_the_verb() {
        for words in [["lapstrake", "-C", "/p", "-q", "down", "-v"], ["lapstrake", "down", "-v", "-q", "-C", "/p"]] {
            let settings = Settings::from_arguments(words).unwrap();
            assert_eq!(settings.project, Some(PathBuf::from("/p")));
            assert!(settings.quiet);
        }
    }
}
