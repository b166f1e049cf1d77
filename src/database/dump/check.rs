//! Whether a dump may be loaded, found out before anything is touched.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::checksum::Sealed;
use super::listing;
use super::shape::Unmarked;
use super::sql_filter::Plain;
use super::target::Reading;
use crate::database::postgres::server::uninterrupted;
use crate::database::{DatabaseError, DumpFault, Notes, Opened, Reader, Server, Shape, Target, digits};
use crate::machine::random_secret;
use crate::report::Secret;

const BUFFER: usize = 256 << 10;

/// A dump to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Examination<'a> {
    /// The file by the name that the user gave it.
    pub file: &'a Path,
    /// The same, open.
    pub opened: &'a File,
    /// What it is.
    pub shape: &'a Shape,
    /// Where the archive is that pg_restore reads, and the same, open; none where there is none.
    pub archive: Option<(&'a Path, &'a File)>,
    /// What it meets.
    pub target: &'a Target,
    /// Whether it may do what the connecting user may.
    pub trusted: bool,
    /// The one database of several that is loaded.
    pub from: Option<&'a str>,
}

impl Examination<'_> {
    pub(in crate::database) fn reading(&self, whole: bool) -> Reading<'_> {
        Reading { target: self.target, trusted: self.trusted, whole, from: self.from }
    }

    fn fault(&self, fault: DumpFault) -> DatabaseError {
        DatabaseError::Dump { file: self.file.to_owned(), fault }
    }
}

/// A dump that may be loaded.
#[derive(Debug)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The size of the SQL in it; none where that is not known.
    pub plain: Option<u64>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// What is known of it.
    pub notes: Notes,
    /// Whether it is an archive.
    pub archive: bool,
    /// What pg_restore restores, in its own form.
    pub(in crate::database) list: String,
    /// The word that keeps psql from doing anything but SQL; none where it knows none.
    pub(in crate::database) guard: Option<Secret>,
    /// The sum of what is restored: the SQL, or the archive.
    pub(in crate::database) content: String,
    identity: Identity,
}

/// What changes when a file is written to.
#[derive(Debug, PartialEq, Eq)]
struct Identity([i64; 4], u64, u64);

impl Identity {
    fn of(data: &Metadata) -> Self {
        Self([data.mtime(), data.mtime_nsec(), data.ctime(), data.ctime_nsec()], data.ino(), data.len())
    }
}

/// What was found in a dump.
struct Found {
    plain: Option<u64>,
    version: Option<String>,
    notes: Notes,
    list: String,
    content: String,
    guard: Option<Secret>,
}

/// Reads a dump once, from beginning to end, and finds out whether it is whole and can be loaded. `passed` is told how
/// many bytes of SQL were read.
///
/// # Errors
/// When it is not to be loaded.
pub fn examine(
    server: &Server<'_>,
    dump: Examination<'_>,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<Checked, DatabaseError> {
    let unreadable = |error: io::Error| dump.fault(DumpFault::Unreadable(error));
    let data = dump.opened.metadata().map_err(unreadable)?;
    let (sum, found) = std::thread::scope(|scope| {
        // Both of them take a while, and neither needs the other.
        let sum = scope.spawn(|| sha256(dump.opened));
        let found = match dump.archive {
            Some((_, file)) => look_into_archive(server, &dump, file),
            None => look_into_plain(server, &dump, passed),
        };
        (sum.join().unwrap_or_else(|_| Err(io::Error::other("the sum could not be made"))), found)
    });
    uninterrupted()?;
    let found = found.map_err(|error| of_dump(error, &dump))?;
    let sha256 = sum.map_err(unreadable)?;
    let newer = |version: &String| major(version).is_some_and(|major| major > dump.target.version);
    if let Some(version) = found.version.filter(newer) {
        return Err(dump.fault(DumpFault::Newer { dump: version, server: dump.target.version }));
    }
    if !dump.trusted {
        let admitted = found.notes.extensions.iter().try_for_each(|extension| dump.target.admits(extension));
        admitted.map_err(|fault| dump.fault(fault))?;
    }
    Ok(Checked {
        file: dump.file.to_owned(),
        bytes: data.len(),
        plain: found.plain,
        sha256,
        notes: found.notes,
        archive: dump.archive.is_some(),
        list: found.list,
        guard: found.guard,
        content: found.content,
        identity: Identity::of(&data),
    })
}

impl Checked {
    /// Refuses a file that was written to, or replaced, since it was checked. `opened` is the file, and `path` where it
    /// was found.
    ///
    /// # Errors
    /// When it is another one.
    pub fn must_be_unchanged(&self, opened: &File, path: &Path) -> Result<(), DatabaseError> {
        let same = |data: io::Result<Metadata>| data.is_ok_and(|data| Identity::of(&data) == self.identity);
        if same(opened.metadata()) && same(path.metadata()) { Ok(()) } else { Err(self.fault(DumpFault::Changed)) }
    }

    pub(in crate::database) fn fault(&self, fault: DumpFault) -> DatabaseError {
        DatabaseError::Dump { file: self.file.clone(), fault }
    }
}

