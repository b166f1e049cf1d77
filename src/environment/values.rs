//! What the layers add up to.

use indexmap::IndexMap;

use super::{Layer, Name, ProcessEnvironment, Variable, VariableId};
use crate::report::{SourceId, is_secret_name, is_secret_value};

/// Every name that a layer assigns, with `BASE_PATH`: first those of `env.base`, then the others, as they were written.
#[derive(Debug, Default)]
pub struct Environment {
    pub(super) variables: Vec<Variable>,
    pub(super) names: IndexMap<Name, VariableId>,
    pub(super) process: ProcessEnvironment,
    /// The text of `env.base`, for finding out what its defaults would be.
    pub(super) base: Option<SourceId>,
}

/// What a name means to YAML.
#[derive(Clone, Copy, Debug)]
pub struct Found<'e> {
    /// The value.
    pub value: &'e str,
    /// It must not be shown, and stays a reference in what is written.
    pub secret: bool,
    /// Its value is not known, which was reported.
    pub poisoned: bool,
}

impl Environment {
    /// The variable of this name, where a layer assigns it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.names.get(name).map(|id| self.variable(*id))
    }

    /// All variables, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.names.iter().map(|(name, id)| (&**name, self.variable(*id)))
    }

    /// One assignment of the chain that led to a value.
    #[must_use]
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// What `${name}` means in YAML: our variable, else the calling process's. Ours come first, for docker compose is
    /// run with them in its environment.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<Found<'_>> {
        match self.get(name) {
            Some(own) => Some(Found { value: &own.value, secret: own.secret, poisoned: own.poisoned }),
            None => self.process.text(name).map(|value| Found {
                value,
                secret: is_secret_name(name) || is_secret_value(value),
                poisoned: false,
            }),
        }
    }

    /// The calling process's environment.
    #[must_use]
    pub fn process(&self) -> &ProcessEnvironment {
        &self.process
    }

    /// The names that `env.base` assigns or looks at: what can be set, and what is known.
    pub fn known_names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().filter(|variable| variable.origin.layer == Layer::Base).flat_map(|variable| {
            let used = variable.origin.expansions.iter().map(|used| &*used.name);
            std::iter::once(&*variable.name).chain(used)
        })
    }
}
