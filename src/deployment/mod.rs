//! The end of the way: everything checked in memory, then two files, written whole or not at all.

mod checks;
mod plan;
mod service_env;
mod write;

pub use plan::{Configured, plan};
pub use write::{Written, write};
