//! Fragments become one model: docker compose's meaning, in the order of `PHASES.md`.

mod assemble;
mod check;
mod dotenv;
mod expanded;
mod extends;
mod graph;
mod include;
mod interpolate;
mod merge;
mod paths;
mod prune;
mod published;
mod remote;
mod rules;
mod schema;
mod settle;
mod shapes;
mod short;
mod tags;
mod unique;

pub use assemble::{Scope, Workshop};
pub use check::{Options, check, check_texts};
pub use dotenv::{Beneath, Table, read_dotenv};
pub use graph::{Bond, Edge, attachments, dot, edges, mermaid};
pub use interpolate::{Found, Seen, Variables};
pub use merge::Beaten;
pub use paths::{clean, join, rebase, relative};
pub use prune::{LeftOut, drop_edges, drop_unused};
pub use published::{Published, published};
pub use remote::{is_remote, refusal as remote_refusal};
pub use settle::settle;
pub use short::bind_source;
