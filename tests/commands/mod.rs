//! The verbs, from the command line to docker's arguments.

mod down;
mod init;
mod passthrough;
mod services;
mod tools;
mod trouble;
mod up;
mod usage;
mod waiting;
