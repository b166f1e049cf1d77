//! Room on the disk.

use std::path::Path;

/// How many bytes are free where a path lies, or will lie.
#[must_use]
pub fn room(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|folder| folder.exists())?;
    let told = rustix::fs::statvfs(there).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_the_room_of_the_one_above() {
        assert!(room(Path::new("/nowhere/at/all")).is_some_and(|bytes| bytes > 0));
    }
}
