//! What a database must have before the application meets it.

use std::time::Duration;

use super::session::Session;
use crate::app::{Context, Failure};
use crate::database::{Absence, DatabaseError, Name, connectable, extend, identifier};
use crate::deployment::Configured;
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Sources};
use crate::roles::Database;
use crate::settings::ManageDb;

/// Creates the extensions that the role asks for. One that cannot be had is a warning: the application may do without.
pub(crate) fn extensions(session: &Session<'_>, database: &Name) -> Result<(), Failure> {
    for (extension, absence) in extend(&session.server, database, &session.role.extensions)? {
        let title = match absence {
            Absence::NotAllowed => {
                format!("{} may not create extension `{extension}` in database `{database}`", session.role.user)
            }
            Absence::NotInstalled => format!("the server has no extension `{extension}` for database `{database}`"),
        };
        let advice = format!("let an administrator of the server run: CREATE EXTENSION {};", identifier(extension));
        let warning = Diagnostic::warning("extensions", title).with_help(advice);
        session.context.printer.diagnostic(&Sources::default(), &warning);
    }
    Ok(())
}

/// Creates the extensions in each database of the project that exists, waiting while the server is starting. An
/// external server that does not answer is a warning.
pub(crate) fn all_extensions(
    context: &Context<'_>,
    project: &Project,
    configured: &Configured,
    patience: Duration,
) -> Result<(), Failure> {
    let Some(role) = Database::of(&configured.model) else { return Ok(()) };
    let Some(first) = role.names.first().filter(|_| !role.extensions.is_empty()) else { return Ok(()) };
    let settings = ManageDb::looking_at(first);
    let session = Session::open(context, &settings, project, configured)?;
    let patience = if role.service.is_some() { patience } else { Duration::ZERO };
    let existing = match (connectable(&session.server, patience), role.service) {
        (Ok(existing), _) => existing,
        (Err(DatabaseError::NoAnswer { complaint } | DatabaseError::Failed { complaint, .. }), None) => {
            let title = format!("cannot check the extensions of the databases on {}", role.host);
            let warning = Diagnostic::warning("extensions", title).with_note(complaint);
            context.printer.diagnostic(&Sources::default(), &warning);
            return Ok(());
        }
        (Err(DatabaseError::NoAnswer { complaint } | DatabaseError::Failed { complaint, .. }), Some(_)) => {
            let problem = Diagnostic::error("extensions", "cannot ask the database server for its databases");
            return Err(Failure::new(Exit::Failed, problem.with_note(complaint)));
        }
        (Err(error), _) => return Err(error.into()),
    };
    for name in &role.names {
        if existing.iter().any(|other| other == name) {
            extensions(&session, &Name::new(*name).map_err(DatabaseError::from)?)?;
        } else {
            let absent = format!("database `{name}` does not exist yet: the next `up` creates its extensions");
            context.printer.say(&absent);
        }
    }
    Ok(())
}
