//! Terminals: wide, narrow, without colours, and none at all.

use std::process::{Command, Stdio};

use crate::support::Workspace;

/// What a terminal of so many columns shows of a command.
fn shown(workspace: &Workspace, columns: u16, variables: &[(&str, &str)], arguments: &str) -> String {
    let program = env!("CARGO_BIN_EXE_lapstrake");
    let typed = format!("stty cols {columns} rows 24; {program} {arguments}");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &typed, "/dev/null"])
        .current_dir(workspace.root())
        .env("TERM", "xterm")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        // A terminal of a build server takes colours whatever it says of itself.
        .env_remove("CI")
        .env("DOCKER_HOST", "tcp://127.0.0.1:1")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("script");
    String::from_utf8_lossy(&output.stdout).replace('\r', "")
}

const ESCAPE: char = '\u{1b}';

#[test]
fn colours_are_for_terminals_that_want_them() {
    let workspace = Workspace::new().file("project/env.custom", "BROKEN='\n");
    assert!(shown(&workspace, 80, &[], "configure").contains(ESCAPE));
    assert!(!shown(&workspace, 80, &[("NO_COLOR", "1")], "configure").contains(ESCAPE));
    assert!(!shown(&workspace, 80, &[("TERM", "dumb")], "configure").contains(ESCAPE));
    assert!(!shown(&workspace, 80, &[], "--color never configure").contains(ESCAPE));
    assert!(!workspace.run(&["configure"]).stderr.contains(ESCAPE));
    assert!(workspace.run(&["--color", "always", "configure"]).stderr.contains(ESCAPE));
}

#[test]
fn narrow_terminals_get_narrow_lines() {
    let workspace = Workspace::new();
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let services = shown(&workspace, 40, &[], "services 2>/dev/null");
    assert!(services.contains("web") && longest(&services) <= 40, "{services}");
    let help = shown(&workspace, 40, &[("NO_COLOR", "1")], "configure --help");
    assert!(longest(&help) <= 40, "{help}");
}
