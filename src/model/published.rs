//! The ports of the machine on which services are published.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::schema::{Ports, range};
use crate::report::Span;
use crate::yaml::{Map, Node};

/// One entry of a service's `ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published<'m> {
    /// The service.
    pub service: &'m str,
    /// The address of the machine; none: every one.
    pub address: Option<IpAddr>,
    /// The ports of the machine; none: docker chooses.
    pub ports: Option<RangeInclusive<u16>>,
    /// The ports of the container.
    pub target: RangeInclusive<u16>,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// Where it is written.
    pub span: Span,
}

/// What the services of a model publish, in their order.
#[must_use]
pub fn published(model: &Node) -> Vec<Published<'_>> {
    let services = model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::iter);
    let mut found = Vec::new();
    for (service, entry) in services {
        let ports = entry.value.get("ports").and_then(Node::as_list).unwrap_or_default();
        found.extend(ports.iter().filter_map(|port| one(service, port)));
    }
    found
}

fn one<'m>(service: &'m str, port: &Node) -> Option<Published<'m>> {
    let word = |key: &str| port.get(key).and_then(Node::as_word);
    let (address, ports, target, protocol) = match port.as_word() {
        Some(text) => {
            let parsed = Ports::parse(text).ok()?;
            (parsed.address, parsed.published, parsed.target, parsed.protocol)
        }
        None => {
            let address = word("host_ip").and_then(|text| text.parse().ok());
            let ports = word("published").filter(|text| !text.is_empty());
            let ports = ports.map(|text| range(text).ok_or(())).transpose().ok()?;
            (address, ports, range(word("target")?)?, word("protocol").unwrap_or_default())
        }
    };
    let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_ascii_lowercase() };
    let ports = ports.filter(|ports| *ports.start() != 0);
    Some(Published { service, address, ports, target, protocol, span: port.span })
}

impl Published<'_> {
    /// The ports of the machine as they are written: `80`, or `127.0.0.1:8000-8001`; empty where docker chooses.
    #[must_use]
    pub fn on_host(&self) -> String {
        let Some(ports) = &self.ports else { return String::new() };
        let address = match self.address {
            None => String::new(),
            Some(IpAddr::V6(address)) => format!("[{address}]:"),
            Some(address) => format!("{address}:"),
        };
        format!("{address}{}", spelled(ports))
    }

    /// The ports of the container as they are written.
    #[must_use]
    pub fn in_container(&self) -> String {
        let protocol = if self.protocol == "tcp" { String::new() } else { format!("/{}", self.protocol) };
        format!("{}{protocol}", spelled(&self.target))
    }
}

fn spelled(ports: &RangeInclusive<u16>) -> String {
    if ports.len() == 1 { ports.start().to_string() } else { format!("{}-{}", ports.start(), ports.end()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sources};

    #[test]
    fn both_syntaxes_are_read() {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let text = "services: {a: {ports: ['80', 8080:80, '127.0.0.1:53:53/udp', '9000-9001:9000-9001', \
                    {published: '81', target: 80, host_ip: '::1'}, {target: 7}]}}";
        let id = sources.add("m.yml", "/m.yml", text);
        let model = crate::yaml::parse(&sources, id, &mut report).unwrap().pop().unwrap();
        let shown: Vec<_> =
            published(&model).iter().map(|port| format!("{}>{}", port.on_host(), port.in_container())).collect();
        assert_eq!(shown, [">80", "8080>80", "127.0.0.1:53>53/udp", "9000-9001>9000-9001", "[::1]:81>80", ">7"]);
    }
}
