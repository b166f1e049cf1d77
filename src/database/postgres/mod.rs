//! PostgreSQL servers: how they are reached, what they have, the lock, the swap of databases, and the cleanup.

pub(super) mod attributes;
pub(super) mod cleanup;
pub(super) mod client;
pub(super) mod complaint;
pub(super) mod connections;
pub(super) mod disk_space;
pub(super) mod extensions;
pub(super) mod info;
pub(super) mod lock;
pub(super) mod name;
pub(super) mod obstacles;
pub(super) mod replacement;
pub(super) mod retained;
pub(super) mod scram;
pub(super) mod server;
pub(super) mod steps;
