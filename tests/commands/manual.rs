//! The manual: a page for each command, which groff reads without a word.

use std::fs;
use std::process::Command;

use crate::support::Workspace;

#[test]
fn each_command_has_a_page_that_groff_likes() {
    let workspace = Workspace::empty();
    let folder = workspace.path("man1");
    assert_eq!(workspace.run(&["man", &folder.display().to_string()]).code, 0);
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("pages")
        .flatten()
        .map(|page| page.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in ["lapstrake.1", "lapstrake-up.1", "lapstrake-manage_db-load.1", "lapstrake-services-enable.1"] {
        assert!(names.iter().any(|other| other == name), "{name} is missing: {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("help") || name == "lapstrake-man.1"), "{names:?}");
    let groff = Command::new("groff").arg("--version").output().is_ok();
    for name in names {
        let page = fs::read_to_string(folder.join(&name)).expect("a page");
        for section in
            ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\"", "FILES", "ENVIRONMENT", "\"SEE ALSO\""]
        {
            assert!(page.contains(&format!(".SH {section}\n")), "{name} has no {section}");
        }
        if groff {
            let mut command = Command::new("groff");
            let read = command
                .args(["-man", "-Kutf8", "-Tutf8", "-ww", "-z"])
                .arg(folder.join(&name))
                .output()
                .expect("groff");
            assert!(
                read.status.success() && read.stderr.is_empty(),
                "{name}: {}",
                String::from_utf8_lossy(&read.stderr)
            );
        }
    }
}
