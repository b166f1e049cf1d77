//! `services` and `customize`: what there is, what it does, and what is left out.

use crate::support::{Workspace, answer, container};

fn with_fragments() -> Workspace {
    Workspace::new()
        .file(
            "project/compose/back/cron.yml",
            "services:\n  cron:\n    image: example/app:2\n    ports: ['8080:80', '127.0.0.1:53:53/udp']\n",
        )
        .file("project/compose/tools/sftp.yml", "services: { sftp: { image: example/sftp } }\n")
        .file("project/compose/back/common.yml", "services: { base: { image: x } }\n")
        .file("project/custom/compose/page.yml", "services: { page: { image: example/page } }\n")
        .file("project/env.custom", "ENABLE_SFTP=false\n")
}

fn text(workspace: &Workspace, file: &str) -> String {
    std::fs::read_to_string(workspace.root().join(file)).unwrap_or_default()
}

#[test]
fn fragments_are_listed_with_what_they_do() {
    let workspace = with_fragments()
        .file("project/custom/disabled_services", "# not here\npage\n")
        .docker(answer("ps").stdout("id\n"))
        .docker(answer("inspect").stdout(container("web", "running", "healthy") + &container("cron", "exited", "")));
    insta::assert_snapshot!(workspace.run(&["services"]), @"
    exit 0
    --- stdout
    FRAGMENT     SERVICE  STATE     PORTS, IMAGE
    back/cron    cron     stopped   8080→80  127.0.0.1:53→53/udp  example/app:2
    tools/sftp   sftp     disabled  ENABLE_SFTP
    web          db       stopped   example/postgres:15
                 init     stopped   example/app
                 web      healthy   example/app
                 other    stopped   example/other
    custom/page  page     disabled  custom/disabled_services:2
    ");
}

#[test]
fn machines_get_one_object_for_each_service() {
    let workspace = with_fragments().docker(answer("ps").stdout("id\n"));
    let output = workspace.run(&["services", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&output.stdout).expect("pure JSON");
    let sftp = rows.as_array().unwrap().iter().find(|row| row["service"] == "sftp").unwrap();
    insta::assert_snapshot!(sftp, @r#"{"file":"compose/tools/sftp.yml","fragment":"tools/sftp","image":null,"ports":[],"reason":"ENABLE_SFTP","service":"sftp","state":"disabled"}"#);
    let cron = rows.as_array().unwrap().iter().find(|row| row["service"] == "cron").unwrap();
    insta::assert_snapshot!(cron, @r#"{"file":"compose/back/cron.yml","fragment":"back/cron","image":"example/app:2","ports":["8080:80","127.0.0.1:53:53/udp"],"reason":null,"service":"cron","state":"stopped"}"#);
}

#[test]
fn a_broken_configuration_and_a_missing_docker_still_leave_a_list() {
    let workspace = with_fragments().file("project/compose/broken.yml", "services: { web: [1] }\n").without_docker();
    insta::assert_snapshot!(workspace.run(&["services"]), @"
    exit 0
    --- stdout
    FRAGMENT     SERVICE  STATE     PORTS, IMAGE
    back/cron    cron     unknown
    broken       web      unknown
    tools/sftp   sftp     disabled  ENABLE_SFTP
    web          db       unknown
                 init     unknown
                 web      unknown
                 other    unknown
    custom/page  page     unknown
    --- stderr
    The configuration is invalid, so images and ports are not known: see `lapstrake configure`.
    cannot reach Docker; service states are unknown: see `lapstrake doctor`.
    ");
}

#[test]
fn what_is_disabled_at_the_root_comes_back_with_its_comments_kept() {
    let lines = "# Not on this machine\nback/cron # the other one has it\nweb\n";
    let workspace = with_fragments().file("project/disabled_services", lines);
    insta::assert_snapshot!(workspace.run(&["services", "enable", "cron", "web"]), @"
    exit 0
    --- stderr
    ✓ back/cron takes part (disabled_services); `lapstrake up -d` starts it.
    ✓ web takes part (disabled_services); `lapstrake up -d` starts it.
    ");
    assert_eq!(text(&workspace, "disabled_services"), "# Not on this machine\n#back/cron # the other one has it\n");
    insta::assert_snapshot!(workspace.run(&["services", "disable", "back/cron"]), @"
    exit 0
    --- stderr
    ✓ back/cron is left out (disabled_services); `lapstrake up -d` stops it.
    ");
    assert_eq!(text(&workspace, "disabled_services"), "# Not on this machine\nback/cron # the other one has it\n");
    assert_eq!(workspace.run(&["services", "disable", "cron"]).stderr, "back/cron is left out already.\n");
    assert_eq!(workspace.calls().len(), 0);
}

#[test]
fn the_root_brings_back_what_the_environment_leaves_out() {
    let workspace = with_fragments().file("project/custom/disabled_services", "back/cron\n");
    assert_eq!(workspace.run(&["services", "enable", "cron"]).code, 0);
    assert_eq!(text(&workspace, "disabled_services"), "!back/cron\n");
    assert_eq!(workspace.run(&["services", "disable", "cron"]).code, 0);
    assert_eq!(text(&workspace, "disabled_services"), "");
}

#[test]
fn with_shared_the_whole_environment_is_meant() {
    let workspace = with_fragments().file("project/disabled_services", "web\n!back/cron\n");
    insta::assert_snapshot!(workspace.run(&["services", "disable", "page", "cron", "--shared"]), @"
    exit 1
    --- stderr
    ✓ page is left out (custom/disabled_services); `lapstrake up -d` stops it.
    error: `back/cron` still takes part: `disabled_services` at the root brings it back
     |
     = help: lapstrake services disable back/cron
    ");
    assert_eq!(text(&workspace, "custom/disabled_services"), "page\nback/cron\n");
    insta::assert_snapshot!(workspace.run(&["services", "enable", "web", "--shared"]), @"
    exit 1
    --- stderr
    error: `web` is still left out: `disabled_services` at the root says so
     |
     = help: lapstrake services enable web
    ");
}

#[test]
fn a_switch_in_the_environment_is_said() {
    insta::assert_snapshot!(with_fragments().run(&["services", "enable", "sftp"]), @"
    exit 1
    --- stderr
    error: `tools/sftp` is still left out: ENABLE_SFTP is off
     |
     = help: set ENABLE_SFTP=true in env.custom: `lapstrake edit ENABLE_SFTP`
    ");
}

#[test]
fn an_unknown_fragment_changes_nothing() {
    let workspace = with_fragments();
    insta::assert_snapshot!(workspace.run(&["services", "disable", "web", "bak/cron"]), @"
    exit 2
    --- stderr
    error: `bak/cron` is no fragment
     |
     = help: did you mean `back/cron`?
     = help: `lapstrake services` lists them
    ");
    insta::assert_snapshot!(workspace.run(&["services", "disable", "common"]), @"
    exit 2
    --- stderr
    error: `common` is no fragment
     |
     = help: `lapstrake services` lists them
    ");
    assert_eq!(text(&workspace, "disabled_services"), "");
}

#[test]
fn a_service_env_file_is_copied_once() {
    let workspace = Workspace::new()
        .file("project/defaults/env/back.env", "# Twice\nA=1\n")
        .file("project/defaults/env/portal.env", "")
        .file("project/env/portal.env", "");
    insta::assert_snapshot!(workspace.run(&["customize", "back.env", "portal"]), @"
    exit 0
    --- stderr
    ✓ custom/env/back.env is a copy of defaults/env/back.env, and read instead of it.
    ✓ custom/env/portal.env is a copy of defaults/env/portal.env, and read instead of it.
    warning: env/portal.env at the root comes first: custom/env/portal.env is not read
    ");
    assert_eq!(text(&workspace, "custom/env/back.env"), "# Twice\nA=1\n");
    insta::assert_snapshot!(workspace.run(&["customize", "back"]), @"
    exit 0
    --- stderr
    custom/env/back.env is there already: nothing was changed.
    ");
    insta::assert_snapshot!(workspace.run(&["customize", "bakc"]), @"
    exit 2
    --- stderr
    error: there is no `defaults/env/bakc.env`
     |
     = help: did you mean `back`?
    ");
}
