//! `edit`: what does not configure does not count.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::Workspace;

/// A project whose editor is this script; `$1` is the draft.
fn with_editor(script: &str) -> Workspace {
    let workspace = Workspace::new()
        .file("editor", &format!("#!/bin/sh\n{script}\n"))
        .file("project/custom/env.custom", "OTHER='two\nlines'\n")
        .file("project/defaults/env/back.env", "A=1\n");
    let editor = workspace.path("editor");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).expect("rights");
    let editor = editor.display().to_string();
    workspace.variable("EDITOR", &format!("{editor} --wait")).variable("TMPDIR", "/tmp")
}

fn text(workspace: &Workspace, file: &str) -> String {
    fs::read_to_string(workspace.root().join(file)).unwrap_or_default()
}

#[test]
fn what_configures_counts() {
    let workspace = with_editor("echo 'STATS=1' >> \"$2\"");
    insta::assert_snapshot!(workspace.run(&["edit"]), @"
    exit 0
    --- stderr
    ✓ Wrote env.custom; run `lapstrake up -d` to apply it.
    ");
    assert_eq!(text(&workspace, "env.custom"), "STATS=1\n");
}

#[test]
fn what_does_not_configure_changes_nothing() {
    let workspace = with_editor("echo 'BROKEN=${' >> \"$2\"");
    let output = workspace.run(&["edit"]);
    assert_eq!(output.code, 3);
    assert!(output.stderr.contains("error") && output.stderr.contains("nothing was changed"), "{output}");
    assert_eq!(text(&workspace, "env.custom"), "");
    let kept = output.stderr.lines().last().unwrap().strip_prefix("What you wrote is kept in ").unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), "BROKEN=${\n");
    fs::remove_dir_all(std::path::Path::new(kept).parent().unwrap()).unwrap();
}

