//! Writing: whole or not at all, for whoever the file belongs to.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::FileError;
use super::owner::Owner;

/// Puts `text` in the place of what a file holds. It keeps its owner, its group and its rights; a new one gets `mode`, less
/// what the caller's mask takes away, and, where root writes it, its folder's owner. Where the path is a link, what it
/// leads to is written.
///
/// # Errors
/// When it cannot be written; it is then as it was.
pub fn replace(path: &Path, text: &str, mode: u32) -> Result<(), FileError> {
    put(path, text, mode, None)?;
    sync_folder(path)
}

/// The same for a file that its owner alone may read, whatever its rights were. After several of them in one folder,
/// [`sync_folder`] has them outlast a loss of power.
///
/// # Errors
/// When it cannot be written; it is then as it was.
pub fn replace_private(path: &Path, text: &str) -> Result<(), FileError> {
    put(path, text, 0o600, Some(0o600))
}

fn put(path: &Path, text: &str, mode: u32, always: Option<u32>) -> Result<(), FileError> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let there = fs::metadata(&target).ok();
    let written = || -> io::Result<()> {
        let file = prepare(&target, text, mode)?;
        let owner = there.as_ref().map(Owner::of).or_else(|| Owner::of_new_in(folder_of(&target)));
        owner.map_or(Ok(()), |owner| owner.take(file.as_file()))?;
        let kept = always.or_else(|| there.as_ref().map(|there| there.permissions().mode() & 0o7777));
        kept.map_or(Ok(()), |mode| file.as_file().set_permissions(Permissions::from_mode(mode)))?;
        file.persist(&target).map(drop).map_err(|error| error.error)
    };
    written().map_err(|error| FileError::new("write", path, bare(error)))
}

/// Writes a file that is not there yet, with the folders above it.
///
/// # Errors
/// When it is there already (the kind is `AlreadyExists`), or cannot be written.
pub fn create(path: &Path, text: &str, mode: u32) -> Result<(), FileError> {
    create_folders(folder_of(path), 0o755)?;
    let written = || -> io::Result<()> {
        let file = prepare(path, text, mode)?;
        Owner::of_new_in(folder_of(path)).map_or(Ok(()), |owner| owner.take(file.as_file()))?;
        file.persist_noclobber(path).map_err(|error| error.error)?;
        sync_folder_of(path)
    };
    written().map_err(|error| FileError::new("write", path, bare(error)))
}

/// Makes a folder and those above it, each for the owner of the one it lies in where root makes it.
///
/// # Errors
/// When one of them cannot be made.
pub fn create_folders(folder: &Path, mode: u32) -> Result<(), FileError> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    if above != folder {
        create_folders(above, mode)?;
    }
    let made = || -> io::Result<()> {
        match DirBuilder::new().mode(mode).create(folder) {
            // Somebody else made it in between.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => Owner::of_new_in(above).map_or(Ok(()), |owner| owner.take(&File::open(folder)?)),
        }
    };
    made().map_err(|error| FileError::new("make", folder, error))
}

/// Opens a file to add to its end, with the folders above it. A new one gets its folder's owner where root makes it.
///
/// # Errors
/// When it cannot be opened.
pub fn append(path: &Path, mode: u32) -> Result<File, FileError> {
    create_folders(folder_of(path), 0o755)?;
    let opened = || -> io::Result<File> {
        match OpenOptions::new().append(true).create_new(true).mode(mode).open(path) {
            Ok(file) => {
                Owner::of_new_in(folder_of(path)).map_or(Ok(()), |owner| owner.take(&file))?;
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => OpenOptions::new().append(true).open(path),
            Err(error) => Err(error),
        }
    };
    opened().map_err(|error| FileError::new("write", path, error))
}

/// Gives a file that takes the place of `path` to the owner of what is there, else, where root wrote it, to the owner of
/// its folder.
///
/// # Errors
/// When it cannot be given away.
pub fn give_to_owner_at(path: &Path, file: &File) -> Result<(), FileError> {
    let there = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    let owner = there.as_ref().map(Owner::of).or_else(|| Owner::of_new_in(folder_of(path)));
    let given = owner.map_or(Ok(()), |owner| owner.take(file));
    given.map_err(|error| FileError::new("give away", path, error))
}

/// Gives a folder and all in it to the owner of another folder, where root made it.
///
/// # Errors
/// When something in it cannot be given away.
pub fn give_to_owner_of(folder: &Path, made: &Path) -> Result<(), FileError> {
    let Some(owner) = Owner::of_new_in(folder) else { return Ok(()) };
    let given = |path: &Path| File::open(path).and_then(|file| owner.take(&file));
    given(made).map_err(|error| FileError::new("give away", made, error))?;
    for entry in fs::read_dir(made).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            give_to_owner_of(folder, &path)?;
        } else {
            given(&path).map_err(|error| FileError::new("give away", &path, error))?;
        }
    }
    Ok(())
}

/// The text in a new file beside its place. The caller's mask counts for its rights.
fn prepare(path: &Path, text: &str, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lapstrake-").permissions(Permissions::from_mode(mode));
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// What the system said, without the name of a temporary file that nobody knows.
fn bare(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

/// Has what was written to the folder of a file outlast a loss of power. A link's own folder is not the one.
///
/// # Errors
/// When the folder cannot be opened.
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    sync_folder_of(&target).map_err(|error| FileError::new("write", path, error))
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, chown};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_replaced_keeps_its_rights_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        create(&path, "one", 0o600).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, "two", 0o644).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(mode(&path), 0o600);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
        replace(&link, "three", 0o600).unwrap();
        assert_eq!(mode(&path), 0o664);
        replace_private(&link, "four").unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn what_is_there_is_not_created_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        create(&path, "one", 0o644).unwrap();
        assert_eq!(create(&path, "two", 0o644).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    }

    #[test]
    fn what_root_writes_stays_with_whom_it_belongs_to() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let owner = |path: &Path| {
            let there = fs::metadata(path).unwrap();
            (there.uid(), there.gid())
        };
        let folder = tempfile::tempdir().unwrap();
        chown(folder.path(), Some(1234), Some(2345)).unwrap();
        let path = |name: &str| folder.path().join(name);
        create(&path("a/b/new"), "x", 0o644).unwrap();
        replace(&path("too"), "x", 0o644).unwrap();
        append(&path("log/file"), 0o600).unwrap().write_all(b"x").unwrap();
        for name in ["a", "a/b", "a/b/new", "too", "log", "log/file"] {
            assert_eq!(owner(&path(name)), (1234, 2345), "{name}");
        }
        chown(path("too"), Some(77), Some(88)).unwrap();
        replace(&path("too"), "y", 0o644).unwrap();
        replace_private(&path("too"), "z").unwrap();
        assert_eq!(owner(&path("too")), (77, 88));
        assert_eq!((mode(&path("too")), mode(&path("log/file"))), (0o600, 0o600));
    }

    #[test]
    fn an_error_names_the_file_and_not_a_temporary_one() {
        let error = replace(Path::new("/nowhere/at/all"), "x", 0o644).unwrap_err();
        assert_eq!(error.to_string(), "cannot write /nowhere/at/all: No such file or directory (os error 2)");
    }
}
