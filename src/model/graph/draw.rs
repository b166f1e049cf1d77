//! Drawings of a model, as text for mermaid and graphviz.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{Bond, Edge, attachments, edges};
use crate::yaml::{Map, Node};

/// The model as a mermaid flowchart: services, what they wait for, networks, and the services that are left out.
#[must_use]
pub fn mermaid(model: &Node, left_out: &[&str]) -> String {
    let drawing = Drawing::new(model, left_out);
    let mut text = "flowchart LR\n".to_owned();
    for (at, (name, sort)) in drawing.nodes.iter().enumerate() {
        let name = name.replace('"', "#quot;");
        let _ = match sort {
            Sort::Service => writeln!(text, "  n{at}[\"{name}\"]"),
            Sort::Network => writeln!(text, "  n{at}([\"{name}\"])"),
            Sort::LeftOut => writeln!(text, "  n{at}[\"{name}\"]:::left-out"),
        };
    }
    for (from, to, label) in &drawing.lines {
        let _ = match label {
            Some(label) => writeln!(text, "  n{from} -->|{label}| n{to}"),
            None => writeln!(text, "  n{from} -.- n{to}"),
        };
    }
    if drawing.nodes.iter().any(|(_, sort)| *sort == Sort::LeftOut) {
        text.push_str("  classDef left-out stroke-dasharray: 4,opacity: 0.5\n");
    }
    text
}

/// The same for graphviz.
#[must_use]
pub fn dot(model: &Node, left_out: &[&str]) -> String {
    let drawing = Drawing::new(model, left_out);
    let mut text = "digraph services {\n  rankdir=LR\n  node [shape=box]\n".to_owned();
    for (at, (name, sort)) in drawing.nodes.iter().enumerate() {
        let style = match sort {
            Sort::Service => "",
            Sort::Network => ", shape=oval",
            Sort::LeftOut => ", style=dashed",
        };
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = writeln!(text, "  n{at} [label=\"{name}\"{style}]");
    }
    for (from, to, label) in &drawing.lines {
        let _ = match label {
            Some(label) => writeln!(text, "  n{from} -> n{to} [label=\"{label}\"]"),
            None => writeln!(text, "  n{from} -> n{to} [dir=none, style=dotted]"),
        };
    }
    text.push_str("}\n");
    text
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sort {
    Service,
    Network,
    LeftOut,
}

/// What both drawings show: nodes, and lines between them by number. A line without a label is an attachment.
struct Drawing<'a> {
    nodes: Vec<(&'a str, Sort)>,
    lines: Vec<(usize, usize, Option<&'a str>)>,
}

impl<'a> Drawing<'a> {
    fn new(model: &'a Node, left_out: &[&'a str]) -> Self {
        let names = |section: &str| model.get(section).and_then(Node::as_map).into_iter().flat_map(Map::keys);
        let mut nodes: Vec<(&str, Sort)> = names("services").map(|name| (&**name, Sort::Service)).collect();
        nodes.extend(left_out.iter().map(|name| (*name, Sort::LeftOut)));
        nodes.extend(names("networks").map(|name| (&**name, Sort::Network)));
        let numbers: HashMap<(&str, bool), usize> =
            nodes.iter().enumerate().rev().map(|(at, (name, sort))| ((*name, *sort == Sort::Network), at)).collect();
        let mut lines = Vec::new();
        // Services come first among the nodes.
        for (from, entry) in model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::values).enumerate()
        {
            let to = |name: &str, network: bool| numbers.get(&(name, network)).copied();
            for edge in edges(&entry.value) {
                lines.extend(to(edge.to, false).map(|to| (from, to, Some(edge_label(&edge)))));
            }
            let attached = attachments(&entry.value).into_iter().filter_map(|(network, _)| to(network, true));
            lines.extend(attached.map(|to| (from, to, None)));
        }
        Self { nodes, lines }
    }
}

fn edge_label<'a>(edge: &Edge<'a>) -> &'a str {
    match edge.bond {
        Bond::DependsOn => edge.condition.strip_prefix("service_").unwrap_or(edge.condition),
        bond => bond.attribute(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sources};
    use crate::yaml::parse;

    fn model() -> Node {
        let text = "services: {web: {depends_on: {db: {condition: service_healthy}}, networks: [front]}, db: {}}\n\
                    networks: {front: {}}\n";
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/a.yml", text);
        parse(&sources, id, &mut Report::default()).unwrap().remove(0)
    }

    #[test]
    fn mermaid_shows_services_needs_and_networks() {
        let expected = "flowchart LR\n  n0[\"web\"]\n  n1[\"db\"]\n  n2[\"mail\"]:::left-out\n  n3([\"front\"])\n  \
                        n0 -->|healthy| n1\n  n0 -.- n3\n  classDef left-out stroke-dasharray: 4,opacity: 0.5\n";
        assert_eq!(mermaid(&model(), &["mail"]), expected);
    }

    #[test]
    fn dot_shows_the_same() {
        let expected = "digraph services {\n  rankdir=LR\n  node [shape=box]\n  n0 [label=\"web\"]\n  n1 [label=\"db\"]\n  \
                        n2 [label=\"mail\", style=dashed]\n  n3 [label=\"front\", shape=oval]\n  \
                        n0 -> n1 [label=\"healthy\"]\n  n0 -> n3 [dir=none, style=dotted]\n}\n";
        assert_eq!(dot(&model(), &["mail"]), expected);
    }
}
