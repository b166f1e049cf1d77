//! `explain`: where a variable, a service, or one of its keys comes from.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::app::{Context, Failure};
use crate::deployment::{Configured, without_literals};
use crate::environment::{Explanation, HIDDEN, Sample, load};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources, Span, nearest};
use crate::settings::{Explain, Format};
use crate::yaml::{Kind, Map, Node, Piece, Scalar, emit};

pub(super) fn run(context: &Context<'_>, settings: &Explain) -> Result<Exit, Failure> {
    let project = context.project()?;
    match variable(context, &project, settings) {
        Some(text) => context.printer.data(&text)?,
        None => service(context, &project, settings)?,
    }
    Ok(Exit::Done)
}

/// The explanation of a variable, if the subject is one. It does not take a sound configuration.
fn variable(context: &Context<'_>, project: &Project, settings: &Explain) -> Option<String> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(project, context.process, &mut sources, &mut report);
    let sample = Sample::read(project);
    let explanation = environment.explain(&settings.subject, &sources, &sample)?;
    Some(match settings.format {
        Format::Text => explanation.draw(settings.show_secrets),
        Format::Json => format!("{:#}\n", explained(&explanation, settings.show_secrets)),
    })
}

fn explained(explanation: &Explanation, show_secrets: bool) -> Value {
    let value =
        explanation.value.as_ref().map(|value| if explanation.secret && !show_secrets { HIDDEN } else { value });
    let made_from: Vec<Value> = explanation.made_from.iter().map(|step| explained(step, show_secrets)).collect();
    let place = |place: &Option<crate::report::Place>| place.as_ref().map(ToString::to_string);
    json!({
        "name": explanation.name,
        "value": value,
        "secret": explanation.secret,
        "place": place(&explanation.place),
        "made_from": made_from,
        "beats": explanation.beaten.iter().map(|beaten| place(&beaten.place)).collect::<Vec<_>>(),
        "about": explanation.about,
        "change": explanation.change,
        "read_by": explanation.read_by,
    })
}

fn service(context: &Context<'_>, project: &Project, settings: &Explain) -> Result<(), Failure> {
    let planned = context.plan(project);
    let Some(configured) = &planned.configured else {
        return context.settle(planned).map(drop);
    };
    let shown = (!settings.show_secrets).then(|| without_literals(&configured.model));
    let Some((path, node)) = find(shown.as_ref().unwrap_or(&configured.model), &settings.subject) else {
        return Err(unknown(configured, &settings.subject));
    };
    let teller = Teller::new(configured, &planned.sources, settings.show_secrets);
    let rows = teller.rows(&path, node);
    let text = match settings.format {
        Format::Text => table(&rows),
        Format::Json => format!("{:#}\n", rows.iter().map(Row::json).collect::<Value>()),
    };
    Ok(context.printer.data(&text)?)
}

/// The node that a subject names: a service (or a section) and a path of keys, which may hold dots themselves.
fn find<'m>(model: &'m Node, subject: &str) -> Option<(String, &'m Node)> {
    let services = model.get("services")?;
    let (node, below) =
        descend(services, subject).map(|node| (node, true)).or_else(|| Some((descend(model, subject)?, false)))?;
    let first = subject.split('.').next().unwrap_or(subject);
    let path = if below { format!("services.{subject}") } else { subject.to_owned() };
    (!first.is_empty()).then_some((path, node))
}

fn descend<'m>(node: &'m Node, path: &str) -> Option<&'m Node> {
    if path.is_empty() {
        return Some(node);
    }
    match &node.kind {
        Kind::Map(map) => map.iter().find_map(|(key, entry)| {
            let rest = path.strip_prefix(&**key)?;
            let rest = if rest.is_empty() { rest } else { rest.strip_prefix('.')? };
            descend(&entry.value, rest)
        }),
        Kind::List(items) => {
            let (index, rest) = path.split_once('.').unwrap_or((path, ""));
            descend(items.get(index.parse::<usize>().ok()?)?, rest)
        }
        Kind::Scalar(_) => None,
    }
}

fn unknown(configured: &Configured, subject: &str) -> Failure {
    let services = configured.model.get("services").and_then(Node::as_map);
    let service = subject.split('.').next().unwrap_or(subject);
    let known_service = services.and_then(|services| services.get(service));
    let problem = match known_service {
        Some(entry) => {
            let rest = subject.strip_prefix(service).unwrap_or_default().trim_start_matches('.');
            let keys = entry.value.as_map().into_iter().flat_map(Map::keys).map(|key| &**key);
            Diagnostic::error("unknown-key", format!("service `{service}` has no `{rest}`"))
                .with_nearest(nearest(rest, keys))
        }
        None => {
            let services = services.into_iter().flat_map(Map::keys).map(|key| &**key);
            let names = configured.environment.iter().map(|(name, _)| name);
            Diagnostic::error("unknown-subject", format!("`{subject}` is neither a variable nor a service"))
                .with_nearest(nearest(subject, services.chain(names)))
        }
    };
    Failure::new(Exit::Usage, problem)
}

