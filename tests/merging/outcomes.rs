//! What `configure`, `explain` and `graph` show of a small project, and that showing writes nothing.

use std::fs;

use crate::support::Workspace;

const WEB: &str = "\
services:
  web:
    image: web:${VERSION}
    environment:
      TOKEN: ${TOKEN}
      LEVEL: info
    depends_on: [db, cron]
    ports: ['8080:80']
";
const DB: &str = "services:\n  db:\n    image: db:15\n";
const CRON: &str = "services:\n  cron:\n    image: cron:1\n";
const BASE: &str = "COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-demo}\nVERSION=${CUSTOM_VERSION:-1}\nTOKEN=${CUSTOM_TOKEN:-first-secret}\n";

fn project() -> Workspace {
    Workspace::empty()
        .file("project/env.base", BASE)
        .file("project/env.custom", "CUSTOM_TOKEN=first-secret\n")
        .file("project/compose/web.yml", WEB)
        .file("project/compose/db.yml", DB)
        .file("project/compose/cron.yml", CRON)
        .file("project/disabled_services", "cron\n")
        // Without the bundled overlays.
        .file("project/overlays/none.yml.j2", "")
}

fn written(workspace: &Workspace) -> Vec<Option<String>> {
    [".env", "compose.yaml"].map(|name| fs::read_to_string(workspace.root().join(name)).ok()).to_vec()
}

#[test]
fn what_would_change_is_shown_and_not_written() {
    let workspace = project();
    insta::assert_snapshot!("print", workspace.run(&["configure", "--print"]));
    assert_eq!(workspace.run(&["configure", "--check"]).code, 1);
    assert_eq!(written(&workspace), [None, None]);
    insta::assert_snapshot!("first", workspace.run(&["configure"]));
    assert_eq!(workspace.run(&["configure", "--check"]).code, 0);
    let before = written(&workspace);

    let workspace = workspace
        .file("project/env.custom", "CUSTOM_TOKEN=second-secret\nCUSTOM_VERSION=2\n")
        .file("project/override.yml", "services:\n  web: {labels: {a: b}}\n  new: {image: new}\n");
    let diff = workspace.run(&["configure", "--diff"]);
    assert!(!diff.to_string().contains("-secret"), "{diff}");
    insta::assert_snapshot!("diff", diff);
    insta::assert_snapshot!("check", workspace.run(&["configure", "--check"]));
    assert_eq!(written(&workspace), before);
    insta::assert_snapshot!("second", workspace.run(&["configure"]));
    assert_ne!(written(&workspace), before);
}

#[test]
fn each_value_is_explained() {
    let workspace = project().file("project/override.yml", "services:\n  web: {environment: {LEVEL: debug}}\n");
    for (name, path) in
        [("service", "web"), ("value", "web.environment.LEVEL"), ("nothing", "web.nothing"), ("slip", "wbe")]
    {
        insta::assert_snapshot!(format!("explain-{name}"), workspace.run(&["explain", path]));
    }
}

#[test]
fn the_services_are_drawn() {
    let workspace = project();
    insta::assert_snapshot!("graph-mermaid", workspace.run(&["graph", "--format", "mermaid"]));
    insta::assert_snapshot!("graph-dot", workspace.run(&["graph", "--format", "dot"]));
}

#[test]
fn what_cannot_do_without_a_service_that_is_left_out_is_shown() {
    let workspace = project().file(
        "project/override.yml",
        "services:\n  one: {image: a, network_mode: 'service:cron'}\n  two: {image: a, volumes_from: [cron]}\n",
    );
    let output = workspace.run(&["configure"]);
    assert_eq!(written(&workspace), [None, None]);
    insta::assert_snapshot!("needed", output);
    let workspace = project().file("project/override.yml", "services:\n  one: {extends: cron}\n");
    insta::assert_snapshot!("extended", workspace.run(&["configure"]));
}

#[test]
fn what_two_services_fight_for_is_an_error_of_configure_and_a_warning_of_merge() {
    let text = "services:\n  one: {image: a, ports: ['8080:80'], networks: [n, m]}\nnetworks:\n  n: {ipam: {config: [{subnet: 10.1.0.0/16}]}}\n  m: {ipam: {config: [{subnet: 10.1.2.0/24}]}}\n";
    let workspace = project().file("project/override.yml", text);
    let output = workspace.run(&["configure"]);
    assert_eq!(written(&workspace), [None, None]);
    insta::assert_snapshot!("fight", output);
    let merged = workspace.run(&[
        "merge",
        "compose/web.yml",
        "compose/db.yml",
        "compose/cron.yml",
        "override.yml",
        "-o",
        "out.yaml",
    ]);
    assert_eq!(merged.code, 0, "{merged}");
    assert!(merged.stderr.contains("warning: `web` and `one` both want port 8080 of the host"), "{merged}");
    assert!(merged.stderr.contains("warning: subnets `10.1.0.0/16` and `10.1.2.0/24` overlap"), "{merged}");
}

#[test]
fn a_file_beside_docker_compose_yml_differs_in_nothing() {
    let workspace = project().file("project/docker-compose.yml", "services:\n  root: {image: a}\n");
    let first = workspace.run(&["configure", "--diff"]);
    assert!(first.stdout.contains("+COMPOSE_FILE=") && !first.stdout.contains("COMPOSE_FILE=***"), "{first}");
    assert_eq!(workspace.run(&["configure"]).code, 0);
    assert_eq!(workspace.run(&["configure", "--diff"]).stdout, "");
    assert_eq!(workspace.run(&["configure", "--check"]).code, 0);
}
