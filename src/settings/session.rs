//! What the verbs want that set a project up and look at it.

use std::ffi::OsString;

use super::Format;
use crate::cli;

/// What to edit.
#[derive(Debug)]
pub struct Edit {
    /// A name, or an assignment.
    pub subject: Option<String>,
    /// Whether the file of the whole environment is meant.
    pub shared: bool,
}

/// Which tool to run.
#[derive(Debug)]
pub struct Tool {
    /// Its name; without it they are listed.
    pub name: Option<String>,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// How to set a project up.
#[derive(Debug)]
pub struct Init {
    /// Variables and their values.
    pub set: Vec<(String, String)>,
    /// Whether the defaults are good enough.
    pub yes: bool,
    /// Whether the folder with what operators keep becomes a git repository.
    pub git: bool,
}

impl From<cli::Init> for Init {
    fn from(cli::Init { set, yes, git }: cli::Init) -> Self {
        Self { set, yes, git }
    }
}

/// What to do with fragments.
#[derive(Debug)]
pub enum Services {
    /// List them.
    List(Format),
    /// Leave some out, or have them take part again.
    Switch {
        /// Their names.
        names: Vec<String>,
        /// Whether they take part.
        on: bool,
        /// Whether this is written in the folder with what the operators keep.
        shared: bool,
    },
}

impl From<cli::Services> for Services {
    fn from(cli::Services { format, verb }: cli::Services) -> Self {
        match verb {
            None => Self::List(format.into()),
            Some(cli::ServicesVerb::Enable(cli::Switch { names, shared })) => Self::Switch { names, on: true, shared },
            Some(cli::ServicesVerb::Disable(cli::Switch { names, shared })) => {
                Self::Switch { names, on: false, shared }
            }
        }
    }
}

impl From<cli::Listing> for Format {
    fn from(format: cli::Listing) -> Self {
        match format {
            cli::Listing::Text => Self::Text,
            cli::Listing::Json => Self::Json,
        }
    }
}
