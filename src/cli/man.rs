//! The manual: a page for each command, made of what `--help` says.

use std::io;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::Arguments;
use crate::exit;

/// `man`
#[derive(Debug, Args)]
pub struct Manual {
    /// The folder, made if need be
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// Files of a project.
const FILES: &[(&str, &str)] = &[
    ("env.base", "Every value of the project; never edited."),
    (
        "custom/env.custom, env.custom",
        "The values of the environment, and of this machine: these win, and hold secrets.",
    ),
    ("compose/, custom/compose/", "The fragments."),
    ("custom/disabled_services, disabled_services", "Fragments to leave out, one a line; !name brings one back."),
    ("overlays/", "Templates of what concerns many services."),
    ("custom/override.yml, override.yml", "Merged last."),
    ("env/, custom/env/, defaults/env/", "Service env files; the first that has a file gives it."),
    ("custom/hooks/, hooks/", "Executables called before-VERB or after-VERB, for configure, up, down and manage_db."),
    ("custom/tools/, tools/", "Executables that lapstrake tools runs."),
    (".env, compose.yaml", "The deployment, as lapstrake configure writes it."),
    ("log/lapstrake.log", "Who did what to which database."),
    ("/usr/share/lapstrake/stack/", "What lapstrake new begins a project with, where a package has put it."),
];

/// Variables of the caller.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("any variable that env.base reads", "The lowest layer: env.custom and custom/env.custom win."),
    ("DOCKER_HOST, DOCKER_CONTEXT, …", "Docker's own, which it gets unchanged."),
    ("LAPSTRAKE_ADMIN_PASSWORD", "The administrator's password, for manage_db reset and change_admin_password."),
    ("LAPSTRAKE_HOOK", "Set for hooks: its name. What they call runs no hooks."),
    (
        "LAPSTRAKE_DATABASE, LAPSTRAKE_FILE",
        "Set for the hooks of manage_db: the database, and the file written or read.",
    ),
    ("NO_COLOR", "No colours, if it is not empty."),
    ("VISUAL, EDITOR", "What lapstrake edit opens files in."),
];

/// Every page, by the name of its file.
///
/// # Errors
/// Never: they are written to memory.
pub fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut all = Arguments::command().disable_help_subcommand(true);
    all.build();
    let mut pages = Vec::new();
    add(&all, &mut pages)?;
    Ok(pages)
}

fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let source = format!("lapstrake {}", env!("CARGO_PKG_VERSION"));
    // An empty date would be left out, and what follows taken for it.
    let man = Man::new(command.clone()).date(" ").source(source);
    let mut page = Vec::new();
    write(command, &man, &mut page)?;
    pages.push((man.get_filename(), page));
    command.get_subcommands().filter(|verb| !verb.is_hide_set()).try_for_each(|verb| add(verb, pages))
}

fn write(command: &Command, man: &Man, page: &mut Vec<u8>) -> io::Result<()> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (remarks, rest) = help.split_once("Examples:\n").unwrap_or((&help, ""));
    let examples = rest.split("\n\n").next().unwrap_or_default();
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    paragraph(remarks).to_writer(page)?;
    man.render_options_section(page)?;
    if command.get_subcommands().any(|verb| !verb.is_hide_set()) {
        man.render_subcommands_section(page)?;
    }
    as_they_are("EXAMPLES", examples).to_writer(page)?;
    exit_status().to_writer(page)?;
    list("FILES", FILES, italic).to_writer(page)?;
    list("ENVIRONMENT", ENVIRONMENT, bold).to_writer(page)?;
    see_also(command).to_writer(page)
}

fn paragraph(text: &str) -> Roff {
    let mut roff = Roff::new();
    if !text.trim().is_empty() {
        roff.control("PP", []).text([roman(text.trim())]);
    }
    roff
}

/// Lines that are not filled.
fn as_they_are(title: &str, lines: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]).control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line.trim_start())]);
    }
    roff.control("fi", []);
    roff
}

fn exit_status() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for line in exit::TABLE.lines().skip(1).map(str::trim) {
        match line.split_once("  ") {
            Some((code, meaning)) => roff.control("TP", []).text([bold(code)]).text([roman(meaning)]),
            None => roff.control("PP", []).text([roman(line)]),
        };
    }
    roff
}

fn list(title: &str, entries: &[(&str, &str)], face: fn(String) -> Inline) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (word, meaning) in entries {
        roff.control("TP", []).text([face((*word).to_owned())]).text([roman(*meaning)]);
    }
    roff
}

fn see_also(command: &Command) -> Roff {
    let own = command.get_display_name().unwrap_or("lapstrake");
    let above = own.rsplit_once('-').map(|(above, _)| format!("{above}(1), ")).unwrap_or_default();
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]).text([roman(format!("{above}docker(1), docker-compose(1)"))]);
    roff
}
