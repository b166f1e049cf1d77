//! `manage_db dump`: a backup, beside whatever else goes on.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::anonymize;
use super::closing::Closing;
use super::dump_file::Target;
use super::journal;
use super::session::Session;
use super::state::LastDump;
use crate::commands::Failure;
use crate::database::{DatabaseError, Facts, Format, Name, Packer, clear_connections, clear_containers};
use crate::docker::{RunError, take_care};
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::settings;

const VERB: &str = "dump";

pub(super) fn run(session: &Session<'_>, settings: &settings::Dump) -> Result<Exit, Failure> {
    let target =
        Target::new(settings.file.as_deref(), settings.force, &session.name.file_stem(), settings.format.word())?;
    if target.path().is_none() && session.settings.report == settings::Format::Json {
        let problem = Diagnostic::error("usage", "standard output is the backup's: the report has no place there");
        return Err(Failure::new(Exit::Usage, problem));
    }
    session.version()?;
    let _lock = session.lock(VERB)?;
    let facts = session.facts()?;
    let care = take_care();
    clear(session)?;
    let began = Instant::now();
    let member = format!("{}.sql", session.name.file_stem());
    let write = |name: &Name, facts: &Facts| {
        target.write(&session.state, |to| {
            let packer = Packer::new(settings.format, &member, to).map_err(RunError::Streams)?;
            let packer = draw(session, (name, facts), settings.format, packer)?;
            packer.finish().map_err(RunError::Streams)?;
            Ok(())
        })
    };
    let written =
        if settings.anonymized { anonymize::dump(session, VERB, &facts, write) } else { write(&session.name, &facts) };
    if written.is_err() {
        let _mending = care.mend();
        // Who writes for nobody any more is ended; what cannot be ended now ends by itself.
        let _ = session.server.ready(Duration::ZERO).map(|_| clear(session));
    }
    let written = written?;
    if let Some(path) = target.path() {
        let file = path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string();
        session.state.remember_dump(&LastDump { at: journal::now(), file })?;
    }
    let mut closing = Closing::of(session, VERB, began);
    closing.file = target.path();
    closing.bytes = Some(written.bytes);
    closing.sha256 = Some(&written.sha256);
    closing.tell(session)?;
    Ok(Exit::Done)
}

/// Ends what a killed dump has left.
fn clear(session: &Session<'_>) -> Result<(), Failure> {
    clear_containers(&session.server)?;
    clear_connections(&session.server)?;
    super::dump_file::forget_partial(&session.state)?;
    Ok(())
}

/// Has pg_dump write into the packer, and looks whether all of it came.
fn draw<W: Write>(
    session: &Session<'_>,
    (name, facts): (&Name, &Facts),
    format: Format,
    packer: Packer<W>,
) -> Result<Packer<W>, Failure> {
    let progress = session.context.printer.progress("dumping", facts.size);
    let mut to = Watched { to: packer, last: Vec::new(), passed: |bytes| progress.advance(bytes) };
    let kind = if format == Format::Bin { "custom" } else { "plain" };
    session.server.draw(name, &["pg_dump", "--format", kind], &mut to, "the dump")?;
    if format != Format::Bin && !to.is_complete() {
        return Err(DatabaseError::Failed {
            doing: "the dump".to_owned(),
            complaint: "pg_dump ended without the closing line of a complete dump".to_owned(),
        }
        .into());
    }
    let packer = to.to;
    progress.finish();
    Ok(packer)
}

/// Remembers the end of what goes through.
struct Watched<W, P> {
    to: W,
    last: Vec<u8>,
    passed: P,
}

/// The closing line, and what may come after it.
const ENOUGH: usize = 512;

impl<W, P> Watched<W, P> {
    fn is_complete(&self) -> bool {
        String::from_utf8_lossy(&self.last).contains("\n-- PostgreSQL database dump complete\n")
    }
}

impl<W: Write, P: FnMut(u64)> Write for Watched<W, P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.last.extend_from_slice(&bytes[length.saturating_sub(ENOUGH)..length]);
        self.last.drain(..self.last.len().saturating_sub(ENOUGH));
        (self.passed)(length as u64);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
