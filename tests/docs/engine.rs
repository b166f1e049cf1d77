//! The pages that need an engine. `e2e::demo` has a checkout to follow them in.

use std::process::Command;

use crate::support::Checkout;

use super::book::folder;
use super::page::steps;
use super::session::follow;

/// In the order in which they build on each other: the first starts the demo, and the last takes it down.
pub(super) const PAGES: [&str; 4] =
    ["tutorial/start.md", "tutorial/change.md", "how_to/nightly.md", "tutorial/backup.md"];

/// Follows the pages one after the other.
#[track_caller]
pub(crate) fn follow_the_book(checkout: &Checkout) {
    let here = checkout.path("").canonicalize().expect("the checkout").display().to_string();
    let path = format!("{here}/bin:/usr/local/bin:/usr/bin:/bin");
    for page in PAGES {
        let text = std::fs::read_to_string(folder().join("src").join(page)).expect("a page");
        let mut shell = Command::new("bash");
        shell.current_dir(&here).env("PATH", &path).env_remove("CARGO_TARGET_DIR");
        let wrong = follow(&mut shell, &steps(&text), |text| text.replace(&here, "/srv/lapstrake"));
        assert!(wrong.is_empty(), "{page}: {}", wrong.join("\n\n"));
    }
}
