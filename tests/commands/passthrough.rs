//! docker compose's own verbs.

use crate::support::{Workspace, answer};

fn deployed() -> Workspace {
    Workspace::new()
        .file("project/.env", "COMPOSE_PROJECT_NAME='demo'\nSTATS='0'\n")
        .file("project/compose.yaml", "name: demo\n")
}

#[test]
fn arguments_pass_unchanged() {
    let workspace = deployed();
    assert_eq!(workspace.run(&["logs", "-f", "--tail=5", "web", "--", "-x", ""]).code, 0);
    assert_eq!(workspace.calls()[0].arguments[7..], ["logs", "-f", "--tail=5", "web", "--", "-x", ""]);
}

#[test]
fn the_exit_code_is_docker_composes() {
    let workspace = deployed().docker(answer("exec").exit(42).stdout("out\n").stderr("err\n"));
    insta::assert_snapshot!(workspace.run(&["exec", "web", "false"]), @"
    exit 42
    --- stdout
    out
    --- stderr
    err
    ");
}

#[test]
fn any_folder_will_do() {
    let workspace = deployed();
    let inside = workspace.root().join("compose");
    assert_eq!(workspace.run_in(&inside, &["ps", "-q"]).code, 0);
    let outside = workspace.path("home");
    assert_eq!(workspace.run_in(&outside, &["-C", "../project", "ps", "-q"]).code, 0);
    assert_eq!(workspace.typed(), "compose … ps -q\ncompose … ps -q\n");
}

#[test]
fn what_is_deployed_is_not_shadowed() {
    let workspace = deployed().variable("STATS", "shadow").variable("OTHER", "kept");
    assert_eq!(workspace.run(&["ps"]).code, 0);
    let environment = &workspace.calls()[0].environment;
    assert!(!environment.contains_key("STATS"));
    assert_eq!(environment["OTHER"], "kept");
}

#[test]
fn containers_are_looked_after_while_the_configuration_is_broken() {
    let workspace = deployed().file("project/env.custom", "BROKEN='\n");
    assert_eq!(workspace.run(&["stop"]).code, 0);
    assert_eq!(workspace.run(&["pull"]).code, 3);
}

#[test]
fn verbs_that_read_the_model_configure_first() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["pull", "-q"]).code, 0);
    assert!(workspace.root().join("compose.yaml").exists());
    assert_eq!(workspace.typed(), "compose … pull -q\n");
}

#[test]
fn without_a_deployment_containers_go_by_the_projects_name() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["ps"]).code, 0);
    assert_eq!(workspace.typed(), "compose -p demo ps\n");
}
