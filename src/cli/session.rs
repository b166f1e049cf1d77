//! The arguments of the verbs that set a project up and look at it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::completions;

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The folder, which is made; one that is there must be empty
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Answer a question, or set any other variable
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, add = completions::assignments())]
    pub set: Vec<(String, String)>,
    /// Accept all defaults without prompting
    #[arg(short, long)]
    pub yes: bool,
    /// Make `custom/` a git repository
    #[arg(long)]
    pub git: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| {
        !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && is_name(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Err("NAME=VALUE is wanted".to_owned()),
    }
}

/// `customize`
#[derive(Debug, Args)]
pub struct Customize {
    /// A file of `defaults/env`, with or without its ending
    #[arg(value_name = "NAME", required = true, add = completions::env_files())]
    pub names: Vec<String>,
}

/// How an answer is given.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Listing {
    /// For people
    #[default]
    Text,
    /// As JSON
    Json,
}

/// A verb that answers.
#[derive(Debug, Args)]
pub struct Answer {
    /// How the answer is given
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Listing,
}

/// `edit`
#[derive(Debug, Args)]
pub struct Edit {
    /// A variable, a service env file (`back`), `disabled_services`, `override.yml`, a file of the project, or
    /// `NAME=VALUE` to set a variable without an editor [default: env.custom]
    #[arg(value_name = "NAME", add = completions::edited())]
    pub subject: Option<String>,
    /// Edit the file that all machines of the environment share, in `custom/`, instead of this machine's
    #[arg(long, alias = "in-custom")]
    pub shared: bool,
}

/// `services`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Services {
    /// How they are listed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Listing,
    /// What is to be done; without it they are listed.
    #[command(subcommand)]
    pub verb: Option<ServicesVerb>,
}

/// What is to be done with fragments.
#[derive(Debug, Subcommand)]
pub enum ServicesVerb {
    /// Have fragments take part again
    #[command(mut_arg("names", |names| names.add(completions::left_out())), after_help = "\
Takes the lines out of `disabled_services`, or brings back (`!NAME`) what `custom/disabled_services` leaves out.

Examples:
  lapstrake services enable back/cron
  lapstrake services enable cron bus --shared    for the whole environment")]
    Enable(Switch),
    /// Leave fragments out
    #[command(mut_arg("names", |names| names.add(completions::taking_part())), after_help = "\
Examples:
  lapstrake services disable back/cron           on this machine
  lapstrake services disable mongo --shared      for the whole environment")]
    Disable(Switch),
}

/// Which fragments, and where that is written.
#[derive(Debug, Args)]
pub struct Switch {
    /// Fragments, by their path (`back/cron`) or its last part (`cron`)
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
    /// Write `custom/disabled_services`, which all machines of the environment share, instead of the one at the root
    #[arg(long, alias = "in-custom")]
    pub shared: bool,
}
