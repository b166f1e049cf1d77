//! What runs: the state of services, whether they are ready, and what an `up` starts and waits for.

mod readiness;
mod selection;
mod state;
mod up_arguments;
mod wait;

pub(crate) use selection::Selection;
pub(crate) use state::{ServiceStates, uptime};
pub(crate) use up_arguments::Request;
pub(crate) use wait::Waiting;
