//! YAML that keeps its meaning: a tree with places and spellings, read from events and written back as it was.

mod copy;
mod emit;
mod mapping;
mod node;
mod parse;
mod path;
mod scalar;

pub use emit::{emit, literal};
pub use node::{Entry, Kind, Map, Meaning, Node, Piece, Scalar, Style, Template};
pub use parse::{TEMPLATE_ADVICE, looks_like_a_template, parse};
pub use path::Trail;
