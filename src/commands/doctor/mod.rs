//! `doctor`: what is wrong with this machine or the project, why it matters, and what mends it.

mod certificates;
mod configuration;
mod engine;
mod finding;
mod folders;
mod images;
mod interrupted;
mod networks;
mod ownership;
mod ports;
mod programs;
mod room;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::app::{Context, Failure};
use crate::deployment::Configured;
use crate::docker::Container;
use crate::exit::Exit;
use crate::project::Project;
use crate::report::Sources;
use crate::settings::Format;
use crate::terminal::wrapped;

use finding::{Finding, Weight};
use images::Images;

/// What the checks look at, where configuration and docker let us.
struct Patient<'a> {
    context: &'a Context<'a>,
    configured: &'a Configured,
    sources: &'a Sources,
    /// The containers of the project.
    containers: Vec<Container>,
    images: Images,
    /// Whether docker's engine is on this machine: else what we see is not what it sees.
    is_here: bool,
    has_docker: bool,
}

pub(super) fn run(context: &Context<'_>, format: Format) -> Result<Exit, Failure> {
    let project = context.project()?;
    let findings = look(context, &project);
    match format {
        Format::Json => {
            let all: Value = findings.iter().map(Finding::json).collect();
            context.printer.data(&format!("{all:#}\n"))?;
        }
        Format::Text => context.printer.data(&drawn(&findings))?,
    }
    let failed = findings.iter().any(|finding| finding.weight == Weight::Failure);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn look(context: &Context<'_>, project: &Project) -> Vec<Finding> {
    let mut findings = engine::look(context);
    let has_docker = findings.iter().all(|finding| finding.weight != Weight::Failure);
    let planned = context.plan(project);
    findings.extend(configuration::look(&planned));
    findings.extend(ownership::look(project));
    findings.extend(programs::look(project));
    findings.extend(interrupted::look(project));
    let Some(configured) = &planned.configured else { return findings };
    findings.extend(configuration::foreign(configured));
    let patient = Patient {
        context,
        configured,
        sources: &planned.sources,
        containers: if has_docker { running(context, configured) } else { Vec::new() },
        images: if has_docker { Images::of(context.runner, &configured.model) } else { Images::default() },
        is_here: is_here(context),
        has_docker,
    };
    let checks: [fn(&Patient<'_>) -> Vec<Finding>; 6] =
        [images::look, folders::look, ports::look, networks::look, certificates::look, room::look];
    checks.iter().for_each(|check| findings.extend(check(&patient)));
    findings
}

fn running(context: &Context<'_>, configured: &Configured) -> Vec<Container> {
    let all = crate::docker::containers(context.runner, &configured.project_name).unwrap_or_default();
    all.into_iter().filter(|container| container.state.status == "running").collect()
}

fn is_here(context: &Context<'_>) -> bool {
    let host = context.process.text("DOCKER_HOST").unwrap_or_default();
    host.is_empty()
        || host.starts_with("unix://")
        || host.starts_with("tcp://127.")
        || host.starts_with("tcp://localhost")
}

const GOOD: Style = AnsiColor::Green.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const COMMAND: Style = Style::new().bold();

/// How wide the lines of reasons are.
const WIDTH: usize = 76;

fn drawn(findings: &[Finding]) -> String {
    let mut text: String = findings.iter().map(one).collect();
    let count = |weight| findings.iter().filter(|finding| finding.weight == weight).count();
    let phrase = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let summary = match (count(Weight::Failure), count(Weight::Warning)) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (0, warnings) => format!("{}, nothing that keeps services from running.", phrase(warnings, "warning")),
        (failures, 0) => format!("{}.", phrase(failures, "failure")),
        (failures, warnings) => format!("{}, {}.", phrase(failures, "failure"), phrase(warnings, "warning")),
    };
    text.push_str(&format!("\n{summary}\n"));
    text
}

fn one(finding: &Finding) -> String {
    let (mark, style) = match finding.weight {
        Weight::Good => ("✓", GOOD),
        Weight::Warning => ("!", WARNING),
        Weight::Failure => ("✗", BAD),
    };
    let mut text = String::new();
    for (at, line) in wrapped(&finding.what, WIDTH).iter().enumerate() {
        text.push_str(&if at == 0 { format!("{style}{mark}{style:#} {line}\n") } else { format!("  {line}\n") });
    }
    for why in &finding.why {
        wrapped(why, WIDTH - 2).iter().for_each(|line| text.push_str(&format!("    {line}\n")));
    }
    for mend in &finding.mend {
        // A command stays whole: it is there to be copied. Advice quotes, and is for reading.
        let lines = if mend.contains('`') { wrapped(mend, WIDTH - 4) } else { vec![mend.clone()] };
        for (at, line) in lines.iter().enumerate() {
            let arrow = if at == 0 { "→" } else { " " };
            text.push_str(&format!("    {arrow} {COMMAND}{line}{COMMAND:#}\n"));
        }
    }
    text
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    crate::files::shell_word(word.as_ref())
}

/// What goes before a command that only root may run.
fn as_root() -> &'static str {
    if rustix::process::geteuid().is_root() { "" } else { "sudo " }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_counted_by_weight() {
        let text = drawn(&[Finding::failure("x", "a").because("b").mended_by("c"), Finding::good("y", "d")]);
        assert!(text.ends_with("\n1 failure.\n"), "{text}");
        assert!(drawn(&[]).ends_with("Nothing is wrong.\n"));
    }
}
