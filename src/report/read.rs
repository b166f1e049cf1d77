//! Reading a text, with every refusal a text can earn.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::{Diagnostic, Report, SourceId, Sources, Span};

/// The longest text that is read, in bytes: configuration is written by people.
pub const LONGEST_TEXT: u64 = 32 << 20;

/// Reads `path` under the name `name`. A missing file is `None` without a word; whatever else is wrong is reported.
pub fn read_optional(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match read_bytes(path) {
        Ok(bytes) => decode(sources, report, name, path, bytes),
        Err(Refusal::Missing) => None,
        Err(refusal) => refuse(report, name, &refusal),
    }
}

/// Reads `path` under the name `name`; a missing file is an error too.
pub fn read(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match read_bytes(path) {
        Ok(bytes) => decode(sources, report, name, path, bytes),
        Err(refusal) => refuse(report, name, &refusal),
    }
}

enum Refusal {
    Missing,
    DanglingLink,
    Folder,
    TooLong,
    Failed(std::io::Error),
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound if path.symlink_metadata().is_ok() => Refusal::DanglingLink,
        ErrorKind::NotFound | ErrorKind::NotADirectory => Refusal::Missing,
        _ => Refusal::Failed(error),
    })?;
    let metadata = file.metadata().map_err(Refusal::Failed)?;
    if metadata.is_dir() {
        return Err(Refusal::Folder);
    }
    if metadata.len() > LONGEST_TEXT {
        return Err(Refusal::TooLong);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(LONGEST_TEXT + 1).read_to_end(&mut bytes).map_err(Refusal::Failed)?;
    if bytes.len() as u64 > LONGEST_TEXT {
        return Err(Refusal::TooLong);
    }
    Ok(bytes)
}

fn refuse(report: &mut Report, name: &str, refusal: &Refusal) -> Option<SourceId> {
    let why = match refusal {
        Refusal::Missing => "there is no such file".to_owned(),
        Refusal::DanglingLink => "it is a link to a file that does not exist".to_owned(),
        Refusal::Folder => "it is a folder, a file is wanted here".to_owned(),
        Refusal::TooLong => format!("it is longer than {} MiB, which no configuration is", LONGEST_TEXT >> 20),
        Refusal::Failed(error) => error.to_string(),
    };
    report.push(Diagnostic::error("unreadable", format!("cannot read `{name}`: {why}")));
    None
}

fn decode(sources: &mut Sources, report: &mut Report, name: &str, path: &Path, bytes: Vec<u8>) -> Option<SourceId> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let source = sources.add(name, path, String::from_utf8_lossy(error.as_bytes()));
            report.push(
                Diagnostic::error("not-utf8", "the file is not UTF-8 text")
                    .at(Span::new(source, at..at + 1), "this byte is not part of a character")
                    .with_help("save the file as UTF-8 (`iconv -f latin1 -t utf-8` converts an old one)"),
            );
            None
        }
    }
}
