//! What services are to our verbs, as the model declares it under `x-lapstrake`.

use crate::report::Secret;
use crate::yaml::Node;

/// The database server.
#[derive(Debug)]
pub(super) struct Database<'m> {
    /// The service that runs it; none for an external server.
    pub(super) service: Option<&'m str>,
    pub(super) host: &'m str,
    pub(super) port: &'m str,
    pub(super) user: &'m str,
    pub(super) password: Secret,
    /// The image that has the client programs.
    pub(super) image: &'m str,
    /// The network of the model that clients join.
    pub(super) network: Option<&'m str>,
    /// Where the server keeps its files.
    pub(super) data: Option<&'m str>,
    /// Every database of the project.
    pub(super) names: Vec<&'m str>,
    /// What each of them must have before the application starts.
    pub(super) extensions: Vec<&'m str>,
}

impl<'m> Database<'m> {
    /// The database of a model, if it declares one that speaks PostgreSQL.
    pub(super) fn of(model: &'m Node) -> Option<Self> {
        let role = model.find(&["x-lapstrake", "database"])?;
        let word = |key: &str| role.get(key).and_then(Node::as_word).filter(|word| !word.is_empty());
        (word("engine")? == "postgresql").then_some(())?;
        Some(Self {
            service: word("service"),
            host: word("host").unwrap_or("localhost"),
            port: word("port").unwrap_or("5432"),
            user: word("user").unwrap_or("postgres"),
            password: Secret::new(word("password").unwrap_or_default()),
            image: word("image").unwrap_or("postgres"),
            network: word("network"),
            data: word("data"),
            names: word("names").into_iter().flat_map(|names| names.split(',')).map(str::trim).collect(),
            extensions: role.get("extensions").and_then(Node::as_list).map(words).unwrap_or_default(),
        })
    }
}

fn words(items: &[Node]) -> Vec<&str> {
    items.iter().filter_map(Node::as_word).collect()
}
