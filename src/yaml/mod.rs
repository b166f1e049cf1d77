//! YAML that keeps its meaning: a tree with places and spellings, read from events and written back as it was.

mod node;
mod scalar;

pub use node::{Entry, Kind, Map, Meaning, Node, Piece, Scalar, Style, Template};
