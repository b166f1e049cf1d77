//! What templates see of the model and of the variables.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use crate::model::Variables;
use crate::yaml::{Kind, Meaning, Node};

/// The services, a mapping of name to merged value; nothing is copied until a template asks for it.
pub(super) fn services(model: Arc<Node>) -> Value {
    let view = View { root: model, path: vec!["services".into()] };
    match view.node() {
        Some(Node { kind: Kind::Map(_), .. }) => Value::from_object(view),
        _ => Value::from_object(Nothing),
    }
}

#[derive(Debug)]
struct Nothing;

impl Object for Nothing {}

/// A mapping or a list of the model, by its place.
#[derive(Debug)]
struct View {
    root: Arc<Node>,
    path: Vec<Box<str>>,
}

impl View {
    fn node(&self) -> Option<&Node> {
        self.path.iter().try_fold(&*self.root, |node, key| child(node, key))
    }

    fn value(&self, key: &str) -> Option<Value> {
        let node = child(self.node()?, key)?;
        Some(match &node.kind {
            Kind::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => Value::from(()),
                Meaning::Bool(value) => Value::from(value),
                Meaning::Int(value) => Value::from(value),
                Meaning::Float(value) => Value::from(value),
                Meaning::Text(_) | Meaning::Timestamp => Value::from(scalar.text.as_str()),
            },
            Kind::List(_) | Kind::Map(_) => {
                let mut path = self.path.clone();
                path.push(key.into());
                Value::from_object(Self { root: Arc::clone(&self.root), path })
            }
        })
    }
}

fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.kind {
        Kind::Map(_) => node.get(key),
        Kind::List(items) => items.get(key.parse::<usize>().ok()?),
        Kind::Scalar(_) => None,
    }
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.node().map(|node| &node.kind) {
            Some(Kind::List(_)) => ObjectRepr::Seq,
            _ => ObjectRepr::Map,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(key) => self.value(key),
            None => self.value(&key.to_string()),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.node().map(|node| &node.kind) {
            Some(Kind::List(items)) => Enumerator::Seq(items.len()),
            Some(Kind::Map(map)) => Enumerator::Values(map.keys().map(|key| Value::from(&**key)).collect()),
            _ => Enumerator::Empty,
        }
    }
}

/// The variables by name. A secret shows as its reference, so that no template writes it out.
#[derive(Debug)]
pub(super) struct Values {
    values: Vec<(String, String)>,
}

impl Values {
    pub(super) fn new<'e>(names: impl Iterator<Item = &'e str>, variables: &dyn Variables) -> Self {
        let value = |name: &str| {
            let found = variables.lookup(name)?;
            let shown =
                if found.kept && !found.value.is_empty() { format!("${{{name}}}") } else { found.value.to_owned() };
            Some((name.to_owned(), shown))
        };
        let mut values: Vec<_> = names.filter_map(value).collect();
        values.sort();
        Self { values }
    }
}

impl Object for Values {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        let at = self.values.binary_search_by(|(name, _)| name.as_str().cmp(key)).ok()?;
        Some(Value::from(self.values[at].1.as_str()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.iter().map(|(name, _)| Value::from(name.as_str())).collect())
    }
}
