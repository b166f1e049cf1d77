//! What is allowed and probably not meant.

use std::collections::HashMap;

use super::load::Given;
use super::{Environment, Layer, Variable};
use crate::report::{Diagnostic, Report, Span};

/// The checks that need nothing but the layers.
pub(super) fn at_load(environment: &Environment, given: &Given<'_>, report: &mut Report) {
    duplicates(environment, given, report);
    overwritten(environment, given, report);
}

/// A name that one file assigns twice, the second time without looking at the first.
fn duplicates(environment: &Environment, given: &Given<'_>, report: &mut Report) {
    let mut seen: HashMap<(Layer, &str), Span> = HashMap::new();
    for (id, assignment) in given {
        let variable = environment.variable(*id);
        let Some(first) = seen.insert((variable.origin.layer, &variable.name), assignment.name_span) else { continue };
        let beaten = variable.origin.beats.map(|beaten| environment.variable(beaten));
        if beaten.is_some_and(|beaten| !beaten.read && beaten.origin.layer == variable.origin.layer) {
            report.push(
                Diagnostic::warning("duplicate", format!("`{}` is set twice in one file", variable.name))
                    .at(assignment.name_span, "this one counts")
                    .at(first, "this one has no effect")
                    .with_help("remove one of them"),
            );
        }
    }
}

/// A name that people set and `env.base` then sets without having looked at it.
fn overwritten(environment: &Environment, given: &Given<'_>, report: &mut Report) {
    for (id, assignment) in given {
        let variable = environment.variable(*id);
        if variable.origin.layer != Layer::Base {
            continue;
        }
        let Some(lost) = lost_to(environment, variable) else { continue };
        let Some(place) = lost.origin.span else { continue };
        let name = &variable.name;
        let diagnostic = Diagnostic::warning("overwritten", format!("what is set for `{name}` has no effect"))
            .at(place, "set here")
            .at(assignment.name_span, "`env.base` sets it again, without looking at what it was");
        report.push(match way_to_set(environment, variable) {
            Some(way) => diagnostic.with_help(format!("set `{way}` instead")),
            None => diagnostic.with_help("remove it: `env.base` leaves no way to change this value"),
        });
    }
}

/// The assignment that `variable` beats unread, if people wrote it.
fn lost_to<'e>(environment: &'e Environment, variable: &Variable) -> Option<&'e Variable> {
    let beaten = environment.variable(variable.origin.beats?);
    (beaten.origin.layer.is_custom() && !beaten.read).then_some(beaten)
}

/// The name by which people can change a value of `env.base`: one that it looks at and does not assign itself.
pub(super) fn way_to_set<'e>(environment: &'e Environment, variable: &'e Variable) -> Option<&'e str> {
    let used = || variable.origin.expansions.iter().map(|used| used.name.as_str());
    let own = format!("CUSTOM_{}", variable.name);
    let of_base = |name: &str| environment.get(name).is_some_and(|other| other.origin.layer == Layer::Base);
    used().find(|name| *name == own).or_else(|| used().find(|name| !of_base(name)))
}
