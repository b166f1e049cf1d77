//! Imports run one way: a station may use the foundations and the stations before it, a command no other command.

use super::sources::{Source, all};

/// The stations in the order of the flow; those of one line are peers that do not know each other.
const ORDER: &[&[&str]] = &[
    &["files"],
    &["report"],
    &["yaml", "project", "exit", "stack"],
    &["terminal"],
    &["environment"],
    &["fragments"],
    &["model"],
    &["overlays"],
    &["deployment"],
    &["docker"],
    &["machine"],
    &["roles"],
    &["database"],
    &["completion"],
    &["cli"],
    &["settings"],
    &["app"],
    &["runtime"],
    &["maintenance"],
    &["commands"],
];

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for source in all() {
        let Some(own) = level(&source.station) else {
            assert!(["main", "lib"].contains(&source.station.as_str()), "{} has no place in the flow", source.path);
            continue;
        };
        for used in stations_used(&source) {
            let theirs =
                level(&used).unwrap_or_else(|| panic!("{}: `crate::{used}` has no place in the flow", source.path));
            if used != source.station && theirs >= own {
                wrong.push(format!("{} uses `crate::{used}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "against the flow:\n{}", wrong.join("\n"));
}

/// Parts of a command that another one needs too: what stands here may go, and nothing is to be added.
const SHARED_BY_SIBLINGS: &[(&str, &str)] =
    &[("configure", "verify"), ("merge", "verify"), ("status", "urls"), ("verify", "merge")];

#[test]
fn a_command_does_not_reach_into_another() {
    let (mut wrong, mut seen) = (Vec::new(), Vec::new());
    for source in all() {
        let Some(inside) = source.path.strip_prefix("commands/").filter(|inside| *inside != "mod.rs") else { continue };
        let own = first_word(inside);
        let mut used = modules_after(&source.text, "crate::commands::");
        if [format!("{own}.rs"), format!("{own}/mod.rs")].contains(&inside.to_owned()) {
            used.extend(modules_after(&source.text, "super::"));
        }
        for used in used.into_iter().filter(|used| *used != own) {
            match SHARED_BY_SIBLINGS.iter().find(|pair| **pair == (own.as_str(), used.as_str())) {
                Some(pair) => seen.push(pair),
                None => wrong.push(format!("{} uses the command `{used}`", source.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "what commands share belongs into a room below them:\n{}", wrong.join("\n"));
    let gone: Vec<_> = SHARED_BY_SIBLINGS.iter().filter(|pair| !seen.contains(pair)).collect();
    assert!(gone.is_empty(), "no longer needed in SHARED_BY_SIBLINGS: {gone:?}");
}

/// The modules whose paths follow a prefix in a text, outside of its tests: words in lower case before `::`.
fn modules_after(text: &str, prefix: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for rest in text.split(prefix).skip(1) {
        let list = rest.strip_prefix('{').map(|list| list.split('}').next().unwrap_or_default());
        let is_module = |word: &String| word.starts_with(|first: char| first.is_ascii_lowercase());
        match list {
            Some(list) => found.extend(list.split(',').map(first_word).filter(is_module)),
            None => found.extend(Some(first_word(rest)).filter(is_module)),
        }
    }
    found
}

fn level(station: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&station))
}

/// The stations that a file names, outside of its tests.
fn stations_used(source: &Source) -> Vec<String> {
    let text = source.text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for rest in line.split("crate::").skip(1) {
            match rest.strip_prefix('{') {
                Some(list) => found.extend(list.split(',').map(first_word)),
                None => found.push(first_word(rest)),
            }
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|each| each.is_alphanumeric() || *each == '_').collect()
}
