//! What the files of the stack say of themselves: their first comments.

use std::fs;
use std::path::{Path, PathBuf};

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(file(path)).expect("a file of the stack")
}

/// The comment that a template begins with, without its marks and margins.
fn comment(template: &str) -> String {
    let text = read(template);
    let inside = text.split_once("{#").and_then(|(_, rest)| rest.split_once("#}")).expect("a comment").0;
    inside
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line)))
        .collect::<String>()
        .trim()
        .to_owned()
}

pub(super) fn overlays() -> String {
    let mut text = String::from(
        "# Overlays\n\nTemplates in `overlays/` that concern many services at once. Each is rendered for the services \
         that were chosen, and merged like a fragment. A project without `overlays/` has the same ones.\n\n",
    );
    let mut names: Vec<String> = fs::read_dir(file("overlays"))
        .expect("the overlays")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        text.push_str(&format!("## {name}\n\n```text\n{}\n```\n\n", comment(&format!("overlays/{name}"))));
    }
    text + "How to add one: [Change many services at once](../how_to/overlays.md).\n"
}

pub(super) fn roles() -> String {
    let text = read("overlays/roles.yml.j2");
    let template = text.split_once("#}").expect("a comment").1.trim();
    format!(
        "# Roles\n\nA role says what a service is to our commands, under `x-lapstrake` in a fragment or an overlay. \
         The bundled stack has its own in `overlays/roles.yml.j2`.\n\n```text\n{}\n```\n\n## The bundled stack's\n\n\
         ```yaml\n{template}\n```\n",
        comment("overlays/roles.yml.j2")
    )
}

pub(super) fn anonymisation() -> String {
    let text = read("defaults/anonymize.yml");
    let body = text.find("\nsettings:").expect("settings");
    let head: String = text[..body]
        .lines()
        .map(|line| format!("{}\n", line.trim_start_matches('#').strip_prefix(' ').unwrap_or("")))
        .collect();
    format!(
        "# Anonymisation rules\n\nHow the rules of `manage_db anonymize` are written, as `defaults/anonymize.yml` says \
         it:\n\n```text\n{}\n```\n\n## The rules for Coog\n\n```yaml\n{}\n```\n",
        head.trim(),
        text[body..].trim()
    )
}
