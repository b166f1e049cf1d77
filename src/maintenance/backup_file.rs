//! Where a backup goes: it is whole and under its name, or not there. Nobody else can read it, and no link is followed.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::Zoned;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::state::State;
use crate::app::Failure;
use crate::database::digits;
use crate::exit::Exit;
use crate::files::{self, FileError};
use crate::report::Diagnostic;

const BUFFER: usize = 256 << 10;
/// The project's folder for backups that were given no name.
const FOLDER: &str = "dumps";

/// Where a backup goes.
#[derive(Debug)]
pub(crate) enum Target {
    /// To whoever reads our output.
    Output,
    /// Into a file.
    File {
        path: PathBuf,
        /// Whether one that is there is overwritten.
        force: bool,
    },
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Target {
    /// Where to go, if one may go there. A backup without a name gets one from `stem` and the time.
    pub(crate) fn new(
        file: Option<&Path>,
        force: bool,
        root: &Path,
        (stem, ending): (&str, &str),
    ) -> Result<Self, Failure> {
        let path = match file {
            Some(file) if file == Path::new("-") => return Ok(Self::Output),
            Some(file) => file.to_owned(),
            None => {
                let time = Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
                let folder = root.join(FOLDER);
                make_folder(&folder)?;
                folder.join(format!("{stem}-{time}.{ending}"))
            }
        };
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot_write(&path, &error)),
            Ok(found) if !found.is_file() && !found.is_symlink() => {
                let problem = format!("{} is no file", path.display());
                let advice = "`-` writes to standard output, from where it can go anywhere";
                return Err(Failure::new(Exit::Usage, Diagnostic::error("no-file", problem).with_help(advice)));
            }
            Ok(_) if !force => return Err(is_there(&path)),
            Ok(_) => {}
        }
        Ok(Self::File { path, force })
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Output => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// Has the backup written by `fill`. What is half-written goes when anything fails.
    pub(crate) fn write(
        &self,
        state: &State,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Failure>,
    ) -> Result<Written, Failure> {
        match self {
            Self::Output => {
                let mut output = Summing::new(BufWriter::with_capacity(BUFFER, io::stdout()));
                fill(&mut output)?;
                let (mut to, written) = output.sum();
                to.flush().map_err(crate::docker::RunError::Streams)?;
                Ok(written)
            }
            Self::File { path, force } => {
                let unwritable = |error: io::Error| cannot_write(path, &error);
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let partial = tempfile::Builder::new().prefix(".lapstrake-").tempfile_in(folder).map_err(unwritable)?;
                state.remember_partial(Some(&partial.path().canonicalize().map_err(unwritable)?))?;
                let mut output = Summing::new(BufWriter::with_capacity(BUFFER, partial));
                fill(&mut output)?;
                let (to, written) = output.sum();
                let partial = to.into_inner().map_err(|error| unwritable(error.into_error()))?;
                keep(partial, path, *force)?;
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
                state.remember_partial(None)?;
                Ok(written)
            }
        }
    }
}

/// Makes the folder of backups, if it is not there: nobody else can look into it, and git does not take it up.
fn make_folder(folder: &Path) -> Result<(), FileError> {
    if folder.is_dir() {
        return Ok(());
    }
    files::create_folders(folder, 0o700)?;
    files::create(&folder.join(".gitignore"), "*\n", 0o600)
}

fn keep(partial: NamedTempFile, path: &Path, force: bool) -> Result<(), Failure> {
    partial.as_file().sync_all().map_err(|error| cannot_write(path, &error))?;
    files::give_to_owner_at(path, partial.as_file())?;
    let kept = if force { partial.persist(path) } else { partial.persist_noclobber(path) };
    match kept {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(is_there(path)),
        Err(error) => Err(cannot_write(path, &error.error)),
    }
}

fn is_there(path: &Path) -> Failure {
    let problem = Diagnostic::error("exists", format!("{} is there already", path.display()));
    Failure::new(Exit::Failed, problem.with_help("`--force` overwrites it"))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, Diagnostic::error("unwritable", format!("cannot write {}: {error}", path.display())))
}

/// Counts and sums what goes through.
struct Summing<W> {
    to: W,
    bytes: u64,
    sum: Sha256,
}

impl<W> Summing<W> {
    fn new(to: W) -> Self {
        Self { to, bytes: 0, sum: Sha256::new() }
    }

    fn sum(self) -> (W, Written) {
        let sha256 = digits(&self.sum.finalize());
        (self.to, Written { bytes: self.bytes, sha256 })
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.sum.update(&bytes[..length]);
        self.bytes += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What a killed run has half-written, gone.
pub(crate) fn forget_partial(state: &State) -> Result<(), FileError> {
    state.remember_partial(None)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn write(target: &Target, folder: &Path, text: &str) -> Result<Written, Failure> {
        target.write(&State::of(folder, "coog"), |to| Ok(to.write_all(text.as_bytes())?))
    }

    fn target(path: &Path, force: bool) -> Result<Target, Failure> {
        Target::new(Some(path), force, Path::new("/nowhere"), ("coog", "sql"))
    }

    #[test]
    fn a_backup_is_ours_alone_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        let written = write(&target(&path, false).unwrap(), folder.path(), "abc").unwrap();
        assert_eq!(written.bytes, 3);
        assert_eq!(written.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(target(&path, false).is_err());
        write(&target(&path, true).unwrap(), folder.path(), "d").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "d");
    }

    #[test]
    fn what_root_dumps_belongs_to_the_owner_of_the_folder() {
        use std::os::unix::fs::{MetadataExt, chown};
        let folder = tempfile::tempdir().unwrap();
        if chown(folder.path(), Some(1234), Some(1234)).is_err() {
            // Only root gives files away.
            return;
        }
        let path = folder.path().join("a.sql");
        for owner in [1234, 1235] {
            write(&target(&path, true).unwrap(), folder.path(), "abc").unwrap();
            assert_eq!(path.metadata().unwrap().uid(), owner);
            chown(&path, Some(1235), None).unwrap();
        }
    }

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, victim) = (folder.path().join("link"), folder.path().join("victim"));
        std::os::unix::fs::symlink(&victim, &path).unwrap();
        assert!(target(&path, false).is_err());
        write(&target(&path, true).unwrap(), folder.path(), "abc").unwrap();
        assert!(!victim.exists() && !path.is_symlink());
        assert!(target(Path::new("/dev/null"), true).is_err());
        assert!(target(folder.path(), true).is_err());
    }

    #[test]
    fn a_backup_without_a_name_goes_to_a_folder_of_the_project() {
        let root = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let target = Target::new(None, false, root.path(), ("coog", "zst")).unwrap();
            let name = target.path().unwrap().strip_prefix(root.path().join("dumps")).unwrap().display().to_string();
            assert!(name.starts_with("coog-20") && name.ends_with(".zst"), "{name}");
        }
        let folder = root.path().join("dumps");
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        let failed = target(&path, false).unwrap().write(&State::of(folder.path(), "coog"), |to| {
            to.write_all(b"abc")?;
            Err(Failure::said(Exit::Failed))
        });
        assert!(failed.is_err());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["log"]);
    }
}
