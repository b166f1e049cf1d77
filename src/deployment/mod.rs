//! The end of the way: everything checked in memory, then two files, written whole or not at all.

mod changes;
mod checks;
mod diff;
mod foreign;
mod left_out;
mod literals;
mod plan;
mod service_env;
mod write;

pub use changes::{ChangeKind, ServiceChange, changes};
pub use diff::{diff, differs};
pub use foreign::foreign;
pub use literals::without_literals;
pub use plan::{Configured, plan};
pub use write::{Written, write};
