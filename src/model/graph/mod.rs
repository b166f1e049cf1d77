//! Which service needs which: edges, orders, cycles, and drawings of them.

mod draw;

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::report::Span;
use crate::yaml::Node;

pub use self::draw::{dot, mermaid};

/// The attribute by which a service names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// `depends_on`
    DependsOn,
    /// `links`
    Links,
    /// `volumes_from`
    VolumesFrom,
    /// `network_mode: service:…`
    NetworkMode,
    /// `ipc: service:…`
    Ipc,
    /// `pid: service:…`
    Pid,
    /// `uts: service:…`
    Uts,
}

impl Bond {
    /// Every bond, in the order in which edges are given.
    pub const ALL: [Self; 7] =
        [Self::DependsOn, Self::Links, Self::VolumesFrom, Self::NetworkMode, Self::Ipc, Self::Pid, Self::Uts];

    /// The attribute's name.
    #[must_use]
    pub fn attribute(self) -> &'static str {
        match self {
            Self::DependsOn => "depends_on",
            Self::Links => "links",
            Self::VolumesFrom => "volumes_from",
            Self::NetworkMode => "network_mode",
            Self::Ipc => "ipc",
            Self::Pid => "pid",
            Self::Uts => "uts",
        }
    }

    /// Whether the service cannot run without the other one; else the edge can be dropped.
    #[must_use]
    pub fn is_hard(self) -> bool {
        !matches!(self, Self::DependsOn | Self::Links)
    }
}

/// A service's need of another.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// The service that is named.
    pub to: &'a str,
    /// How.
    pub bond: Bond,
    /// Where.
    pub span: Span,
    /// What is waited for: `service_started` where nothing else is said.
    pub condition: &'a str,
    /// Whether docker compose lets it be in a profile that is not active (`required: false`).
    pub required: bool,
}

/// The services that a service names, in the order of [`Bond::ALL`] and then as written.
#[must_use]
pub fn edges(service: &Node) -> Vec<Edge<'_>> {
    let mut edges = Vec::new();
    for bond in Bond::ALL {
        let Some(value) = service.get(bond.attribute()) else { continue };
        match bond {
            Bond::DependsOn => dependencies(value, &mut edges),
            Bond::Links | Bond::VolumesFrom => {
                let items = value.as_list().unwrap_or_default().iter();
                edges.extend(items.filter_map(|item| Some(edge(target(bond, item.as_text()?)?, bond, item.span))));
            }
            Bond::NetworkMode | Bond::Ipc | Bond::Pid | Bond::Uts => {
                let to = value.as_text().and_then(|text| text.strip_prefix("service:"));
                edges.extend(to.map(|to| edge(to, bond, value.span)));
            }
        }
    }
    edges
}

fn edge(to: &str, bond: Bond, span: Span) -> Edge<'_> {
    Edge { to, bond, span, condition: "service_started", required: true }
}

fn dependencies<'a>(value: &'a Node, edges: &mut Vec<Edge<'a>>) {
    for item in value.as_list().unwrap_or_default() {
        edges.extend(item.as_text().map(|to| edge(to, Bond::DependsOn, item.span)));
    }
    for (to, entry) in value.as_map().into_iter().flatten() {
        let condition = entry.value.get("condition").and_then(Node::as_text).unwrap_or("service_started");
        let required = entry.value.get("required").and_then(Node::as_word).is_none_or(|word| word != "false");
        edges.push(Edge { condition, required, ..edge(to, Bond::DependsOn, entry.key) });
    }
}

/// The service in an item: `service[:alias]` of a link, `service[:mode]` of `volumes_from`.
fn target(bond: Bond, item: &str) -> Option<&str> {
    match bond {
        Bond::Links => match item.split_once(':') {
            Some((to, alias)) if !alias.contains(':') => Some(to),
            _ => Some(item),
        },
        _ if item.starts_with("container:") => None,
        _ => Some(item.split(':').next().unwrap_or(item)),
    }
}

/// A way from a service back to itself: who names whom, in order.
#[derive(Debug)]
pub(super) struct Cycle<'a> {
    /// Each service on the way with the edge to the next; the last edge leads to the first service.
    pub steps: Vec<(&'a str, Edge<'a>)>,
}

impl Cycle<'_> {
    /// `a → b → a`
    #[must_use]
    pub(super) fn path(&self) -> String {
        let mut names: Vec<&str> = self.steps.iter().map(|(name, _)| *name).collect();
        names.extend(self.steps.first().map(|(name, _)| *name));
        names.join(" → ")
    }
}

