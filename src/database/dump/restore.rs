//! Filling a database: from a dump, or from another database of the same server.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use super::check::sha256;
use super::checksum::Sealed;
use super::shape::Unmarked;
use super::sql_filter::Plain;
use crate::database::postgres::complaint;
use crate::database::{Checked, DatabaseError, DumpFault, Examination, Name, Opened, Reader, Server, Target, Watched};

const DOING: &str = "the restore";
/// Where a program reads what it is given.
const INPUT: &str = "/dev/stdin";

/// Restores a dump into an empty database, as whoever `server` connects as. An archive is read by `jobs` connections at
/// a time. `passed` is told how many bytes of SQL were moved.
///
/// # Errors
/// When not everything was restored, or it is not what was checked.
pub fn restore(
    server: &Server<'_>,
    into: &Name,
    (dump, checked): (&Examination<'_>, &Checked),
    jobs: usize,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DatabaseError> {
    let restored = match dump.archive {
        Some((path, file)) => restore_archive(server, into, (path, file), checked, jobs),
        None => restore_plain(server, into, (dump, checked), passed),
    };
    restored.map_err(|error| explained(error, dump, checked))
}

fn restore_archive(
    server: &Server<'_>,
    into: &Name,
    (path, file): (&Path, &File),
    checked: &Checked,
    jobs: usize,
) -> Result<(), DatabaseError> {
    let jobs = jobs.to_string();
    let words = [
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--no-tablespaces",
        "--exit-on-error",
        "--use-list",
        INPUT,
        "--jobs",
        &jobs,
    ];
    server.read_file(path, into, &words, &mut Cursor::new(&checked.list), DOING)?;
    if checked.notes.policies_changed {
        let script = checked.guarded(Cursor::new(&checked.notes.policies));
        server.psql_from(into, &["--echo-errors", "--file", "-"], &mut { script }, "the making of policies")?;
    }
    let sum = sha256(file).map_err(|error| checked.fault(DumpFault::Unreadable(error)))?;
    if sum == checked.content { Ok(()) } else { Err(checked.fault(DumpFault::Changed)) }
}

fn restore_plain(
    server: &Server<'_>,
    into: &Name,
    (dump, checked): (&Examination<'_>, &Checked),
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DatabaseError> {
    // What one transaction makes stays locked until its end.
    let whole = !dump.trusted && checked.notes.locks < dump.target.locks / 2;
    let mut arguments = vec!["--echo-errors", "--file", "-"];
    if whole {
        arguments.push("--single-transaction");
    }
    let opened = Reader::of(dump.opened).map_err(|error| checked.fault(DumpFault::Unreadable(error)))?;
    let mut outcome = Ok(());
    let mut sum = String::new();
    let unpacked = Opened::new(opened, &dump.shape.packings).read(|plain| {
        let mut sealed = Sealed::new(plain);
        let mut script =
            Passing { script: Plain::new(Unmarked::new(&mut sealed), dump.reading(whole)), taken: 0, passed };
        outcome = server.psql_from(into, &arguments, &mut checked.guarded(&mut script), DOING);
        let before = u64::from(checked.guard.is_some());
        let script = script.script;
        outcome = std::mem::replace(&mut outcome, Ok(()))
            .map_err(|error| complaint::placed(error, |line| script.source_line(line.saturating_sub(before))));
        if outcome.is_ok() {
            // What psql has no use for is still part of the file.
            io::copy(&mut sealed, &mut io::sink())?;
        }
        sum = sealed.sum();
        Ok(())
    });
    unpacked.map_err(|fault| checked.fault(fault))?;
    // What is wrong with the dump is told by whoever read it.
    outcome.map_err(|error| match error {
        DatabaseError::Run(crate::docker::RunError::Streams(error)) => checked.fault(DumpFault::from(error)),
        other => other,
    })?;
    if sum == checked.content { Ok(()) } else { Err(checked.fault(DumpFault::Changed)) }
}

/// Says what the server's complaint is about, where that is known.
fn explained(error: DatabaseError, dump: &Examination<'_>, checked: &Checked) -> DatabaseError {
    let DatabaseError::Failed { doing, complaint } = error else { return error };
    let complaint = complaint::shortened(&complaint);
    let encoding = || {
        let named = checked.notes.encoding.as_ref().filter(|_| complaint.contains("invalid byte sequence"));
        named.unwrap_or(&dump.target.encoding).clone()
    };
    let fault = match complaint::of(&complaint) {
        complaint::Kind::Encoding => DumpFault::Encoding { encoding: encoding() },
        complaint::Kind::Rights if !dump.trusted => DumpFault::NotAllowed { complaint },
        complaint::Kind::Lacking => DumpFault::Lacking { complaint },
        _ => return DatabaseError::Failed { doing, complaint },
    };
    checked.fault(fault)
}

impl Checked {
    /// A script with the word before it that keeps psql from doing anything but SQL.
    fn guarded<'g>(&self, script: impl Read + 'g) -> impl Read + 'g {
        let guard = self.guard.as_ref().map(|word| format!("\\restrict {}\n", word.expose())).unwrap_or_default();
        Cursor::new(guard).chain(script)
    }
}

/// Proves that every text of a database is valid in its encoding, where the server may not have looked at it.
///
/// # Errors
/// When one is not.
pub fn prove_text(
    server: &Server<'_>,
    database: &Name,
    target: &Target,
    checked: &Checked,
) -> Result<(), DatabaseError> {
    if !checked.notes.unverified || target.encoding == "SQL_ASCII" {
        return Ok(());
    }
    let encoding = checked.notes.encoding.clone().unwrap_or_else(|| target.encoding.clone());
    let mut text = Utf8 { open: Vec::new(), valid: true };
    // From another encoding the server converts, and looks at each text for that.
    match server.draw(
        database,
        &["pg_dump", "--format", "plain", "--encoding", "UTF8"],
        &mut text,
        "the proof of its text",
    ) {
        Ok(()) if text.valid && text.open.is_empty() => Ok(()),
        Ok(()) => Err(checked.fault(DumpFault::Encoding { encoding })),
        Err(DatabaseError::Failed { complaint, .. }) if complaint::of(&complaint) == complaint::Kind::Encoding => {
            Err(checked.fault(DumpFault::Encoding { encoding }))
        }
        Err(error) => Err(error),
    }
}

/// Looks whether what is written to it is UTF-8.
struct Utf8 {
    /// The beginning of a character.
    open: Vec<u8>,
    valid: bool,
}

impl io::Write for Utf8 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open.extend_from_slice(bytes);
        let rest = match std::str::from_utf8(&self.open) {
            Ok(_) => self.open.len(),
            Err(error) => {
                self.valid &= error.error_len().is_none();
                if error.error_len().is_none() { error.valid_up_to() } else { self.open.len() }
            }
        };
        self.open.drain(..rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts what goes through.
struct Passing<'p, 'a, R> {
    script: Plain<'a, R>,
    taken: u64,
    passed: &'p mut (dyn FnMut(u64) + Send),
}

impl<R: Read> Read for Passing<'_, '_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.script.read(into)?;
        (self.passed)(self.script.taken() - self.taken);
        self.taken = self.script.taken();
        Ok(length)
    }
}

/// Fills an empty database with all that another one of the same server holds, which goes on working meanwhile.
///
/// # Errors
/// When not everything arrived.
pub fn pour(
    server: &Server<'_>,
    from: &Name,
    into: &Name,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DatabaseError> {
    let (mut mouth, end) = io::pipe().map_err(crate::docker::RunError::Streams)?;
    std::thread::scope(|scope| {
        let drawn = scope.spawn(move || {
            let mut to = Watched { to: end, passed };
            server.draw(from, &["pg_dump", "--format", "plain"], &mut to, "the dump")
        });
        let fed = server.psql_from(into, &[], &mut mouth, "the copy");
        // Whoever still writes is not waited for.
        drop(mouth);
        let drawn = drawn.join().unwrap_or(Err(DatabaseError::Strange(String::new())));
        fed.and(drawn)
    })
}
