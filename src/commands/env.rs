//! `env`: the variables, with where each came from.

use crate::app::{Context, Failure};
use crate::environment::{Line, Spelling, load, spelled};
use crate::exit::Exit;
use crate::report::{Report, Sources};
use crate::settings::{Env, EnvFormat};

pub(super) fn run(context: &Context<'_>, settings: Env) -> Result<Exit, Failure> {
    let project = context.project()?;
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(&project, context.process, &mut sources, &mut report);
    let lines = environment.listing(&sources, settings.changed);
    let text = match settings.format {
        EnvFormat::Text => table(&lines, settings.show_secrets),
        EnvFormat::Json => spelled(&lines, Spelling::Json, settings.show_secrets),
        EnvFormat::Dotenv => spelled(&lines, Spelling::Dotenv, settings.show_secrets),
        EnvFormat::Shell => spelled(&lines, Spelling::Shell, settings.show_secrets),
    };
    context.printer.data(&text)?;
    if report.has_errors() {
        context.printer.report(&sources, &report, "what is missing is not listed");
        return Ok(Exit::Invalid);
    }
    Ok(Exit::Done)
}

fn table(lines: &[Line], show_secrets: bool) -> String {
    let width = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or(0);
    let row = |line: &Line| {
        let value = line.shown(show_secrets).replace('\n', "\\n");
        let place = line.place.as_ref().map_or_else(String::new, |place| format!("   # {}:{}", place.path, place.line));
        format!("{:width$}  {value}{place}\n", line.name)
    };
    lines.iter().map(row).collect()
}
