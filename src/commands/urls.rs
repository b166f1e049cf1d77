//! `urls`: every port that is published, and every address that the reverse proxy leads to a service.

use serde::Serialize;

use crate::app::{Context, Failure};
use crate::deployment::Configured;
use crate::docker::{Command, Input};
use crate::exit::Exit;
use crate::model::{Published, published};
use crate::settings::Format;
use crate::terminal::Table;
use crate::yaml::{Kind, Map, Node};

/// What is no web page by its port in the container: SSH, databases, caches, brokers.
const NO_WEB: [u16; 10] = [22, 25, 53, 389, 3306, 5432, 5672, 6379, 9418, 27017];

/// An address of a service.
#[derive(Debug, Serialize)]
pub(super) struct Address {
    pub(super) service: String,
    pub(super) url: String,
    /// `port` or `route`.
    kind: &'static str,
    /// Which of its containers it is, for a port of one that runs.
    container: Option<String>,
}

pub(super) fn run(context: &Context<'_>, format: Format) -> Result<Exit, Failure> {
    let configured = context.settle(context.plan(&context.project()?))?;
    let all = addresses(context, &configured);
    let text = match format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&all).map_err(std::io::Error::from)?),
        Format::Text => {
            let mut table = Table::default();
            all.iter()
                .for_each(|one| table.row([one.service.as_str(), &one.url, one.container.as_deref().unwrap_or("")]));
            table.fitted(context.printer.width())
        }
    };
    context.printer.data(&text)?;
    if all.is_empty() {
        context.printer.say("No service publishes a port.");
    }
    Ok(Exit::Done)
}

/// The addresses of all services: routes first, then ports.
pub(super) fn addresses(context: &Context<'_>, configured: &Configured) -> Vec<Address> {
    let model = &configured.model;
    let wanted = published(model);
    let mut all = routes(model, &wanted);
    let running = running(context, &configured.project_name);
    for port in &wanted {
        if !running.iter().any(|one| one.service == port.service) {
            all.extend(port.ports.as_ref().map(|_| Address {
                service: port.service.to_owned(),
                url: url(&port.on_host(), *port.target.start(), &port.protocol),
                kind: "port",
                container: None,
            }));
        }
    }
    all.extend(running);
    all
}

/// The address of a port: `host` is `80`, or an address and `:80`.
fn url(host: &str, target: u16, protocol: &str) -> String {
    let host = match host.rsplit_once(':') {
        None => format!("localhost:{host}"),
        Some(("0.0.0.0" | "[::]" | "::", port)) => format!("localhost:{port}"),
        Some(_) => host.to_owned(),
    };
    match target {
        _ if protocol != "tcp" => format!("{host}/{protocol}"),
        443 | 8443 => format!("https://{}/", host.strip_suffix(":443").unwrap_or(&host)),
        other if NO_WEB.contains(&other) => host,
        _ => format!("http://{}/", host.strip_suffix(":80").unwrap_or(&host)),
    }
}

/// What docker says of the containers that run: each replica has ports of its own.
fn running(context: &Context<'_>, project: &str) -> Vec<Address> {
    const FORMAT: &str = r#"{{.Label "com.docker.compose.service"}}|{{.Names}}|{{.Ports}}"#;
    let filter = format!("label=com.docker.compose.project={project}");
    let command = Command::new("docker").args(["ps", "--filter", &filter, "--format", FORMAT]);
    let told = context.runner.capture(&command.input(Input::Nothing)).map(|told| told.text()).unwrap_or_default();
    let mut all: Vec<Address> = told.lines().flat_map(container).collect();
    all.sort_by(|one, other| (&one.service, &one.container).cmp(&(&other.service, &other.container)));
    all
}

