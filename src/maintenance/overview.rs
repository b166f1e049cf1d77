//! The databases of the project at a glance, for those who only look.

use serde::Serialize;

use super::session::Session;
use super::state::LastDump;
use super::summary::size;
use crate::app::Context;
use crate::database::{Name, databases};
use crate::deployment::Configured;
use crate::project::Project;
use crate::settings::ManageDb;

/// A database of the project.
#[derive(Debug, Serialize)]
pub(crate) struct Glance {
    pub(crate) name: String,
    pub(crate) bytes: Option<u64>,
    #[serde(skip)]
    pub(crate) size: String,
    last_dump: Option<LastDump>,
}

impl Glance {
    /// When it was last dumped, and where to.
    pub(crate) fn last_dump(&self) -> Option<(&str, &str)> {
        self.last_dump.as_ref().map(|dump| (dump.at.as_str(), dump.file.as_str()))
    }
}

/// The databases that the project works with; none where the server does not answer at once.
pub(crate) fn glance(context: &Context<'_>, project: &Project, configured: &Configured) -> Option<Vec<Glance>> {
    let settings = ManageDb::looking_at("");
    let session = Session::open(context, &settings, project, configured).ok()?;
    let mut found = databases(&session.server).ok()?;
    found.retain(|facts| session.role.names.contains(&facts.name.as_str()));
    let one = |facts: crate::database::Facts| {
        let last_dump = Name::new(&facts.name).ok().and_then(|name| session.state_of(&name).last_dump());
        Glance { size: facts.size.map(size).unwrap_or_default(), bytes: facts.size, last_dump, name: facts.name }
    };
    Some(found.into_iter().map(one).collect())
}