/// One value, and where it came from.
struct Row {
    path: String,
    text: String,
    place: Option<String>,
    beaten: Vec<String>,
}

impl Row {
    fn json(&self) -> Value {
        json!({ "path": self.path, "text": self.text.trim_start(), "place": self.place, "beats": self.beaten })
    }
}

struct Teller<'a> {
    sources: &'a Sources,
    beaten: HashMap<Span, Vec<Span>>,
    show_secrets: bool,
}

impl<'a> Teller<'a> {
    fn new(configured: &Configured, sources: &'a Sources, show_secrets: bool) -> Self {
        let mut beaten: HashMap<Span, Vec<Span>> = HashMap::new();
        for (winner, loser) in &configured.beaten {
            beaten.entry(*winner).or_default().push(*loser);
        }
        Self { sources, beaten, show_secrets }
    }

    fn rows(&self, path: &str, node: &Node) -> Vec<Row> {
        let mut rows = Vec::new();
        let name = path.rsplit_once('.').map_or(path, |(_, last)| last);
        self.walk(path, &format!("{name}:"), node, 0, &mut rows);
        rows
    }

    fn walk(&self, path: &str, label: &str, node: &Node, depth: usize, rows: &mut Vec<Row>) {
        let indent = "  ".repeat(depth);
        match &node.kind {
            Kind::Map(map) if !map.is_empty() => {
                rows.push(Row {
                    path: path.to_owned(),
                    text: format!("{indent}{label}"),
                    place: None,
                    beaten: Vec::new(),
                });
                for (key, entry) in map {
                    self.walk(&format!("{path}.{key}"), &format!("{key}:"), &entry.value, depth + 1, rows);
                }
            }
            Kind::List(items) if !items.is_empty() => {
                rows.push(Row {
                    path: path.to_owned(),
                    text: format!("{indent}{label}"),
                    place: None,
                    beaten: Vec::new(),
                });
                for (index, item) in items.iter().enumerate() {
                    self.walk(&format!("{path}.{index}"), "-", item, depth + 1, rows);
                }
            }
            _ => {
                let value = emit(&self.presentable(node));
                let text = format!("{indent}{label} {}", value.trim()).trim_end().to_owned();
                rows.push(Row {
                    path: path.to_owned(),
                    text,
                    place: self.place(node.span),
                    beaten: self.losers(node.span),
                });
            }
        }
    }

    /// The value as it is written, or with its secrets where they were asked for.
    fn presentable(&self, node: &Node) -> Node {
        match &node.kind {
            Kind::Scalar(scalar) if self.show_secrets => {
                Node::scalar(Scalar { template: None, ..scalar.clone() }, node.span)
            }
            Kind::Scalar(Scalar { template: Some(pieces), .. }) => {
                let text: String = pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => text.clone(),
                        Piece::Reference(name) => format!("${{{name}}}"),
                    })
                    .collect();
                Node::scalar(Scalar { text, ..Scalar::plain("") }, node.span)
            }
            _ => node.clone(),
        }
    }

    fn place(&self, span: Span) -> Option<String> {
        let place = self.sources.place(span);
        (!self.sources.text(span.source).is_empty()).then(|| format!("{}:{}", place.path, place.line))
    }

    fn losers(&self, span: Span) -> Vec<String> {
        let mut places = Vec::new();
        let mut next: Vec<Span> = self.beaten.get(&span).cloned().unwrap_or_default();
        while let Some(loser) = next.pop() {
            let place = self.place(loser);
            // What was beaten may have beaten something itself.
            if let Some(place) = place.filter(|place| !places.contains(place)) {
                places.push(place);
                next.extend(self.beaten.get(&loser).into_iter().flatten());
            }
        }
        places
    }
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.text.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    let line = |row: &Row| {
        let Some(place) = &row.place else { return format!("{}\n", row.text) };
        let beats = if row.beaten.is_empty() { String::new() } else { format!(", beats {}", row.beaten.join(", ")) };
        format!("{:width$}  # {place}{beats}\n", row.text)
    };
    rows.iter().map(line).collect()
}
