//! Filling a database: from a dump, or from another database of the same server.

use std::fs::File;
use std::io::{self, Read};

use super::plain::Plain;
use super::{Checked, DatabaseError, DumpFault, Format, Name, Opened, Server, Watched};

const DOING: &str = "the restore";

/// Restores a dump into an empty database. A custom one is read by `jobs` connections at a time. `passed` is told how
/// many bytes of SQL were moved.
///
/// # Errors
/// When not everything was restored.
pub fn restore(
    server: &Server<'_>,
    into: &Name,
    dump: &Checked,
    jobs: usize,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DatabaseError> {
    if dump.format == Format::Bin {
        let jobs = jobs.max(1).to_string();
        let words = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--jobs", &jobs];
        return server.read_file(&dump.file, into, &words, DOING);
    }
    let key = random_word();
    let guard = [format!("\\restrict {key}"), format!("\\unrestrict {key}")];
    let guarded = server.psql(into, &guard.join("\n"), "the guard").is_ok();
    let fault = |fault| DatabaseError::Dump { file: dump.file.clone(), fault };
    let file = File::open(&dump.file).map_err(|error| fault(DumpFault::Unreadable(error)))?;
    let mut outcome = Ok(());
    let unpacked = Opened::new(file, dump.format).plain(|plain| {
        let mut script = Passing { script: Plain::new(plain), taken: 0, passed };
        let arguments: &[&str] = if guarded { &["--command", &guard[0], "--file", "-"] } else { &[] };
        outcome = server.psql_from(into, arguments, &mut script, DOING);
        Ok(())
    });
    unpacked.map_err(fault)?;
    // What is wrong with the dump is told by whoever read it.
    outcome.map_err(|error| match error {
        DatabaseError::Run(crate::docker::RunError::Streams(error)) => fault(DumpFault::from(error)),
        other => other,
    })
}

/// Counts what goes through.
struct Passing<'a, R> {
    script: Plain<R>,
    taken: u64,
    passed: &'a mut (dyn FnMut(u64) + Send),
}

impl<R: Read> Read for Passing<'_, R> {
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

/// What nobody who wrote a dump can know.
fn random_word() -> String {
    use std::hash::{BuildHasher, Hasher};
    let number = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", number(), number())
}
