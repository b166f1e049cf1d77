//! The first station: from layers of text to variables that know where they came from.
//!
//! The layers are shell assignments, read without a shell; `GRAMMAR.md` beside this file says which. Each name in the
//! resulting [`Environment`] knows its file and line, the assignments it beat, and the expansions on its way.

mod assignment;
mod checks;
mod cursor;
mod dollar;
mod dotenv;
mod evaluate;
mod expand;
mod explain;
mod layers;
mod listing;
mod load;
mod missing;
mod name;
mod names;
mod parse;
mod pattern;
mod process;
mod refusal;
mod sample;
mod secrecy;
mod settable;
mod skip;
mod syntax;
mod tree;
mod values;
mod variable;
mod weak;
mod word;

#[cfg(test)]
mod tests;

pub use crate::report::is_secret_name as is_secret;
pub use assignment::assignment;
pub use checks::{shadowed, unread};
pub use dotenv::{HEADER, dotenv, dotenv_line};
pub use explain::{Beaten, Explanation};
pub use listing::{HIDDEN, Line, Spelling, spelled};
pub use load::{evaluate, load};
pub use name::Name;
pub use process::ProcessEnvironment;
pub use sample::Sample;
pub(crate) use settable::{is_default, setter, setter_at, variable_in};
pub use values::{Environment, Found};
pub use variable::{Layer, Origin, Used, Variable, VariableId};
pub use weak::weak;