/// The services in an order in which each comes after those it needs, or the cycles that leave none.
///
/// Edges to services that are not among them do not count.
pub(super) fn order<'a>(services: impl Iterator<Item = (&'a str, &'a Node)>) -> Result<Vec<&'a str>, Vec<Cycle<'a>>> {
    let services: IndexMap<&str, &Node> = services.collect();
    let mut search = Search::default();
    for (name, service) in &services {
        search.visit(name, service, &services);
    }
    if search.cycles.is_empty() { Ok(search.order) } else { Err(search.cycles) }
}

/// A depth-first search with its own stack: a chain may be longer than the thread's.
#[derive(Default)]
struct Search<'a> {
    /// Where each service that is on the way stands in `path`; none: it is done.
    seen: HashMap<&'a str, Option<usize>>,
    path: Vec<Step<'a>>,
    order: Vec<&'a str>,
    cycles: Vec<Cycle<'a>>,
}

struct Step<'a> {
    name: &'a str,
    edges: Vec<Edge<'a>>,
    next: usize,
}

/// More cycles than that help nobody, and there may be very many.
const MOST_CYCLES: usize = 10;

impl<'a> Search<'a> {
    fn visit(&mut self, name: &'a str, service: &'a Node, services: &IndexMap<&'a str, &'a Node>) {
        if self.seen.contains_key(name) {
            return;
        }
        self.enter(name, service);
        while let Some(step) = self.path.last_mut() {
            let Some(edge) = step.edges.get(step.next).copied() else {
                self.order.push(step.name);
                self.seen.insert(step.name, None);
                self.path.pop();
                continue;
            };
            step.next += 1;
            match (self.seen.get(edge.to), services.get_key_value(edge.to)) {
                (None, Some((to, service))) => self.enter(to, service),
                (Some(Some(start)), _) if self.cycles.len() < MOST_CYCLES => {
                    let steps = self.path[*start..].iter().map(|step| (step.name, step.edges[step.next - 1])).collect();
                    self.cycles.push(Cycle { steps });
                }
                _ => {}
            }
        }
    }

    fn enter(&mut self, name: &'a str, service: &'a Node) {
        self.seen.insert(name, Some(self.path.len()));
        self.path.push(Step { name, edges: edges(service), next: 0 });
    }
}

/// The networks that a service names, and where.
#[must_use]
pub fn attachments(service: &Node) -> Vec<(&str, Span)> {
    let Some(networks) = service.get("networks") else { return Vec::new() };
    let items = networks.as_list().unwrap_or_default().iter().filter_map(|item| Some((item.as_text()?, item.span)));
    let keys = networks.as_map().into_iter().flatten().map(|(name, entry)| (&**name, entry.key));
    items.chain(keys).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sources};
    use crate::yaml::parse;

    fn model(text: &str) -> Node {
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/a.yml", text);
        parse(&sources, id, &mut Report::default()).unwrap().remove(0)
    }

    fn services(model: &Node) -> impl Iterator<Item = (&str, &Node)> {
        model.get("services").unwrap().as_map().unwrap().iter().map(|(name, entry)| (&**name, &entry.value))
    }

    #[test]
    fn every_way_to_name_a_service_is_an_edge() {
        let model = model(
            "services: {web: {depends_on: {db: {condition: service_healthy, required: false}}, links: ['cache:c'], \
             volumes_from: ['data:ro', 'container:x'], network_mode: 'service:vpn', pid: host, uts: 'service:vpn'}}",
        );
        let found: Vec<_> = edges(model.find(&["services", "web"]).unwrap())
            .iter()
            .map(|edge| format!("{} {} {} {}", edge.bond.attribute(), edge.to, edge.condition, edge.required))
            .collect();
        let expected = [
            "depends_on db service_healthy false",
            "links cache service_started true",
            "volumes_from data service_started true",
            "network_mode vpn service_started true",
            "uts vpn service_started true",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_needed_comes_first() {
        let model = model("services: {web: {depends_on: [app]}, app: {depends_on: [db, gone]}, db: {}}");
        assert_eq!(order(services(&model)).unwrap(), ["db", "app", "web"]);
    }

    #[test]
    fn every_cycle_is_named() {
        let model =
            model("services: {a: {depends_on: [b]}, b: {links: [c]}, c: {depends_on: [a]}, d: {ipc: 'service:d'}}");
        let paths: Vec<_> = order(services(&model)).unwrap_err().iter().map(Cycle::path).collect();
        assert_eq!(paths, ["a → b → c → a", "d → d"]);
    }

    #[test]
    fn a_chain_may_be_long() {
        let mut text = "services:\n  s0: {}\n".to_owned();
        for at in 1..20_000 {
            text.push_str(&format!("  s{at}: {{depends_on: [s{}]}}\n", at - 1));
        }
        let model = model(&text);
        assert_eq!(order(services(&model)).unwrap().len(), 20_000);
    }
}
