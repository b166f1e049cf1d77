//! The reference: made of what the code and the stack say of themselves.
//!
//! `UPDATE_DOCS=1 cargo nextest run -E 'test(docs::reference)'` writes it; without that, what is not as it would be
//! written fails.

mod commands;
mod secrets;
mod stack;
mod variables;

use std::fs;

use super::book::folder;

/// The first line of what nobody writes by hand.
const HEADER: &str =
    "<!-- Written by tests/docs/reference: UPDATE_DOCS=1 cargo nextest run -E 'test(docs::reference)' -->";

#[test]
fn the_reference_says_what_the_code_says() {
    let pages = [
        ("commands.md", commands::page()),
        ("exit_codes.md", commands::exit_codes()),
        ("variables.md", variables::page()),
        ("secrets.md", secrets::page()),
        ("overlays.md", stack::overlays()),
        ("roles.md", stack::roles()),
        ("anonymisation.md", stack::anonymisation()),
    ];
    let mut stale = Vec::new();
    for (name, text) in pages {
        let (path, text) = (folder().join("src/reference").join(name), format!("{HEADER}\n\n{text}"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
            fs::write(&path, &text).expect("a page");
        }
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "no longer what the code says: {stale:?}; write them anew with UPDATE_DOCS=1");
}
