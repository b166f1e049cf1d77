//! The arguments of the verbs that show something.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, Listing, completions};

/// `merge`
#[derive(Debug, Args)]
pub struct Merge {
    /// The files, lowest first
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Read variables from here instead of from `.env` beside the first file
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// The project's name
    #[arg(short, long, value_name = "NAME")]
    pub project_name: Option<String>,
    /// Ask docker compose itself whether it reads the same
    #[arg(long)]
    pub verify: bool,
    /// How problems are shown
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A variable, a service, or a service and a path of keys (`coog.environment`)
    #[arg(value_name = "NAME", add = completions::explained())]
    pub subject: String,
    /// Show secrets
    #[arg(long)]
    pub show_secrets: bool,
    /// How the answer is given
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Listing,
}

/// `env`
#[derive(Debug, Args)]
pub struct Env {
    /// Only what differs from the defaults
    #[arg(long)]
    pub changed: bool,
    /// Show secrets
    #[arg(long)]
    pub show_secrets: bool,
    /// How they are listed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: EnvFormat,
}

/// How variables are listed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum EnvFormat {
    /// For people
    #[default]
    Text,
    /// As JSON
    Json,
    /// As docker compose reads it
    Dotenv,
    /// As a shell reads it
    Shell,
}

/// `graph`
#[derive(Debug, Args)]
pub struct Graph {
    /// The language of the drawing
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: GraphFormat,
}

/// Languages of drawings.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum GraphFormat {
    /// Mermaid, which many web pages draw by themselves
    #[default]
    Mermaid,
    /// DOT, for Graphviz
    Dot,
}
