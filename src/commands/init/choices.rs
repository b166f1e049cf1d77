//! What can be chosen for the user: secrets, ports and address ranges that are free.

use crate::app::Context;
use crate::environment::Environment;
use crate::environment::{is_default, setter, variable_in};
use crate::fragments::discover;
use crate::machine::{Subnet, free_port, free_subnet, listeners, networks, random_secret, routes};
use crate::project::Project;
use crate::report::{Report, Sources, can_be_made_up, read};
use crate::yaml::{Map, Node, parse};

use super::answers::{Answers, required};
use crate::commands::ADDRESS;

/// Makes every secret that is required, or has a value that everybody can read in `env.base`.
pub(super) fn secrets(answers: &mut Answers<'_>) -> std::io::Result<()> {
    let environment = answers.environment();
    let mut names: Vec<String> = required(&environment).into_iter().filter(|name| can_be_made_up(name)).collect();
    for (name, variable) in environment.iter() {
        let is_own = can_be_made_up(name) && !variable.poisoned && is_default(variable);
        if is_own && (!variable.value.is_empty() || name.contains("PASSPHRASE")) {
            names.extend(setter(&environment, name));
        }
    }
    for name in names {
        if !answers.values.contains_key(&name) {
            answers.values.insert(name, random_secret()?.expose().to_owned());
        }
    }
    Ok(())
}

/// Chooses subnets that overlap with none, and other ports for those that are in use.
pub(super) fn addresses(context: &Context<'_>, answers: &mut Answers<'_>) -> std::io::Result<()> {
    let environment = answers.environment();
    let mut taken: Vec<Subnet> = routes().into_iter().map(|(_, subnet)| subnet).collect();
    // Without docker there are no networks of its to keep clear of.
    taken.extend(networks(context.runner).unwrap_or_default().into_iter().flat_map(|network| network.subnets));
    for (name, variable) in environment.iter().filter(|(_, variable)| is_default(variable)) {
        let (Some(own), Some(setter)) = (Subnet::read(&variable.value), setter(&environment, name)) else { continue };
        let chosen = if taken.iter().any(|other| own.overlaps(*other)) { free_subnet(&taken) } else { Some(own) };
        let Some(chosen) = chosen else { continue };
        taken.push(chosen);
        answers.values.insert(setter, chosen.to_string());
    }
    ports(&environment, answers);
    Ok(())
}

fn ports(environment: &Environment, answers: &mut Answers<'_>) {
    let taken = listeners();
    let mut chosen = Vec::new();
    for (name, target) in published_names(answers.project) {
        let Some(variable) = environment.get(&name).filter(|variable| is_default(variable)) else { continue };
        let (Ok(port), Some(setter)) = (variable.value.parse::<u16>(), setter(environment, &name)) else { continue };
        let from = if port < 1024 { port + 8000 } else { port + 1 };
        let is_taken = taken.iter().any(|listener| listener.port == port) || chosen.contains(&port);
        let Some(free) = (if is_taken { free_port(from, &taken, &chosen) } else { Some(port) }) else { continue };
        chosen.push(free);
        if is_taken {
            answers.values.insert(setter, free.to_string());
            address(environment, answers, &target, free);
        }
    }
}

/// The address with the port that was chosen for its scheme.
fn address(environment: &Environment, answers: &mut Answers<'_>, target: &str, port: u16) {
    let Some(variable) = environment.get(ADDRESS) else { return };
    let scheme = match target {
        "80" => "http://",
        "443" => "https://",
        _ => return,
    };
    let plain = variable.value.strip_prefix(scheme).is_some_and(|host| !host.contains([':', '/']));
    if let Some(setter) = setter(environment, ADDRESS).filter(|_| plain) {
        answers.values.entry(setter).or_insert(format!("{}:{port}", variable.value));
    }
}

/// The variables that fragments publish a port by, each with the port of the container.
fn published_names(project: &Project) -> Vec<(String, String)> {
    let (mut sources, mut ignored) = (Sources::default(), Report::default());
    let mut found = Vec::new();
    for fragment in discover(project, &mut ignored) {
        let name = project.name_of(&fragment.path);
        let Some(id) = read(&mut sources, &mut ignored, &name, &fragment.path) else { continue };
        for document in parse(&sources, id, &mut ignored).unwrap_or_default() {
            let services = document.get("services").and_then(Node::as_map).into_iter().flat_map(Map::values);
            let ports = services.filter_map(|service| service.value.get("ports")?.as_list());
            found.extend(ports.flatten().filter_map(published_name));
        }
    }
    found
}

/// `${NAME}:80`, or the same in the long form.
fn published_name(port: &Node) -> Option<(String, String)> {
    let (host, target) = match port.as_word() {
        Some(text) => text.rsplit_once(':')?,
        None => (port.get("published")?.as_word()?, port.get("target")?.as_word()?),
    };
    Some((variable_in(host)?.to_owned(), target.to_owned()))
}
