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
        &["edit", "--shared", "A=2"],
        &["services", "disable", "web", "--shared"],
        &["services", "enable", "web", "--shared"],
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
fn a_project_that_root_begins_belongs_to_the_owner_of_the_folder() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let workspace = Workspace::empty();
    chown(workspace.root(), Some(1234), Some(2345)).expect("it");
    assert_eq!(workspace.run(&["new", "first"]).code, 0);
    assert_eq!(
        workspace.run_in(&workspace.root().join("first"), &["init", "--yes", "--set", "IMAGE_VERSION_COOG=1"]).code,
        0
    );
    for name in ["first", "first/env.base", "first/compose/back", "first/env.custom", "first/custom/override.yml"] {
        assert_eq!(owner(&workspace.root().join(name)), (1234, 2345), "{name}");
    }
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

#[test]
fn a_link_that_leads_out_of_the_project_does_not_walk_the_machine() {
    for target in ["/", "/usr", "..", "project", "project/custom"] {
        let workspace = Workspace::new().file("project/custom/compose/own.yml", "services: { own: { image: x } }\n");
        let target = if target.starts_with('/') { target.into() } else { workspace.path(target) };
        symlink(&target, workspace.root().join("custom/compose/x")).expect("a link");
        let began = std::time::Instant::now();
        let output = workspace.run(&["configure"]);
        assert!(began.elapsed().as_secs() < 10, "{}", target.display());
        match target.to_str() {
            Some("/usr") => assert!(output.code == 3 && output.stderr.contains("folders lie behind links"), "{output}"),
            Some(path) if path.ends_with("custom") => assert_eq!(output.code, 0, "{output}"),
            _ => assert!(output.code == 0 && output.stderr.contains("is not followed"), "{output}"),
        }
    }
}

#[test]
fn a_link_to_fragments_elsewhere_is_followed() {
    let workspace = Workspace::new()
        .file("shared/deep/one.yml", "services: { one: { image: x } }\n")
        .file("project/custom/more/two.yml", "services: { two: { image: x } }\n");
    symlink(workspace.path("shared"), workspace.root().join("compose/shared")).expect("a link");
    symlink("../custom/more", workspace.root().join("compose/more")).expect("a link");
    let output = workspace.run(&["configure", "--print"]);
    assert!(output.code == 0 && output.stdout.contains("\n  one:") && output.stdout.contains("\n  two:"), "{output}");
}

#[test]
fn the_lines_of_a_file_that_others_may_not_read_are_not_drawn() {
    for (name, secret) in [
        ("env.custom", "root:$6$hidden:1::"),
        ("disabled_services", "root:$6$hidden:1::"),
        ("compose/x.yml", "a: [hidden"),
    ] {
        let workspace = Workspace::new().file("shadow", &format!("{secret}\n"));
        let _ = fs::remove_file(workspace.root().join(name));
        fs::set_permissions(workspace.path("shadow"), fs::Permissions::from_mode(0o640)).expect("rights");
        symlink(workspace.path("shadow"), workspace.root().join(name)).expect("a link");
        for arguments in [&["configure"][..], &["doctor"], &["configure", "--format", "json"]] {
            let output = workspace.run(arguments);
            assert!(output.to_string().contains(name), "{output}");
            assert!(!output.to_string().contains("hidden"), "{output}");
        }
        // What everybody may read anyway is drawn.
        fs::set_permissions(workspace.path("shadow"), fs::Permissions::from_mode(0o644)).expect("rights");
        assert!(workspace.run(&["configure"]).stderr.contains("hidden"), "{name}");
    }
}

#[test]
fn a_secret_over_several_lines_is_not_drawn() {
    for text in [
        "SSH_PRIVATE_KEY=-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nhidden/two+\nhidden==\n-----END KEY-----\n",
        "MY_SECRET=first\n  hidden second\n",
        "MY_SECRET='first'\nhidden second\nX=hidden 4\n",
        "DB_PASSWORD=abc hidden\nhidden\n",
    ] {
        let output = Workspace::new().file("project/env.custom", text).run(&["configure"]);
        assert_eq!(output.code, 3, "{output}");
        assert!(!output.stderr.contains("hidden") && !output.stderr.contains("b3Bl"), "{output}");
    }
    let output = Workspace::new().file("project/env.custom", "MY_SECRET=1\nA=2\nopen second\n").run(&["configure"]);
    assert!(output.stderr.contains("open second"), "{output}");
}

