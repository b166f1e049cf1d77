//! Fragments become one model: docker compose's meaning, in the order of `PHASES.md`.

mod assemble;
mod dotenv;
mod extends;
mod include;
mod interpolate;
mod merge;
mod paths;
mod prune;
mod rules;
mod settle;
mod shapes;
mod short;
mod tags;
mod unique;

pub use assemble::{Scope, Workshop};
pub use dotenv::{Beneath, Table, read_dotenv};
pub use interpolate::{Found, Seen, Variables};
pub use merge::Beaten;
pub use paths::{clean, join, relative};
pub use prune::{drop_edges, drop_unused};
pub use settle::settle;

/// How a model is checked.
pub struct Options<'a> {
    /// The active profiles.
    pub profiles: &'a [String],
    /// Whether a file is there.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// How much overlapping ports and subnets weigh.
    pub overlaps: crate::report::Severity,
}

/// Checks.
pub fn check(_: &crate::yaml::Node, _: &Options<'_>, _: &mut crate::report::Report) {}

mod schema {
    pub(super) fn check(_: &crate::yaml::Node, _: &crate::yaml::Node, _: &mut crate::report::Report) {}
}
