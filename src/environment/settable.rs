//! Which variable people set to change a value.

use super::{Environment, Variable};
use crate::report::{Sources, Span};

/// The name by which people set a variable: its own, or what `env.base` looks at to make it.
pub(crate) fn setter(environment: &Environment, name: &str) -> Option<String> {
    environment.way_to_set(name).map(str::to_owned)
}

/// The name by which people change what is written at a place, if that begins with a variable.
pub(crate) fn setter_at(environment: &Environment, sources: &Sources, span: Span) -> Option<String> {
    setter(environment, variable_in(sources.slice(span).trim_matches(['"', '\'']))?)
}

/// `NAME` of `${NAME}:80`.
pub(crate) fn variable_in(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.split(['}', ':', '-', '?']).next()
}

/// Whether nobody has set what a variable looks at: it has the value of `env.base`.
pub(crate) fn is_default(variable: &Variable) -> bool {
    let used = &variable.origin.expansions;
    !used.is_empty() && used.iter().all(|used| used.found.is_none())
}
