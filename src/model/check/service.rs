//! What a service says about itself that cannot be true at once, or cannot be.

use super::super::schema::{bool, number, size};
use super::Project;
use crate::report::{Diagnostic, Report};
use crate::yaml::{Entry, Node};

/// Checks an active service.
pub(super) fn check(project: &Project<'_>, name: &str, entry: &Entry, report: &mut Report) {
    let service = &entry.value;
    source(name, entry, report);
    build(project, name, service, report);
    networking(name, service, report);
    health(name, service, report);
    scale(name, service, report);
    twins(name, service, report);
    watch(name, service, report);
    files(project, name, service, report);
}

/// A text that is there and says something.
fn text<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|value| value.as_text().is_some_and(|text| !text.is_empty()))
}

fn source(name: &str, entry: &Entry, report: &mut Report) {
    let service = &entry.value;
    let no_image = service.get("image").is_none_or(|image| image.as_text() == Some(""));
    if no_image && service.get("build").is_none() && service.get("provider").is_none() {
        report.push(
            Diagnostic::error("no-image", format!("service `{name}` has neither an image nor a build context"))
                .at(entry.key, "nothing to run")
                .with_help("give it an `image` or a `build`"),
        );
    }
}

fn build(project: &Project<'_>, name: &str, service: &Node, report: &mut Report) {
    let Some(build) = service.get("build") else { return };
    if let (Some(file), Some(inline)) = (text(build, "dockerfile"), text(build, "dockerfile_inline")) {
        report.push(exclusive(name, ("dockerfile", file), ("dockerfile_inline", inline)));
    }
    let platforms = build.get("platforms").and_then(Node::as_list).unwrap_or_default();
    if let Some(platform) = text(service, "platform")
        && !platforms.is_empty()
        && !platforms.iter().any(|built| built.as_text() == platform.as_text())
    {
        report.push(
            Diagnostic::error("platform", format!("service `{name}` runs on a platform it is not built for"))
                .at(platform.span, "it runs on this")
                .at(platforms[0].span, "it is built for these")
                .with_help("add the platform to `build.platforms`"),
        );
    }
    contexts(project, name, build, report);
}

/// Contexts of a build that are what another service builds.
fn contexts(project: &Project<'_>, name: &str, build: &Node, report: &mut Report) {
    let Some(contexts) = build.get("additional_contexts") else { return };
    let pairs =
        contexts.as_map().into_iter().flatten().filter_map(|(_, entry)| Some((entry.value.as_text()?, &entry.value)));
    let lines = contexts.as_list().unwrap_or_default().iter();
    let lines = lines.filter_map(|item| Some((item.as_text()?.split_once('=')?.1, item)));
    for (context, node) in pairs.chain(lines) {
        let Some(other) = context.strip_prefix("service:") else { continue };
        let problem = match project.active.get(other) {
            None => format!("service `{name}` builds on service `{other}`, which does not exist"),
            Some(entry) if entry.value.get("build").is_none() => {
                format!("service `{name}` builds on service `{other}`, which is not built itself")
            }
            Some(_) => continue,
        };
        report.push(Diagnostic::error("context", problem).at(node.span, "this one"));
    }
}

fn networking(name: &str, service: &Node, report: &mut Report) {
    let networks = service.get("networks").filter(|networks| {
        networks.as_list().is_some_and(|items| !items.is_empty())
            || networks.as_map().is_some_and(|map| !map.is_empty())
    });
    if let (Some(mode), Some(networks)) = (text(service, "network_mode"), networks) {
        report.push(exclusive(name, ("network_mode", mode), ("networks", networks)));
    }
}

fn exclusive(name: &str, (one, first): (&str, &Node), (other, second): (&str, &Node)) -> Diagnostic {
    Diagnostic::error("exclusive", format!("service `{name}` has both `{one}` and `{other}`"))
        .at(first.span, format!("`{one}`"))
        .at(second.span, format!("`{other}`"))
        .with_help("remove one of them: docker compose takes only one")
}

fn health(name: &str, service: &Node, report: &mut Report) {
    let Some(first) = service.find(&["healthcheck", "test"]).and_then(Node::as_list).and_then(<[Node]>::first) else {
        return;
    };
    if !matches!(first.as_text(), Some("CMD" | "CMD-SHELL" | "NONE")) {
        report.push(
            Diagnostic::error("healthcheck", format!("`healthcheck.test` of service `{name}` has no kind"))
                .at(first.span, "not `CMD`, `CMD-SHELL` or `NONE`")
                .with_help(
                    "put `CMD` in front of a program and its arguments, or `CMD-SHELL` in front of a command line",
                ),
        );
    }
}

