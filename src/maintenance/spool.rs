//! What comes through a pipe is written down first: a file can be read twice, so that it is checked before anything
//! is touched. An archive in a packing is unpacked: pg_restore reads it at several places at a time.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::state::State;
use crate::app::Failure;
use crate::database::{DatabaseError, DumpFault, Opened, Reader, Shape};
use crate::docker::interrupted;
use crate::machine::room;

const BUFFER: usize = 256 << 10;
/// How much tells what a file is.
const BEGINNING: u64 = 512;
/// How often the room is looked at.
const LOOK: u64 = 16 << 20;
/// What is left free where it is written.
const RESERVE: u64 = 256 << 20;

/// A backup as a file that can be read twice.
pub(crate) struct Spooled {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The file, open.
    pub(crate) file: File,
    /// What goes when it is no longer needed.
    _kept: Option<NamedTempFile>,
}

/// Writes down what `-` and pipes give; a file is taken as it is.
pub(crate) fn spooled(state: &State, file: &Path) -> Result<Spooled, Failure> {
    state.remember_partial(None)?;
    let unreadable = |error: io::Error| of_file(file, DumpFault::Unreadable(error));
    let is_input = file == Path::new("-");
    let kind = if is_input { None } else { Some(file.metadata().map_err(unreadable)?) };
    if kind.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        let fault = if file.join("toc.dat").exists() { DumpFault::Folder } else { DumpFault::foreign("a folder") };
        return Err(of_file(file, fault));
    }
    if kind.is_some_and(|data| data.is_file()) {
        let opened = File::open(file).map_err(unreadable)?;
        let path = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        return Ok(Spooled { path, file: opened, _kept: None });
    }
    let mut from: Box<dyn Read> = if is_input { Box::new(io::stdin().lock()) } else { Box::new(File::open(file)?) };
    let mut beginning = Vec::new();
    from.by_ref().take(BEGINNING).read_to_end(&mut beginning).map_err(unreadable)?;
    Shape::glance(&beginning).map_err(|fault| of_file(file, fault))?;
    let mut spool = begin(state)?;
    copy(&mut beginning.chain(from), &mut spool).map_err(|fault| of_file(file, fault))?;
    Ok(kept(spool)?)
}

/// Unpacks an archive that is packed in something; nothing else needs to be unpacked before it is read.
pub(crate) fn unpacked(state: &State, spooled: &Spooled, shape: &Shape) -> Result<Option<Spooled>, DumpFault> {
    if shape.packings.is_empty() || !shape.is_archive() {
        return Ok(None);
    }
    let mut spool = begin(state)?;
    Opened::new(Reader::of(&spooled.file)?, &shape.packings).read(|from| copy(from, &mut spool))?;
    Ok(Some(kept(spool)?))
}

fn begin(state: &State) -> io::Result<NamedTempFile> {
    let spool = tempfile::Builder::new().prefix("lapstrake-").tempfile()?;
    state.remember_partial(Some(spool.path())).map_err(|error| error.source)?;
    Ok(spool)
}

fn kept(spool: NamedTempFile) -> io::Result<Spooled> {
    Ok(Spooled { path: spool.path().to_owned(), file: spool.as_file().try_clone()?, _kept: Some(spool) })
}

/// Copies everything, as long as there is room for it.
fn copy(from: &mut dyn Read, to: &mut NamedTempFile) -> Result<(), DumpFault> {
    let mut buffer = vec![0; BUFFER];
    let mut until_look = 0;
    loop {
        if interrupted() {
            return Err(DumpFault::Unreadable(io::ErrorKind::Interrupted.into()));
        }
        if until_look == 0 {
            let folder = to.path().parent().unwrap_or(Path::new("/"));
            if room(folder).is_some_and(|free| free < RESERVE + LOOK) {
                return Err(DumpFault::NoSpool { folder: folder.display().to_string() });
            }
            until_look = LOOK;
        }
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..length])?;
        until_look = until_look.saturating_sub(length as u64);
    }
}

fn of_file(file: &Path, fault: DumpFault) -> Failure {
    DatabaseError::Dump { file: file.to_owned(), fault }.into()
}
