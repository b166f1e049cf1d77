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
mod client;
mod cluster;
mod complaint;
mod digits;
mod document_backup;
mod documents;
mod error;
mod extensions;
mod facts;
mod format;
mod kept;
mod leftovers;
mod lexer;
mod lines;
mod listing;
mod name;
mod notes;
mod plain;
mod reader;
mod replace;
mod restore;
mod restore_role;
mod room;
mod rows;
mod scram;
mod seal;
mod server;
mod shape;
mod statement;
mod tarball;
mod target;
mod tokens;
mod watched;

pub use archive::{Opened, Packer};
pub use check::{Checked, Examination, examine};
pub use client::Place;
pub use digits::digits;
pub use document_backup::DocumentBackup;
pub use documents::Documents;
pub use error::{DatabaseError, DumpFault};
pub use extensions::{Absence, extend};
pub use facts::{Facts, databases, facts};
pub use format::Format;
pub use kept::{Kept, kept};
pub use leftovers::{clear_connections, clear_containers, clear_databases, drop_database};
pub use name::{Name, NameError, identifier, literal};
pub use notes::{Extension, Notes};
pub use reader::Reader;
pub use replace::{Aside, Outcome, Replacement};
pub use restore::{pour, prove_text, restore};
pub use restore_role::RestoreRole;
pub use room::{Room, with_room_left};
pub use seal::Sealing;
pub use server::Server;
pub use shape::{Content, Shape};
pub use target::Target;
pub use watched::Watched;
