//! mdBook makes a web site of the book.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::book::{folder, pages};

#[test]
#[ignore = "fetches mdBook: ./bin/test --all runs it"]
fn mdbook_builds_the_book() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let setup = Command::new(here.join("bin/setup")).arg("--mdbook").output().expect("bin/setup");
    assert!(setup.status.success(), "{}", String::from_utf8_lossy(&setup.stderr));
    let mdbook = String::from_utf8(setup.stdout).expect("a path");
    let site = tempfile::tempdir().expect("a folder");
    let built =
        Command::new(mdbook.trim()).arg("build").arg(folder()).arg("-d").arg(site.path()).output().expect("mdBook");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success() && !said.contains("[ERROR]") && !said.contains("[WARN]"), "{said}");
    for (name, _) in pages().into_iter().filter(|(name, _)| name != "SUMMARY.md") {
        let page = site.path().join(name.replace("README.md", "index.md")).with_extension("html");
        let text = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{} is missing", page.display()));
        assert!(!text.contains("{{#"), "{name} includes what is not there");
    }
}
