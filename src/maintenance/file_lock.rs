//! One at a time: a lock that goes with whoever holds it.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use jiff::Zoned;
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::app::{Context, Failure};
use crate::docker::interrupted;
use crate::exit::Exit;
use crate::report::Diagnostic;

const PAUSE: Duration = Duration::from_millis(200);

/// Held as long as it exists.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What the lock's file says.
#[derive(Deserialize, Serialize)]
struct Holder {
    process: u32,
    user: String,
    verb: String,
    database: String,
    since: String,
}

/// Takes the lock of a database, waiting for it if that was asked for.
pub(crate) fn take(
    context: &Context<'_>,
    state: &State,
    (verb, database): (&str, &str),
    wait: bool,
) -> Result<Lock, Failure> {
    let path = state.folder()?.join("lock");
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut said = false;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) => {
                let holder = held_by(&mut file);
                if !wait {
                    let problem =
                        Diagnostic::error("locked", format!("another command is at work on `{database}`: {holder}"));
                    let problem = problem.with_help("`--wait-lock` waits until it is done");
                    return Err(Failure::new(Exit::Failed, problem));
                }
                if !std::mem::replace(&mut said, true) {
                    context.printer.say(&format!("waiting for another command: {holder}"));
                }
                std::thread::sleep(PAUSE);
                if interrupted() {
                    return Err(Failure::said(Exit::Theirs(130)));
                }
            }
        }
    }
    let holder = Holder {
        process: std::process::id(),
        user: super::audit_log::user(context.process),
        verb: verb.to_owned(),
        database: database.to_owned(),
        since: Zoned::now().strftime("%H:%M:%S").to_string(),
    };
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&serde_json::to_vec(&holder).map_err(io::Error::from)?)?;
    Ok(Lock { _file: file })
}

/// Who holds it, as far as the file says.
fn held_by(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text));
    match read.ok().and_then(|_| serde_json::from_str::<Holder>(&text).ok()) {
        Some(Holder { process, user, verb, since, .. }) => {
            format!("`{verb}` by {user} since {since} (process {process})")
        }
        None => "it has just begun".to_owned(),
    }
}
