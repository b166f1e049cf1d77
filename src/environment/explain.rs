//! Where a value came from, as a tree.

use std::collections::HashSet;

use super::{Environment, Layer, Sample, Variable, VariableId};
use crate::report::{Place, Sources};

/// Chains longer than this are not followed to their end: nobody reads that far, and each step takes stack.
const LONGEST_CHAIN: usize = 100;

/// What there is to say about one variable.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Its name.
    pub name: String,
    /// Its value; none where it is not set.
    pub value: Option<String>,
    /// The value must not be shown.
    pub secret: bool,
    /// Which layer gave it.
    pub layer: Option<Layer>,
    /// Where it stands, when in a file.
    pub place: Option<Place>,
    /// What it was made from, in order.
    pub made_from: Vec<Explanation>,
    /// It was made from something that the tree has shown before.
    pub shown_before: bool,
    /// The assignments that this one beat, the nearest first.
    pub beaten: Vec<Beaten>,
    /// What the sample says of it.
    pub about: Option<String>,
    /// What would change it.
    pub change: Vec<String>,
    /// The variables that look at it.
    pub read_by: Vec<String>,
}

/// An assignment that has no effect any more.
#[derive(Clone, Debug)]
pub struct Beaten {
    /// Which layer it is part of.
    pub layer: Layer,
    /// Where it stands, when in a file.
    pub place: Option<Place>,
}

impl Environment {
    /// Explains a variable; none where nothing knows the name.
    #[must_use]
    pub fn explain(&self, name: &str, sources: &Sources, sample: &Sample) -> Option<Explanation> {
        let mut teller = Teller { environment: self, sources, shown: HashSet::new() };
        let mut explanation = match self.names.get(name) {
            Some(id) => teller.variable(*id, 0),
            None if sample.has(name) || self.known_names().any(|known| known == name) => teller.unset(name),
            None => return None,
        };
        explanation.about = sample.explanation(name).map(str::to_owned);
        explanation.change = self.ways_to_change(name, &explanation);
        explanation.read_by = self.readers_of(name);
        Some(explanation)
    }

    fn readers_of(&self, name: &str) -> Vec<String> {
        let reads = |variable: &Variable| variable.origin.expansions.iter().any(|used| used.name == name);
        let readers = self.iter().filter(|(reader, variable)| *reader != name && reads(variable));
        readers.map(|(reader, _)| reader.to_owned()).collect()
    }

    fn ways_to_change(&self, name: &str, explanation: &Explanation) -> Vec<String> {
        let Some(layer) = explanation.layer else { return vec![format!("set `{name}` in `env.custom`")] };
        if layer.is_custom() {
            return explanation.place.iter().map(|place| format!("edit {place}")).collect();
        }
        let of_steps = explanation.made_from.iter().filter_map(|step| match step.layer {
            None => Some(format!("set `{}` in `env.custom`", step.name)),
            Some(layer) if layer.is_custom() => {
                step.place.as_ref().map(|place| format!("edit `{}` at {place}", step.name))
            }
            Some(Layer::Process) => Some(format!("set `{}` in `env.custom`, or export it", step.name)),
            Some(_) => None,
        });
        let mut ways: Vec<String> = of_steps.collect();
        ways.dedup();
        ways
    }
}

/// Shows each variable with all it was made from once; the second time its name is enough.
struct Teller<'a> {
    environment: &'a Environment,
    sources: &'a Sources,
    shown: HashSet<VariableId>,
}

impl Teller<'_> {
    fn variable(&mut self, id: VariableId, depth: usize) -> Explanation {
        let variable = self.environment.variable(id);
        let is_cut = depth == LONGEST_CHAIN || !self.shown.insert(id);
        let shown_before = is_cut && !variable.origin.expansions.is_empty();
        let steps: &[_] = if shown_before { &[] } else { &variable.origin.expansions };
        let made_from = steps
            .iter()
            .map(|used| match used.found {
                Some(found) => self.variable(found, depth + 1),
                None => self.unset(&used.name),
            })
            .collect();
        Explanation {
            value: (!variable.poisoned).then(|| variable.value.clone()),
            secret: variable.secret,
            layer: Some(variable.origin.layer),
            place: variable.origin.span.map(|span| self.sources.place(span)),
            made_from,
            shown_before,
            beaten: if shown_before { Vec::new() } else { self.beaten(variable) },
            ..self.unset(&variable.name)
        }
    }

    fn unset(&self, name: &str) -> Explanation {
        Explanation {
            name: name.to_owned(),
            value: None,
            secret: false,
            layer: None,
            place: None,
            made_from: Vec::new(),
            shown_before: false,
            beaten: Vec::new(),
            about: None,
            change: Vec::new(),
            read_by: Vec::new(),
        }
    }

    /// What a variable replaced without being made from it.
    fn beaten(&self, variable: &Variable) -> Vec<Beaten> {
        let mut beaten = Vec::new();
        let mut next = variable.origin.beats;
        while let Some(id) = next {
            let other = self.environment.variable(id);
            if variable.origin.expansions.iter().any(|used| used.found == Some(id)) {
                break;
            }
            beaten.push(Beaten {
                layer: other.origin.layer,
                place: other.origin.span.map(|span| self.sources.place(span)),
            });
            next = other.origin.beats;
        }
        beaten
    }
}

impl std::fmt::Display for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Process => "the calling process",
            Self::Project => "the project's folder",
            Self::Custom => "custom/env.custom",
            Self::Root => "env.custom",
            Self::Base => "env.base",
        })
    }
}
