//! MongoDB servers and their backups.

pub(super) mod backup;
pub(super) mod server;
