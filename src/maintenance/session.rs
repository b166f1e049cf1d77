//! What every verb begins with: the project's roles, the server, the database that is meant.

use std::time::Duration;

use super::lock::{Held, hold};
use super::state::State;
use super::summary::size;
use crate::app::{Context, Failure};
use crate::database::{DatabaseError, Facts, Lack, Name, Place, Server, connections, facts};
use crate::deployment::Configured;
use crate::docker::{Command, Container, Input, containers};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Secret, Sources};
use crate::roles::{Application, Database};
use crate::settings::{DatabaseVerb, ManageDb};
use crate::yaml::Node;

/// How long a server that is just starting may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A verb, underway: where it works.
pub(crate) struct Session<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) settings: &'a ManageDb,
    pub(crate) project: &'a Project,
    pub(crate) configured: &'a Configured,
    pub(crate) role: Database<'a>,
    pub(crate) application: Option<Application<'a>>,
    pub(crate) name: Name,
    pub(crate) state: State,
    pub(crate) server: Server<'a>,
}

impl<'a> Session<'a> {
    /// Finds everything, without asking the server anything.
    pub(crate) fn open(
        context: &'a Context<'a>,
        settings: &'a ManageDb,
        project: &'a Project,
        configured: &'a Configured,
    ) -> Result<Self, Failure> {
        let role = Database::of(&configured.model).ok_or_else(no_database)?;
        let named = meant(settings).or(role.name).ok_or_else(no_name)?;
        let name = Name::new(named)
            .map_err(|error| Failure::new(Exit::Usage, Diagnostic::error("database-name", error.to_string())))?;
        let key = key(&role, &name, configured);
        let place = place(context, &role, configured)?;
        let password = Secret::new(role.password.expose());
        let server = Server::new(context.runner, place, role.user, password, &key);
        let application = Application::of(&configured.model);
        let state = State::of(project.root(), &key);
        Ok(Self { context, settings, project, configured, role, application, name, state, server })
    }

    /// Waits until the server answers; tells its major version.
    pub(crate) fn version(&self) -> Result<u32, Failure> {
        Ok(self.server.ready(PATIENCE)?)
    }

    /// Keeps other commands from the database as long as the returned value exists, whatever checkout and machine they
    /// run on, and puts right what killed ones have left.
    pub(crate) fn lock(&self, verb: &'static str) -> Result<Held<'_, 'a>, Failure> {
        hold(self, verb)
    }

    /// The database, which must be there.
    pub(crate) fn facts(&self) -> Result<Facts, Failure> {
        facts(&self.server, &self.name)?.ok_or_else(|| {
            let problem = Diagnostic::error("no-such-database", format!("there is no database `{}`", self.name));
            let advice = "`lapstrake manage_db list` lists them; `create`, `reset` and `load` make one";
            Failure::new(Exit::Failed, problem.with_help(advice))
        })
    }

    /// Refuses what would take the ground from under the server's feet.
    pub(crate) fn must_be_ours(&self) -> Result<(), Failure> {
        if self.name.is_reserved() {
            let problem = format!("the server needs `{}` for itself: it is not replaced or removed", self.name);
            return Err(Failure::new(Exit::Usage, Diagnostic::error("reserved-name", problem)));
        }
        Ok(())
    }

