//! What all commands that work on databases share: the session and its lock, the operation with everything around it,
//! what is remembered from one run to the next, backup files, prompts and summaries.

pub(crate) mod application;
pub(crate) mod audit_log;
pub(crate) mod backup_file;
pub(crate) mod confirm;
pub(crate) mod extensions;
pub(crate) mod file_lock;
pub(crate) mod hooks;
pub(crate) mod lock;
pub(crate) mod operation;
pub(crate) mod overview;
pub(crate) mod pause;
pub(crate) mod recover;
pub(crate) mod session;
pub(crate) mod spool;
pub(crate) mod state;
pub(crate) mod summary;

pub(crate) use extensions::all_extensions;
pub(crate) use overview::{Glance, glance};
pub(crate) use recover::recover;
pub(crate) use state::{Underway, at_work, interrupted};
