//! Secrets that are none.

use std::collections::HashSet;

use super::checks::{quoted, way_to_set};
use super::variable::Shape;
use super::{Environment, Layer, Sample, Variable, VariableId, names};
use crate::report::Diagnostic;

/// What stands where a secret should be until somebody puts one there.
const PLACEHOLDERS: [&str; 5] = ["change_me", "changeme", "change-me", "todo", "xxx"];

/// What everybody tries first.
const KNOWN: [&str; 10] =
    ["coog", "guest", "admin", "password", "secret", "postgres", "root", "test", "mongo", "123456"];

/// How a secret is weak.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weakness {
    Placeholder,
    Known,
    Empty,
}

/// Warns of weak secrets among the names that are in `used`: one warning per kind, not per name. What was handed on
/// from one place is spoken of once, at that place.
#[must_use]
pub fn weak(environment: &Environment, sample: &Sample, used: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut found: Vec<(Weakness, &Variable, &Variable)> = Vec::new();
    for (name, variable) in environment.iter() {
        if !used(name) || variable.poisoned {
            continue;
        }
        let root = root(environment, variable);
        let Some(weakness) = weakness(environment, variable, root, sample) else { continue };
        let place = root.origin.span.map_or_else(|| root.name.to_string(), |span| format!("{span:?}"));
        if seen.insert(place) {
            found.push((weakness, variable, root));
        }
    }
    [Weakness::Placeholder, Weakness::Known, Weakness::Empty]
        .into_iter()
        .filter_map(|kind| {
            let of_kind: Vec<_> = found.iter().filter(|(weakness, ..)| *weakness == kind).collect();
            let pairs: Vec<_> = of_kind.iter().map(|(_, variable, root)| (*variable, *root)).collect();
            (!pairs.is_empty()).then(|| diagnostic(environment, sample, kind, &pairs))
        })
        .collect()
}

/// The variable that a value was written for in the first place.
fn root<'e>(environment: &'e Environment, variable: &'e Variable) -> &'e Variable {
    let handed_on = |variable: &'e Variable| -> Option<VariableId> {
        let used = variable.origin.expansions.iter().filter(|used| used.contributes);
        let mut same =
            used.filter_map(|used| used.found).filter(|id| environment.variable(*id).value == variable.value);
        same.next_back().filter(|_| variable.shape == Shape::HandedOn)
    };
    let mut root = variable;
    while let Some(next) = handed_on(root) {
        root = environment.variable(next);
    }
    root
}

fn is_made_of_secrets(environment: &Environment, variable: &Variable) -> bool {
    let contributing = variable.origin.expansions.iter().filter(|used| used.contributes);
    contributing.filter_map(|used| used.found).any(|id| environment.variable(id).secret)
}

fn weakness(environment: &Environment, variable: &Variable, root: &Variable, sample: &Sample) -> Option<Weakness> {
    let value = variable.value.as_str();
    if value.is_empty() {
        return variable.name.to_ascii_uppercase().contains("PASSPHRASE").then_some(Weakness::Empty);
    }
    // What was put together from a secret is as weak as that one, of which is spoken anyway.
    let is_own = variable.secret && !is_made_of_secrets(environment, root);
    let password = names::password_in(value).unwrap_or(value).to_ascii_lowercase();
    if !is_own {
        None
    } else if PLACEHOLDERS.contains(&password.as_str()) || sample.value(&root.name) == Some(value) {
        Some(Weakness::Placeholder)
    } else {
        KNOWN.contains(&password.as_str()).then_some(Weakness::Known)
    }
}

fn diagnostic(
    environment: &Environment,
    sample: &Sample,
    kind: Weakness,
    found: &[(&Variable, &Variable)],
) -> Diagnostic {
    let names: Vec<&str> = found.iter().map(|(variable, _)| &*variable.name).collect();
    let (one, some) = match kind {
        Weakness::Placeholder => ("is still what the sample says", "secrets are still what the sample says"),
        Weakness::Known => ("is a password that everybody knows", "secrets have values that everybody knows"),
        Weakness::Empty => ("is empty", "passphrases are empty"),
    };
    let mut diagnostic = match names.as_slice() {
        [name] => Diagnostic::warning("weak-secret", format!("`{name}` {one}")),
        names => Diagnostic::warning("weak-secret", format!("{} {some}", names.len())).with_note(quoted(names)),
    };
    for (_, root) in found.iter().filter(|(_, root)| root.origin.layer.is_custom()).take(3) {
        if let Some(span) = root.origin.span {
            diagnostic = diagnostic.at(span, "");
        }
    }
    if let (Weakness::Empty, [name]) = (kind, names.as_slice())
        && let Some(explanation) = sample.explanation(name)
    {
        diagnostic = diagnostic.with_note(explanation);
    }
    let ways = found.iter().map(|(variable, root)| match root.origin.layer {
        Layer::Base => way_to_set(environment, variable).unwrap_or(&variable.name),
        _ => &root.name,
    });
    diagnostic.with_help(format!("set {} in `env.custom`", quoted(&ways.collect::<Vec<_>>())))
}
