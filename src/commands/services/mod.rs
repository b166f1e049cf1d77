//! `services`: the fragments, what their services are doing, and which of them take part.

mod list;
mod switch;

use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::settings::Services;

pub(super) fn run(context: &Context<'_>, settings: &Services) -> Result<Exit, Failure> {
    match settings {
        Services::List(format) => list::run(context, *format),
        Services::Switch { names, on, shared } => switch::run(context, names, *on, *shared),
    }
}
