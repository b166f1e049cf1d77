//! What `--help` says, command by command.

use clap::{Command, CommandFactory};
use lapstrake::cli::Arguments;
use lapstrake::exit;

/// As wide as blocks of the book are.
const WIDTH: usize = 100;

pub(super) fn page() -> String {
    let mut all = Arguments::command().disable_help_subcommand(true).term_width(WIDTH);
    all.build();
    let mut text = String::from(
        "# Commands\n\nWhat `lapstrake --help` and `lapstrake COMMAND --help` say. The options of the first hold for \
         every command and are not repeated below.\n",
    );
    add(&all, &[], &mut text);
    text
}

fn add(command: &Command, above: &[String], text: &mut String) {
    let own = command.get_bin_name().unwrap_or("lapstrake").to_owned();
    let inherited = command.get_arguments().map(|argument| argument.get_id().to_string());
    let inherited = inherited.filter(|id| above.contains(id)).collect::<Vec<_>>();
    let mut shown = command.clone().bin_name(own.clone());
    for id in inherited {
        shown = shown.mut_arg(id, |argument| argument.hide(true));
    }
    let help = shown.render_long_help().to_string();
    let lines: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    text.push_str(&format!(
        "\n{} {own}\n\n```text\n{}\n```\n",
        if above.is_empty() { "##" } else { "###" },
        lines.trim_end()
    ));
    let global = command.get_arguments().filter(|argument| argument.is_global_set() || argument.get_id() == "help");
    let above: Vec<String> =
        above.iter().cloned().chain(global.map(|argument| argument.get_id().to_string())).collect();
    command.get_subcommands().filter(|verb| !verb.is_hide_set()).for_each(|verb| add(verb, &above, text));
}

pub(super) fn exit_codes() -> String {
    let mut text = String::from("# Exit codes\n\n| code | meaning |\n|---|---|\n");
    for line in exit::TABLE.lines().skip(1).map(str::trim) {
        match line.split_once("  ") {
            Some((code, meaning)) => text.push_str(&format!("| {code} | {meaning} |\n")),
            None => text.push_str(&format!("\n{line}\n")),
        }
    }
    text
}
