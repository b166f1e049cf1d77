//! Imports run one way: a station may use the foundations and the stations before it.

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
