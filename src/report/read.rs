//! Reading a text, with every refusal a text can earn.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::{Diagnostic, Report, SourceId, Sources, Span};
use crate::files::{self, FileError};

/// Reads `path` under the name `name`. A missing file is `None` without a word; whatever else is wrong is reported.
pub fn read_optional(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match files::read(path) {
        Ok(bytes) => decode(sources, report, name, path, bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => refuse(report, name, &error),
    }
}

/// Reads `path` under the name `name`; a missing file is an error too.
pub fn read(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match files::read(path) {
        Ok(bytes) => decode(sources, report, name, path, bytes),
        Err(error) => refuse(report, name, &error),
    }
}

/// Reads `path` as docker compose reads YAML: also UTF-16 with a byte order mark.
pub fn read_yaml(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match files::read(path) {
        Ok(bytes) => match utf16(&bytes) {
            Some(text) => Some(sources.add(name, path, text)),
            None => decode(sources, report, name, path, bytes),
        },
        Err(error) => refuse(report, name, &error),
    }
}

/// Reads `path` whatever its encoding: bytes that are no UTF-8 become `�`.
pub fn read_lossy(sources: &mut Sources, report: &mut Report, name: &str, path: &Path) -> Option<SourceId> {
    match files::read(path) {
        Ok(bytes) => Some(sources.add(name, path, String::from_utf8_lossy(&bytes))),
        Err(error) => refuse(report, name, &error),
    }
}

/// Reads a stream to its end under the name `name`; `path` is where it is taken to lie.
pub fn read_stream(
    sources: &mut Sources,
    report: &mut Report,
    (name, path): (&str, &Path),
    stream: impl Read,
) -> Option<SourceId> {
    match files::read_stream(path, stream) {
        Ok(bytes) => decode(sources, report, name, path, bytes),
        Err(error) => refuse(report, name, &error),
    }
}

fn refuse(report: &mut Report, name: &str, error: &FileError) -> Option<SourceId> {
    let problem = Diagnostic::error("unreadable", format!("cannot read `{name}`: {}", error.source));
    report.push(match error.advice() {
        Some(advice) => problem.with_help(advice),
        None => problem,
    });
    None
}

fn decode(sources: &mut Sources, report: &mut Report, name: &str, path: &Path, bytes: Vec<u8>) -> Option<SourceId> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, path, text)),
        Err(error) => {
            if error.as_bytes().starts_with(&[0xff, 0xfe]) || error.as_bytes().starts_with(&[0xfe, 0xff]) {
                let problem = Diagnostic::error("not-utf8", format!("`{name}` is UTF-16 text, and UTF-8 is needed"));
                report.push(problem.with_help("convert it with `iconv -f utf-16 -t utf-8`"));
                return None;
            }
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

/// The text of bytes that begin with the byte order mark of UTF-16.
fn utf16(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (units, rest) = bytes[2..].as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| read(*unit)).collect();
    if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
}