#[test]
fn a_variable_opens_the_file_that_sets_it() {
    let workspace = with_editor("/bin/cat \"$2\"");
    insta::assert_snapshot!(workspace.run(&["edit", "OTHER"]), @"
    exit 0
    --- stdout
    OTHER='two
    lines'
    --- stderr
    Nothing has changed.
    ");
    insta::assert_snapshot!(workspace.run(&["edit", "STATS"]), @"
    exit 0
    --- stdout

    #STATS=0
    --- stderr
    Nothing has changed.
    ");
    insta::assert_snapshot!(workspace.run(&["edit", "back"]), @"
    exit 0
    --- stdout
    A=1
    --- stderr
    Nothing has changed.
    ");
    insta::assert_snapshot!(workspace.run(&["edit", "STATSS"]), @"
    exit 2
    --- stderr
    error: `STATSS` is neither a variable, nor a service env file, nor a file of the project
     |
     = help: did you mean `STATS`?
    ");
    assert_eq!(workspace.run(&["edit", "../home"]).code, 2);
}

#[test]
fn a_variable_is_set_without_an_editor() {
    let workspace = with_editor("exit 9");
    insta::assert_snapshot!(workspace.run(&["edit", "STATS=it's"]), @"
    exit 0
    --- stderr
    ✓ Wrote env.custom; run `lapstrake up -d` to apply it.
    ");
    assert_eq!(text(&workspace, "env.custom"), "STATS='it'\\''s'\n");
    assert_eq!(workspace.run(&["edit", "--shared", "OTHER=one"]).code, 0);
    assert_eq!(text(&workspace, "custom/env.custom"), "OTHER=one\n");
    assert_eq!(workspace.run(&["edit", "COMPOSE_PROJECT_NAME=No Name"]).code, 3);
    assert_eq!(text(&workspace, "env.custom"), "STATS='it'\\''s'\n");
}

#[test]
fn a_value_that_env_base_overwrites_is_set_where_it_counts() {
    let base =
        "COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-demo}\nSTATS=${STATS:-0}\nLEVEL=${PERIMETER:-*}\nFIXED=1\n";
    let workspace = with_editor("/bin/cat \"$2\"").file("project/env.base", base);
    assert!(workspace.run(&["edit", "LEVEL"]).stdout.contains("#PERIMETER='*'"));
    let workspace = workspace.file("project/env.custom", "PERIMETER=some\n");
    assert_eq!(workspace.run(&["edit", "LEVEL"]).stdout, "PERIMETER=some\n");
    assert!(workspace.run(&["edit", "FIXED"]).stdout.starts_with("COMPOSE_PROJECT_NAME="));
    insta::assert_snapshot!(workspace.run(&["edit", "LEVEL=all"]), @"
    exit 2
    --- stderr
    error: `env.base` sets `LEVEL`, and overwrites what other files set
     |
     = help: set PERIMETER: lapstrake edit PERIMETER=VALUE
    ");
    insta::assert_snapshot!(workspace.run(&["edit", "FIXED=2"]), @"
    exit 2
    --- stderr
    error: `env.base` sets `FIXED`, and overwrites what other files set
     |
     = help: change the line in env.base: lapstrake edit env.base
    ");
    assert_eq!(text(&workspace, "env.custom"), "PERIMETER=some\n");
    assert_eq!(workspace.run(&["edit", "PERIMETER=all"]).code, 0);
    assert_eq!(workspace.run(&["edit", "NEW=1"]).code, 0);
    assert_eq!(text(&workspace, "env.custom"), "PERIMETER=all\nNEW=1\n");
}

#[test]
fn the_scope_is_an_option_of_its_own_wherever_the_project_is_named() {
    let workspace = with_editor("/bin/cat \"$2\"").file("project/custom/override.yml", "services: {}\n");
    for arguments in [
        &["-C", "project", "edit", "override.yml", "--shared"][..],
        &["edit", "override.yml", "--shared", "-C", "project"],
        &["-C", "project", "edit", "override.yml", "--in-custom"],
        &["--custom", "custom", "-C", "project", "edit", "--shared", "override.yml"],
    ] {
        let output = workspace.run_in(&workspace.path(""), arguments);
        assert_eq!((output.code, output.stdout.as_str()), (0, "services: {}\n"), "{output}");
    }
    insta::assert_snapshot!(workspace.run(&["edit", "override.yml", "--custom"]), @"
    exit 2
    --- stderr
    error: a value is required for '--custom <DIR>' but none was supplied

      tip: to change the file that all machines share, write `--shared`

    For more information, try '--help'.
    ");
}

#[test]
fn a_file_with_the_line_ends_of_windows_keeps_them() {
    for (before, after) in [
        ("A=1\r\nSTATS=0\r\nB=2\r\n", "A=1\r\nSTATS=7\r\nB=2\r\n"),
        ("\u{feff}A='é\r\né'\r\nSTATS=0\r\n", "\u{feff}A='é\r\né'\r\nSTATS=7\r\n"),
        ("A=1\r\nSTATS=0\r", "A=1\r\nSTATS=7\r"),
        ("A=1\r\nSTATS=0\nB=2\r\n", "A=1\r\nSTATS=7\nB=2\r\n"),
        ("A=1\r\n", "A=1\r\nSTATS=7\r\n"),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nSTATS=7\r\n"),
    ] {
        let workspace = with_editor("").file("project/env.custom", before);
        let output = workspace.run(&["edit", "STATS=7"]);
        assert_eq!(output.code, 0, "{output}");
        assert_eq!(text(&workspace, "env.custom"), after);
    }
}

#[test]
fn a_broken_project_is_mended_one_problem_at_a_time() {
    let workspace = with_editor("").file("project/env.custom", "A=${X:?x}\nB=${Y:?y}\n");
    let output = workspace.run(&["edit", "A=1"]);
    assert_eq!(output.code, 0, "{output}");
    assert_eq!(text(&workspace, "env.custom"), "A=1\nB=${Y:?y}\n");
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    insta::assert_snapshot!(with_editor("exit 9").run(&["edit"]).stderr.replace(char::is_numeric, "N"), @"error: the editor `[FOLDER]/editor` ended with exit code N; nothing was changed");
    let workspace = with_editor("").variable("EDITOR", "no-such-editor");
    insta::assert_snapshot!(workspace.run(&["edit"]), @"
    exit 1
    --- stderr
    error: there is no editor `no-such-editor`
     |
     = help: name yours: EDITOR=nano lapstrake edit
    ");
}
