//! A variable, and where its value came from.

use super::Name;
use crate::report::Span;

/// Names one assignment in [`super::Environment`]; a name that is assigned in three layers has three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub(super) u32);

impl VariableId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What one assignment gave to one name.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name.
    pub name: Name,
    /// The value; empty where it is not known (see [`Self::poisoned`]).
    pub value: String,
    /// It must not be shown: by its name, a mark, an address with a password, or what it was made from.
    pub secret: bool,
    /// Its value could not be found out. That was reported; nothing more is to be said about it.
    pub poisoned: bool,
    /// Where the value came from.
    pub origin: Origin,
    /// Whether an expression of a later line looked at it.
    pub(super) read: bool,
    /// What kind of text gave the value, as far as secrets care.
    pub(super) shape: Shape,
}

/// Where a value came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The layer.
    pub layer: Layer,
    /// The assignment (`NAME=value`, or the `${NAME:=value}` that set it), where it stands in a file.
    pub span: Option<Span>,
    /// What the name held before; nothing looked at it unless it is among the expansions too.
    pub beats: Option<VariableId>,
    /// The expansions on its way, in order.
    pub expansions: Vec<Used>,
}

/// One expansion on the way to a value.
#[derive(Clone, Debug)]
pub struct Used {
    /// The name that was looked at.
    pub name: Name,
    /// Where.
    pub span: Span,
    /// What it held; nothing where it was unset.
    pub found: Option<VariableId>,
    /// Whether its value became part of the result, or only its being set counted.
    pub contributes: bool,
}

/// A place that configuration comes from; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// The environment of the calling process.
    Process,
    /// The project's folder itself (`BASE_PATH`).
    Project,
    /// `custom/env.custom`
    Custom,
    /// `env.custom`
    Root,
    /// `env.base`
    Base,
}

impl Layer {
    /// Whether people write it: `custom/env.custom` and `env.custom`.
    #[must_use]
    pub fn is_custom(self) -> bool {
        matches!(self, Self::Custom | Self::Root)
    }
}

/// What kind of text gave a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Written out in place.
    Literal,
    /// Handed on whole from one other variable.
    HandedOn,
    /// Put together.
    Composed,
}
