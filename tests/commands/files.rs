//! Files that are read and written: whose they are, what they are, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::Workspace;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn owner(path: &Path) -> (u32, u32) {
    let there = fs::metadata(path).expect("a file");
    (there.uid(), there.gid())
}

#[test]
fn what_somebody_else_wrote_is_not_overwritten() {
    let workspace = Workspace::new()
        .file("project/compose.yaml", "services:\n  mine: { image: x }\n")
        .file("project/.env", "MINE=1\n");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 3
    --- stderr
    error: `compose.yaml` is there, and was not written by lapstrake: it does not begin with lapstrake's first line
     |
     = help: move it away: `mv [FOLDER]/project/compose.yaml [FOLDER]/project/compose.yaml.old`
     = help: its services can go on as a fragment: `mv compose.yaml compose/services.yml`

    error: `.env` is there, and was not written by lapstrake: it does not begin with lapstrake's first line
     |
     = help: move it away: `mv [FOLDER]/project/.env [FOLDER]/project/.env.old`
     = help: its values can go on as a layer: add its lines to `env.custom`, and remove it

    2 errors; nothing was written
    ");
    for arguments in [&["up", "-d"][..], &["up", "--no-start"], &["pull"], &["configure", "--check"], &["build"]] {
        assert_eq!(workspace.run(arguments).code, 3, "{arguments:?}");
    }
    assert_eq!(workspace.typed(), "");
    assert!(workspace.run(&["doctor"]).stdout.contains("✗ `.env` is there, and was not written by lapstrake"));
    for (name, text) in [("compose.yaml", "services:\n  mine: { image: x }\n"), (".env", "MINE=1\n")] {
        assert_eq!(fs::read_to_string(workspace.root().join(name)).expect("a file"), text);
    }
}

#[test]
fn what_is_ours_empty_or_of_coog_docker_is_overwritten() {
    for (name, text) in [
        ("compose.yaml", ""),
        ("compose.yaml", "# Written by lapstrake: of an older version\nservices: {}\n"),
        (".env", "\n \n"),
        (".env", "# written by lapstrake, do not edit\nOLD=1\n"),
        (".env", "# AUTO GENERATED, DO NOT MODIFY MANUALLY\n\nOLD=1\n"),
        (".env", "\u{feff}# AUTO GENERATED, DO NOT MODIFY MANUALLY\r\nOLD=1\r\n"),
    ] {
        let workspace = Workspace::new().file(&format!("project/{name}"), text);
        let output = workspace.run(&["configure"]);
        assert_eq!(output.code, 0, "{name} {text:?}: {output}");
        let now = fs::read_to_string(workspace.root().join(name)).expect("a file");
        assert!(now.to_lowercase().starts_with("# written by lapstrake") && !now.contains("OLD"), "{now}");
    }
}

#[test]
fn a_link_to_what_is_ours_stays_one_and_a_link_elsewhere_is_refused() {
    let workspace = Workspace::new().file("shared", "# written by lapstrake, do not edit\n");
    symlink(workspace.path("shared"), workspace.root().join(".env")).expect("a link");
    assert_eq!(workspace.run(&["configure"]).code, 0);
    assert!(fs::symlink_metadata(workspace.root().join(".env")).expect("it").is_symlink());
    assert!(fs::read_to_string(workspace.path("shared")).expect("it").contains("STATS=0"));
    let workspace = workspace.file("shared", "somebody's\n");
    assert_eq!(workspace.run(&["configure"]).code, 3);
    assert_eq!(fs::read_to_string(workspace.path("shared")).expect("it"), "somebody's\n");
}

#[test]
fn the_deployment_is_for_its_owner_alone() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["configure"]).code, 0);
    for name in [".env", "compose.yaml"] {
        let path = workspace.root().join(name);
        assert_eq!(mode(&path), 0o600, "{name}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("rights");
    }
    assert_eq!(workspace.run(&["configure"]).code, 0);
    assert_eq!(mode(&workspace.root().join("compose.yaml")), 0o600);
}

#[test]
fn what_root_does_locks_nobody_out() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let workspace =
        Workspace::new().file("project/custom/env.custom", "A=1\n").file("project/defaults/env/back.env", "A=1\n");
    let all = Command::new("chown").args(["-R", "1234:2345"]).arg(workspace.path(".")).status();
    assert!(all.expect("chown").success());
    chown(workspace.root().join("env.custom"), Some(77), Some(88)).expect("it");
    fs::set_permissions(workspace.root().join("env.custom"), fs::Permissions::from_mode(0o640)).expect("rights");
    for arguments in [
        &["configure"][..],
        &["edit", "STATS=1"],
        &["edit", "--custom", "A=2"],
        &["services", "disable", "web", "--custom"],
        &["services", "enable", "web", "--custom"],
        &["customize", "back"],
    ] {
        let output = workspace.run(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {output}");
    }
    let root = workspace.root();
    for name in
        [".env", "compose.yaml", "custom/env.custom", "custom/disabled_services", "custom/env", "custom/env/back.env"]
    {
        assert_eq!(owner(&root.join(name)), (1234, 2345), "{name}");
    }
    assert_eq!((owner(&root.join("env.custom")), mode(&root.join("env.custom"))), ((77, 88), 0o640));
}

