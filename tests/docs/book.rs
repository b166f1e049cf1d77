//! The book is whole: `SUMMARY.md` names every page, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the book.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, by its path below `docs/src`.
pub(super) fn pages() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&folder().join("src"), "", &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the book").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found);
        } else if name.ends_with(".md") {
            found.push((name, fs::read_to_string(entry.path()).expect("a page")));
        }
    }
}

#[test]
fn the_summary_names_every_page_once() {
    let summary = fs::read_to_string(folder().join("src/SUMMARY.md")).expect("a summary");
    let mut listed: Vec<String> = links(&summary).into_iter().map(str::to_owned).collect();
    listed.sort();
    let there: Vec<String> = pages().into_iter().map(|(name, _)| name).filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(listed, there);
}

#[test]
fn every_link_leads_somewhere() {
    let mut lost = Vec::new();
    for (name, text) in pages() {
        let page = folder().join("src").join(&name);
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().expect("a folder").join(path) };
            let there =
                fs::read_to_string(target).is_ok_and(|text| heading.is_empty() || anchors(&text).contains(heading));
            if !there {
                lost.push(format!("{name}: {link}"));
            }
        }
        for file in text.split("{{#include ").skip(1).filter_map(|rest| rest.split_once("}}")) {
            if !page.parent().expect("a folder").join(file.0.trim()).is_file() {
                lost.push(format!("{name}: {}", file.0));
            }
        }
    }
    assert!(lost.is_empty(), "these lead nowhere:\n{}", lost.join("\n"));
}

/// Where the links of a text lead, those in blocks left out.
fn links(text: &str) -> Vec<&str> {
    let outside = text.split("\n```").step_by(2);
    outside.flat_map(|part| part.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))).collect()
}

/// The anchors that mdBook gives the headings of a text.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|each| each.is_alphanumeric() || matches!(each, ' ' | '_' | '-'));
        kept.map(|each| if each == ' ' { '-' } else { each.to_ascii_lowercase() }).collect()
    };
    headings.map(anchor).collect()
}
