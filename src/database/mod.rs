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
mod name;
mod plain;
mod replace;
mod restore;
mod room;
mod seal;
mod server;
mod tarball;
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
#[doc(hidden)]
pub use plain::Plain;
pub use replace::{Aside, Outcome, Replacement};
pub use restore::{pour, restore};
pub use room::{Room, with_room_left};
pub use seal::Sealing;
pub use server::Server;
pub use watched::Watched;
