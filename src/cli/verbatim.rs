//! Whose an option is, where docker compose's stand beside ours.

use std::ffi::OsString;

use clap::CommandFactory;

use super::Arguments;

/// Tells the options of a verb of ours, with their values, from what is left for docker compose.
pub(super) fn partition<'w>(verb: &str, words: &'w [OsString]) -> (Vec<&'w OsString>, Vec<&'w OsString>) {
    let mut command = Arguments::command();
    command.build();
    let known: Vec<&clap::Arg> =
        command.find_subcommand(verb).into_iter().flat_map(clap::Command::get_arguments).collect();
    let option = |word: &str| known.iter().copied().find(|option| is_spelling(option, word));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let text = word.to_string_lossy();
        if text == "--" {
            theirs.extend(std::iter::once(word).chain(rest.by_ref()));
        } else if let Some(option) = option(&text) {
            ours.push(word);
            ours.extend(if option.get_action().takes_values() { rest.next() } else { None });
        } else if text.split_once('=').is_some_and(|(name, _)| option(name).is_some()) {
            ours.push(word);
        } else {
            theirs.push(word);
        }
    }
    (ours, theirs)
}

fn is_spelling(option: &clap::Arg, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(name) => option.get_long() == Some(name),
        None => word
            .strip_prefix('-')
            .is_some_and(|rest| option.get_short().is_some_and(|letter| rest == letter.to_string())),
    }
}
