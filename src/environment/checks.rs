//! What is allowed and probably not meant.

use std::collections::HashSet;

use super::load::{Given, MOST_NAMES};
use super::{Environment, Layer, Sample, Variable};
use crate::report::{Diagnostic, Report, nearest};

const MOST_SAID: usize = 100;

/// The checks that need nothing but the layers.
pub(super) fn at_load(environment: &Environment, given: &Given<'_>, report: &mut Report) {
    // Nobody reads more than some of each.
    duplicates(environment, given).take(MOST_SAID).for_each(|problem| report.push(problem));
    overwritten(environment, given).take(MOST_SAID).for_each(|problem| report.push(problem));
}

/// A name that one file assigns twice, the second time without looking at the first.
fn duplicates<'g>(environment: &'g Environment, given: &'g Given<'_>) -> impl Iterator<Item = Diagnostic> + 'g {
    given.iter().filter_map(move |(id, assignment)| {
        let variable = environment.variable(*id);
        let beaten = environment.variable(variable.origin.beats?);
        let first = beaten.origin.span?;
        (!beaten.read && beaten.origin.layer == variable.origin.layer).then(|| {
            Diagnostic::warning("duplicate", format!("`{}` is set twice in one file", variable.name))
                .at(assignment.name_span, "this one counts")
                .at(first, "this one has no effect")
                .with_help("remove one of them")
        })
    })
}

/// A name that people set and `env.base` then sets without having looked at it.
fn overwritten<'g>(environment: &'g Environment, given: &'g Given<'_>) -> impl Iterator<Item = Diagnostic> + 'g {
    given.iter().filter_map(move |(id, assignment)| {
        let variable = environment.variable(*id);
        if variable.origin.layer != Layer::Base {
            return None;
        }
        let place = lost_to(environment, variable)?.origin.span?;
        let title = format!("what is set for `{}` has no effect", variable.name);
        let diagnostic = Diagnostic::warning("overwritten", title)
            .at(place, "set here")
            .at(assignment.name_span, "overwritten here");
        Some(match way_to_set(environment, variable) {
            Some(way) => diagnostic.with_help(format!("set `{way}` instead")),
            None => diagnostic.with_help("remove it: `env.base` leaves no way to change this value"),
        })
    })
}

/// The assignment that `variable` beats unread, if people wrote it.
fn lost_to<'e>(environment: &'e Environment, variable: &Variable) -> Option<&'e Variable> {
    let beaten = environment.variable(variable.origin.beats?);
    (beaten.origin.layer.is_custom() && !beaten.read).then_some(beaten)
}

impl Environment {
    /// The name that people set to change this one: itself, or what `env.base` looks at to make it (`CUSTOM_…`).
    #[must_use]
    pub fn way_to_set(&self, name: &str) -> Option<&str> {
        let variable = self.get(name)?;
        match variable.origin.layer {
            Layer::Base => way_to_set(self, variable),
            _ => Some(&variable.name),
        }
    }
}

/// The name by which people can change a value of `env.base`: one that it looks at and does not assign itself.
pub(super) fn way_to_set<'e>(environment: &Environment, variable: &'e Variable) -> Option<&'e str> {
    let used = || variable.origin.expansions.iter().map(|used| &*used.name);
    let own = format!("CUSTOM_{}", variable.name);
    let of_base = |name: &str| environment.get(name).is_some_and(|other| other.origin.layer == Layer::Base);
    used().find(|name| *name == own).or_else(|| used().find(|name| !of_base(name) || **name == *variable.name))
}

/// Names that people set and nothing reads: neither a later line, nor YAML.
///
/// They are in `.env` all the same, so one is only spoken of when it looks like a slip: a known name is near, or it
/// begins with `CUSTOM_`, which only `env.base` reads. `read_elsewhere` must hold the names that fragments, overlays and
/// switches (`ENABLE_…`) look at.
#[must_use]
pub fn unread(environment: &Environment, read_elsewhere: &HashSet<&str>, sample: &Sample) -> Vec<Diagnostic> {
    let known: HashSet<&str> =
        environment.known_names().chain(sample.names()).chain(read_elsewhere.iter().copied()).collect();
    let mut problems = Vec::new();
    for (name, variable) in environment.iter() {
        if problems.len() == MOST_SAID {
            break;
        }
        let means_something = variable.read || known.contains(name) || is_composes_own(name);
        if means_something || !variable.origin.layer.is_custom() {
            continue;
        }
        let near = nearest(name, sorted(&known).into_iter().take(MOST_NAMES));
        if near.is_none() && !name.starts_with("CUSTOM_") {
            continue;
        }
        let Some(place) = variable.origin.span else { continue };
        problems.push(
            Diagnostic::warning("unread", format!("nothing reads `{name}`")).at(place, "set here").with_nearest(near),
        );
    }
    problems
}

fn sorted<'n>(names: &HashSet<&'n str>) -> Vec<&'n str> {
    let mut names: Vec<&str> = names.iter().copied().collect();
    names.sort_unstable();
    names
}

/// Names that docker compose itself looks at.
fn is_composes_own(name: &str) -> bool {
    name.starts_with("COMPOSE_") || name.starts_with("DOCKER_")
}

/// The variables of the calling shell that would win over `.env` for people who call docker compose by hand, in one
/// warning. `is_kept` tells which names `compose.yaml` still asks for.
#[must_use]
pub fn shadowed(environment: &Environment, is_kept: &dyn Fn(&str) -> bool) -> Option<Diagnostic> {
    let differs = |name: &str, variable: &Variable| {
        environment.process.get(name).is_some_and(|value| value != variable.value.as_str())
    };
    let names: Vec<&str> = environment
        .iter()
        .filter(|(name, variable)| {
            (is_kept(name) || is_composes_own(name)) && !variable.poisoned && differs(name, variable)
        })
        .map(|(name, _)| name)
        .collect();
    let title = match names.as_slice() {
        [] => return None,
        [name] => format!("`{name}` of your shell would win over `.env`"),
        names => format!("{} variables of your shell would win over `.env`", names.len()),
    };
    Some(
        Diagnostic::warning("shadowed", title)
            .with_note(format!("{}: your shell has a different value", quoted(&names)))
            .with_note("lapstrake uses its own; `docker compose`, called by hand, would use your shell's")
            .with_help(format!("unset {}", names.join(" "))),
    )
}

pub(super) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
