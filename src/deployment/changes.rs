//! What a new deployment changes in the one that is there, told by service.

use indexmap::IndexMap;

use super::Configured;
use crate::files;
use crate::model::{Table, read_dotenv};
use crate::report::{Report, Sources};
use crate::yaml::{Entry, Kind, Map, Node, Piece, emit, parse};

/// Attributes whose change does not make docker compose recreate a container (it leaves them out of its hash).
const HARMLESS: [&str; 5] = ["build", "depends_on", "profiles", "pull_policy", "scale"];

/// What happens to one service.
#[derive(Debug, PartialEq, Eq)]
pub struct ServiceChange {
    /// The service.
    pub service: String,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// What happens to a service.
#[derive(Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// These attributes differ.
    Changed {
        /// The attributes, in the order in which they are written.
        attributes: Vec<String>,
        /// Whether `up` will recreate its containers.
        recreated: bool,
    },
}

/// What the deployment on disk held; nothing where there is none, or where it cannot be read.
pub(super) struct OnDisk {
    pub(super) model: Option<Node>,
    pub(super) values: IndexMap<String, String>,
}

impl OnDisk {
    pub(super) fn read(configured: &Configured) -> Self {
        let mut sources = Sources::default();
        let mut report = Report::default();
        let compose = files::read_text(&configured.compose_file).ok();
        let compose = compose.map(|text| sources.add("", &configured.compose_file, text));
        let model = compose.and_then(|id| parse(&sources, id, &mut report)?.into_iter().next());
        let values = files::read_text(&configured.env_file).map(values).unwrap_or_default();
        Self { model, values }
    }
}

/// The values of a `.env`; none where it cannot be read.
pub(super) fn values(text: String) -> IndexMap<String, String> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let id = sources.add(".env", ".env", text);
    read_dotenv(&sources, id, &Table::default(), &mut report).unwrap_or_default()
}

/// What changes, service by service: first what is there now, in its order, then what is gone.
#[must_use]
pub fn changes(configured: &Configured) -> Vec<ServiceChange> {
    let before = OnDisk::read(configured);
    let empty = Map::new();
    let services = |model: Option<&Node>| model.and_then(|model| model.get("services")).and_then(Node::as_map).cloned();
    let old = services(before.model.as_ref()).unwrap_or_default();
    let new = configured.model.get("services").and_then(Node::as_map).unwrap_or(&empty);
    let touched = |node: &Node| touches(node, configured, &before.values);
    let mut found = Vec::new();
    for (name, entry) in new {
        let kind = match old.get(name) {
            None => Some(ChangeKind::Added),
            Some(there) => changed(&there.value, &entry.value, &touched),
        };
        found.extend(kind.map(|kind| ServiceChange { service: name.to_string(), kind }));
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    found.extend(gone.map(|name| ServiceChange { service: name.to_string(), kind: ChangeKind::Removed }));
    found
}

fn changed(old: &Node, new: &Node, touched: &dyn Fn(&Node) -> bool) -> Option<ChangeKind> {
    let (old, new) = (old.as_map()?, new.as_map()?);
    let differs = |key: &str, entry: &Entry| {
        touched(&entry.value) || old.get(key).is_none_or(|there| emit(&there.value) != emit(&entry.value))
    };
    let mut attributes: Vec<String> =
        new.iter().filter(|(key, entry)| differs(key, entry)).map(|(key, _)| key.to_string()).collect();
    attributes.extend(old.keys().filter(|key| !new.contains_key(*key)).map(ToString::to_string));
    let recreated = attributes.iter().any(|attribute| !HARMLESS.contains(&attribute.as_str()));
    (!attributes.is_empty()).then_some(ChangeKind::Changed { attributes, recreated })
}

/// Whether a value refers to a secret whose value in `.env` changes.
fn touches(node: &Node, configured: &Configured, before: &IndexMap<String, String>) -> bool {
    match &node.kind {
        Kind::Map(map) => map.values().any(|entry| touches(&entry.value, configured, before)),
        Kind::List(items) => items.iter().any(|item| touches(item, configured, before)),
        Kind::Scalar(scalar) => scalar.template.iter().flat_map(|pieces| pieces.iter()).any(|piece| match piece {
            Piece::Reference(name) => {
                configured.environment.get(name).map(|variable| &variable.value) != before.get(name)
            }
            Piece::Text(_) => false,
        }),
    }
}
