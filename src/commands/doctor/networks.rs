//! Subnets that docker's other networks, or the routes of this machine, have already.

use super::{Finding, Patient};
use crate::environment::setter_at;
use crate::machine::{Network, Subnet, free_subnet, networks, routes};
use crate::report::Span;
use crate::yaml::{Map, Node};

const CHECK: &str = "networks";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.has_docker || !patient.is_here {
        return Vec::new();
    }
    let all = networks(patient.context.runner).unwrap_or_default();
    let own = patient.configured.project_name.as_str();
    let others: Vec<&Network> = all.iter().filter(|network| network.project.as_deref() != Some(own)).collect();
    let routes = routes();
    let wanted = subnets(&patient.configured.model);
    let mut taken: Vec<Subnet> = all.iter().flat_map(|network| network.subnets.iter().copied()).collect();
    taken.extend(routes.iter().map(|(_, subnet)| *subnet));
    taken.extend(wanted.iter().map(|(_, subnet, _)| *subnet));
    let mut findings = Vec::new();
    for (name, subnet, span) in &wanted {
        let network = others.iter().find(|network| network.subnets.iter().any(|other| other.overlaps(*subnet)));
        let route = routes.iter().find(|(_, other)| other.overlaps(*subnet));
        let (what, unused) = match (network, route) {
            (Some(network), _) => {
                let unused = (network.containers == 0 && network.project.is_some()).then_some(network.name.as_str());
                (format!("the network {} of docker", network.name), unused)
            }
            (None, Some((interface, other))) => (format!("the route {other} of {interface}"), None),
            (None, None) => continue,
        };
        let finding =
            Finding::failure(CHECK, format!("the addresses {subnet} of network `{name}` overlap with {what}"));
        let finding = finding.because(if network.is_some() {
            "docker would refuse to make the network: Pool overlaps with other one on this address space"
        } else {
            "what lies behind that route could not be reached any more"
        });
        let setter = setter_at(&patient.configured.environment, patient.sources, *span);
        let free = free_subnet(&taken);
        taken.extend(free);
        findings.push(match (unused, setter, free) {
            (Some(unused), ..) => {
                finding.because("nothing uses that one").mended_by(format!("docker network rm {unused}"))
            }
            (None, Some(setter), Some(free)) => finding.mended_by(format!("lapstrake edit {setter}={free}")),
            _ => finding.mended_by(format!("give network `{name}` other addresses in override.yml")),
        });
    }
    if findings.is_empty() && !wanted.is_empty() {
        findings.push(Finding::good(CHECK, "the networks' addresses overlap with no others"));
    }
    findings
}

fn subnets(model: &Node) -> Vec<(&str, Subnet, Span)> {
    let mut found = Vec::new();
    for (name, entry) in model.get("networks").and_then(Node::as_map).into_iter().flat_map(Map::iter) {
        for pool in entry.value.find(&["ipam", "config"]).and_then(Node::as_list).unwrap_or_default() {
            let subnet = pool.get("subnet");
            let read = subnet.and_then(|subnet| Some((Subnet::read(subnet.as_word()?)?, subnet.span)));
            found.extend(read.map(|(subnet, span)| (&**name, subnet, span)));
        }
    }
    found
}
