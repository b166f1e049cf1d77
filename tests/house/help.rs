//! What `--help` owes to its readers.

use clap::{Command, CommandFactory};
use lapstrake::cli::Arguments;

#[test]
fn every_command_has_examples() {
    let mut all = Arguments::command();
    all.build();
    let mut without = Vec::new();
    walk(&all, &mut |command| {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        if !help.contains("Examples:\n  lapstrake ") {
            without.push(command.get_display_name().unwrap_or_default().to_owned());
        }
    });
    assert!(without.is_empty(), "no examples: {without:?}");
}

fn walk(command: &Command, visit: &mut impl FnMut(&Command)) {
    visit(command);
    command
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help" && !verb.is_hide_set())
        .for_each(|verb| walk(verb, visit));
}
