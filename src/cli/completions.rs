//! Completion: the scripts for the shells, and the answers when they ask.

use std::ffi::{OsStr, OsString};
use std::io;

use clap::{Arg, Args, CommandFactory, ValueEnum};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};

use super::Arguments;
use crate::completion::Names;
use crate::docker::VERBS;

/// The variable by which a shell asks what can be typed next.
const ASKING: &str = "LAPSTRAKE_COMPLETE";

const NAME: &str = "lapstrake";

/// zsh loads a file of its path at the first TAB, as the function that it is named after; that one is to be answered too.
const AT_FIRST: &str = r#"
if [ "$funcstack[1]" = _lapstrake ]; then
    _clap_dynamic_completer_lapstrake "$@"
fi
"#;

/// `completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// A shell that completes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
}

impl Shell {
    /// The script that has the shell ask `program`.
    ///
    /// # Errors
    /// Never: it is written to memory.
    pub fn script(self, program: &str) -> io::Result<Vec<u8>> {
        let mut script = Vec::new();
        let shell: &dyn EnvCompleter = match self {
            Self::Bash => &Bash,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
        };
        shell.write_registration(ASKING, NAME, NAME, program, &mut script)?;
        if matches!(self, Self::Zsh) {
            script.extend_from_slice(AT_FIRST.as_bytes());
        }
        Ok(script)
    }
}

/// Answers a shell that asks what can be typed next; `false` if none does. A shell has no place for complaints.
#[must_use]
pub fn answer(words: impl IntoIterator<Item = OsString>) -> bool {
    if std::env::var_os(ASKING).is_none() {
        return false;
    }
    let mut words: Vec<OsString> = words.into_iter().collect();
    let start = words.iter().position(|word| word == "--").map_or(words.len(), |at| at + 1);
    let typed = words.split_off(start);
    let passes_through = typed.iter().any(|word| VERBS.iter().any(|verb| word == verb));
    let all = words.into_iter().chain(typed);
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(|| command(passes_through)).var(ASKING).try_complete(all, here.as_deref()).unwrap_or(true)
}

/// Our verbs and docker compose's. Behind one of these our own options are not ours.
fn command(passes_through: bool) -> clap::Command {
    let theirs = |verb: &'static str| {
        let arguments = Arg::new("arguments").num_args(0..).allow_hyphen_values(true).add(services());
        clap::Command::new(verb)
            .about("docker compose's own")
            .display_order(1000)
            .disable_help_flag(true)
            .arg(arguments)
    };
    let command = Arguments::command().subcommands(VERBS.iter().copied().map(theirs));
    command.mut_args(|argument| if passes_through { argument.global(false) } else { argument })
}

pub(super) fn services() -> ArgValueCompleter {
    names(Names::services)
}

pub(super) fn taking_part() -> ArgValueCompleter {
    names(|names| names.fragments(true))
}

pub(super) fn left_out() -> ArgValueCompleter {
    names(|names| names.fragments(false))
}

pub(super) fn databases() -> ArgValueCompleter {
    names(Names::databases)
}

pub(super) fn modules() -> ArgValueCompleter {
    names(Names::modules)
}

pub(super) fn env_files() -> ArgValueCompleter {
    names(Names::env_files)
}

pub(super) fn tools() -> ArgValueCompleter {
    names(Names::tools)
}

/// What `explain` explains.
pub(super) fn explained() -> ArgValueCompleter {
    names(|names| [names.services(), names.variables()].concat())
}

/// What `edit` edits.
pub(super) fn edited() -> ArgValueCompleter {
    let files = || ["env.custom", "disabled_services", "override.yml"].map(str::to_owned).to_vec();
    names(move |names| [files(), names.env_files(), names.variables(), names.settings()].concat())
}

/// What `--set` sets: the value comes behind it.
pub(super) fn assignments() -> ArgValueCompleter {
    names(|names| names.settings().into_iter().map(|name| name + "=").collect())
}

fn names(list: impl Fn(&Names) -> Vec<String> + Send + Sync + 'static) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| {
        let words: Vec<OsString> = std::env::args_os().collect();
        let mut all = Names::of(&words).map(|names| list(&names)).unwrap_or_default();
        all.sort();
        all.dedup();
        matching(&all, &current.to_string_lossy()).into_iter().map(CompletionCandidate::new).collect()
    })
}

/// The names that begin with what was typed, else those whose last part does: `cr` may become `back/cron`.
fn matching<'n>(names: &'n [String], typed: &str) -> Vec<&'n str> {
    let those = |fits: fn(&str, &str) -> bool| names.iter().map(String::as_str).filter(move |name| fits(name, typed));
    let whole: Vec<&str> = those(|name, typed| name.starts_with(typed)).collect();
    if !whole.is_empty() {
        return whole;
    }
    those(|name, typed| name.rsplit('/').next().is_some_and(|last| last.starts_with(typed))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verbs_of_both_make_sense_together() {
        command(false).debug_assert();
        command(true).debug_assert();
    }
}
