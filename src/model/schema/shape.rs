//! What an attribute may be, as data: the vocabulary of the tables beside this file.

use super::notation::{Cast, Notation};
use crate::yaml::{Meaning, Node, Scalar};

/// What a value may be.
pub(super) enum Shape {
    /// Whatever there is.
    Any,
    /// Nothing: `~`, `null` or no value at all.
    Nothing,
    /// A text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number, not even one written as `2.0`.
    Integer,
    /// A whole number, also one written as `2.0`.
    Whole,
    /// A number.
    Number,
    /// A whole number from here to there.
    Between(f64, f64),
    /// A text that is one of these words.
    Word(&'static [&'static str]),
    /// This shape in some notation.
    Written(&'static Shape, &'static Notation),
    /// The same where docker compose reads the notation only when everything is merged.
    Late(&'static Shape, &'static Notation),
    /// A text that reads as a number or a bool and then fits the shape; docker compose converts texts in few places.
    Cast(Cast, &'static Shape),
    /// The first of these that takes a value of that sort.
    OneOf(&'static [Shape]),
    /// A list.
    List(&'static Shape),
    /// A list in which nothing stands twice.
    Set(&'static Shape),
    /// A mapping with known keys.
    Keys(&'static Keys),
    /// A mapping of names (letters, digits, `.`, `_` and `-`) to values of one shape.
    Named(&'static Shape),
    /// A mapping of any keys to values of one shape.
    Mapping(&'static Shape),
    /// The same without an empty key.
    Filled(&'static Shape),
    /// An attribute that docker compose 2.40.3 does not know yet.
    Newer(&'static Shape),
}

/// The keys of a mapping.
pub(super) struct Keys {
    /// Every key with the shape of its value, by name.
    pub(super) known: &'static [(&'static str, Shape)],
    /// The keys that must be there.
    pub(super) required: &'static [&'static str],
    /// What else may stand there.
    pub(super) others: Others,
}

/// The keys that a mapping with known keys may have beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// None.
    Refused,
    /// `x-…`.
    Extensions,
    /// Any: docker compose does not look.
    Any,
}

impl Keys {
    /// Optional keys, and `x-…`.
    pub(super) const fn new(known: &'static [(&'static str, Shape)]) -> Self {
        Self { known, required: &[], others: Others::Extensions }
    }

    /// The same with keys that must be there.
    pub(super) const fn requiring(self, required: &'static [&'static str]) -> Self {
        Self { required, ..self }
    }

    /// The same without `x-…` keys.
    pub(super) const fn closed(self) -> Self {
        Self { others: Others::Refused, ..self }
    }

    /// The same with any other keys.
    pub(super) const fn open(self) -> Self {
        Self { others: Others::Any, ..self }
    }

    /// The shape of a key's value.
    pub(super) fn get(&self, key: &str) -> Option<&'static Shape> {
        self.known.binary_search_by(|(name, _)| (*name).cmp(key)).ok().map(|at| &self.known[at].1)
    }
}

impl Shape {
    /// Whether it takes a value of that sort at all; what is in it is another question.
    pub(super) fn takes(&self, node: &Node) -> bool {
        let meaning = node.as_scalar().map(Scalar::meaning);
        match self {
            Self::Any => true,
            Self::Nothing => meaning == Some(Meaning::Null),
            Self::Text | Self::Word(_) => matches!(meaning, Some(Meaning::Text(_))),
            Self::Bool => matches!(meaning, Some(Meaning::Bool(_))),
            Self::Integer => matches!(meaning, Some(Meaning::Int(_))),
            Self::Number => matches!(meaning, Some(Meaning::Int(_) | Meaning::Float(_))),
            Self::Whole => meaning.is_some_and(is_whole),
            Self::Between(least, most) => {
                meaning.is_some_and(|meaning| is_whole(meaning) && (*least..=*most).contains(&as_float(meaning)))
            }
            Self::Cast(_, shape) => matches!(meaning, Some(Meaning::Text(_))) || shape.takes(node),
            Self::Written(shape, _) | Self::Late(shape, _) | Self::Newer(shape) => shape.takes(node),
            Self::OneOf(shapes) => shapes.iter().any(|shape| shape.takes(node)),
            Self::List(_) | Self::Set(_) => node.as_list().is_some(),
            Self::Keys(_) | Self::Named(_) | Self::Mapping(_) | Self::Filled(_) => node.as_map().is_some(),
        }
    }

    /// What it takes, for people: `a text or a list`.
    pub(super) fn wants(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Nothing => "nothing".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Integer | Self::Whole => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Between(least, most) if *most == f64::MAX => format!("a whole number from {least} on"),
            Self::Between(least, most) => format!("a whole number from {least} to {most}"),
            Self::Word(words) => either(words.iter().map(|word| format!("`{word}`"))),
            Self::Cast(_, shape) | Self::Newer(shape) => shape.wants(),
            Self::Written(_, notation) | Self::Late(_, notation) => notation.called.to_owned(),
            Self::OneOf(shapes) => either(shapes.iter().map(Self::wants)),
            Self::List(_) | Self::Set(_) => "a list".to_owned(),
            Self::Keys(_) | Self::Named(_) | Self::Mapping(_) | Self::Filled(_) => "a mapping".to_owned(),
        }
    }
}

/// `a`, `a or b`, `a, b or c`; nothing twice.
fn either(words: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for word in words {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    match distinct.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn is_whole(meaning: Meaning<'_>) -> bool {
    match meaning {
        Meaning::Int(_) => true,
        Meaning::Float(number) => number.fract() == 0.0,
        _ => false,
    }
}

fn as_float(meaning: Meaning<'_>) -> f64 {
    match meaning {
        Meaning::Int(number) => number as f64,
        Meaning::Float(number) => number,
        _ => f64::NAN,
    }
}
