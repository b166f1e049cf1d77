//! What must not be shown: secrets, and everything that was made from them.

use std::collections::HashSet;

use super::syntax::Assignment;
use super::variable::Shape;
use super::{Variable, VariableId};
use crate::report::Sources;

/// How often both directions are gone through: chains in one direction take one round, and nobody writes zigzags.
const MOST_ROUNDS: usize = 16;

/// Spreads secrecy both ways along expansions: forwards to all that was made from a secret, backwards to a value that
/// was handed on whole (`CUSTOM_KEY`, where `KEY=${CUSTOM_KEY}` is marked).
pub(super) fn spread(variables: &mut [Variable], marked_public: &HashSet<VariableId>) {
    for _ in 0..MOST_ROUNDS {
        let forwards = spread_forwards(variables, marked_public);
        let backwards = spread_backwards(variables);
        if !forwards && !backwards {
            break;
        }
    }
}

fn spread_forwards(variables: &mut [Variable], marked_public: &HashSet<VariableId>) -> bool {
    let mut changed = false;
    for at in 0..variables.len() {
        let tainted = !variables[at].secret && contributors(&variables[at]).any(|source| variables[source].secret);
        if tainted && !marked_public.contains(&VariableId(u32::try_from(at).unwrap_or(u32::MAX))) {
            variables[at].secret = true;
            changed = true;
        }
    }
    changed
}

fn spread_backwards(variables: &mut [Variable]) -> bool {
    let mut changed = false;
    for at in (0..variables.len()).rev() {
        let variable = &variables[at];
        if !variable.secret || variable.shape != Shape::HandedOn || variable.value.is_empty() {
            continue;
        }
        let same = |source: &usize| variables[*source].value == variables[at].value && !variables[*source].secret;
        let sources: Vec<usize> = contributors(variable).filter(same).collect();
        for source in sources {
            variables[source].secret = true;
            changed = true;
        }
    }
    changed
}

fn contributors(variable: &Variable) -> impl Iterator<Item = usize> + '_ {
    let used = variable.origin.expansions.iter().filter(|used| used.contributes);
    used.filter_map(|used| used.found).map(VariableId::index)
}

/// Hides the characters that an assignment writes out, where they are secret. Names and operators stay readable.
pub(super) fn mask(sources: &mut Sources, assignment: &Assignment) {
    assignment.value.each_text(&mut |span| sources.mask(span));
}
