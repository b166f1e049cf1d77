//! The book in `docs/`: it is whole, its reference says what the code says, and its commands do what it shows.

mod book;
mod commands;
pub(crate) mod engine;
mod html;
mod page;
mod pattern;
mod reference;
mod session;
