//! `log/lapstrake.log`: who ran which verb on which database, when, and what came of it. Lines are only ever added.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Zoned;
use serde_json::json;

use crate::environment::ProcessEnvironment;
use crate::project::JOURNAL;

/// One entry, underway.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
    user: String,
    verb: String,
    database: String,
    began: Instant,
}

impl Entry {
    /// Writes that something begins; `details` says with what.
    pub(super) fn begin(
        root: &Path,
        process: &ProcessEnvironment,
        verb: &str,
        database: &str,
        details: &str,
    ) -> io::Result<Self> {
        let path = root.join(JOURNAL);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
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
    pub(super) fn end(&self, outcome: &str, details: &str) -> io::Result<()> {
        self.write(outcome, details)
    }

    fn write(&self, outcome: &str, details: &str) -> io::Result<()> {
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
        let mut file = File::options().append(true).create(true).mode(0o600).open(&self.path)?;
        // In one piece: whoever else writes does not come in between.
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// The time, with its offset.
pub(super) fn now() -> String {
    Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Who we work for: whoever became root, not root.
pub(super) fn user(process: &ProcessEnvironment) -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| process.text(name));
    named
        .filter(|name| !name.is_empty())
        .map_or_else(|| format!("user {}", rustix::process::getuid().as_raw()), str::to_owned)
}
