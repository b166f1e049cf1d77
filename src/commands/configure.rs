//! `configure`: from the layers to the deployment, or what that would change.

use anstyle::{AnsiColor, Style};

use crate::app::{Context, Failure, hooks};
use crate::deployment::{ChangeKind, Configured, ServiceChange, changes, diff, differs};
use crate::exit::Exit;
use crate::settings::{Configure, Format, Outcome};
use crate::yaml::{Map, Node};

pub(super) fn run(context: &Context<'_>, settings: Configure) -> Result<Exit, Failure> {
    let project = context.project()?;
    let mut planned = context.plan(&project);
    if settings.strict {
        planned.report.make_strict();
    }
    if settings.format == Format::Json {
        context.printer.data(&format!("{:#}\n", crate::terminal::json(&planned.sources, &planned.report)))?;
        if planned.report.has_errors() {
            return Ok(Exit::Invalid);
        }
    }
    let configured = context.settle(planned)?;
    if settings.verify {
        super::verify::configured(context, &project, &configured)?;
    }
    match settings.outcome {
        Outcome::Write => {
            context.may_write(&configured)?;
            hooks::run(context, &project, "before-configure")?;
            let exit = write(context, &configured)?;
            hooks::run(context, &project, "after-configure")?;
            Ok(exit)
        }
        Outcome::Show { check, diff, print } => show(context, &configured, check, diff, print),
    }
}

fn write(context: &Context<'_>, configured: &Configured) -> Result<Exit, Failure> {
    let fresh = !configured.compose_file.exists();
    let changes = if fresh { Vec::new() } else { changes(configured) };
    if !differs(configured) {
        context.write(configured)?;
        context.printer.say("Nothing has changed.");
        return Ok(Exit::Done);
    }
    context.write(configured)?;
    if fresh {
        let services = configured.model.get("services").and_then(Node::as_map).map_or(0, Map::len);
        context.printer.good(&format!("Wrote compose.yaml and .env: {services} services."));
    }
    changes.iter().for_each(|change| context.printer.say(&sentence(change)));
    Ok(Exit::Done)
}

fn show(context: &Context<'_>, configured: &Configured, check: bool, show: bool, print: bool) -> Result<Exit, Failure> {
    if print {
        context.printer.data(&configured.compose_text)?;
    }
    if show {
        let text = diff(configured);
        context.printer.data(&if context.printer.colours_data() { coloured(&text) } else { text })?;
    }
    if check {
        context.may_write(configured)?;
    }
    if check && differs(configured) {
        changes(configured).iter().for_each(|change| context.printer.say(&sentence(change)));
        context.printer.say("The deployment is not up to date: run `configure`.");
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

fn sentence(change: &ServiceChange) -> String {
    let service = &change.service;
    match &change.kind {
        ChangeKind::Added => format!("  {service}: new"),
        ChangeKind::Removed => format!("  {service}: gone; `up` stops it"),
        ChangeKind::Changed { attributes, recreated: true } => {
            format!("  {service}: {} changed; `up` recreates it", attributes.join(", "))
        }
        ChangeKind::Changed { attributes, recreated: false } => {
            format!("  {service}: {} changed; no restart needed", attributes.join(", "))
        }
    }
}

fn coloured(diff: &str) -> String {
    let style = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("+++") || line.starts_with("---") => Style::new().bold(),
        Some(b'+') => AnsiColor::Green.on_default(),
        Some(b'-') => AnsiColor::Red.on_default(),
        Some(b'@') => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    };
    diff.lines()
        .map(|line| {
            let style = style(line);
            format!("{style}{line}{style:#}\n")
        })
        .collect()
}
