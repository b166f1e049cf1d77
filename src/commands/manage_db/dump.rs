//! `manage_db dump`: a backup, beside whatever else goes on.

use std::io::Write;
use std::time::{Duration, Instant};

use super::anonymize;
use crate::app::Failure;
use crate::database::{DatabaseError, Facts, Format, Name, Packer, Sealing, Watched};
use crate::docker::{RunError, take_care};
use crate::exit::Exit;
use crate::maintenance::audit_log;
use crate::maintenance::backup_file::Target;
use crate::maintenance::session::Session;
use crate::maintenance::state::LastDump;
use crate::maintenance::summary::Closing;
use crate::report::Diagnostic;
use crate::settings;

const VERB: &str = "dump";
const DOING: &str = "the dump";

pub(super) fn run(session: &Session<'_>, settings: &settings::Dump) -> Result<Exit, Failure> {
    let names = (session.name.file_stem(), settings.format.word());
    let target = Target::new(settings.file.as_deref(), settings.force, session.project.root(), (&names.0, names.1))?;
    if target.path().is_none() && session.settings.report == settings::Format::Json {
        let problem = Diagnostic::error("usage", "cannot print a JSON report when the backup goes to standard output");
        return Err(Failure::new(Exit::Usage, problem));
    }
    let version = session.version()?;
    let held = session.lock(VERB)?;
    let facts = session.facts()?;
    let care = take_care();
    let began = Instant::now();
    let member = format!("{}.sql", session.name.file_stem());
    let write = |name: &Name, facts: &Facts| {
        target.write(&session.state, |to| {
            let packer = Packer::new(settings.format, &member, to).map_err(RunError::Streams)?;
            let packer = draw(session, (name, facts), settings.format, settings.anonymized.then_some(version), packer)?;
            packer.finish().map_err(RunError::Streams)?;
            Ok(())
        })
    };
    let written = if settings.anonymized && settings.format == Format::Bin {
        anonymize::from_copy(session, &held, &facts, write)
    } else {
        write(&session.name, &facts)
    };
    if written.is_err() {
        let _mending = care.mend();
        // Who writes for nobody any more is ended; what cannot be ended now ends by itself.
        let _ = held.clear(Duration::ZERO);
        crate::maintenance::backup_file::forget_partial(&session.state)?;
    }
    let written = written?;
    if let Some(path) = target.path() {
        let file = path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string();
        session.state.remember_dump(&LastDump { at: audit_log::now(), file })?;
    }
    let mut closing = Closing::of(session, VERB, began);
    closing.file = target.path();
    closing.bytes = Some(written.bytes);
    closing.sha256 = Some(&written.sha256);
    closing.tell(session)?;
    Ok(Exit::Done)
}

/// Has pg_dump write into the packer; where the server's version is given, the rules are applied. What ends early or is
/// altered later is known by its end: a custom dump's by itself, a plain one's by two lines.
fn draw<W: Write>(
    session: &Session<'_>,
    (name, facts): (&Name, &Facts),
    format: Format,
    anonymized: Option<u32>,
    packer: Packer<W>,
) -> Result<Packer<W>, Failure> {
    let progress = session.context.printer.progress("dumping", facts.size);
    let passed = |bytes| progress.advance(bytes);
    let packer = if format == Format::Bin {
        let mut to = Watched { to: packer, passed };
        session.server.draw(name, &["pg_dump", "--format", "custom"], &mut to, DOING)?;
        to.to
    } else {
        let mut to = Watched { to: Sealing::new(packer), passed };
        match anonymized {
            Some(version) => anonymize::stream(session, version, &mut to)?,
            None => session.server.draw(name, &["pg_dump", "--format", "plain"], &mut to, DOING)?,
        }
        if !to.to.is_complete() {
            let complaint = "pg_dump ended without the closing line of a complete dump".to_owned();
            return Err(DatabaseError::Failed { doing: DOING.to_owned(), complaint }.into());
        }
        to.to.seal().map_err(RunError::Streams)?
    };
    progress.finish();
    Ok(packer)
}
