//! Which variable people set to change a value.

use crate::environment::{Environment, Layer, Variable};
use crate::report::{Sources, Span};

/// The name by which people set a variable: its own, or for one of `env.base` the first it looks at that nobody assigns.
pub(super) fn setter(environment: &Environment, name: &str) -> Option<String> {
    let variable = environment.get(name)?;
    if matches!(variable.origin.layer, Layer::Custom | Layer::Root) {
        return Some(name.to_owned());
    }
    let used = || variable.origin.expansions.iter().map(|used| &*used.name);
    let own = format!("CUSTOM_{name}");
    let found = used().find(|used| *used == own || *used == name);
    found.or_else(|| used().find(|used| environment.get(used).is_none())).map(str::to_owned)
}

/// The name by which people change what is written at a place, if that begins with a variable.
pub(super) fn setter_at(environment: &Environment, sources: &Sources, span: Span) -> Option<String> {
    setter(environment, variable_in(sources.slice(span).trim_matches(['"', '\'']))?)
}

/// `NAME` of `${NAME}:80`.
pub(super) fn variable_in(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.split(['}', ':', '-', '?']).next()
}

/// Whether nobody has set what a variable looks at: it has the value of `env.base`.
pub(super) fn is_default(variable: &Variable) -> bool {
    let used = &variable.origin.expansions;
    !used.is_empty() && used.iter().all(|used| used.found.is_none())
}
