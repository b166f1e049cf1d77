//! Reading a text, with every refusal a text can earn.

use std::io::ErrorKind;
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
