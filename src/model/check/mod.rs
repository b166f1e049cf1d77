//! Checks of the finished model: what docker compose would refuse when everything is merged, and what the engine would
//! refuse when it starts.

mod collisions;
mod mounts;
mod references;
mod resources;
mod service;
mod texts;

#[cfg(test)]
mod tests;

pub use texts::check_texts;

use indexmap::IndexMap;

use super::graph::{Bond, Cycle, order};
use super::schema;
use crate::report::{Diagnostic, Report, Severity};
use crate::yaml::{Entry, Map, Node};

/// How a model is checked.
pub struct Options<'a> {
    /// The active profiles; `*` stands for all.
    pub profiles: &'a [String],
    /// Whether a file is there; it is asked for paths as they stand in the model.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// How much two services on one host port and overlapping subnets weigh.
    pub overlaps: Severity,
}

/// What a check looks at.
struct Project<'a> {
    model: &'a Node,
    /// The services that run with the active profiles. docker compose does not look for what the others name.
    active: IndexMap<&'a str, &'a Entry>,
    options: &'a Options<'a>,
}

/// Finds everything that is wrong with a finished model.
pub fn check(model: &Node, options: &Options<'_>, report: &mut Report) {
    schema::check_values(model, report);
    let services = section(model, "services").filter(|(_, entry)| is_active(&entry.value, options.profiles));
    let project = Project { model, active: services.collect(), options };
    for (name, entry) in &project.active {
        if report.is_full() {
            return;
        }
        service::check(&project, name, entry, report);
        mounts::check(name, &entry.value, report);
        references::check(&project, name, &entry.value, report);
    }
    resources::check(model, report);
    collisions::check(&project, report);
    let services = project.active.iter().map(|(name, entry)| (*name, &entry.value));
    for cycle in order(services).err().into_iter().flatten() {
        report.push(cycle_problem(&cycle));
    }
}

/// The entries of a section of the model.
fn section<'a>(model: &'a Node, name: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
    let map: Option<&Map> = model.get(name).and_then(Node::as_map);
    map.into_iter().flatten().map(|(name, entry)| (&**name, entry))
}

fn is_active(service: &Node, profiles: &[String]) -> bool {
    let own = service.get("profiles").and_then(Node::as_list).unwrap_or_default();
    let chosen = |name: &str| profiles.iter().any(|profile| profile == "*" || profile == name);
    own.is_empty() || own.iter().filter_map(Node::as_text).any(chosen)
}

fn cycle_problem(cycle: &Cycle<'_>) -> Diagnostic {
    let mut problem = Diagnostic::error("cycle", format!("the services wait for each other: {}", cycle.path()));
    for (name, edge) in &cycle.steps {
        let needs = if edge.bond == Bond::DependsOn { "waits for" } else { "needs" };
        problem = problem.at(edge.span, format!("`{name}` {needs} `{}`", edge.to));
    }
    problem.with_help("remove one of these, or none of the services can start first")
}
