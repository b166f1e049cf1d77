//! What every command works with: the settings and the steps that most begin with, why it ends early, and the hooks.

mod context;
mod failure;
mod hook_names;
pub(crate) mod hooks;
mod program_fault;

pub use context::Context;
pub(crate) use context::Planned;
pub use failure::Failure;
pub(crate) use hook_names::is_hook;
pub(crate) use program_fault::fault_of;
