//! `services`: every fragment, with what its services are doing.

use serde_json::{Value, json};

use crate::app::{Context, Failure};
use crate::environment::load;
use crate::exit::Exit;
use crate::fragments::{Disabled, Fragment, Reason, Selection, discover, select};
use crate::model::{Published, published};
use crate::project::Project;
use crate::report::{Report, Sources, read};
use crate::runtime::ServiceStates;
use crate::settings::Format;
use crate::terminal::Table;
use crate::yaml::{Map, Node, parse};

pub(super) fn run(context: &Context<'_>, format: Format) -> Result<Exit, Failure> {
    let project = context.project()?;
    let planned = context.plan(&project);
    let configured = planned.configured.as_ref();
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(&project, context.process, &mut sources, &mut report);
    let disabled = Disabled::read(&project, &mut sources, &mut report);
    let fragments = discover(&project, &mut report);
    let switch = |name: &str| environment.get(name).map(|variable| variable.value.as_str());
    let selection = select(fragments, &disabled, switch, &mut report);
    let name = configured.map(|configured| configured.project_name.as_str());
    let name = name.or_else(|| switch("COMPOSE_PROJECT_NAME"));
    let view = View {
        project: &project,
        standing: ServiceStates::of(context, name.unwrap_or_default()),
        model: configured.map(|configured| &configured.model),
    };
    let rows = view.rows(&selection, &mut sources);
    match format {
        Format::Json => {
            let all: Value = rows.iter().map(Row::json).collect();
            context.printer.data(&format!("{all:#}\n"))?;
        }
        Format::Text => context.printer.data(&table(&rows).fitted(context.printer.width()))?,
    }
    if configured.is_none() {
        context
            .printer
            .say("The configuration is invalid, so images and ports are not known: see `lapstrake configure`.");
    }
    if !view.standing.is_known() {
        context.printer.say("cannot reach Docker; service states are unknown: see `lapstrake doctor`.");
    }
    Ok(Exit::Done)
}

struct View<'a> {
    project: &'a Project,
    standing: ServiceStates,
    model: Option<&'a Node>,
}

/// A service of a fragment, or a fragment that has none.
struct Row {
    fragment: String,
    file: String,
    /// Not the first service of its fragment.
    continues: bool,
    service: Option<String>,
    state: &'static str,
    reason: Option<String>,
    image: Option<String>,
    ports: Vec<String>,
}

impl View<'_> {
    fn rows(&self, selection: &Selection, sources: &mut Sources) -> Vec<Row> {
        let chosen = selection.chosen.iter().map(|fragment| (fragment, None));
        let left_out = selection.left_out.iter().map(|left_out| (&left_out.fragment, Some(&left_out.reason)));
        let mut all: Vec<(&Fragment, Option<&Reason>)> = chosen.chain(left_out).collect();
        all.retain(|(_, reason)| !matches!(reason, Some(Reason::Common)));
        all.sort_by_key(|(fragment, _)| (fragment.custom, fragment.name.as_str()));
        all.into_iter().flat_map(|(fragment, reason)| self.rows_of(fragment, reason, sources)).collect()
    }

    fn rows_of(&self, fragment: &Fragment, reason: Option<&Reason>, sources: &mut Sources) -> Vec<Row> {
        let file = self.project.name_of(&fragment.path);
        let services = services_in(fragment, &file, sources);
        let (left_out, reason) = match reason {
            None | Some(Reason::Common) => (None, None),
            Some(Reason::Disabled(span)) => {
                let place = sources.place(*span);
                (Some("disabled"), Some(format!("{}:{}", place.path, place.line)))
            }
            Some(Reason::SwitchedOff(name)) => (Some("disabled"), Some(name.clone())),
        };
        let ports = self.model.map(published).unwrap_or_default();
        let row = |service: Option<String>, continues: bool| {
            let of_model = service.as_deref().and_then(|service| self.model?.find(&["services", service]));
            let state = match &service {
                _ if left_out.is_some() => left_out.unwrap_or_default(),
                Some(service) => self.standing.state(service),
                None => "",
            };
            let ports = match &service {
                Some(service) if left_out.is_none() => ports.iter().filter(|port| port.service == service).collect(),
                _ => Vec::new(),
            };
            Row {
                fragment: shown_name(fragment),
                file: file.clone(),
                continues,
                state,
                reason: reason.clone(),
                image: of_model.and_then(|of_model| of_model.get("image")?.as_word().map(str::to_owned)),
                ports: ports.into_iter().map(arrow).collect(),
                service,
            }
        };
        if services.is_empty() {
            return vec![row(None, false)];
        }
        services.into_iter().enumerate().map(|(at, service)| row(Some(service), at > 0)).collect()
    }
}

fn shown_name(fragment: &Fragment) -> String {
    if fragment.custom { format!("custom/{}", fragment.name) } else { fragment.name.clone() }
}

fn arrow(port: &Published<'_>) -> String {
    match port.on_host() {
        host if host.is_empty() => port.in_container(),
        host => format!("{host}→{}", port.in_container()),
    }
}

/// The services that a fragment's text names.
fn services_in(fragment: &Fragment, name: &str, sources: &mut Sources) -> Vec<String> {
    // What is wrong with the text, `configure` says.
    let mut ignored = Report::default();
    let Some(id) = read(sources, &mut ignored, name, &fragment.path) else { return Vec::new() };
    let documents = parse(sources, id, &mut ignored).unwrap_or_default();
    let sections = documents.iter().filter_map(|document| document.get("services").and_then(Node::as_map));
    sections.flat_map(Map::keys).map(ToString::to_string).collect()
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "fragment": self.fragment,
            "file": self.file,
            "service": self.service,
            "state": self.state,
            "reason": self.reason,
            "image": self.image,
            "ports": self.ports.iter().map(|port| port.replace('→', ":")).collect::<Vec<_>>(),
        })
    }
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::default();
    table.row(["FRAGMENT", "SERVICE", "STATE", "PORTS, IMAGE"]);
    for row in rows.iter().filter(|row| row.service.is_some()) {
        let fragment = if row.continues { String::new() } else { row.fragment.clone() };
        let last = match (&row.reason, &row.image) {
            (Some(reason), _) => reason.clone(),
            (None, image) => row.ports.iter().chain(image).map(String::as_str).collect::<Vec<_>>().join("  "),
        };
        table.row([fragment, row.service.clone().unwrap_or_default(), row.state.to_owned(), last]);
    }
    table
}
