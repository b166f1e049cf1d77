//! Backups of MongoDB, recognised by content and checked before anything is touched.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::server::Documents;
use crate::database::dump::tar;
use crate::database::{DatabaseError, DumpFault};

/// How mongodump's archives begin.
const MAGIC: [u8; 4] = [0x6d, 0xe2, 0x99, 0x81];

/// What a backup is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Archive {
        gzip: bool,
    },
    /// A folder of files, packed with zip: the number of each file of interest, and its database and name.
    Folder(Vec<(usize, String)>),
}

/// A backup that may be restored.
#[derive(Debug)]
pub struct DocumentBackup {
    file: PathBuf,
    kind: Kind,
}

impl DocumentBackup {
    /// Reads a backup to its end, and finds out what it is and whether it is whole, as far as it can be known.
    ///
    /// # Errors
    /// When it is not to be restored.
    pub fn examine(file: &Path) -> Result<Self, DatabaseError> {
        let fault = |fault| DatabaseError::Dump { file: file.to_owned(), fault };
        let kind = kind(file).map_err(|error| fault(DumpFault::from(error)))?;
        Ok(Self { file: file.to_owned(), kind })
    }

    /// Restores it.
    ///
    /// # Errors
    /// When not everything was restored.
    pub fn restore(&self, server: &Documents<'_>, passed: &mut (dyn FnMut(u64) + Send)) -> Result<(), DatabaseError> {
        let fault = |error| DatabaseError::Dump { file: self.file.clone(), fault: DumpFault::from(error) };
        let file = File::open(&self.file).map_err(fault)?;
        match &self.kind {
            Kind::Archive { gzip } => server.restore(&mut Counted { from: file, passed }, *gzip),
            Kind::Folder(members) => {
                let (mouth, end) = io::pipe().map_err(fault)?;
                std::thread::scope(|scope| {
                    let packed = scope.spawn(|| pack(file, members, end));
                    let restored = server.restore_folder(&mut Counted { from: mouth, passed });
                    let packed = packed.join().unwrap_or_else(|_| Err(io::Error::other("it could not be unpacked")));
                    restored.and(packed.map_err(fault))
                })
            }
        }
    }
}

fn kind(path: &Path) -> io::Result<Kind> {
    let mut file = File::open(path)?;
    let mut beginning = Vec::new();
    (&mut file).take(4).read_to_end(&mut beginning)?;
    match beginning.as_slice() {
        [] => Err(DumpFault::Empty.into()),
        [0x1f, 0x8b, ..] => {
            let mut plain = MultiGzDecoder::new(BufReader::new(File::open(path)?));
            let mut magic = [0; 4];
            let read = plain.read_exact(&mut magic).and_then(|()| io::copy(&mut plain, &mut io::sink()));
            read.map_err(|error| io::Error::from(DumpFault::Damaged(error.to_string())))?;
            if magic == MAGIC { Ok(Kind::Archive { gzip: true }) } else { Err(foreign()) }
        }
        [b'P', b'K', 3, 4] => members(File::open(path)?).map(Kind::Folder),
        other if other == MAGIC => Ok(Kind::Archive { gzip: false }),
        _ => Err(foreign()),
    }
}

fn foreign() -> io::Error {
    DumpFault::foreign("neither an archive of mongodump nor a zip archive of its files").into()
}

/// The files that mongorestore reads, each in the folder of its database, whatever stands above. Each is read to its
/// end, so that damage shows.
fn members(file: File) -> io::Result<Vec<(usize, String)>> {
    let damaged = |error: &dyn ToString| io::Error::from(DumpFault::Damaged(error.to_string()));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = member.name().map_err(|error| damaged(&error))?.into_owned();
        let Some(path) = place(&name) else { continue };
        io::copy(&mut member, &mut io::sink()).map_err(|error| damaged(&error))?;
        found.push((index, path));
    }
    if found.iter().any(|(_, path)| path.ends_with(".bson")) { Ok(found) } else { Err(foreign()) }
}

fn place(name: &str) -> Option<String> {
    let mut parts = name.rsplit('/');
    let (file, database) = (parts.next()?, parts.next()?);
    let known = file.ends_with(".bson") || file.ends_with(".metadata.json");
    let safe = |part: &str| !part.is_empty() && part != "." && part != "..";
    (known && safe(file) && safe(database)).then(|| format!("{}/{database}/{file}", Documents::folder()))
}

fn pack(file: File, members: &[(usize, String)], mut to: impl Write) -> io::Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(io::Error::other)?;
    for (index, path) in members {
        let mut member = archive.by_index(*index).map_err(io::Error::other)?;
        let bytes = member.size();
        tar::begin_file(&mut to, path, bytes)?;
        if io::copy(&mut member, &mut to)? != bytes {
            return Err(DumpFault::Damaged(format!("{path} has another length than it says")).into());
        }
        tar::end_file(&mut to, bytes)?;
    }
    tar::end(&mut to)
}

/// Counts what goes through.
struct Counted<'a, R> {
    from: R,
    passed: &'a mut (dyn FnMut(u64) + Send),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        (self.passed)(length as u64);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_find_their_database_whatever_stands_above() {
        let folder = Documents::folder();
        for (name, expected) in [
            ("coog/mongodb_data/tmp_backup/admin/system.users.bson", Some("admin/system.users.bson")),
            ("gateway/a.metadata.json", Some("gateway/a.metadata.json")),
            ("tmp_backup/admin/", None),
            ("a.bson", None),
            ("../x.bson", None),
            ("tmp_backup/admin/notes.txt", None),
        ] {
            assert_eq!(place(name), expected.map(|path| format!("{folder}/{path}")), "{name}");
        }
    }
}
