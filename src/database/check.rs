//! Whether a dump may be loaded, found out before anything is touched.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::plain::Plain;
use super::seal::Sealed;
use super::{DatabaseError, DumpFault, Format, Opened, Server, digits};

const BUFFER: usize = 256 << 10;

/// A dump to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Examination<'a> {
    /// The file.
    pub file: &'a Path,
    /// What it was said to be.
    pub said: Option<Format>,
    /// The server's major version.
    pub server: u32,
}

/// A dump that may be loaded.
#[derive(Debug)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// Its format.
    pub format: Format,
    /// Its size.
    pub bytes: u64,
    /// The size of the SQL in it; none where that is not known.
    pub plain: Option<u64>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Reads a dump once, from beginning to end, and finds out whether it is whole and ours to load. `passed` is told how
/// many bytes of SQL were read.
///
/// # Errors
/// When it is not to be loaded.
pub fn examine(
    server: &Server<'_>,
    dump: Examination<'_>,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<Checked, DatabaseError> {
    let fault = |fault: DumpFault| DatabaseError::Dump { file: dump.file.to_owned(), fault };
    let open = || File::open(dump.file).map_err(|error| fault(DumpFault::Unreadable(error)));
    let bytes = open()?.metadata().map_err(|error| fault(DumpFault::Unreadable(error)))?.len();
    let format = match (dump.said, Format::recognise(&mut open()?)) {
        (Some(said), Ok(format)) if said != format => return Err(fault(DumpFault::Mistaken { said })),
        (Some(said), Err(DumpFault::Foreign(_))) => said,
        (_, recognised) => recognised.map_err(fault)?,
    };
    let summed = open()?;
    let (sum, looked) = std::thread::scope(|scope| {
        // Both of them take a while, and neither needs the other.
        let sum = scope.spawn(|| sha256(summed));
        let looked = match format {
            Format::Bin => look_into_bin(server, open()?).map(|version| (None, version)),
            _ => {
                look_into_plain(open()?, format, passed).map(|(length, version)| (Some(length), version)).map_err(fault)
            }
        };
        let sum = sum.join().unwrap_or_else(|_| Err(io::Error::other("the sum could not be made")));
        Ok::<_, DatabaseError>((sum, looked))
    })?;
    let (plain, version) = looked.map_err(|error| of_dump(error, &dump))?;
    let sha256 = sum.map_err(|error| fault(DumpFault::Unreadable(error)))?;
    if let Some(version) = version.filter(|version| major(version).is_some_and(|major| major > dump.server)) {
        return Err(fault(DumpFault::Newer { dump: version, server: dump.server }));
    }
    Ok(Checked { file: dump.file.to_owned(), format, bytes, plain, sha256 })
}

fn look_into_plain(
    file: File,
    format: Format,
    passed: &mut (dyn FnMut(u64) + Send),
) -> Result<(u64, Option<String>), DumpFault> {
    let looked = Opened::new(file, format).plain(|plain| {
        let mut script = Plain::new(Sealed::new(plain));
        let mut buffer = vec![0; BUFFER];
        let mut taken = 0;
        while script.read(&mut buffer)? > 0 {
            passed(script.taken() - taken);
            taken = script.taken();
        }
        Ok((script.taken(), script.version().map(str::to_owned)))
    });
    match looked {
        // Whatever was said to be packed and is not, is damaged in the eyes of whoever unpacks it.
        Err(DumpFault::Unreadable(error)) if error.raw_os_error().is_none() => {
            Err(DumpFault::Damaged(error.to_string()))
        }
        other => other,
    }
}

/// The table of contents is read by the one who will restore it.
fn look_into_bin(server: &Server<'_>, mut file: File) -> Result<Option<String>, DatabaseError> {
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
    Ok(said("Dumped from database version:").and_then(|rest| rest.split_whitespace().next()).map(str::to_owned))
}

/// Names the file and the server's version, which whoever looked into it did not know.
fn of_dump(error: DatabaseError, dump: &Examination<'_>) -> DatabaseError {
    match error {
        DatabaseError::Dump { fault: DumpFault::Newer { dump: version, .. }, .. } => {
            let fault = DumpFault::Newer { dump: version, server: dump.server };
            DatabaseError::Dump { file: dump.file.to_owned(), fault }
        }
        other => other.of_file(dump.file),
    }
}

fn sha256(mut file: File) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => sum.update(&buffer[..length]),
        }
    }
    Ok(digits(&sum.finalize()))
}

fn major(version: &str) -> Option<u32> {
    version.split(|each: char| !each.is_ascii_digit()).next()?.parse().ok()
}
