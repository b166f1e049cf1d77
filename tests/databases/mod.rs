//! A database is never lost: `manage_db` on a real PostgreSQL, under every fault that can be injected.

mod anonymize;
mod kills;
mod round_trips;
mod stack;
