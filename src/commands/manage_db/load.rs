//! `manage_db load`: a backup takes the place of the database.

use std::time::Instant;

use super::closing::{Closing, size};
use super::session::Session;
use super::spool::spooled;
use super::{prepare, questions, work};
use crate::commands::Failure;
use crate::database::{
    Checked, DatabaseError, DumpFault, Examination, Format, Lack, Name, Replacement, examine, facts, restore,
};
use crate::exit::Exit;
use crate::settings::Load;

const VERB: &str = "load";

pub(super) fn run(session: &Session<'_>, settings: &Load) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    let server = session.version()?;
    let held = session.lock(VERB)?;
    let began = Instant::now();
    let spooled = spooled(&session.state, &settings.file)?;
    let progress = session.context.printer.progress("checking", spooled.path.metadata().map(|data| data.len()).ok());
    let examination = Examination { file: &spooled.path, said: settings.format, server };
    let dump = examine(&session.server, examination, &mut |bytes| progress.advance(bytes));
    let dump = dump.map_err(|error| error.of_file(&settings.file))?;
    progress.finish();
    if !settings.ignore_room {
        must_have_room(session, &dump).map_err(|error| error.of_file(&settings.file))?;
    }
    questions::agree(session.context, session.settings, || question(session, settings))?;
    let kept = work::perform(session, &held, &settings.file.display().to_string(), |work| {
        let replacement = Replacement::empty(&held.lock)?;
        work.replace(&replacement, settings.keep_old, |database| {
            fill(session, database, &dump, jobs(settings))?;
            prepare::extensions(session, database)
        })
    })?;
    drop(spooled);
    session.state.remember_partial(None)?;
    let mut closing = Closing::of(session, VERB, began);
    closing.file = Some(&settings.file);
    closing.bytes = Some(dump.bytes);
    closing.sha256 = Some(&dump.sha256);
    closing.kept = kept.map(|kept| kept.to_string());
    closing.tell(session)?;
    Ok(Exit::Done)
}

/// pg_restore reads a custom dump by itself: how far it is cannot be seen in bytes.
fn fill(session: &Session<'_>, database: &Name, dump: &Checked, jobs: usize) -> Result<(), Failure> {
    let printer = session.context.printer;
    if dump.format == Format::Bin {
        let began = Instant::now();
        let live = printer.live();
        live.show(format!("restoring with {jobs} connections"));
        restore(&session.server, database, dump, jobs, &mut |_| {})?;
        drop(live);
        printer.say(&format!("restoring: {} s with {jobs} connections", work::seconds(began)));
    } else {
        let progress = printer.progress("restoring", dump.plain);
        restore(&session.server, database, dump, jobs, &mut |bytes| progress.advance(bytes))?;
        progress.finish();
    }
    Ok(())
}

fn jobs(settings: &Load) -> usize {
    settings.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn must_have_room(session: &Session<'_>, dump: &Checked) -> Result<(), DatabaseError> {
    // Tables and their indexes take more space than the SQL that makes them; a custom dump is compressed.
    let needed = dump.plain.map_or(dump.bytes * 4, |plain| plain + plain / 2);
    let tablespace =
        facts(&session.server, &session.name)?.map_or_else(|| "pg_default".to_owned(), |former| former.tablespace);
    match session.lacks(needed, &tablespace)? {
        None => Ok(()),
        Some(Lack { needed, free }) => {
            let fault = DumpFault::NoRoom { needed: size(needed), free: size(free) };
            Err(DatabaseError::Dump { file: dump.file.clone(), fault })
        }
    }
}

fn question(session: &Session<'_>, settings: &Load) -> Result<String, Failure> {
    let (name, server, file) = (&session.name, session.server_name(), settings.file.display());
    Ok(match facts(&session.server, name)? {
        None => format!("Load {file} into a new database `{name}` on {server}?"),
        Some(former) => {
            let size = former.size.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
            let fate =
                if settings.keep_old { "It is kept under a dated name." } else { "It is lost; --keep-old keeps it." };
            format!(
                "{}Replace database `{name}` on {server} ({} connections{size}) by {file}? {fate}",
                session.foreign_connections()?,
                former.connections
            )
        }
    })
}
