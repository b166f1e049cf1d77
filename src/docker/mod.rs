//! The only door to other programs: commands as values, what runs them, and how docker compose is called.

mod command;
mod compose;
mod containers;
mod dialogue;
#[cfg(test)]
pub(crate) mod recording;
mod runner;
mod signals;
mod surroundings;
mod system;
mod trouble;

pub use command::{Command, Input};
pub use compose::{Compose, MINIMUM_VERSION, VERBS};
pub use containers::{Container, Health, State, containers, logs};
pub use dialogue::Dialogue;
pub use runner::{Captured, Ended, RunError, Runner, Verdict};
pub use signals::{Care, Mending, interrupted, interrupted_by, take_care};
pub use surroundings::look_usual;
pub use system::System;
pub use trouble::{Trouble, find_trouble};
