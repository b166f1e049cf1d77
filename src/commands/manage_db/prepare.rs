//! What a database must have before the application meets it.

use super::session::Session;
use crate::commands::Failure;
use crate::database::{Absence, Name, extend, identifier};
use crate::report::{Diagnostic, Sources};

/// Makes the extensions that the role asks for. That one cannot be had is a warning: the application may do without.
pub(super) fn extensions(session: &Session<'_>, database: &Name) -> Result<(), Failure> {
    for (extension, absence) in extend(&session.server, database, &session.role.extensions)? {
        let why = match absence {
            Absence::NotAllowed => format!("{} may not make", session.role.user),
            Absence::NotInstalled => "the server has no".to_owned(),
        };
        let warning = Diagnostic::warning("extension", format!("{why} extension `{extension}`"));
        let advice = format!("let an administrator of the server run: CREATE EXTENSION {};", identifier(extension));
        session.context.printer.diagnostic(&Sources::default(), &warning.with_help(advice));
    }
    Ok(())
}
