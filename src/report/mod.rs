//! What the user is told: texts with places, problems with labels, and how they are drawn.
//!
//! A station collects its problems in a [`Report`] and goes on as long as that makes sense, so that one run shows
//! everything that is wrong. [`draw`] turns a report into text; it is the only file that knows the drawing crate.

mod diagnostic;
mod draw;
mod nearest;
mod read;
mod secret;
mod secret_names;
mod source;

pub use diagnostic::{Diagnostic, Label, Report, Severity};
pub use draw::{Look, draw};
pub use nearest::nearest;
pub use read::{read, read_lossy, read_optional, read_stream, read_yaml};
pub use secret::Secret;
pub use secret_names::{
    SecretTables, can_be_made_up, is_secret_name, is_secret_value, is_switch_value, mentions_secret, secret_assignment,
    secret_tables,
};
pub use source::{Place, SourceId, Sources, Span};
