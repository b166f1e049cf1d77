//! What must not be shown: secrets, and everything that was made from them.

use super::variable::Shape;
use super::{Variable, VariableId};
use crate::environment::syntax::Assignment;
use crate::report::Sources;

/// Spreads secrecy both ways along expansions until nothing changes: forwards to all that was made from a secret,
/// backwards to a value that was handed on whole (`CUSTOM_KEY`, where `KEY=${CUSTOM_KEY}` is marked).
pub(super) fn spread(variables: &mut [Variable], marked_public: &[VariableId]) {
    let mut changed = true;
    while changed {
        changed = false;
        for at in 0..variables.len() {
            let found: Vec<usize> = contributors(&variables[at]).collect();
            let tainted = found.iter().any(|source| variables[*source].secret);
            if tainted && !variables[at].secret && !marked_public.iter().any(|id| id.index() == at) {
                variables[at].secret = true;
                changed = true;
            }
            if !variables[at].secret || variables[at].shape != Shape::HandedOn {
                continue;
            }
            for source in found {
                let same = variables[source].value == variables[at].value && !variables[source].value.is_empty();
                if same && !variables[source].secret {
                    variables[source].secret = true;
                    changed = true;
                }
            }
        }
    }
}

fn contributors(variable: &Variable) -> impl Iterator<Item = usize> + '_ {
    let used = variable.origin.expansions.iter().filter(|used| used.contributes);
    used.filter_map(|used| used.found).map(VariableId::index)
}

/// Hides the characters that an assignment writes out, where they are secret. Names and operators stay readable.
pub(super) fn mask(sources: &mut Sources, assignment: &Assignment) {
    assignment.value.each_text(&mut |span| sources.mask(span));
}
