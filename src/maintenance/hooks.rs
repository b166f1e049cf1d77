//! The hooks around the verbs that change a database or write a backup.
//!
//! They run while nothing is locked, so that a hook may call `manage_db` itself: to dump before a load, say.

use std::ffi::OsString;
use std::path::Path;

use crate::app::{Context, Failure, hooks};
use crate::exit::Exit;
use crate::project::Project;
use crate::settings::{Aim, DatabaseVerb};

/// Tells a hook the database.
const DATABASE: &str = "LAPSTRAKE_DATABASE";

/// Tells a hook the file that is written or read, unless a pipe takes its place.
const FILE: &str = "LAPSTRAKE_FILE";

/// What a verb has around it.
pub(crate) struct Frame<'a> {
    context: &'a Context<'a>,
    project: &'a Project,
    hooked: Option<&'static str>,
    variables: Vec<(&'static str, OsString)>,
}

impl<'a> Frame<'a> {
    pub(crate) fn of(context: &'a Context<'a>, project: &'a Project, verb: &DatabaseVerb) -> Self {
        let file = file(verb).filter(|file| *file != Path::new("-")).and_then(|file| std::path::absolute(file).ok());
        let variables = file.into_iter().map(|file| (FILE, file.into_os_string())).collect();
        Self { context, project, hooked: hooked(verb), variables }
    }

    /// The same for a verb that works on a database.
    pub(crate) fn about(mut self, database: &str) -> Self {
        self.variables.push((DATABASE, database.into()));
        self
    }

    /// Does the work between its hooks. `written` tells where a backup went that had no name before.
    pub(crate) fn around(
        mut self,
        work: impl FnOnce() -> Result<Exit, Failure>,
        written: impl FnOnce() -> Option<String>,
    ) -> Result<Exit, Failure> {
        let Some(verb) = self.hooked else { return work() };
        hooks::run_with(self.context, self.project, &format!("before-{verb}"), &self.variables)?;
        let exit = work()?;
        self.variables.extend(written().map(|file| (FILE, file.into())));
        hooks::run_with(self.context, self.project, &format!("after-{verb}"), &self.variables)?;
        Ok(exit)
    }
}

/// What the hooks of a verb are called; none for one that only looks.
fn hooked(verb: &DatabaseVerb) -> Option<&'static str> {
    Some(match verb {
        DatabaseVerb::Reset { .. } => "reset",
        DatabaseVerb::Update { .. } => "update",
        DatabaseVerb::Dump(_) => "dump",
        DatabaseVerb::Load(_) => "load",
        DatabaseVerb::Anonymize(settings) if settings.aim == Aim::Done => "anonymize",
        DatabaseVerb::Undo { .. } => "undo",
        DatabaseVerb::ChangeAdminPassword { .. } => "change_admin_password",
        DatabaseVerb::Create => "create",
        DatabaseVerb::Drop => "drop",
        DatabaseVerb::Copy { .. } => "copy",
        DatabaseVerb::MongoDump { .. } => "mongo_dump",
        DatabaseVerb::MongoRestore { .. } => "mongo_restore",
        DatabaseVerb::Anonymize(_) | DatabaseVerb::List | DatabaseVerb::Psql { .. } | DatabaseVerb::Wait { .. } => {
            return None;
        }
    })
}

fn file(verb: &DatabaseVerb) -> Option<&Path> {
    match verb {
        DatabaseVerb::Dump(dump) => dump.file.as_deref(),
        DatabaseVerb::MongoDump { file, .. } => file.as_deref(),
        DatabaseVerb::Load(load) => Some(&load.file),
        DatabaseVerb::MongoRestore { file } => Some(file),
        _ => None,
    }
}
