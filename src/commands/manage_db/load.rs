//! `manage_db load`: a backup takes the place of the database.

use std::time::Instant;

use crate::app::Failure;
use crate::database::{
    Checked, DatabaseError, DumpFault, Examination, Lack, Name, Replacement, RestoreRole, Shape, Target, examine,
    facts, prove_text, restore,
};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::maintenance::spool::{spooled, unpacked};
use crate::maintenance::summary::{Closing, size};
use crate::maintenance::{confirm, extensions, operation};
use crate::report::{Diagnostic, Sources};
use crate::settings::Load;

const VERB: &str = "load";

pub(super) fn run(session: &Session<'_>, settings: &Load) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    session.version()?;
    let held = session.lock(VERB)?;
    let began = Instant::now();
    let of_file = |fault| DatabaseError::Dump { file: settings.file.clone(), fault };
    let target = Target::of(&session.server, &session.name, &session.role.extensions)?;
    if !settings.trust && !target.creates_roles {
        return Err(of_file(DumpFault::NoRole { user: target.user }).into());
    }
    let spooled = spooled(&session.state, &settings.file)?;
    let shape = Shape::recognise(&spooled.file, settings.format).map_err(of_file)?;
    let unpacked = unpacked(&session.state, &spooled, &shape).map_err(of_file)?;
    let archive = unpacked.as_ref().or(shape.is_archive().then_some(&spooled));
    let dump = Examination {
        file: &settings.file,
        opened: &spooled.file,
        shape: &shape,
        archive: archive.map(|archive| (archive.path.as_path(), &archive.file)),
        target: &target,
        trusted: settings.trust,
        from: settings.from.as_deref(),
    };
    let progress = session.context.printer.progress("checking", spooled.file.metadata().map(|data| data.len()).ok());
    let checked = examine(&session.server, dump, &mut |bytes| progress.advance(bytes))?;
    progress.finish();
    if !settings.ignore_room {
        must_have_room(session, &dump, &checked)?;
    }
    tell(session, &checked);
    confirm::agree(session.context, session.settings, || question(session, settings))?;
    checked.must_be_unchanged(&spooled.file, &spooled.path)?;
    let kept = operation::perform(session, &held, &settings.file.display().to_string(), |work| {
        let replacement = Replacement::empty(&held.lock)?;
        work.replace(&replacement, settings.keep_old, |database| {
            fill(session, settings, database, (&dump, &checked))?;
            Ok(checked.must_be_unchanged(&spooled.file, &spooled.path)?)
        })
    })?;
    session.state.remember_partial(None)?;
    let mut closing = Closing::of(session, VERB, began);
    closing.file = Some(&settings.file);
    closing.bytes = Some(checked.bytes);
    closing.sha256 = Some(&checked.sha256);
    closing.kept = kept.map(|kept| kept.to_string());
    closing.tell(session)?;
    Ok(Exit::Done)
}

/// Fills the new database: as a role that has no rights elsewhere, unless the dump is trusted.
fn fill(
    session: &Session<'_>,
    settings: &Load,
    database: &Name,
    (dump, checked): (&Examination<'_>, &Checked),
) -> Result<(), Failure> {
    let server = &session.server;
    if settings.trust {
        restored(session, server, database, (dump, checked), jobs(settings))?;
        extensions::extensions(session, database)?;
    } else {
        let jobs = jobs(settings);
        let connections = if checked.archive { jobs + 1 } else { 1 };
        let role = RestoreRole::create(server, database, &checked.notes.extensions, connections)?;
        // Before anything of the dump is there that their scripts could meet.
        extensions::extensions(session, database)?;
        restored(session, &role.login(), database, (dump, checked), jobs)?;
        role.finish()?;
    }
    Ok(prove_text(server, database, dump.target, checked)?)
}

/// pg_restore reads an archive by itself: how far it is cannot be seen in bytes.
fn restored(
    session: &Session<'_>,
    server: &crate::database::Server<'_>,
    database: &Name,
    dump: (&Examination<'_>, &Checked),
    jobs: usize,
) -> Result<(), DatabaseError> {
    let printer = session.context.printer;
    if dump.1.archive {
        // pg_restore reads the tar format with one connection.
        let jobs = if dump.0.shape.content == crate::database::Content::Tar { 1 } else { jobs };
        let began = Instant::now();
        let live = printer.live();
        live.show(format!("restoring with {jobs} connections"));
        restore(server, database, dump, jobs, &mut |_| {})?;
        drop(live);
        printer.say(&format!("restoring: {} s with {jobs} connections", operation::seconds(began)));
    } else {
        let progress = printer.progress("restoring", dump.1.plain);
        restore(server, database, dump, jobs, &mut |bytes| progress.advance(bytes))?;
        progress.finish();
    }
    Ok(())
}

fn jobs(settings: &Load) -> usize {
    settings.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Tells what will be other in the database than in the dump.
fn tell(session: &Session<'_>, checked: &Checked) {
    let printer = session.context.printer;
    let said = |title: String| Diagnostic::warning("dump", title);
    for remark in &checked.notes.remarks {
        printer.diagnostic(&Sources::default(), &said(remark.clone()));
    }
    if !checked.notes.left_out.is_empty() {
        let counted = checked.notes.left_out.iter().map(|(kind, count)| match count {
            1 => format!("1 {kind}"),
            _ => format!("{count} {kind}s"),
        });
        let title =
            format!("left out, because only a superuser may make it: {}", counted.collect::<Vec<_>>().join(", "));
        let advice = "if the dump is your own, --trust restores it with all rights of the connecting user";
        printer.diagnostic(&Sources::default(), &said(title).with_help(advice));
    }
}

fn must_have_room(session: &Session<'_>, dump: &Examination<'_>, checked: &Checked) -> Result<(), DatabaseError> {
    let bytes = dump.archive.and_then(|(_, file)| file.metadata().ok()).map_or(checked.bytes, |data| data.len());
    // Tables and their indexes take more space than the SQL that makes them; what an archive holds is compressed.
    let needed = checked.plain.map_or(bytes * 4, |plain| plain + plain / 2);
    let tablespace =
        facts(&session.server, &session.name)?.map_or_else(|| "pg_default".to_owned(), |former| former.tablespace);
    match session.lacks(needed, &tablespace)? {
        None => Ok(()),
        Some(Lack { needed, free }) => {
            let fault = DumpFault::NoRoom { needed: size(needed), free: size(free) };
            Err(DatabaseError::Dump { file: checked.file.clone(), fault })
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
