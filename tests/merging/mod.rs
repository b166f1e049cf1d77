//! The merge against its judge: docker compose reads the fragments, and it reads the merged file.

mod bad_input;
mod bundled;
mod cases;
mod checkout;
mod folder;
mod generated;
mod generator;
mod grammar;
mod judge;
mod messages;
mod mutations;
mod outcomes;
mod surroundings;
