//! The one integration test binary: a folder or file per subject.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on is to fail loudly"
)]

mod commands;
mod databases;
mod docs;
mod e2e;
mod environment;
mod house;
mod merging;
mod support;
