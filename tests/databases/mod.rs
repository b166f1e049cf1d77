//! A database is never lost: `manage_db` on a real PostgreSQL, under every fault that can be injected.

mod afar;
mod anonymize;
mod checkouts;
mod disks;
mod faults;
mod kills;
mod obstacles;
mod round_trips;
mod stack;
mod swap;
mod tryton;
mod verbs;
mod writers;
