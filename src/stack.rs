//! The bundled stack: what a project begins with.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The files of the stack as they were when the program was built: path, whether it can be run, content.
static EMBEDDED: &[(&str, bool, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/stack.rs"));

/// Where a package of the system puts the stack.
const INSTALLED: &str = "/usr/share/lapstrake/stack";

/// What a project keeps out of git: what is written, and what belongs to one machine.
const GITIGNORE: &str = "\
# What configure writes
/.env
/compose.yaml
# What belongs to this machine alone; env.custom holds the secrets
/env.custom
/disabled_services
/override.yml
/env/
/certs/
/log/
/data/
# The environment has a repository of its own
/custom/
";

/// Copies the stack into an empty folder: the installed one where there is one, else the one in the program.
///
/// # Errors
/// When something cannot be read or written.
pub fn unpack(folder: &Path) -> io::Result<()> {
    let installed = Path::new(INSTALLED);
    if installed.join("env.base").is_file() {
        copy(installed, folder)?;
    } else {
        for (name, executable, bytes) in EMBEDDED {
            write(&folder.join(name), bytes, *executable)?;
        }
    }
    write(&folder.join(".gitignore"), GITIGNORE.as_bytes(), false)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            let executable = entry.metadata()?.permissions().mode() & 0o100 != 0;
            write(&target, &fs::read(entry.path())?, executable)?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    #[allow(clippy::disallowed_methods, reason = "the folder is new: nothing is replaced")]
    fs::write(path, bytes)?;
    // The same whatever the caller's mask is: containers of other users read these files.
    fs::set_permissions(path, Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_makes_a_project() {
        let folder = tempfile::tempdir().unwrap();
        unpack(folder.path()).unwrap();
        assert!(crate::project::Project::at(folder.path(), Path::new("custom")).is_ok());
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("env.base"), include_bytes!("../env.base"));
        assert_eq!(read("defaults/env/back.env"), include_bytes!("../defaults/env/back.env"));
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("bin/images"), mode("env.base")), (0o755, 0o644));
    }
}
