//! `up`: configure, have the database ready, start the services, wait for them.

mod data_folder;
mod database;

use std::time::{Duration, Instant};

use crate::app::{Context, Failure, hooks};
use crate::deployment::Configured;
use crate::docker::{Compose, interrupted};
use crate::exit::Exit;
use crate::maintenance::{all_extensions, at_work, interrupted as interrupted_commands, recover};
use crate::report::Diagnostic;
use crate::roles;
use crate::runtime::{Request, Selection, Waiting};
use crate::settings;

/// How long the database may take where nothing else is waited for.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) fn run(context: &Context<'_>, settings: &settings::Up) -> Result<Exit, Failure> {
    let began = Instant::now();
    let request = Request::read(&settings.arguments);
    let project = context.project()?;
    let mut planned = context.plan(&project);
    if let Some(configured) = &planned.configured {
        data_folder::check(context.runner, configured, &planned.sources, &mut planned.report);
    }
    let configured = context.settle(planned)?;
    context.may_write(&configured)?;
    hooks::run(context, &project, "before-configure")?;
    context.write(&configured)?;
    hooks::run(context, &project, "after-configure")?;

    let up = Up { context, request: &request, compose: compose_of(context, &configured) };
    if !request.starts {
        return context.hand_over(&up.command());
    }
    if let Some(underway) = at_work(project.root()).first() {
        let problem = Diagnostic::error("locked", underway.describe("is at work"));
        let problem = problem.with_note("the services would meet a database that takes no connections");
        return Err(Failure::new(Exit::Failed, problem.with_help("run it again when that command has ended")));
    }
    hooks::run(context, &project, "before-up")?;
    let patience = settings.patience.unwrap_or(PATIENCE);
    let mut waiting = Waiting::new(context, began, &configured.project_name, patience);
    let profiles = configured.environment.lookup("COMPOSE_PROFILES").map_or("", |found| found.value);
    let selection = Selection::of(&configured.model, &request, profiles);
    let database = roles::Database::of(&configured.model);
    let takes_part =
        |database: &roles::Database<'_>| database.service.is_none_or(|service| selection.contains(service));
    let was_interrupted = !interrupted_commands(project.root()).is_empty();
    if let Some(role) = database.filter(takes_part)
        && (was_interrupted || !role.names.is_empty() && !role.extensions.is_empty())
    {
        if let Some(service) = role.service {
            database::start(&up, service, &mut waiting)?;
        }
        // Before the application meets a database that a killed command had closed.
        recover(context, &project, &configured);
        all_extensions(context, &project, &configured, waiting.patience())?;
    }
    waiting.expect(selection);
    let exit = match settings.patience {
        // It ends when the user has it end.
        _ if !request.detached => return context.hand_over(&up.command()),
        None => context.outcome(context.runner.run(&up.command())),
        Some(_) => up.start_and_wait(waiting),
    }?;
    hooks::run(context, &project, "after-up")?;
    Ok(exit)
}

/// In the background a quiet `up` keeps docker compose quiet too; in the foreground its output is what was asked for.
fn compose_of(context: &Context<'_>, configured: &Configured) -> Compose {
    let compose = configured.compose();
    if context.printer.is_quiet() { compose.quietly() } else { compose }
}

/// One `up`, underway.
struct Up<'a> {
    context: &'a Context<'a>,
    request: &'a Request,
    compose: Compose,
}

impl Up<'_> {
    /// docker compose's `up` as it was asked for. A service that is no longer part of the project goes.
    fn command(&self) -> crate::docker::Command {
        self.compose.command("up").arg("--remove-orphans").args(&self.request.arguments)
    }

    fn start_and_wait(&self, mut waiting: Waiting<'_>) -> Result<Exit, Failure> {
        // docker compose waits by itself, and without an end, for what others depend on.
        let ended = self.context.runner.run_watched(&self.command(), &mut || waiting.glance())?;
        if ended.well() {
            return waiting.until_ready();
        }
        if !interrupted() {
            waiting.tell_who_failed();
        }
        Err(if waiting.gave_up() { Failure::said(Exit::Failed) } else { self.context.blame(ended) })
    }
}