fn look_into_plain(
    server: &Server<'_>,
    dump: &Examination<'_>,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<Found, DatabaseError> {
    let guard = guard(server)?;
    if guard.is_none() && !dump.trusted {
        return Err(dump.fault(DumpFault::Unrestricted));
    }
    let opened = Reader::of(dump.opened).map_err(|error| dump.fault(DumpFault::Unreadable(error)))?;
    let looked = Opened::new(opened, &dump.shape.packings).read(|plain| {
        let mut sealed = Sealed::new(plain);
        let mut script = Plain::new(Unmarked::new(&mut sealed), dump.reading(true));
        look_through(&mut script, passed)?;
        let (plain, version) = (Some(script.taken()), script.version().map(str::to_owned));
        let notes = script.notes().clone();
        Ok(Found { plain, version, notes, list: String::new(), content: sealed.sum(), guard })
    });
    looked.map_err(|fault| {
        // Whatever was said to be packed and is not, is damaged in the eyes of whoever unpacks it.
        dump.fault(match fault {
            DumpFault::Unreadable(error) if error.raw_os_error().is_none() => DumpFault::Damaged(error.to_string()),
            other => other,
        })
    })
}

fn look_through(script: &mut Plain<'_, impl Read>, passed: &mut (dyn FnMut(u64) + Send)) -> Result<(), DumpFault> {
    let mut buffer = vec![0; BUFFER];
    let mut taken = 0;
    while script.read(&mut buffer)? > 0 {
        passed(script.taken() - taken);
        taken = script.taken();
        if uninterrupted().is_err() {
            return Err(DumpFault::Unreadable(io::Error::from(io::ErrorKind::Interrupted)));
        }
    }
    Ok(())
}

/// Has psql do nothing but SQL, with a word that nobody who wrote a dump can know. None where it knows no such thing.
fn guard(server: &Server<'_>) -> Result<Option<Secret>, DatabaseError> {
    let word = random_secret().map_err(crate::docker::RunError::Streams)?;
    let script = format!("\\restrict {0}\n\\unrestrict {0}\n", word.expose());
    match server.psql(&crate::database::Name::maintenance(), &script, "the restriction of psql") {
        Ok(_) => Ok(Some(word)),
        Err(DatabaseError::Failed { complaint, .. }) if complaint.contains("invalid command") => Ok(None),
        Err(error) => Err(error),
    }
}

/// What pg_restore would restore is told by pg_restore: its table of contents, and the statements of the schema.
fn look_into_archive(server: &Server<'_>, dump: &Examination<'_>, file: &File) -> Result<Found, DatabaseError> {
    let unreadable = |error: io::Error| dump.fault(DumpFault::Unreadable(error));
    let (list, version) = list_of(server, Reader::of(file).map_err(unreadable)?)?;
    let (mouth, end) = io::pipe().map_err(crate::docker::RunError::Streams)?;
    let mut from = Reader::of(file).map_err(unreadable)?;
    let notes = std::thread::scope(|scope| {
        let written = scope.spawn(move || {
            let mut end = end;
            server.transform(&["pg_restore", "--schema-only", "--no-owner", "--file", "-"], &mut from, &mut end)
        });
        let mut script = Plain::new(mouth, dump.reading(true));
        let looked = look_through(&mut script, &mut |_| {});
        let notes = script.notes().clone();
        // Whoever still writes is not waited for.
        drop(script);
        let told = written.join().unwrap_or_else(|_| Err(DatabaseError::Strange(String::new())));
        match (looked, told) {
            (Err(DumpFault::CutOff), Err(error)) => Err(error),
            (Err(fault), _) => Err(dump.fault(fault)),
            (Ok(()), told) => told.map(|()| notes),
        }
    })?;
    let list = listing::wanted(&list, &notes, dump.trusted);
    let content = sha256(file).map_err(unreadable)?;
    Ok(Found { plain: None, version, notes, list, content, guard: guard(server)? })
}

/// The table of contents is read by the one who will restore it.
fn list_of(server: &Server<'_>, mut file: Reader) -> Result<(String, Option<String>), DatabaseError> {
    let told = server.examine(&["pg_restore", "--list"], &mut file)?;
    let text = told.text();
    if !told.ended.well() {
        let complaint = told.complaint();
        // `unsupported version (1.16) in file header`: newer than the program that would read it.
        if let Some((_, rest)) = complaint.split_once("unsupported version (") {
            let dump = format!("a newer version (archive {})", rest.split(')').next().unwrap_or_default());
            return Err(DatabaseError::Dump { file: PathBuf::new(), fault: DumpFault::Newer { dump, server: 0 } });
        }
        let why = complaint.lines().last().unwrap_or_default().to_owned();
        return Err(DatabaseError::Dump { file: PathBuf::new(), fault: DumpFault::Damaged(why) });
    }
    let said = |key: &str| text.lines().find_map(|line| line.trim_start_matches([';', ' ']).strip_prefix(key));
    let version = said("Dumped from database version:").and_then(|rest| rest.split_whitespace().next());
    let version = version.map(str::to_owned);
    Ok((text, version))
}

/// Names the file and the server's version, which whoever looked into it did not know.
fn of_dump(error: DatabaseError, dump: &Examination<'_>) -> DatabaseError {
    match error {
        DatabaseError::Dump { fault: DumpFault::Newer { dump: version, .. }, .. } => {
            dump.fault(DumpFault::Newer { dump: version, server: dump.target.version })
        }
        other => other.of_file(dump.file),
    }
}

pub(in crate::database) fn sha256(file: &File) -> io::Result<String> {
    let mut file = Reader::of(file)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => sum.update(&buffer[..length]),
        }
        if uninterrupted().is_err() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    Ok(digits(&sum.finalize()))
}

fn major(version: &str) -> Option<u32> {
    version.split(|each: char| !each.is_ascii_digit()).next()?.parse().ok()
}

/// Returns the filter of a dump that meets `target`, for fuzzing.
#[doc(hidden)]
pub fn filtered<'a>(from: impl Read + 'a, target: &'a Target) -> impl Read + 'a {
    Plain::new(from, Reading { target, trusted: false, whole: true, from: None })
}