    /// The application, which must be declared.
    pub(crate) fn application(&self) -> Result<&Application<'a>, Failure> {
        self.application.as_ref().ok_or_else(|| {
            let problem = Diagnostic::error("no-application", "no service is the application here");
            Failure::new(Exit::Usage, problem.with_help("declare one under `x-lapstrake.application`"))
        })
    }

    /// Whether the application works with the database.
    pub(crate) fn is_in_use(&self) -> bool {
        let names = || self.role.names.iter().chain(&self.role.name);
        names().any(|name| *name == self.name.as_str())
    }

    /// Every container of the project.
    pub(crate) fn containers(&self) -> Result<Vec<Container>, Failure> {
        Ok(containers(self.context.runner, &self.configured.project_name)?)
    }

    /// Returns what the server's disks lack for `needed` more bytes in a tablespace. Where that cannot be seen, it says
    /// so and returns nothing.
    pub(crate) fn lacks(&self, needed: u64, tablespace: &str) -> Result<Option<Lack>, DatabaseError> {
        let Some(space) = self.server.disk_space(self.role.data)? else {
            let warning = format!("cannot check free disk space on {}", self.server_name());
            self.context.printer.diagnostic(&Sources::default(), &Diagnostic::warning("disk-space", warning));
            return Ok(None);
        };
        Ok(space.lacks(needed, tablespace))
    }

    /// Fails when the server's disks have no space for `needed` more bytes in a tablespace, which `what` needs.
    pub(crate) fn must_have_space(
        &self,
        needed: u64,
        tablespace: &str,
        (what, advice): (&str, &str),
    ) -> Result<(), Failure> {
        let Some(Lack { needed, free }) = self.lacks(needed, tablespace)? else { return Ok(()) };
        let problem = format!(
            "{what} needs {} of free disk space on {}, the reserve for the server included; {} are free",
            size(needed),
            self.server_name(),
            size(free)
        );
        Err(Failure::new(Exit::Failed, Diagnostic::error("disk-space", problem).with_help(advice)))
    }

    /// Describes the connections of clients that are no services of the project, for prompts: their sessions end.
    /// Empty where there are none.
    pub(crate) fn foreign_connections(&self) -> Result<String, Failure> {
        let mut found = connections(&self.server, &self.name)?;
        if found.is_empty() {
            return Ok(String::new());
        }
        let containers = self.containers()?;
        let ours = |address: &str| containers.iter().any(|one| one.addresses.iter().any(|own| own == address));
        found.retain(|one| one.address.as_deref().is_none_or(|address| !ours(address)));
        let lines: Vec<String> = found.iter().map(|one| format!("  {}\n", one.describe())).collect();
        if lines.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("Other clients are connected to `{}`; their sessions will be ended:\n{}", self.name, lines.concat()))
    }

    /// The server, in messages.
    pub(crate) fn server_name(&self) -> String {
        self.role.service.map_or_else(|| format!("{}:{}", self.role.host, self.role.port), str::to_owned)
    }

    /// What is known to be remembered about another database of the same server.
    pub(crate) fn state_of(&self, name: &Name) -> State {
        State::of(self.project.root(), &key(&self.role, name, self.configured))
    }
}

/// The database that the arguments mean; a copy's name stands elsewhere.
fn meant(settings: &ManageDb) -> Option<&str> {
    match &settings.verb {
        DatabaseVerb::Copy { to, .. } => Some(to),
        _ => settings.database.as_deref(),
    }
}

/// A word for a database of a server: what is remembered, locked and left behind goes by it.
fn key(role: &Database<'_>, name: &Name, configured: &Configured) -> String {
    // An external server is the same for all projects.
    let project = role.service.map_or("", |_| &configured.project_name);
    let parts = [project, role.host, role.port, name.as_str()];
    // Only its fingerprint is used, however long it is.
    let all = Name::fingerprint_of(&parts.join("\n"));
    let stem: String = name.file_stem().chars().filter(char::is_ascii).take(24).collect();
    format!("{stem}-{all}")
}

fn place(context: &Context<'_>, role: &Database<'_>, configured: &Configured) -> Result<Place, Failure> {
    let Some(service) = role.service else {
        let network = network(role, configured).map(|network| existing(context, network)).transpose()?.flatten();
        let (host, port) = (role.host.to_owned(), role.port.to_owned());
        return Ok(Place::Outside { image: role.image.to_owned(), network, host, port });
    };
    let all = containers(context.runner, &configured.project_name)?;
    let running = all.into_iter().find(|one| one.service == service && one.state.status == "running");
    let container = running.ok_or_else(|| not_running(service))?.id;
    let look = Command::new("docker").args(["inspect", "--type", "container", "--format", "{{.Image}}", &container]);
    let image = context.runner.capture(&look.input(Input::Nothing).apart())?.text().trim().to_owned();
    Ok(Place::Inside { container, image })
}

/// The name by which docker knows the network that clients join.
fn network(role: &Database<'_>, configured: &Configured) -> Option<String> {
    let key = role.network?;
    let named = configured.model.find(&["networks", key, "name"]).and_then(Node::as_word);
    Some(named.map_or_else(|| format!("{}_{key}", configured.project_name), str::to_owned))
}

/// Before the first `up` the network is not there yet; an external server may well be reached without it.
fn existing(context: &Context<'_>, network: String) -> Result<Option<String>, Failure> {
    let look = Command::new("docker").args(["network", "inspect", "--format", "{{.Id}}", &network]);
    let found = context.runner.capture(&look.input(Input::Nothing).apart())?;
    Ok(found.ended.well().then_some(network))
}

fn not_running(service: &str) -> Failure {
    let problem = Diagnostic::error("no-server", format!("the database server is not running (service `{service}`)"));
    Failure::new(Exit::Failed, problem.with_help(format!("start it with `lapstrake up -d {service}`")))
}

fn no_database() -> Failure {
    let problem = Diagnostic::error("no-database-role", "no service is the database here");
    Failure::new(Exit::Usage, problem.with_help("declare one under `x-lapstrake.database`, with `engine: postgresql`"))
}

fn no_name() -> Failure {
    let problem = Diagnostic::error("no-database-name", "it is not known which database is meant");
    Failure::new(Exit::Usage, problem.with_help("name it with `--database NAME`"))
}
