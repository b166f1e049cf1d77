//! The only place that writes configuration.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Configured;

/// What writing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether `.env` was written.
    pub env: bool,
    /// Whether `compose.yaml` was written.
    pub compose: bool,
}

/// Writes both files, each whole or not at all, and only if its content changed. `.env` is readable by its owner alone.
///
/// # Errors
/// When a file cannot be written; it is then as it was.
pub fn write(configured: &Configured) -> io::Result<Written> {
    let compose = write_one(&configured.compose_file, &configured.compose_text, 0o644)?;
    let env = write_one(&configured.env_file, &configured.env_text, 0o600)?;
    if compose || env {
        File::open(&configured.root)?.sync_all()?;
    }
    Ok(Written { env, compose })
}

fn write_one(path: &Path, text: &str, mode: u32) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        if fs::metadata(path)?.permissions().mode() & 0o777 != mode {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::Builder::new().prefix(".lapstrake-").tempfile_in(folder)?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(true)
}
