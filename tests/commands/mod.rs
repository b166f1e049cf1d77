//! The verbs, from the command line to docker's arguments.

mod completions;
mod doctor;
mod down;
mod edit;
mod files;
mod hooks;
mod init;
mod manual;
mod mongo;
mod passthrough;
mod secrets;
mod services;
mod status;
mod terminals;
mod tools;
mod trouble;
mod up;
mod usage;
mod waiting;