#[test]
fn doctor_says_what_the_owner_cannot_use() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let workspace = Workspace::new().file("project/log/databases/x/last_dump", "").file("project/.env", "");
    chown(workspace.root(), Some(1234), Some(2345)).expect("it");
    chown(workspace.root().join("env.custom"), Some(1234), Some(2345)).expect("it");
    fs::set_permissions(workspace.root().join("log/databases/x"), fs::Permissions::from_mode(0o700)).expect("rights");
    let told = workspace.run(&["doctor"]).stdout;
    let (what, mend) = told.lines().fold((None, None), |(what, mend), line| match line {
        _ if line.contains("whose project it is") => (Some(line), mend),
        _ if line.contains("chown -R 1234:2345") => (what, line.trim().strip_prefix("→ ")),
        _ => (what, mend),
    });
    let mend = mend.expect("a command").replace("[FOLDER]", &workspace.real_folder());
    assert!(what.expect("a finding").contains(".env, log"), "{told}");
    assert!(Command::new("sh").args(["-c", &mend]).status().expect("sh").success());
    assert!(!workspace.run(&["doctor"]).stdout.contains("whose project it is"));
    assert_eq!(owner(&workspace.root().join("log/databases/x")), (1234, 2345));
}

#[test]
fn what_is_denied_names_its_path_and_the_way_out() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let workspace = Workspace::new();
    let run = |arguments: &[&str]| {
        // Somebody else, who may come in and read, and no more.
        let mut command = workspace.command("/usr/bin/setpriv");
        command.args(["--reuid", "1234", "--regid", "2345", "--clear-groups", env!("CARGO_BIN_EXE_lapstrake")]);
        let output = command.args(arguments).current_dir(workspace.root()).output().expect("setpriv");
        String::from_utf8_lossy(&output.stderr).replace(&workspace.real_folder(), "[FOLDER]")
            + &String::from_utf8_lossy(&output.stdout).replace(&workspace.real_folder(), "[FOLDER]")
    };
    for folder in ["", "project", "project/compose", "project/overlays", "bin"] {
        fs::set_permissions(workspace.path(folder), fs::Permissions::from_mode(0o755)).expect("rights");
    }
    insta::assert_snapshot!(run(&["configure"]), @"
    error: cannot write [FOLDER]/project/compose.yaml: Permission denied (os error 13)
     |
     = help: [FOLDER]/project belongs to user 0: run the command as that user, or take it: `sudo chown 1234:2345 [FOLDER]/project`
    ");
    fs::set_permissions(workspace.root().join("env.custom"), fs::Permissions::from_mode(0o600)).expect("rights");
    insta::assert_snapshot!(run(&["configure"]), @"
    error: cannot read `env.custom`: Permission denied (os error 13)
     |
     = help: [FOLDER]/project/env.custom belongs to user 0: run the command as that user, or take it: `sudo chown 1234:2345 [FOLDER]/project/env.custom`

    1 error; nothing was written
    ");
    let told = run(&["doctor"]);
    assert!(told.contains("→ sudo chown 1234:2345"), "{told}");
}

#[test]
fn the_callers_mask_counts_for_what_is_new() {
    let workspace = Workspace::new().file("project/defaults/env/back.env", "A=1\n");
    let run = |mask: &str, arguments: &str| {
        let script = format!("umask {mask}; exec {} {arguments}", env!("CARGO_BIN_EXE_lapstrake"));
        let done = workspace.command("/bin/sh").args(["-c", &script]).current_dir(workspace.root()).status();
        assert!(done.expect("a shell").success(), "{arguments}");
    };
    run("077", "customize back");
    assert_eq!(mode(&workspace.root().join("custom/env/back.env")), 0o600);
    assert_eq!(mode(&workspace.root().join("custom/env")), 0o700);
    fs::remove_dir_all(workspace.root().join("custom")).expect("gone");
    run("022", "customize back");
    assert_eq!(mode(&workspace.root().join("custom/env/back.env")), 0o644);
    run("000", "configure");
    assert_eq!(mode(&workspace.root().join(".env")), 0o600);
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    for name in [
        "env.custom",
        "env.base",
        "custom/env.custom",
        "disabled_services",
        "custom/disabled_services",
        "override.yml",
        "custom/override.yml",
        "compose/pipe.yml",
        "custom/compose/pipe.yml",
        "overlays/pipe.yml.j2",
        "compose.yaml",
        ".env",
    ] {
        let workspace = Workspace::new();
        let path = workspace.root().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        let _ = fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let output = workspace.run(&["configure"]);
        assert!(output.code == 3 || name == "env.base", "{name}: {output}");
        assert!(output.stderr.contains("named pipe") || name == "env.base", "{name}: {output}");
        for arguments in [&["doctor"][..], &["services"], &["env"], &["status"], &["configure", "--diff"]] {
            let _ = workspace.run(arguments);
        }
    }
}

#[test]
fn a_pipe_among_hooks_and_tools_is_not_waited_for() {
    let workspace = Workspace::new().file("project/custom/hooks/x", "").file("project/tools/x", "");
    for name in ["custom/hooks/before-configure", "tools/pipe"] {
        assert!(Command::new("mkfifo").arg(workspace.root().join(name)).status().expect("mkfifo").success());
    }
    for arguments in [&["configure"][..], &["doctor"], &["tools"]] {
        let _ = workspace.run(arguments);
    }
}