/// `web|demo-web-1|0.0.0.0:8000->80/tcp, :::8000->80/tcp`
fn container(line: &str) -> Vec<Address> {
    let mut parts = line.splitn(3, '|');
    let (Some(service), Some(name), Some(ports)) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let mut urls: Vec<String> = Vec::new();
    for (host, target) in ports.split(", ").filter_map(|port| port.split_once("->")) {
        let (target, protocol) = target.split_once('/').unwrap_or((target, "tcp"));
        let target = target.split('-').next().and_then(|port| port.parse().ok()).unwrap_or(0);
        // The same port in both families of addresses is one.
        let url = url(host, target, protocol);
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    let address = |url| Address { service: service.to_owned(), url, kind: "port", container: Some(name.to_owned()) };
    urls.into_iter().map(address).collect()
}

/// What the rules of Traefik say, where a service publishes the ports of the web.
fn routes(model: &Node, wanted: &[Published<'_>]) -> Vec<Address> {
    let host_port = |target: u16| {
        let entry = wanted.iter().find(|port| port.target.contains(&target))?;
        entry.ports.as_ref().map(|ports| *ports.start())
    };
    let mut all = Vec::new();
    for (service, entry) in model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::iter) {
        let labels = labels(&entry.value);
        for (name, rule) in labels.iter().filter_map(|(name, rule)| Some((name.strip_suffix(".rule")?, rule))) {
            let Some(router) = name.strip_prefix("traefik.http.routers.") else { continue };
            let has = |key: &str, value: &str| {
                labels
                    .iter()
                    .any(|(name, found)| *name == format!("traefik.http.routers.{router}.{key}") && found == value)
            };
            let (scheme, usual, target) = if has("tls", "true") { ("https", 443, 443) } else { ("http", 80, 80) };
            let Some(port) = host_port(target) else { continue };
            let port = if port == usual { String::new() } else { format!(":{port}") };
            let paths = words(rule, &["PathPrefix(", "Path("]);
            let paths = if paths.is_empty() { vec!["/".to_owned()] } else { paths };
            for host in words(rule, &["Host("]) {
                all.extend(paths.iter().map(|path| Address {
                    service: service.to_string(),
                    url: format!("{scheme}://{host}{port}{path}"),
                    kind: "route",
                    container: None,
                }));
            }
        }
    }
    all
}

/// The labels of a service, in either form.
fn labels(service: &Node) -> Vec<(String, String)> {
    match service.get("labels").map(|labels| &labels.kind) {
        Some(Kind::Map(map)) => map
            .iter()
            .map(|(name, entry)| (name.to_string(), entry.value.as_word().unwrap_or_default().to_owned()))
            .collect(),
        Some(Kind::List(items)) => items
            .iter()
            .filter_map(|item| item.as_word()?.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect(),
        _ => Vec::new(),
    }
}

/// What stands in backticks or quotes within the parentheses of these functions.
fn words(rule: &str, functions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in functions.iter().flat_map(|function| rule.match_indices(function)) {
        // `Path(` is the end of no other function's name.
        if rule[..at].ends_with(|before: char| before.is_alphanumeric()) {
            continue;
        }
        let inside =
            rule[at..].split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
        let words = inside.split(',').map(|word| word.trim().trim_matches(['`', '"', '\'']));
        found.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_an_address_by_what_listens_behind_it() {
        assert_eq!(url("80", 80, "tcp"), "http://localhost/");
        assert_eq!(url("0.0.0.0:8000", 8069, "tcp"), "http://localhost:8000/");
        assert_eq!(url("443", 443, "tcp"), "https://localhost/");
        assert_eq!(url("10.0.0.1:5433", 5432, "tcp"), "10.0.0.1:5433");
        assert_eq!(url("53", 53, "udp"), "localhost:53/udp");
    }

    #[test]
    fn rules_are_searched_for_hosts_and_paths() {
        let rule = "Host(`a.test`, `b.test`) && ( PathPrefix(`/sao`) || Path(`/`) )";
        assert_eq!(words(rule, &["Host("]), ["a.test", "b.test"]);
        assert_eq!(words(rule, &["PathPrefix(", "Path("]), ["/sao", "/"]);
    }

    #[test]
    fn a_port_of_both_families_is_one_address() {
        let all = container("web|demo-web-1|0.0.0.0:8000->80/tcp, :::8000->80/tcp, 9000/tcp");
        assert_eq!(all.iter().map(|one| one.url.as_str()).collect::<Vec<_>>(), ["http://localhost:8000/"]);
    }
}
