//! The one integration test binary: a folder or file per subject.

mod commands;
mod e2e;
mod environment;
mod house;
mod support;
