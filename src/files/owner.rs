//! Whom a file belongs to: what is written for somebody else stays theirs.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

/// A file's user and group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { user: metadata.uid(), group: metadata.gid() }
    }

    /// Whom a new file in `folder` is to belong to: the folder's owner where root writes it, else whoever writes it.
    pub(super) fn of_new_in(folder: &Path) -> Option<Self> {
        let root = rustix::process::geteuid().is_root();
        root.then(|| fs::metadata(folder).ok().map(|folder| Self::of(&folder))).flatten()
    }

    /// Gives a file to this owner. Only root can give files away; the others keep at least the group where they may.
    pub(super) fn take(self, file: &File) -> io::Result<()> {
        if Self::of(&file.metadata()?) == self {
            return Ok(());
        }
        match fchown(file, Some(self.user), Some(self.group)) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                // Without the group the file is still readable for whoever writes it.
                let _ = fchown(file, None, Some(self.group));
                Ok(())
            }
            other => other,
        }
    }
}

/// The command that gives this user access to a path that is denied: to the nearest part of it that is not theirs.
#[must_use]
pub fn ownership_advice(path: &Path) -> Option<String> {
    let own = rustix::process::geteuid().as_raw();
    let group = rustix::process::getegid().as_raw();
    for part in path.ancestors().filter(|part| !part.as_os_str().is_empty()) {
        // What cannot be looked at lies in a folder that is closed.
        let Ok(there) = fs::metadata(part) else { continue };
        let shown = shell_word(part.as_os_str());
        let needed = if there.is_dir() { 0o700 } else { 0o600 };
        if there.uid() != own {
            let owner = there.uid();
            return Some(format!(
                "{shown} belongs to user {owner}: run the command as that user, or take it: `sudo chown {own}:{group} {shown}`"
            ));
        }
        if there.mode() & needed != needed {
            let rights = if there.is_dir() { "u+rwx" } else { "u+rw" };
            return Some(format!("{shown} is closed for its own owner: `chmod {rights} {shown}`"));
        }
    }
    None
}

/// A word as a shell takes it.
#[must_use]
pub fn shell_word(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,{}".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
