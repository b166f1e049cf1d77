//! The terminal: standard output is for data, standard error is for talk.

mod ask;
mod printer;
mod progress;
mod report;
mod table;
mod wrap;

pub use ask::{NoAnswer, confirm, hidden, text};
pub use printer::{Colour, Printer};
pub use progress::{Live, Progress};
pub use report::json;
pub use table::Table;
pub use wrap::wrapped;
