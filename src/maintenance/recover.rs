//! Puts right what killed commands have left on the databases of a project, whatever command comes next.

use super::session::Session;
use super::state::{Underway, interrupted};
use crate::app::{Context, Failure};
use crate::deployment::Configured;
use crate::project::Project;
use crate::report::{Diagnostic, Sources};
use crate::settings::ManageDb;

/// Opens the databases that killed commands had closed, removes their staging databases, starts the services that they
/// had stopped. What cannot be put right now is a warning.
pub(crate) fn recover(context: &Context<'_>, project: &Project, configured: &Configured) {
    for underway in interrupted(project.root()) {
        if let Err(failure) = one(context, project, configured, &underway) {
            let reason = failure.unsaid.map(|diagnostic| diagnostic.title).unwrap_or_default();
            let Underway { verb, database, .. } = underway;
            let problem = format!("`{verb}` of `{database}` was interrupted, and cannot be cleaned up yet: {reason}");
            context.printer.diagnostic(&Sources::default(), &Diagnostic::warning("interrupted", problem));
        }
    }
}

fn one(context: &Context<'_>, project: &Project, configured: &Configured, underway: &Underway) -> Result<(), Failure> {
    let settings = ManageDb::looking_at(&underway.database);
    let session = Session::open(context, &settings, project, configured)?;
    session.version()?;
    session.lock("recover").map(drop)
}

/// Puts right what killed commands of other checkouts have left on the session's server.
pub(crate) fn recover_server(session: &Session<'_>) -> Result<(), Failure> {
    session.lock("recover").map(drop)
}
