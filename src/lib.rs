//! lapstrake turns layered configuration into one docker compose project, and runs it.
//!
//! ```text
//! layers ─► Environment ─► fragments ─► Model ─► overlays ─► overrides ─► checked Deployment ─► files ─► docker compose
//! (text)    (value+origin)  (YAML)      (merged)                          (nothing written before here)
//! ```
//!
//! Below the commands stand `roles` (what services are to them), [`database`] (servers and dump files), [`app`] (the
//! context of a command), `runtime` (what runs) and `maintenance` (what all commands that work on databases share).
//!
//! One folder per station, in the order of the drawing. A station may use the foundations ([`report`], [`yaml`]) and
//! the stations before it, never one behind it.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set up what they look at"))]

pub mod app;
pub mod cli;
pub mod commands;
pub mod completion;
pub mod database;
pub mod deployment;
pub mod docker;
pub mod environment;
pub mod exit;
pub mod files;
pub mod fragments;
pub mod machine;
mod maintenance;
pub mod model;
pub mod overlays;
pub mod project;
pub mod report;
mod roles;
mod runtime;
pub mod settings;
pub mod stack;
pub mod terminal;
pub mod yaml;
