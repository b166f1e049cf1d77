//! What is told at the end: a line for people, an object for scripts.

use std::io;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::session::Session;
use crate::settings::Format;
use crate::terminal::Printer;

/// What a verb did.
#[derive(Debug, Serialize)]
pub(crate) struct Closing<'c> {
    verb: &'c str,
    database: String,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<&'c Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<String>,
}

impl<'c> Closing<'c> {
    /// The verb and its database, and how long it took.
    pub(crate) fn of(session: &Session<'_>, verb: &'c str, began: Instant) -> Self {
        Self::about(verb, session.name.as_str(), began)
    }

    /// The same for something else than a database.
    pub(crate) fn about(verb: &'c str, database: &str, began: Instant) -> Self {
        let database = database.to_owned();
        let seconds = super::operation::seconds(began);
        Self { verb, database, seconds, file: None, bytes: None, sha256: None, kept: None }
    }

    /// Tells it, as it was asked for.
    pub(crate) fn tell(&self, session: &Session<'_>) -> io::Result<()> {
        self.tell_on(session.context.printer, session.settings.report)
    }

    /// Tells it.
    pub(crate) fn tell_on(&self, printer: &Printer, how: Format) -> io::Result<()> {
        if how == Format::Json {
            return printer.data(&format!("{}\n", serde_json::to_string(self)?));
        }
        let file = self.file.map(|file| file.display().to_string());
        let kept = self.kept.as_ref().map(|kept| format!("the former one is kept as `{}`", one_line(kept)));
        let parts = [file, self.bytes.map(size), Some(format!("{} s", self.seconds)), kept];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        printer.good(&format!("{} of `{}`: {}", self.verb, one_line(&self.database), parts.join(", ")));
        if let Some(sum) = self.sha256 {
            printer.say(&format!("  sha256 {sum}"));
        }
        Ok(())
    }
}

/// A number of bytes for people: `12.3 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: &[&str] = &["KiB", "MiB", "GiB", "TiB"];
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

/// A text on one line, whatever it holds.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().flat_map(|each| if each.is_control() { each.escape_default().collect() } else { vec![each] }).collect()
}
