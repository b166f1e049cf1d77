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
mod cluster;
mod complaint;
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
mod lines;
mod listing;
mod lock;
mod name;
mod notes;
mod obstacles;
mod plain;
mod reader;
mod replace;
mod restore;
mod restore_role;
mod rows;
mod scram;
mod seal;
mod server;
mod shape;
mod statement;
mod steps;
mod tarball;
mod target;
mod tokens;
mod watched;

pub use archive::{Opened, Packer};
#[doc(hidden)]
pub use check::filtered;
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
pub use notes::{Extension, Notes};
pub use obstacles::{Obstacle, must_be_replaceable};
pub use reader::Reader;
pub use replace::{Aside, Outcome, Replacement};
pub use restore::{pour, prove_text, restore};
pub use restore_role::RestoreRole;
pub use seal::Sealing;
pub use server::Server;
pub use shape::{Content, Shape};
pub use steps::reached;
pub use target::Target;
pub use watched::Watched;
