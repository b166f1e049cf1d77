//! `log/lapstrake.log`: who ran which verb on which database, when, and what came of it. Lines are only ever added.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Zoned;
use serde_json::json;

use crate::environment::ProcessEnvironment;
use crate::files::{self, FileError};
use crate::project::JOURNAL;

/// One entry, underway.
#[derive(Debug)]
pub(crate) struct Entry {
    path: PathBuf,
    user: String,
    verb: String,
    database: String,
    began: Instant,
}

impl Entry {
    /// Writes that something begins; `details` says with what.
    pub(crate) fn begin(
        root: &Path,
        process: &ProcessEnvironment,
        verb: &str,
        database: &str,
        details: &str,
    ) -> Result<Self, FileError> {
        let path = root.join(JOURNAL);
        let entry = Self {
            path,
            user: user(process),
            verb: verb.to_owned(),
            database: database.to_owned(),
            began: Instant::now(),
        };
        entry.write("begun", details)?;
        Ok(entry)
    }

    /// Writes what came of it.
    pub(crate) fn end(&self, outcome: &str, details: &str) -> Result<(), FileError> {
        self.write(outcome, details)
    }

    fn write(&self, outcome: &str, details: &str) -> Result<(), FileError> {
        let line = json!({
            "at": now(),
            "user": self.user,
            "process": std::process::id(),
            "verb": self.verb,
            "database": self.database,
            "outcome": outcome,
            "details": details,
            "seconds": self.began.elapsed().as_secs(),
        });
        let mut file = files::append(&self.path, 0o600)?;
        // In one piece: whoever else writes does not come in between.
        let written = file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|error| FileError::new("write", &self.path, error))
    }
}

/// The time, with its offset.
pub(crate) fn now() -> String {
    Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Who we work for: whoever became root, not root.
pub(crate) fn user(process: &ProcessEnvironment) -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| process.text(name));
    named
        .filter(|name| !name.is_empty())
        .map_or_else(|| format!("user {}", rustix::process::getuid().as_raw()), str::to_owned)
}
