//! The names of hooks, and files whose names are meant to be some.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::shell_word;
use crate::project::Project;
use crate::report::{Diagnostic, nearest};

/// The verbs that hooks run before and after.
const VERBS: [&str; 15] = [
    "configure",
    "up",
    "down",
    "reset",
    "update",
    "dump",
    "load",
    "anonymize",
    "undo",
    "create",
    "drop",
    "copy",
    "change_admin_password",
    "mongo_dump",
    "mongo_restore",
];

/// What lies beside hooks and is none: what they read, and what editors leave.
const NO_HOOKS: [&str; 9] = [".md", ".txt", ".sample", ".example", ".disabled", ".bak", ".orig", ".swp", "~"];

/// Whether a hook has this name.
pub(crate) fn is_hook(name: &str) -> bool {
    name.strip_prefix("before-").or_else(|| name.strip_prefix("after-")).is_some_and(|verb| VERBS.contains(&verb))
}

/// The files among the hooks whose names are no hook's: they never run.
pub(crate) fn misnamed(project: &Project) -> Vec<Diagnostic> {
    let entries = project.folders("hooks").into_iter().filter_map(|folder| fs::read_dir(folder).ok());
    let mut paths: Vec<PathBuf> = entries.flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| misnamed_one(project, path)).collect()
}

fn misnamed_one(project: &Project, path: &Path) -> Option<Diagnostic> {
    let name = path.file_name()?.to_str()?;
    let is_other = name.starts_with('.') || NO_HOOKS.iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if is_other || is_hook(name) || !path.is_file() {
        return None;
    }
    let known: Vec<String> =
        VERBS.iter().flat_map(|verb| ["before", "after"].map(|when| format!("{when}-{verb}"))).collect();
    let bare = plain_name(name);
    let meant = known.iter().find(|known| **known == bare).map(String::as_str);
    let near = meant.or_else(|| nearest(&bare, known.iter().map(String::as_str)));
    // Programs that hooks call may lie beside them, under any name that does not look like a hook's.
    if near.is_none() && !bare.starts_with("before-") && !bare.starts_with("after-") {
        return None;
    }
    let shown = project.name_of(path);
    let problem = Diagnostic::warning("hook", format!("the hook {shown} never runs: no hook has this name"));
    Some(match near {
        Some(near) => {
            let (from, to) = (shell_word(shown.as_ref()), project.name_of(&path.with_file_name(near)));
            let to = shell_word(to.as_ref());
            problem.with_help(format!("give it the name it is meant to have: `mv {from} {to}`"))
        }
        None => {
            let verbs = VERBS.join(", ");
            problem.with_help(format!("a hook is called `before-VERB` or `after-VERB`; the verbs are {verbs}"))
        }
    })
}

/// A name as it would be spelled right: `pre_dump.sh` is `before-dump`.
fn plain_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.split('.').next().unwrap_or_default();
    let (when, verb) = name.split_once(['-', '_', '.', ' ']).unwrap_or((name, ""));
    let when = match when {
        "pre" => "before",
        "post" => "after",
        other => other,
    };
    let same = |verb: &str| verb.replace(['-', '_'], "");
    let verb = VERBS.iter().find(|known| same(known) == same(verb)).copied().unwrap_or(verb);
    format!("{when}-{verb}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_right() {
        for (name, right) in [
            ("before_configure", "before-configure"),
            ("before-dump.sh", "before-dump"),
            ("pre-up", "before-up"),
            ("Post_Change-Admin-Password.py", "after-change_admin_password"),
            ("after-mongodump", "after-mongo_dump"),
        ] {
            assert_eq!(plain_name(name), right);
            assert!(is_hook(right) && !is_hook(name));
        }
    }
}
