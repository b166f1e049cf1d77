//! Files that are written whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Puts `text` in the place of what a file holds. It keeps its rights; one that is new gets `mode`. Where the path is a
/// link, what it leads to is written.
///
/// # Errors
/// When it cannot be written; it is then as it was.
pub fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mode = fs::metadata(&target).map_or(mode, |there| there.permissions().mode() & 0o7777);
    let file = prepare(&target, text, mode)?;
    file.persist(&target).map_err(|error| error.error)?;
    sync_folder_of(&target)
}

/// Writes a file that is not there yet, with the folders above it.
///
/// # Errors
/// When it is there already (the kind is `AlreadyExists`), or cannot be written.
pub fn create(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))?;
    let file = prepare(path, text, mode)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder_of(path)
}

fn prepare(path: &Path, text: &str, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".lapstrake-").tempfile_in(folder_of(path))?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_keeps_its_rights_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        create(&path, "one", 0o600).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, "two", 0o644).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }

    #[test]
    fn what_is_there_is_not_created_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        create(&path, "one", 0o644).unwrap();
        assert_eq!(create(&path, "two", 0o644).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }
}
