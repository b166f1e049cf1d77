//! Every source file, and what is asked of each.

use std::fs;
use std::path::Path;

/// One file below `src/`.
pub(super) struct Source {
    /// Its path, from `src/` on.
    pub(super) path: String,
    /// The folder or file below `src/` that it belongs to.
    pub(super) station: String,
    pub(super) text: String,
}

/// The files below `src/`.
pub(super) fn all() -> Vec<Source> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("src").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), found);
        } else if name.ends_with(".rs") {
            let station = path.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
            found.push(Source { text: fs::read_to_string(entry.path()).expect("a source"), path, station });
        }
    }
}

/// Long files are two rooms in one; tables may be longer.
const LONGEST: usize = 400;

#[test]
fn files_are_short() {
    let long: Vec<_> = all()
        .into_iter()
        .map(|source| (source.text.split("#[cfg(test)]").next().unwrap_or_default().lines().count(), source.path))
        .filter(|(lines, path)| *lines > LONGEST && !path.starts_with("model/schema/"))
        .collect();
    assert!(long.is_empty(), "over {LONGEST} lines: {long:?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let words = ["TODO", "FIXME", "XXX", "allow(dead_code)", "allow(unused"];
    for source in all() {
        for word in words {
            assert!(!source.text.contains(word), "{} says {word}", source.path);
        }
    }
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    for source in all() {
        assert!(source.text.starts_with("//! "), "{} has no first words", source.path);
    }
}
