//! Things of which the machine has only one: container names, host ports, address ranges.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::super::schema::{Ports, range};
use super::{Project, section};
use crate::report::{Diagnostic, Report, Severity, Span};
use crate::yaml::Node;

/// Checks what the services of a project would fight for.
pub(super) fn check(project: &Project<'_>, report: &mut Report) {
    container_names(project, report);
    host_ports(project, report);
    subnets(project, report);
}

fn container_names(project: &Project<'_>, report: &mut Report) {
    let mut owners: HashMap<&str, (&str, Span)> = HashMap::new();
    for (name, entry) in &project.active {
        let Some(node) = entry.value.get("container_name") else { continue };
        let Some(text) = node.as_text().filter(|text| !text.is_empty()) else { continue };
        if let Some((owner, span)) = owners.insert(text, (name, node.span)) {
            report.push(
                Diagnostic::error("container-name", format!("`{owner}` and `{name}` have the same container name"))
                    .at(node.span, format!("`{name}`"))
                    .at(span, format!("`{owner}`"))
                    .with_help(
                        "give them different names, or none: docker compose names containers after their service",
                    ),
            );
        }
    }
}

/// A range of ports of the machine that a service wants for itself.
struct Claim<'a> {
    protocol: String,
    ports: RangeInclusive<u16>,
    address: Option<IpAddr>,
    service: &'a str,
    span: Span,
}

impl Claim<'_> {
    /// Whether both want one port of one address. No address: all of them.
    fn meets(&self, other: &Self) -> bool {
        let same_address = match (self.address, other.address) {
            (Some(one), Some(two)) => {
                one == two || one.is_ipv4() == two.is_ipv4() && (one.is_unspecified() || two.is_unspecified())
            }
            _ => true,
        };
        same_address
            && self.protocol == other.protocol
            && self.ports.start() <= other.ports.end()
            && other.ports.start() <= self.ports.end()
    }
}

fn host_ports(project: &Project<'_>, report: &mut Report) {
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for (name, entry) in &project.active {
        // On the machine's own network docker publishes nothing.
        if entry.value.get("network_mode").and_then(Node::as_text) == Some("host") {
            continue;
        }
        let ports = entry.value.get("ports").and_then(Node::as_list).unwrap_or_default();
        claims.extend(ports.iter().filter_map(|port| claim(name, port)));
    }
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|at| (*claims[*at].ports.start(), *at));
    let mut open: Vec<usize> = Vec::new();
    for at in order {
        let claim = &claims[at];
        open.retain(|other| claims[*other].ports.end() >= claim.ports.start());
        if let Some(other) = open.iter().find(|other| claims[**other].meets(claim)) {
            report.push(port_problem(project.options.overlaps, &claims[at.min(*other)], &claims[at.max(*other)]));
        }
        open.push(at);
    }
}

/// What an entry of `ports` claims. Where docker may choose, nothing is claimed.
fn claim<'a>(service: &'a str, port: &Node) -> Option<Claim<'a>> {
    let word = |key: &str| port.get(key).and_then(Node::as_word);
    let (address, ports, width, protocol) = if let Some(text) = port.as_text() {
        let parsed = Ports::parse(text).ok()?;
        (parsed.address, parsed.published?, parsed.target.len(), parsed.protocol)
    } else {
        let address = word("host_ip").and_then(|text| text.parse().ok());
        (address, range(word("published")?)?, 1, word("protocol").unwrap_or_default())
    };
    let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_ascii_lowercase() };
    let is_fixed = ports.len() == width && *ports.start() != 0;
    is_fixed.then_some(Claim { protocol, ports, address, service, span: port.span })
}

fn port_problem(severity: Severity, first: &Claim<'_>, second: &Claim<'_>) -> Diagnostic {
    let port = first.ports.start().max(second.ports.start());
    let title = if first.service == second.service {
        format!("service `{}` publishes port {port} twice", first.service)
    } else {
        format!("`{}` and `{}` both want port {port} of the host", first.service, second.service)
    };
    let mut problem = Diagnostic::error("port-taken", title)
        .at(second.span, format!("`{}`", second.service))
        .at(first.span, format!("`{}`", first.service))
        .with_help("publish one of them on another port, or on another address");
    problem.severity = severity;
    problem
}

/// An address range of a network.
struct Subnet<'a> {
    is_v4: bool,
    first: u128,
    last: u128,
    text: &'a str,
    network: &'a str,
    span: Span,
}

fn subnets(project: &Project<'_>, report: &mut Report) {
    let mut subnets: Vec<Subnet<'_>> = Vec::new();
    for (network, entry) in section(project.model, "networks") {
        let pools = entry.value.find(&["ipam", "config"]).and_then(Node::as_list).unwrap_or_default();
        subnets.extend(pools.iter().filter_map(|pool| subnet(network, pool.get("subnet")?)));
    }
    subnets.sort_by_key(|subnet| (subnet.is_v4, subnet.first, Reverse(subnet.last)));
    let mut widest: Option<&Subnet<'_>> = None;
    for subnet in &subnets {
        match widest {
            Some(wide) if wide.is_v4 == subnet.is_v4 && subnet.first <= wide.last => {
                report.push(subnet_problem(project.options.overlaps, wide, subnet));
            }
            _ => widest = Some(subnet),
        }
    }
}

/// Reads `10.1.0.0/16`; what is no subnet is the engine's business.
fn subnet<'a>(network: &'a str, node: &'a Node) -> Option<Subnet<'a>> {
    let text = node.as_text()?;
    let (address, length) = text.split_once('/')?;
    let (address, bits) = match address.parse().ok()? {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let host_bits: u32 = bits - length.parse::<u32>().ok().filter(|length| *length <= bits)?;
    let hosts = u128::MAX.checked_shr(128 - host_bits).unwrap_or(0);
    Some(Subnet { is_v4: bits == 32, first: address & !hosts, last: address | hosts, text, network, span: node.span })
}

fn subnet_problem(severity: Severity, wide: &Subnet<'_>, inner: &Subnet<'_>) -> Diagnostic {
    let title = format!("subnets `{}` and `{}` overlap", wide.text, inner.text);
    let mut problem = Diagnostic::error("subnet-taken", title)
        .at(inner.span, format!("network `{}`", inner.network))
        .at(wide.span, format!("network `{}`", wide.network))
        .with_help("give each network addresses of its own");
    problem.severity = severity;
    problem
}
