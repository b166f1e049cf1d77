//! Embeds the bundled stack, so that the program can begin a project wherever it is.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The stack, an example of an environment for it, and what builds the images of that.
const PARTS: [&str; 9] = [
    "compose",
    "overlays",
    "defaults",
    "env.base",
    "env.custom.sample",
    "custom.example",
    "images",
    "bin/images",
    "bin/parts/machine.sh",
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = Vec::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        collect(&root.join(part), &mut files)?;
    }
    files.sort();
    let mut table = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file);
        let executable = fs::metadata(file)?.permissions().mode() & 0o100 != 0;
        // Writing to a string does not fail.
        let _ = writeln!(table, "    ({name:?}, {executable}, include_bytes!({file:?})),");
    }
    table.push(']');
    #[allow(clippy::disallowed_methods, reason = "cargo runs this anew when it was broken off")]
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("stack.rs"), table)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), found)?;
        }
    } else {
        found.push(path.to_owned());
    }
    Ok(())
}
