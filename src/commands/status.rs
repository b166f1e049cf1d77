//! `status`: the project on one screen.

use std::path::Path;

use anstyle::Style;
use serde_json::{Value, json};

use super::urls::{Address, addresses};
use crate::app::{Context, Failure, Planned};
use crate::deployment::{Configured, differs};
use crate::docker::{Command, Input};
use crate::exit::Exit;
use crate::maintenance::{Glance, Underway, glance, interrupted};
use crate::project::Project;
use crate::runtime::{ServiceStates, uptime};
use crate::settings::Format;
use crate::terminal::Table;
use crate::yaml::{Map, Node};

/// The variable that says what a deployment is for.
const INTERRUPTED: &str = "was interrupted";
const ENVIRONMENT: &str = "ENVIRONMENT";

/// What there is to see.
struct Status<'a> {
    project: &'a Project,
    configured: &'a Configured,
    custom: Option<Revision>,
    services: Vec<Service>,
    urls: Vec<Address>,
    databases: Option<Vec<Glance>>,
    interrupted: Vec<Underway>,
    is_known: bool,
}

/// A service and its state.
struct Service {
    name: String,
    state: &'static str,
    uptime: Option<String>,
}

/// Where the folder of the operators stands, by git.
struct Revision {
    branch: String,
    commit: String,
    title: String,
    /// How many files differ from the commit.
    changed: usize,
}

pub(super) fn run(context: &Context<'_>, format: Format) -> Result<Exit, Failure> {
    let project = context.project()?;
    let configured = context.settle(without_warnings(context.plan(&project)))?;
    let standing = ServiceStates::of(context, &configured.project_name);
    let status = Status {
        project: &project,
        configured: &configured,
        custom: revision(context, &project),
        services: services(&configured, &standing),
        urls: addresses(context, &configured),
        databases: if standing.is_known() { glance(context, &project, &configured) } else { None },
        interrupted: interrupted(project.root()),
        is_known: standing.is_known(),
    };
    context.printer.data(&match format {
        Format::Json => format!("{:#}\n", status.json()),
        Format::Text => status.drawn(context.printer.width()),
    })?;
    if !status.is_known {
        context.printer.say("\ncannot reach Docker; service states are unknown: see `lapstrake doctor`.");
    }
    Ok(Exit::Done)
}

/// Warnings are for whoever configures.
fn without_warnings(planned: Planned) -> Planned {
    if planned.report.has_errors() {
        return planned;
    }
    Planned { report: crate::report::Report::default(), ..planned }
}

fn services(configured: &Configured, standing: &ServiceStates) -> Vec<Service> {
    let names = configured.model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::keys);
    names
        .map(|name| Service {
            name: name.to_string(),
            state: standing.state(name),
            uptime: standing.containers(name).find_map(uptime),
        })
        .collect()
}

fn revision(context: &Context<'_>, project: &Project) -> Option<Revision> {
    let custom = project.custom();
    custom.join(".git").exists().then_some(())?;
    let git = |words: &[&str]| {
        let command = Command::new("git").arg("-C").arg(custom).args(words).input(Input::Nothing);
        let told = context.runner.capture(&command).ok().filter(|told| told.ended.well())?;
        Some(told.text().trim_end().to_owned())
    };
    let changed = git(&["status", "--porcelain"])?.lines().count();
    let branch = git(&["symbolic-ref", "--short", "--quiet", "HEAD"]).unwrap_or_else(|| "no branch".to_owned());
    // A repository without a commit has none to tell.
    let told = git(&["log", "-1", "--format=%h %s"]).unwrap_or_default();
    let (commit, title) = told.split_once(' ').unwrap_or((&told, ""));
    Some(Revision { branch, commit: commit.to_owned(), title: title.to_owned(), changed })
}

impl Status<'_> {
    fn environment(&self) -> &str {
        self.configured.environment.get(ENVIRONMENT).map_or("", |variable| &variable.value)
    }

    fn json(&self) -> Value {
        let custom = self.custom.as_ref().map(|custom| {
            json!({ "branch": custom.branch, "commit": custom.commit, "title": custom.title, "changed": custom.changed })
        });
        let services: Vec<Value> = self
            .services
            .iter()
            .map(|service| json!({ "name": service.name, "state": service.state, "uptime": service.uptime }))
            .collect();
        json!({
            "project": self.configured.project_name,
            "folder": self.project.root().display().to_string(),
            "environment": self.environment(),
            "up_to_date": !differs(self.configured),
            "custom": custom,
            "services": services,
            "urls": self.urls,
            "databases": self.databases,
            "interrupted": self.interrupted.iter().map(|one| one.describe(INTERRUPTED)).collect::<Vec<_>>(),
        })
    }

    fn drawn(&self, width: Option<usize>) -> String {
        let heading = Style::new().bold();
        let mut head = Table::default();
        let name = format!("{} in {}", self.configured.project_name, self.project.root().display());
        head.row(["Project".to_owned(), name]);
        if !self.environment().is_empty() {
            head.row(["Environment", self.environment()]);
        }
        if let Some(custom) = &self.custom {
            head.row(["Custom".to_owned(), custom.sentence()]);
        }
        if differs(self.configured) {
            head.row(["Deployment", "not up to date: `lapstrake up -d` brings it there"]);
        }
        for underway in &self.interrupted {
            let cure = "`lapstrake up -d` or the next `manage_db` command cleans up";
            head.row(["Interrupted".to_owned(), format!("{}: {cure}", underway.describe(INTERRUPTED))]);
        }
        let mut text = head.fitted(width);
        let mut part = |title: &str, table: &Table| {
            text.push_str(&format!("\n{heading}{title}{heading:#}\n"));
            let width = width.map(|width| width.saturating_sub(2));
            text.extend(table.fitted(width).lines().map(|line| format!("  {line}\n")));
        };
        let mut services = Table::default();
        for service in &self.services {
            services.row([service.name.as_str(), service.state, service.uptime.as_deref().unwrap_or("")]);
        }
        part("Services", &services);
        if !self.urls.is_empty() {
            let mut urls = Table::default();
            self.urls.iter().for_each(|one| urls.row([&one.service, &one.url]));
            part("Addresses", &urls);
        }
        if let Some(databases) = self.databases.as_ref().filter(|databases| !databases.is_empty()) {
            part("Databases", &database_table(databases, self.project.root()));
        }
        text
    }
}

fn database_table(databases: &[Glance], root: &Path) -> Table {
    let mut table = Table::default();
    for database in databases {
        let dump = match database.last_dump() {
            Some((at, file)) => {
                let file = Path::new(file).strip_prefix(root).unwrap_or(Path::new(file));
                format!("last dump {}, {}", to_the_minute(at), file.display())
            }
            None => "no dump that we know of".to_owned(),
        };
        table.row([database.name.clone(), database.size.clone(), dump]);
    }
    table
}

/// `2026-11-21T15:54:28+00:00`, as people write it.
fn to_the_minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

impl Revision {
    fn sentence(&self) -> String {
        let changed = match self.changed {
            0 => String::new(),
            1 => ", 1 file changed since".to_owned(),
            changed => format!(", {changed} files changed since"),
        };
        if self.commit.is_empty() {
            return format!("{}, nothing committed yet", self.branch);
        }
        format!("{} at {} ({}){changed}", self.branch, self.commit, self.title)
    }
}
