//! What services are to our verbs, as the model declares it under `x-lapstrake`.

use crate::report::Secret;
use crate::yaml::Node;

/// The database server.
#[derive(Debug)]
pub(crate) struct Database<'m> {
    /// The service that runs it; none for an external server.
    pub(crate) service: Option<&'m str>,
    pub(crate) host: &'m str,
    pub(crate) port: &'m str,
    pub(crate) user: &'m str,
    pub(crate) password: Secret,
    /// The image that has the client programs.
    pub(crate) image: &'m str,
    /// The network of the model that clients join.
    pub(crate) network: Option<&'m str>,
    /// Where the server keeps its files.
    pub(crate) data: Option<&'m str>,
    /// The one that is meant where none is named.
    pub(crate) name: Option<&'m str>,
    /// Every database of the project.
    pub(crate) names: Vec<&'m str>,
    /// What each of them must have before the application starts.
    pub(crate) extensions: Vec<&'m str>,
}

impl<'m> Database<'m> {
    /// The database of a model, if it declares one that speaks PostgreSQL.
    pub(crate) fn of(model: &'m Node) -> Option<Self> {
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
            name: word("name"),
            names: word("names").into_iter().flat_map(|names| names.split(',')).map(str::trim).collect(),
            extensions: role.get("extensions").and_then(Node::as_list).map(words).unwrap_or_default(),
        })
    }
}

/// What lives in the database.
#[derive(Debug)]
pub(crate) struct Application<'m> {
    /// The service that one-off containers are made of.
    pub(crate) service: &'m str,
    /// The services that must stand still while their database is replaced.
    pub(crate) users: Vec<&'m str>,
    /// Arguments that fill an empty database.
    pub(crate) initialise: Vec<&'m str>,
    /// Arguments that update a database.
    pub(crate) update: Vec<&'m str>,
    /// Arguments that set the administrator's password.
    pub(crate) set_password: Vec<&'m str>,
    /// The variable that names the file with that password.
    pub(crate) password_file: Option<&'m str>,
    /// Whose password it is.
    pub(crate) administrator: &'m str,
}

impl<'m> Application<'m> {
    /// The application of a model, if it declares one.
    pub(crate) fn of(model: &'m Node) -> Option<Self> {
        let role = model.find(&["x-lapstrake", "application"])?;
        let word = |key: &str| role.get(key).and_then(Node::as_word).filter(|word| !word.is_empty());
        let list = |key: &str| role.get(key).and_then(Node::as_list).map(words).unwrap_or_default();
        Some(Self {
            service: word("service")?,
            users: list("users"),
            initialise: list("initialise"),
            update: list("update"),
            set_password: list("set_password"),
            password_file: word("password_file"),
            administrator: word("administrator").unwrap_or("admin"),
        })
    }
}

/// The server of documents.
#[derive(Debug)]
pub(crate) struct Documents<'m> {
    /// The service that runs it; none for an external server.
    pub(crate) service: Option<&'m str>,
    pub(crate) user: &'m str,
    pub(crate) password: Secret,
    /// The database that holds its users.
    pub(crate) authentication: &'m str,
}

impl<'m> Documents<'m> {
    /// The documents of a model, if it declares them and they speak MongoDB.
    pub(crate) fn of(model: &'m Node) -> Option<Self> {
        let role = model.find(&["x-lapstrake", "documents"])?;
        let word = |key: &str| role.get(key).and_then(Node::as_word).filter(|word| !word.is_empty());
        (word("engine")? == "mongodb").then_some(())?;
        Some(Self {
            service: word("service"),
            user: word("user").unwrap_or_default(),
            password: Secret::new(word("password").unwrap_or_default()),
            authentication: word("authentication").unwrap_or("admin"),
        })
    }
}

fn words(items: &[Node]) -> Vec<&str> {
    items.iter().filter_map(Node::as_word).collect()
}
