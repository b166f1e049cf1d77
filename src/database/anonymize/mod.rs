//! Anonymisation: production data that may be shared.
//!
//! ```text
//! rules (YAML) ─┐
//!               ├─► Plan ─► Script ─► one transaction: change, prove ─► commit ─► Outcome
//! Catalogue ────┘
//! ```
//!
//! [`Rules`] say what is to be done, [`Catalogue`] what the database has; a [`Plan`] is what both allow. The server
//! does the work, and no value ever leaves it. The word that commits is sent only after the proof has come back, so
//! that whatever breaks off leaves the database as it was.

mod catalogue;
mod condition;
mod method;
mod plan;
mod read;
mod rules;
mod run;
mod script;
mod shared;
mod suggest;
mod vacuum;

pub use catalogue::{Catalogue, Column, Table, catalogue};
pub use method::Method;
pub use plan::{Plan, Skipped, Step};
pub use read::read_rules;
pub use rules::{Rules, Settings, Treatment};
pub use run::{ColumnOutcome, Counts, Outcome, TableOutcome, anonymize, count};
pub use suggest::{Suggestion, fragment, suggest};
pub use vacuum::vacuum;