#[test]
fn service_env_files_are_found_where_docker_compose_finds_them() {
    let with = |file: &str| {
        let text = format!("services: {{ web: {{ env_file: [\"{file}\"] }} }}\n");
        Workspace::new().file("project/override.yml", &text).file("project/e.env", "A=1\n").run(&["configure"])
    };
    for file in ["/dev/null", "./nowhere/../e.env", "e.env", "compose/../e.env"] {
        let output = with(file);
        assert_eq!(output.code, 0, "{file}: {output}");
    }
    for file in ["/dev/zero", "nowhere/e.env", "compose"] {
        let output = with(file);
        assert!(output.code == 3 && output.stderr.contains(&format!("there is no env file `{file}`")), "{output}");
    }
}

#[test]
fn a_projects_name_is_a_text_whatever_it_looks_like() {
    for name in ["123", "2024-01-01", "true", "null", "1e3", "0x1f", "007", "no", "1_000", "0b1", "12-3"] {
        let workspace = Workspace::new().file("project/env.custom", &format!("COMPOSE_PROJECT_NAME={name}\n"));
        let output = workspace.run(&["configure"]);
        assert_eq!(output.code, 0, "{name}: {output}");
        let mut docker = Command::new("docker");
        docker.args(["compose", "--project-directory"]).arg(workspace.root());
        docker.arg("-f").arg(workspace.root().join("compose.yaml")).args(["config", "--format", "json"]);
        let read = docker.output().expect("docker");
        let read: serde_json::Value = serde_json::from_slice(&read.stdout).expect("docker compose reads it");
        assert_eq!(read["name"], name);
    }
}

/// A project in a folder of this name, which mounts a folder of its own.
fn in_folder(name: &str) -> (Workspace, std::path::PathBuf) {
    let workspace = Workspace::empty()
        .file(&format!("{name}/env.base"), "")
        .file(&format!("{name}/env.custom"), "COMPOSE_PROJECT_NAME=x\n")
        .file(&format!("{name}/compose/web.yml"), "services:\n  web:\n    image: x\n    volumes: [./data:/data]\n");
    let folder = workspace.path(name);
    (workspace, folder)
}

#[test]
fn a_folder_that_docker_refuses_is_said() {
    for (name, said) in [
        ("a%sb", "docker compose cannot be called in the folder [FOLDER]/a%sb"),
        ("a%", "docker compose cannot be called in the folder"),
        ("a\tb", r"docker compose cannot be called in the folder [FOLDER]/a\tb"),
        ("a\nb", r"docker compose cannot be called in the folder [FOLDER]/a\nb"),
        ("a:b", "docker cannot mount [FOLDER]/a:b/data: there is a `:` in its name"),
    ] {
        let (workspace, folder) = in_folder(name);
        let output = workspace.run_in(&folder, &["configure"]);
        assert!(output.code == 3 && output.stderr.contains(said), "{name:?}: {output}");
        assert!(workspace.run_in(&folder, &["doctor"]).stdout.contains("✗ docker"), "{name:?}");
        // Called from elsewhere, docker compose only minds the `:`.
        let output = workspace.run(&["-C", folder.to_str().expect("text"), "configure"]);
        assert_eq!(output.code, if name == "a:b" { 3 } else { 0 }, "{name:?}: {output}");
    }
    for name in ["a b", "a'b", "a\"b", "a$b", "a,b", "a\\b", "é", "a#b", "a*b", "a?b", "a%41b", "a{b"] {
        let (workspace, folder) = in_folder(name);
        let output = workspace.run_in(&folder, &["configure"]);
        assert_eq!(output.code, 0, "{name:?}: {output}");
        let mut docker = Command::new("docker");
        docker.args(["compose", "config", "--quiet"]).current_dir(&folder).env_remove("COMPOSE_PROJECT_NAME");
        let read = docker.output().expect("docker");
        assert!(read.status.success(), "{name:?}: {}", String::from_utf8_lossy(&read.stderr));
    }
}