fn scale(name: &str, service: &Node, report: &mut Report) {
    let count = |node: &Node| number(node.as_word()?);
    let scale = service.get("scale");
    let replicas = service.find(&["deploy", "replicas"]);
    for (key, node) in [("scale", scale), ("deploy.replicas", replicas)] {
        if let Some(node) = node.filter(|node| count(node).is_some_and(|count| count < 0.0)) {
            report.push(
                Diagnostic::error("scale", format!("`{key}` of service `{name}` is below zero"))
                    .at(node.span, "0 at least"),
            );
        }
    }
    if let (Some(scale), Some(replicas)) = (scale, replicas)
        && count(scale) != count(replicas)
    {
        report.push(distinct(name, ("scale", scale), ("deploy.replicas", replicas)));
    }
    if let Some(container) = text(service, "container_name")
        && let Some(many) = scale.or(replicas).filter(|node| count(node).is_some_and(|count| count > 1.0))
    {
        report.push(
            Diagnostic::error("scale", format!("service `{name}` is to run more than once under one `container_name`"))
                .at(many.span, "this often")
                .at(container.span, "under this name")
                .with_help("remove `container_name`: docker compose numbers the containers itself"),
        );
    }
}

/// Reads a quantity.
type Read = fn(&str) -> Option<f64>;

/// Old attributes and their places in `deploy.resources`. docker compose takes both only if they say the same, and
/// takes what is not said in a section that is there for nothing.
const TWINS: [(&str, &str, &str, Read); 4] = [
    ("cpus", "limits", "cpus", number),
    ("mem_limit", "limits", "memory", size),
    ("mem_reservation", "reservations", "memory", size),
    ("pids_limit", "limits", "pids", number),
];

fn twins(name: &str, service: &Node, report: &mut Report) {
    let Some(resources) = service.find(&["deploy", "resources"]) else { return };
    for (key, section, leaf, read) in TWINS {
        let Some((old, section_node)) = service.get(key).zip(resources.get(section)) else { continue };
        let value = |node: &Node| node.as_word().and_then(read);
        let new = section_node.get(leaf);
        if value(old).is_some_and(|value| value != 0.0) && value(old) != new.and_then(value) {
            let path = format!("deploy.resources.{section}.{leaf}");
            report.push(distinct(name, (key, old), (&path, new.unwrap_or(section_node))));
        }
    }
}

fn distinct(name: &str, (one, first): (&str, &Node), (other, second): (&str, &Node)) -> Diagnostic {
    Diagnostic::error("distinct", format!("service `{name}` has distinct values for `{one}` and `{other}`"))
        .at(first.span, format!("`{one}`"))
        .at(second.span, format!("`{other}`"))
        .with_help(format!("they mean the same: keep `{other}` alone"))
}

fn watch(name: &str, service: &Node, report: &mut Report) {
    for rule in service.find(&["develop", "watch"]).and_then(Node::as_list).unwrap_or_default() {
        let copies = !matches!(rule.get("action").and_then(Node::as_text), Some("rebuild" | "restart") | None);
        if copies && text(rule, "target").is_none() {
            report.push(
                Diagnostic::error("watch", format!("`develop.watch` of service `{name}` does not say where to copy"))
                    .at(rule.span, "without `target`")
                    .with_help("give it a `target`, a path in the container"),
            );
        }
    }
}

/// Files that docker compose reads for a service.
fn files(project: &Project<'_>, name: &str, service: &Node, report: &mut Report) {
    for attribute in ["env_file", "label_file"] {
        let Some(value) = service.get(attribute) else { continue };
        for item in value.as_list().unwrap_or(std::slice::from_ref(value)) {
            let path = item.get("path").unwrap_or(item);
            let is_optional = item.get("required").and_then(Node::as_word).and_then(bool) == Some(false);
            let Some(file) = path.as_text().filter(|_| !is_optional) else { continue };
            if file.is_empty() || !(project.options.exists)(file) {
                let problem = format!("the `{attribute}` of service `{name}` does not exist");
                let problem = Diagnostic::error("no-file", problem).at(path.span, "no such file");
                report.push(match attribute {
                    "env_file" => problem.with_help("create it, or write `{path: …, required: false}`"),
                    _ => problem.with_help("create it, or remove the line"),
                });
            }
        }
    }
}
