//! What every verb works with: the settings, the surroundings, and the steps that most verbs begin with.

use std::path::Path;

use crate::docker::{Command, Compose, Ended, RunError, Runner, find_trouble, look_usual};
use crate::environment::ProcessEnvironment;
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources};
use crate::settings::Settings;
use crate::terminal::Printer;

use super::Failure;
use super::hook_names::misnamed;
use crate::deployment::{self, Configured};

/// What every verb works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What the user wants.
    pub settings: &'a Settings,
    /// Says things.
    pub printer: &'a Printer,
    /// Runs programs.
    pub runner: &'a dyn Runner,
    /// The environment that we were called with.
    pub process: &'a ProcessEnvironment,
}

/// A deployment that was planned, with everything there is to say about it. Nothing was written or said yet.
pub(crate) struct Planned {
    pub(crate) sources: Sources,
    pub(crate) report: Report,
    pub(crate) configured: Option<Configured>,
}

impl Context<'_> {
    /// The project that was named, or the nearest one.
    pub(crate) fn project(&self) -> Result<Project, Failure> {
        let custom = &self.settings.custom;
        Ok(match &self.settings.project {
            Some(root) => Project::at(root, custom)?,
            None => Project::find(&std::env::current_dir()?, custom)?,
        })
    }

    /// Plans the deployment.
    pub(crate) fn plan(&self, project: &Project) -> Planned {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let configured = deployment::plan(project, self.process, &mut sources, &mut report);
        misnamed(project).into_iter().for_each(|problem| report.push(problem));
        folder_problem(project).into_iter().for_each(|problem| report.push(problem));
        Planned { sources, report, configured }
    }

    /// Says what there is to say about a plan, and hands it out if it is sound.
    pub(crate) fn settle(&self, planned: Planned) -> Result<Configured, Failure> {
        let Planned { sources, report, configured } = planned;
        self.printer.report(&sources, &report, "nothing was written");
        configured.filter(|_| !report.has_errors()).ok_or_else(|| Failure::said(Exit::Invalid))
    }

    /// Refuses to write a deployment over files that somebody else wrote.
    pub(crate) fn may_write(&self, configured: &Configured) -> Result<(), Failure> {
        let mut report = Report::default();
        deployment::foreign(configured).into_iter().for_each(|problem| report.push(problem));
        if !report.has_errors() {
            return Ok(());
        }
        self.printer.report(&Sources::default(), &report, "nothing was written");
        Err(Failure::said(Exit::Invalid))
    }

    /// Writes a deployment, unless that would overwrite what somebody else wrote.
    pub(crate) fn write(&self, configured: &Configured) -> Result<(), Failure> {
        self.may_write(configured)?;
        Ok(deployment::write(configured).map(drop)?)
    }

    /// docker compose for what is there: the last deployment, else whatever carries the project's name.
    pub(crate) fn compose_for(&self, project: &Project) -> Result<Compose, Failure> {
        if let Some(compose) = Compose::deployed(project.root())? {
            return Ok(compose);
        }
        let configured = self.settle(self.plan(project))?;
        Ok(Compose::named(&configured.project_name))
    }

    /// Becomes a command that ends our work. Where docker does not look usual we stay, to explain a failure.
    pub(crate) fn hand_over(&self, command: &Command) -> Result<Exit, Failure> {
        let ended = if look_usual() { self.runner.replace(command) } else { self.runner.run(command) };
        self.outcome(ended)
    }

    /// What came of a command that ended our work.
    pub(crate) fn outcome(&self, ended: Result<Ended, RunError>) -> Result<Exit, Failure> {
        match ended? {
            ended if ended.well() => Ok(Exit::Done),
            ended => Err(self.blame(ended)),
        }
    }

    /// The reason for a failure of docker: its own trouble, or the exit code of a program that has said why.
    pub(crate) fn blame(&self, ended: Ended) -> Failure {
        // Whoever was interrupted knows why.
        let trouble = if ended.code > 128 { None } else { find_trouble(self.runner) };
        trouble.map_or_else(|| Failure::said(Exit::Theirs(ended.code)), Failure::from)
    }
}

/// A folder that docker compose cannot be called in: it takes the path of the folder it is in for an address, where a `%`
/// and control characters have no place.
fn folder_problem(project: &Project) -> Option<Diagnostic> {
    let is_refused = |folder: &Path| {
        let path = folder.as_os_str().as_encoded_bytes();
        let is_escape = |at: usize| path.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        path.iter().enumerate().any(|(at, byte)| byte.is_ascii_control() || *byte == b'%' && !is_escape(at))
    };
    let here = std::env::current_dir().ok().filter(|here| is_refused(here));
    let folder = here.as_deref().or_else(|| Some(project.root()).filter(|root| is_refused(root)))?;
    let shown: String = folder
        .to_string_lossy()
        .chars()
        .flat_map(|each| if each.is_control() { each.escape_default().collect() } else { vec![each] })
        .collect();
    let title = format!("docker compose cannot be called in the folder {shown}");
    let problem = match here {
        Some(_) => Diagnostic::error("folder", title),
        None => Diagnostic::warning("folder", title),
    };
    let problem =
        problem.with_note("it takes the folder's path for an address, in which `%`, tabs and line ends have no place");
    Some(problem.with_help("give the folder another name"))
}

impl Configured {
    /// docker compose for this deployment.
    pub(crate) fn compose(&self) -> Compose {
        let names = self.environment.iter().map(|(name, _)| name);
        Compose::of(&self.root, &self.env_file, &self.compose_file, names)
    }
}
