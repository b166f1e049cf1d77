//! Production data that may be handed on: nothing that is to be hidden is left, and whatever fails leaves all as it was.

mod constraints;
mod copies;
mod promises;
mod tryton;
