//! The tree: every node knows its place, every scalar its spelling.

use indexmap::IndexMap;

use crate::report::Span;

/// A YAML value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its tag as written (`!reset`), where it has one.
    pub tag: Option<Box<str>>,
    /// Where it stands. A value taken from elsewhere (`extends`, an alias) keeps the place where it was written.
    pub span: Span,
}

/// The three kinds of YAML values.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order in which its keys were first written.
    Map(Map),
}

/// A mapping's entries by key.
pub type Map = IndexMap<Box<str>, Entry>;

/// A mapping's value, and where its key stands.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub value: Node,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: what it means depends on its text ([`Scalar::meaning`]).
    Plain,
    /// In `'single quotes'`: a string.
    Single,
    /// In `"double quotes"`: a string.
    Double,
    /// As a `|` block: a string.
    Literal,
    /// As a `>` block: a string.
    Folded,
}

/// A single value: its text, and how it is to be written.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text: quotes and escapes undone, variables resolved. Decisions look at this.
    pub text: String,
    /// How it was written.
    pub style: Style,
    /// How it is written out, where that is not just the text: a secret stays a reference.
    pub template: Option<Box<Template>>,
    /// Whether variables were resolved in it; the result of that is always a string.
    pub interpolated: bool,
}

/// A text with references to variables, as it goes into the deployment.
pub type Template = Vec<Piece>;

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// `${NAME}`: a value that stays in `.env`.
    Reference(String),
}

/// What a scalar means to docker compose (go-yaml's reading of YAML, measured with 2.40.3: `012` is 10, `yes` a string).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning<'a> {
    /// `~`, `null` or nothing at all.
    Null,
    /// `true`, `false` and their spellings.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A date or a time: docker compose takes none.
    Timestamp,
    /// A text.
    Text(&'a str),
}

impl Scalar {
    /// A text in double quotes.
    #[must_use]
    pub fn quoted(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Double, template: None, interpolated: false }
    }

    /// A word of the language without quotes (`true`, `service_started`). What comes from outside is a [`Self::text`].
    #[must_use]
    pub fn plain(word: &'static str) -> Self {
        Self { style: Style::Plain, ..Self::quoted(word) }
    }

    /// A string whatever it looks like: it is written with quotes where a reader would take it for something else.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { style: Style::Plain, interpolated: true, ..Self::quoted(text) }
    }

    /// Whether it is a string whatever its text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.interpolated || self.style != Style::Plain
    }

    /// What it means to docker compose.
    #[must_use]
    pub fn meaning(&self) -> Meaning<'_> {
        if self.is_text() { Meaning::Text(&self.text) } else { super::scalar::meaning(&self.text) }
    }
}

impl Node {
    /// A scalar made by us, standing where `span` says it came from.
    #[must_use]
    pub fn scalar(scalar: Scalar, span: Span) -> Self {
        Self { kind: Kind::Scalar(scalar), tag: None, span }
    }

    /// A mapping made by us.
    #[must_use]
    pub fn map(map: Map, span: Span) -> Self {
        Self { kind: Kind::Map(map), tag: None, span }
    }

    /// A list made by us.
    #[must_use]
    pub fn list(items: Vec<Self>, span: Span) -> Self {
        Self { kind: Kind::List(items), tag: None, span }
    }

    /// Its entries, if it is a mapping.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        if let Kind::Map(map) = &self.kind { Some(map) } else { None }
    }

    /// Its entries to change, if it is a mapping.
    #[must_use]
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Kind::Map(map) = &mut self.kind { Some(map) } else { None }
    }

    /// Its items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    /// Its scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar> {
        if let Kind::Scalar(scalar) = &self.kind { Some(scalar) } else { None }
    }

    /// Its text, if it is a scalar that means a text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.as_scalar()?.meaning() {
            Meaning::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar of any meaning but null: `5432` and `"5432"` alike.
    #[must_use]
    pub fn as_word(&self) -> Option<&str> {
        let scalar = self.as_scalar()?;
        (scalar.meaning() != Meaning::Null).then_some(scalar.text.as_str())
    }

    /// Whether it is `~`, `null` or nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.meaning() == Meaning::Null)
    }

    /// The value of a key, if it is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key).map(|entry| &entry.value)
    }

    /// The value of a key to change, if it is a mapping that has it.
    #[must_use]
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.as_map_mut()?.get_mut(key).map(|entry| &mut entry.value)
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn find(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Whether both mean the same to docker compose, wherever and however they were written.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Scalar(one), Kind::Scalar(two)) => one.meaning() == two.meaning(),
            (Kind::List(one), Kind::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.means_the_same(two))
            }
            (Kind::Map(one), Kind::Map(two)) => {
                let same =
                    |key: &str, value: &Self| two.get(key).is_some_and(|there| value.means_the_same(&there.value));
                one.len() == two.len() && one.iter().all(|(key, entry)| same(key, &entry.value))
            }
            _ => false,
        }
    }

    /// `mapping`, `list`, `text`, `number`, …: what a message calls it.
    #[must_use]
    pub fn sort(&self) -> &'static str {
        match &self.kind {
            Kind::Map(_) => "a mapping",
            Kind::List(_) => "a list",
            Kind::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => "nothing",
                Meaning::Bool(_) => "true or false",
                Meaning::Int(_) | Meaning::Float(_) => "a number",
                Meaning::Timestamp => "a date",
                Meaning::Text(_) => "a text",
            },
        }
    }
}
