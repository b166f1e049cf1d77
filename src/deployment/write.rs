//! The only place that writes configuration.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Configured;
use crate::files::{self, FileError};

/// What writing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether `.env` was written.
    pub env: bool,
    /// Whether `compose.yaml` was written.
    pub compose: bool,
}

/// Writes both files, each whole or not at all, and only if its content changed. They are readable by their owner alone:
/// `.env` holds the secrets, and `compose.yaml` those that are written out in fragments.
///
/// # Errors
/// When a file cannot be written; it is then as it was.
pub fn write(configured: &Configured) -> Result<Written, FileError> {
    let compose = write_one(&configured.compose_file, &configured.compose_text)?;
    let env = write_one(&configured.env_file, &configured.env_text)?;
    // Both lie in one folder, unless one of them is a link.
    if env || compose {
        files::sync_folder(&configured.env_file)?;
    }
    Ok(Written { env, compose })
}

fn write_one(path: &Path, text: &str) -> Result<bool, FileError> {
    if files::read(path).is_ok_and(|there| there == text.as_bytes()) {
        let closed = || -> std::io::Result<()> {
            if fs::metadata(path)?.permissions().mode() & 0o777 != 0o600 {
                fs::set_permissions(path, Permissions::from_mode(0o600))?;
            }
            Ok(())
        };
        closed().map_err(|error| FileError::new("close", path, error))?;
        return Ok(false);
    }
    files::replace_private(path, text)?;
    Ok(true)
}
