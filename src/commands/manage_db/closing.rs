//! What is told at the end: a line for people, an object for scripts.

use std::io;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::session::Session;
use crate::settings::Format;

/// What a verb did.
#[derive(Debug, Serialize)]
pub(super) struct Closing<'c> {
    verb: &'c str,
    database: String,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'c Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kept: Option<String>,
}

impl<'c> Closing<'c> {
    /// The verb and its database, and how long it took.
    pub(super) fn of(session: &Session<'_>, verb: &'c str, began: Instant) -> Self {
        let database = session.name.as_str().to_owned();
        let seconds = super::work::seconds(began);
        Self { verb, database, seconds, file: None, bytes: None, sha256: None, kept: None }
    }

    /// Tells it.
    pub(super) fn tell(&self, session: &Session<'_>) -> io::Result<()> {
        let printer = session.context.printer;
        if session.settings.report == Format::Json {
            return printer.data(&format!("{}\n", serde_json::to_string(self)?));
        }
        let file = self.file.map(|file| file.display().to_string());
        let size = self.bytes.map(|bytes| size(bytes));
        let sum = self.sha256.map(|sum| format!("sha256 {sum}"));
        let kept = self.kept.as_ref().map(|kept| format!("the former one is kept as `{kept}`"));
        let parts: Vec<String> =
            [file, size, Some(format!("{} s", self.seconds)), sum, kept].into_iter().flatten().collect();
        printer.good(&format!("{} of `{}`: {}", self.verb, session.name, parts.join(", ")));
        Ok(())
    }
}

/// A number of bytes for people: `12.3 MiB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: &[&str] = &["kiB", "MiB", "GiB", "TiB"];
    let mut amount = bytes as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        if amount < 1024.0 {
            break;
        }
        amount /= 1024.0;
        unit = larger;
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{amount:.1} {unit}") }
}
