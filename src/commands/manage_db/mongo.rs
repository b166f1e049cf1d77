//! `manage_db mongo_dump` and `mongo_restore`: the documents beside the database.

use std::path::Path;
use std::time::Instant;

use crate::app::{Context, Failure};
use crate::database::{DocumentBackup, Documents, Name, Watched};
use crate::deployment::Configured;
use crate::docker::{containers, take_care};
use crate::exit::Exit;
use crate::maintenance::audit_log::Entry;
use crate::maintenance::backup_file::{Target, forget_partial};
use crate::maintenance::confirm::agree;
use crate::maintenance::file_lock;
use crate::maintenance::spool::spooled;
use crate::maintenance::state::State;
use crate::maintenance::summary::Closing;
use crate::project::Project;
use crate::report::{Diagnostic, Secret};
use crate::roles;
use crate::settings::{Format, ManageDb};

/// What the documents are called where a database has a name.
const NAME: &str = "mongo";

/// A verb, underway: where it works.
pub(super) struct Session<'a> {
    context: &'a Context<'a>,
    settings: &'a ManageDb,
    project: &'a Project,
    state: State,
    server: Documents<'a>,
}

impl<'a> Session<'a> {
    pub(super) fn open(
        context: &'a Context<'a>,
        settings: &'a ManageDb,
        project: &'a Project,
        configured: &'a Configured,
    ) -> Result<Self, Failure> {
        let role = roles::Documents::of(&configured.model);
        let Some((role, service)) = role.and_then(|role| role.service.map(|service| (role, service))) else {
            let problem = Diagnostic::error("no-documents-role", "no service keeps documents here");
            let advice = "declare one under `x-lapstrake.documents`, with `engine: mongodb` and its `service`";
            return Err(Failure::new(Exit::Usage, problem.with_help(advice)));
        };
        let all = containers(context.runner, &configured.project_name)?;
        let running = all.into_iter().find(|one| one.service == service && one.state.status == "running");
        let Some(container) = running else {
            let problem = format!("the server of documents is not running (service `{service}`)");
            let advice = format!("start it with `lapstrake up -d {service}`");
            return Err(Failure::new(Exit::Failed, Diagnostic::error("no-server", problem).with_help(advice)));
        };
        let server = Documents {
            runner: context.runner,
            container: container.id,
            user: role.user,
            password: Secret::new(role.password.expose()),
            authentication: role.authentication,
        };
        let key = format!("{NAME}-{}", Name::fingerprint_of(&format!("{}\n{service}", configured.project_name)));
        Ok(Self { context, settings, project, state: State::of(project.root(), &key), server })
    }

    pub(super) fn dump(&self, file: Option<&Path>, force: bool) -> Result<Exit, Failure> {
        let target = Target::new(file, force, self.project.root(), (NAME, "gz"))?;
        if target.path().is_none() && self.settings.report == Format::Json {
            let problem =
                Diagnostic::error("usage", "cannot print a JSON report when the backup goes to standard output");
            return Err(Failure::new(Exit::Usage, problem));
        }
        let _lock = self.lock("mongo_dump")?;
        forget_partial(&self.state)?;
        let _care = take_care();
        let began = Instant::now();
        let progress = self.context.printer.progress("dumping", None);
        let passed = |bytes| progress.advance(bytes);
        let written = target.write(&self.state, |to| Ok(self.server.dump(&mut Watched { to, passed })?))?;
        progress.finish();
        let mut closing = Closing::about("mongo_dump", NAME, began);
        closing.file = target.path();
        closing.bytes = Some(written.bytes);
        closing.sha256 = Some(&written.sha256);
        closing.tell_on(self.context.printer, self.settings.report)?;
        Ok(Exit::Done)
    }

    pub(super) fn restore(&self, file: &Path) -> Result<Exit, Failure> {
        let _lock = self.lock("mongo_restore")?;
        forget_partial(&self.state)?;
        let began = Instant::now();
        let spooled = spooled(&self.state, file)?;
        let backup = DocumentBackup::examine(&spooled.path)?;
        let question = format!("Replace the collections that {} holds? What they hold now is lost.", file.display());
        agree(self.context, self.settings, || Ok(question))?;
        let care = take_care();
        let details = file.display().to_string();
        let entry = Entry::begin(self.project.root(), self.context.process, "mongo_restore", NAME, &details)?;
        let progress = self.context.printer.progress("restoring", spooled.path.metadata().map(|data| data.len()).ok());
        let restored = backup.restore(&self.server, &mut |bytes| progress.advance(bytes));
        let _mending = care.mend();
        match &restored {
            Ok(()) => entry.end("done", &details)?,
            Err(error) => entry.end("failed", &error.to_string())?,
        }
        restored?;
        progress.finish();
        let mut closing = Closing::about("mongo_restore", NAME, began);
        closing.file = Some(file);
        closing.tell_on(self.context.printer, self.settings.report)?;
        Ok(Exit::Done)
    }

    fn lock(&self, verb: &str) -> Result<file_lock::Lock, Failure> {
        file_lock::take(self.context, &self.state, (verb, NAME), self.settings.wait_lock)
    }
}
