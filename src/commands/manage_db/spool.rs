//! What comes through a pipe is written down first: a file can be read twice, so that it is checked before anything
//! is touched.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::state::State;
use crate::commands::Failure;

/// A backup as a file that can be read twice.
pub(super) struct Spooled {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What goes when it is no longer needed.
    _file: Option<NamedTempFile>,
}

/// Writes down what `-` and pipes give; a file is taken as it is.
pub(super) fn spooled(state: &State, file: &Path) -> Result<Spooled, Failure> {
    state.remember_partial(None)?;
    let is_output = file == Path::new("-");
    let is_pipe = is_output || file.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir());
    if !is_pipe {
        // What is wrong with it is told by whoever reads it.
        return Ok(Spooled { path: file.canonicalize().unwrap_or_else(|_| file.to_owned()), _file: None });
    }
    let mut spool = tempfile::Builder::new().prefix("lapstrake-").tempfile()?;
    state.remember_partial(Some(spool.path()))?;
    let mut from: Box<dyn Read> = if is_output { Box::new(io::stdin().lock()) } else { Box::new(File::open(file)?) };
    io::copy(&mut from, &mut spool)?;
    Ok(Spooled { path: spool.path().to_owned(), _file: Some(spool) })
}
