//! Hooks and tools: programs of the project, run with its variables.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Workspace, answer, container};

/// Adds a program to a project.
fn program(workspace: Workspace, path: &str, script: &str) -> Workspace {
    let workspace = workspace.file(&format!("project/{path}"), &format!("#!/bin/sh\n{script}\n"));
    let file = workspace.root().join(path);
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("rights");
    workspace
}

const TELL: &str = "echo \"$LAPSTRAKE_HOOK of $COMPOSE_PROJECT_NAME in ${PWD##*/} ($0)\"";

#[test]
fn hooks_run_around_the_work_with_the_variables_of_the_project() {
    let workspace = program(Workspace::new(), "hooks/before-configure", TELL);
    let workspace = program(workspace, "custom/hooks/before-configure", TELL);
    let workspace = program(workspace, "custom/hooks/after-configure", "test -s .env && echo written");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 0
    --- stderr
    before-configure of demo in project ([FOLDER]/project/custom/hooks/before-configure)
    before-configure of demo in project ([FOLDER]/project/hooks/before-configure)
    ✓ Wrote compose.yaml and .env: 4 services.
    written
    ");
    assert_eq!(workspace.run(&["configure", "--check"]).stderr, "", "what writes nothing runs none");
}

#[test]
fn standard_output_stays_pure() {
    let workspace = program(Workspace::new(), "hooks/before-configure", "echo talk");
    let output = workspace.run(&["configure", "--format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&output.stdout).is_ok(), "{output}");
    assert!(output.stderr.contains("talk"));
}

#[test]
fn a_failing_hook_before_the_work_stops_it() {
    let workspace = program(Workspace::new(), "hooks/before-configure", "exit 7");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 1
    --- stderr
    error: the hook hooks/before-configure ended with exit code 7
     |
     = note: `configure` was not done
    ");
    assert!(!workspace.root().join(".env").exists());
    let workspace = program(Workspace::new(), "custom/hooks/before-up", "exit 1");
    assert_eq!(workspace.run(&["up", "-d"]).code, 1);
    assert_eq!(workspace.calls().len(), 0);
}

#[test]
fn a_hook_that_never_runs_is_said() {
    let workspace = program(Workspace::new(), "custom/hooks/before_configure", "exit 7");
    let workspace = program(workspace, "hooks/before-dump.sh", "exit 7");
    let workspace = program(workspace, "hooks/after-hours", "exit 7");
    let workspace = workspace
        .file("project/hooks/pre-up", "#!/bin/sh\n")
        .file("project/hooks/README.md", "")
        .file("project/hooks/sync-all", "#!/bin/sh\n")
        .file("project/hooks/.gitkeep", "");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 0
    --- stderr
    warning: the hook custom/hooks/before_configure never runs: no hook has this name
     |
     = help: give it the name it is meant to have: `mv custom/hooks/before_configure custom/hooks/before-configure`

    warning: the hook hooks/after-hours never runs: no hook has this name
     |
     = help: a hook is called `before-VERB` or `after-VERB`; the verbs are configure, up, down, reset, update, dump, load, anonymize, undo, create, drop, copy, change_admin_password, mongo_dump, mongo_restore

    warning: the hook hooks/before-dump.sh never runs: no hook has this name
     |
     = help: give it the name it is meant to have: `mv hooks/before-dump.sh hooks/before-dump`

    … and 1 more warning of this kind (`hook`)

    ✓ Wrote compose.yaml and .env: 4 services.
    ");
    let told = workspace.run(&["doctor"]).stdout;
    assert!(told.contains("! the hook hooks/before-dump.sh never runs"), "{told}");
    assert!(told.contains("→ mv hooks/before-dump.sh hooks/before-dump"), "{told}");
}

#[test]
fn a_hook_that_the_system_cannot_run_says_why() {
    let with = |text: &str, mode: u32| {
        let workspace = Workspace::new().file("project/hooks/before-configure", text);
        let hook = workspace.root().join("hooks/before-configure");
        fs::set_permissions(hook, fs::Permissions::from_mode(mode)).expect("rights");
        workspace
    };
    let said = |text: &str, mode: u32| with(text, mode).run(&["configure"]).to_string();
    insta::assert_snapshot!(said("#!/bin/sh\r\nexit 0\r\n", 0o755), @r"
    exit 1
    --- stderr
    error: the hook hooks/before-configure has the line ends of Windows
     |
     = note: the system looks for an interpreter whose name ends with a carriage return
     = note: `configure` was not done
     = help: sed -i 's/\r$//' hooks/before-configure
    ");
    insta::assert_snapshot!(said("echo hello\n", 0o755), @"
    exit 1
    --- stderr
    error: the hook hooks/before-configure does not say what runs it
     |
     = note: its first line is to be `#!` and an interpreter, for instance `#!/bin/sh`
     = note: `configure` was not done
     = help: sed -i '1i #!/bin/sh' hooks/before-configure
    ");
    insta::assert_snapshot!(said("#!/bin/sh\n", 0o644), @"
    exit 1
    --- stderr
    error: the hook hooks/before-configure is not executable
     |
     = note: `configure` was not done
     = help: chmod +x hooks/before-configure
    ");
    for (text, mode, mend) in [
        ("#!/bin/sh\r\nexit 0\r\n", 0o755, r"→ sed -i 's/\r$//' hooks/before-configure"),
        ("\u{feff}#!/bin/sh\nexit 0\n", 0o755, r"→ sed -i '1s/^\xEF\xBB\xBF//' hooks/before-configure"),
        ("exit 0\n", 0o755, "→ sed -i '1i #!/bin/sh' hooks/before-configure"),
        ("#!/bin/sh\n", 0o644, "→ chmod +x hooks/before-configure"),
    ] {
        let workspace = with(text, mode);
        let told = workspace.run(&["doctor"]).stdout;
        assert!(told.contains(mend), "{told}");
        let mend = mend.trim_start_matches("→ ");
        let mended = std::process::Command::new("sh").args(["-c", mend]).current_dir(workspace.root()).status();
        assert!(mended.expect("sh").success());
        assert_eq!(workspace.run(&["configure"]).code, 0, "{mend}");
    }
}

#[test]
fn hooks_frame_up_and_down() {
    let workspace = program(Workspace::new(), "hooks/before-up", "echo before");
    let workspace = program(workspace, "hooks/after-up", "echo after");
    let workspace = program(workspace, "hooks/before-down", "echo before down");
    let workspace = program(workspace, "hooks/after-down", "echo after down; exit 3");
    let output = workspace.run(&["up", "-d", "--no-wait", "other"]);
    insta::assert_snapshot!(output, @"
    exit 0
    --- stderr
    before
    after
    ");
    insta::assert_snapshot!(workspace.run(&["down"]), @"
    exit 1
    --- stderr
    before down
    after down
    error: the hook hooks/after-down ended with exit code 3
     |
     = note: the work before it is done
    ");
    let failing = workspace.docker(answer("up").exit(1)).docker(answer("compose version").stdout("2.40.3\n"));
    assert!(!failing.run(&["up", "-d", "--no-wait", "other"]).stderr.contains("after"), "nothing was done");
}

#[test]
fn what_a_hook_calls_runs_no_hooks() {
    let workspace = program(Workspace::new(), "hooks/before-configure", "echo once");
    let workspace = workspace.variable("LAPSTRAKE_HOOK", "before-up");
    assert!(!workspace.run(&["configure"]).stderr.contains("once"));
}

#[test]
fn a_hook_that_cannot_be_run_is_said() {
    let workspace = Workspace::new().file("project/hooks/before-configure", "#!/bin/sh\n");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 1
    --- stderr
    error: the hook hooks/before-configure is not executable
     |
     = note: `configure` was not done
     = help: chmod +x hooks/before-configure
    ");
    let workspace = program(workspace, "hooks/before-configure", "exit 0")
        .file("project/hooks/before-configure", "#!/no/such/interpreter\n");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 1
    --- stderr
    error: the hook hooks/before-configure cannot be run: its interpreter is missing
     |
     = note: `configure` was not done
    ");
}

#[test]
fn executables_are_tools() {
    let workspace = program(Workspace::new(), "custom/tools/where", "echo custom");
    let workspace = program(workspace, "tools/where", "echo \"$COMPOSE_PROJECT_NAME in ${PWD##*/}:\" \"$@\"; exit 4");
    let workspace = program(workspace, "custom/tools/count", "true").file("project/tools/README", "");
    insta::assert_snapshot!(workspace.run(&["tools"]), @"
    exit 0
    --- stdout
    count        custom/tools/count
    where        tools/where
    uwsgi_stats  in the running application
    ");
    insta::assert_snapshot!(workspace.run(&["tools", "where", "-x", "a b"]), @"
    exit 4
    --- stdout
    demo in project: -x a b
    ");
    assert_eq!(workspace.run(&["tools", "cuont"]).code, 2);
}

const TELL_MORE: &str = "echo \"$LAPSTRAKE_HOOK: ${LAPSTRAKE_DATABASE-none}, ${LAPSTRAKE_FILE-none}\"";

#[test]
fn hooks_frame_the_verbs_of_databases() {
    let documents = "x-lapstrake: { documents: { engine: mongodb, service: db } }\n";
    let workspace = Workspace::new()
        .file("project/overlays/documents.yml.j2", documents)
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "")))
        .docker(answer("exec mongodump").stdout("an archive"));
    let workspace =
        program(workspace, "hooks/before-mongo_dump", &format!("{TELL_MORE}; read line || echo nothing to read"));
    let workspace = program(
        workspace,
        "hooks/after-mongo_dump",
        &format!("{TELL_MORE}; read line <\"$LAPSTRAKE_FILE\"; echo \"$line\"; exit 9"),
    );
    let output = workspace.run(&["manage_db", "mongo_dump", "it.gz", "--quiet"]);
    insta::assert_snapshot!(output, @"
    exit 1
    --- stderr
    before-mongo_dump: none, [FOLDER]/project/it.gz
    nothing to read
    after-mongo_dump: none, [FOLDER]/project/it.gz
    an archive
    error: the hook hooks/after-mongo_dump ended with exit code 9
     |
     = note: the work before it is done
    ");
    assert_eq!(workspace.run(&["manage_db", "mongo_dump", "-", "--quiet"]).stdout, "an archive");
}

#[test]
fn a_failing_hook_before_a_load_leaves_the_database() {
    let workspace = Workspace::new()
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "")));
    let workspace = program(workspace, "custom/hooks/before-load", &format!("{TELL_MORE}; exit 1"));
    insta::assert_snapshot!(workspace.run(&["manage_db", "--database", "app", "load", "it.sql", "--yes"]), @"
    exit 1
    --- stderr
    before-load: app, [FOLDER]/project/it.sql
    error: the hook custom/hooks/before-load ended with exit code 1
     |
     = note: `load` was not done
    ");
    assert!(!workspace.typed().contains("exec"), "{}", workspace.typed());
}
