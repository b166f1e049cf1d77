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
mod archive;
mod belongings;
mod check;
mod cleanup;
mod client;
mod connections;
mod digits;
mod disk_space;
mod document_backup;
mod documents;
mod error;
mod extensions;
mod facts;
mod format;
mod kept;
mod lexer;
mod lock;
mod name;
mod obstacles;
mod plain;
mod replace;
mod restore;
mod seal;
mod server;
mod steps;
mod tarball;
mod tokens;
mod watched;

pub use archive::{Opened, Packer};
pub use check::{Checked, Examination, examine};
pub use cleanup::{Cleanup, Problem, cleanup, drop_database, remove};
pub use client::Place;
pub use connections::{Connections, connections};
pub use digits::digits;
pub use disk_space::{DiskSpace, Ended, Lack, guarded};
pub use document_backup::DocumentBackup;
pub use documents::Documents;
pub use error::{DatabaseError, DumpFault};
pub use extensions::{Absence, extend};
pub use facts::{Facts, connectable, databases, facts};
pub use format::Format;
pub use kept::{Kept, kept};
pub use lock::{Attempt, Holder, Lock, holders};
pub use name::{Name, NameError, identifier, literal};
pub use obstacles::{Obstacle, must_be_replaceable};
pub use replace::{Aside, Outcome, Replacement};
pub use restore::{pour, restore};
pub use seal::Sealing;
pub use server::Server;
pub use steps::reached;
pub use watched::Watched;
