//! Databases: a command that fails leaves the database that was there, untouched.
//!
//! ```text
//! a dump ─► recognised ─► checked ─► plain SQL ─► scanned ─┐
//!                                └─► pg_restore ───────────┼─► staging database ─► checked ─► names swapped
//! the application, another database ───────────────────────┘    (the old one answers until here)
//! ```
//!
//! [`Server`] is how a server is reached, [`Replacement`] the one way in which a database comes into being, whatever
//! fills it. Names are data: [`Name`] knows how each reader wants them quoted. Nothing here stops a service or asks a
//! question.

pub mod anonymize;
mod digits;
mod dump;
mod error;
mod mongo;
mod postgres;

pub use digits::digits;
pub use dump::archive::{Opened, Packer};
#[doc(hidden)]
pub use dump::check::filtered;
pub use dump::check::{Checked, Examination, examine};
pub use dump::checksum::Sealing;
pub use dump::counting_writer::Watched;
pub use dump::format::Format;
pub use dump::notes::{Extension, Notes};
pub use dump::reader::Reader;
pub use dump::restore::{pour, prove_text, restore};
pub use dump::restore_role::RestoreRole;
pub use dump::shape::{Content, Shape};
pub use dump::target::Target;
pub use error::{DatabaseError, DumpFault};
pub use mongo::backup::DocumentBackup;
pub use mongo::server::Documents;
pub use postgres::cleanup::{Cleanup, Problem, cleanup, drop_database, remove};
pub use postgres::client::Place;
pub use postgres::connections::{Connections, connections};
pub use postgres::disk_space::{DiskSpace, Ended, Lack, guarded};
pub use postgres::extensions::{Absence, extend};
pub use postgres::info::{Facts, connectable, databases, facts};
pub use postgres::lock::{Attempt, Holder, Lock, holders};
pub use postgres::name::{Name, NameError, identifier, literal};
pub use postgres::obstacles::{Obstacle, must_be_replaceable};
pub use postgres::replacement::{Aside, Outcome, Replacement};
pub use postgres::retained::{Kept, kept};
pub use postgres::server::Server;
pub use postgres::steps::reached;
