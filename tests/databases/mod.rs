//! A database is never lost: `manage_db` on a real PostgreSQL, under every fault that can be injected.

mod afar;
mod anonymize;
mod checkouts;
mod disks;
mod faults;
mod hostile;
mod kills;
mod obstacles;
mod round_trips;
mod shapes;
mod stack;
mod swap;
mod tryton;
mod verbs;
mod writers;
