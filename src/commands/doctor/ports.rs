//! Ports that services publish and somebody else listens on.

use std::net::IpAddr;

use super::{Finding, Patient};
use crate::docker::{Command, Input};
use crate::environment::setter_at;
use crate::machine::{Listener, free_port, listeners};
use crate::model::{Published, published};

const CHECK: &str = "ports";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.is_here {
        return Vec::new();
    }
    let taken = listeners();
    let wanted = published(&patient.configured.model);
    // What runs has its ports.
    let runs = |service: &str| patient.containers.iter().any(|container| container.service == service);
    let waiting = wanted.iter().filter(|port| !runs(port.service));
    let mut findings: Vec<Finding> = waiting
        .filter_map(|port| Some((port, taken.iter().find(|listener| meets(port, listener))?)))
        .map(|(port, listener)| conflict(patient, port, listener, &taken))
        .collect();
    if findings.is_empty() && !wanted.is_empty() {
        findings.push(Finding::good(CHECK, "the published ports are available"));
    }
    findings
}

fn meets(port: &Published<'_>, listener: &Listener) -> bool {
    let same_address =
        |own: IpAddr| own == listener.address || own.is_unspecified() || listener.address.is_unspecified();
    port.protocol == listener.protocol
        && port.ports.as_ref().is_some_and(|ports| ports.contains(&listener.port))
        && port.address.is_none_or(same_address)
}

fn conflict(patient: &Patient<'_>, port: &Published<'_>, listener: &Listener, taken: &[Listener]) -> Finding {
    let number = listener.port;
    let container = container_on(patient, number);
    let who = match (&container, listener.program()) {
        (Some(name), _) => format!("container {name}"),
        (None, Some((name, process))) => format!("{name} (process {process})"),
        (None, None) => "another program".to_owned(),
    };
    let finding = Finding::failure(CHECK, format!("port {number} is taken by {who}"))
        .because(format!("`{}` publishes it, and cannot start", port.service));
    let setter = setter_at(&patient.configured.environment, patient.sources, port.span);
    let from = if number < 1024 { number + 8000 } else { number.saturating_add(1) };
    match (setter, free_port(from, taken, &[]), container) {
        (Some(name), Some(free), _) => finding.mended_by(format!("lapstrake edit {name}={free}")),
        (_, _, Some(name)) => finding.mended_by(format!("docker stop {name}")),
        _ => finding.mended_by(format!("stop that program, or publish `{}` on another port", port.service)),
    }
}

/// The container that publishes a port.
fn container_on(patient: &Patient<'_>, port: u16) -> Option<String> {
    patient.has_docker.then_some(())?;
    let filter = format!("publish={port}");
    let command = Command::new("docker").args(["ps", "--filter", &filter, "--format", "{{.Names}}"]);
    let told = patient.context.runner.capture(&command.input(Input::Nothing)).ok()?.text();
    told.lines().next().map(str::to_owned).filter(|name| !name.is_empty())
}
