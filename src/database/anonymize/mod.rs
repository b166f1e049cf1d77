//! Anonymisation: production data that may be shared.
//!
//! ```text
//! rules (YAML) ─┐          ┌─► one transaction: change, prove ─► commit
//!               ├─► Plan ──┤
//! Catalogue ────┘          └─► one snapshot: a stream in which the values are changed already
//! ```
//!
//! [`Rules`] say what is to be done, [`Catalogue`] what the database has; a [`Plan`] is what both allow. In a
//! transaction the server does the work; the word that commits is sent only after the proof, so that whatever breaks
//! off leaves the database as it was. A [`Snapshot`] writes a dump and changes nothing. A sample of old values comes to
//! this program in both, stays in its memory, and is looked for in all that is left.

mod aftermath;
mod catalogue;
mod condition;
mod conversation;
mod examine;
mod followers;
mod guard;
mod method;
mod objects;
mod plan;
mod read;
mod renewed;
mod rules;
mod run;
mod sample;
mod scan;
mod script;
mod shared;
mod stream;
mod suggest;
mod vacuum;

pub use catalogue::{Catalogue, Column, Table, catalogue};
pub use examine::Purpose;
pub use followers::followers;
pub use method::Method;
pub use plan::{Plan, Skipped, Step};
pub use read::read_rules;
pub use rules::{Rules, Settings, Treatment};
pub use run::{ColumnOutcome, Counts, Outcome, TableOutcome, anonymize, count};
pub use stream::{Snapshot, snapshot};
pub use suggest::{Suggestion, fragment, suggest};
pub use vacuum::{Vacuumed, size_of_tables, vacuum};
