//! `up -d`: waiting for what was started.

use crate::support::{Answer, Workspace, answer, container, failing_container};

/// A project without a database role, whose containers docker shows one after the other.
fn workspace() -> Workspace {
    Workspace::new().file("project/overlays/roles.yml.j2", "x-nothing: true\n")
}

fn listing(services: &str) -> Answer {
    answer("ps --all").stdout(services.split(' ').map(|service| format!("id-of-{service}\n")).collect::<String>())
}

fn showing(containers: &[String]) -> Answer {
    answer("inspect container").stdout(containers.concat())
}

#[test]
fn what_is_up_already_is_not_waited_for() {
    let workspace = workspace().docker(listing("db web")).docker(showing(&[
        container("db", "running", "healthy"),
        container("web", "running", ""),
        container("init", "exited", ""),
    ]));
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @"
    exit 0
    --- stderr
    3 services are ready (N s)
    ");
    insta::assert_snapshot!(workspace.typed(), @"
    compose … up --remove-orphans -d
    ps --all --quiet --no-trunc --filter label=com.docker.compose.project=demo --filter label=com.docker.compose.oneoff=False
    inspect --type container --format {…} id-of-db id-of-web
    ");
}

#[test]
fn what_becomes_healthy_is_waited_for() {
    let workspace = workspace()
        .docker(listing("db"))
        .docker(showing(&[container("db", "running", "starting")]).times(2))
        .docker(showing(&[container("db", "running", "healthy")]));
    insta::assert_snapshot!(workspace.run(&["up", "-d", "db"]), @"
    exit 0
    --- stderr
    ✓ db: healthy after N s
    1 service is ready (N s)
    ");
}

#[test]
fn services_that_were_not_asked_for_do_not_matter() {
    let workspace = workspace()
        .docker(listing("db other"))
        .docker(showing(&[container("db", "running", "healthy"), container("other", "running", "unhealthy")]));
    assert_eq!(workspace.run(&["up", "-d", "db"]).code, 0);
}

#[test]
fn an_unhealthy_service_is_a_failure_with_its_last_words() {
    let workspace = workspace()
        .docker(listing("db web"))
        .docker(showing(&[container("db", "running", "unhealthy"), container("web", "running", "")]))
        .docker(
            answer("logs --tail 20 id-of-db")
                .stdout("2026-01-01T00:00:02.000000000Z second\n")
                .stderr("2026-01-01T00:00:01.000000000Z first\n2026-01-01T00:00:03.000000000Z third\n"),
        );
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @"
    exit 1
    --- stderr
    ✗ db is unhealthy: its healthcheck fails
      │ first
      │ second
      │ third
    ");
}

#[test]
fn a_one_shot_service_that_fails_is_a_failure() {
    let workspace = workspace()
        .docker(answer("compose up").exit(1).stderr("service \"init\" didn't complete successfully: exit 3\n"))
        .docker(listing("init"))
        .docker(showing(&[failing_container("init", "exited", "", 3, 0)]))
        .docker(answer("compose version").stdout("2.40.3\n"));
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @r#"
    exit 1
    --- stderr
    service "init" didn't complete successfully: exit 3
    ✗ init ended with exit code 3
      │ (it wrote nothing, or its log cannot be read)
    "#);
}

#[test]
fn a_restart_loop_that_docker_compose_waits_for_is_ended() {
    let workspace = workspace()
        .docker(answer("compose up").milliseconds(60_000))
        .docker(listing("init"))
        .docker(showing(&[failing_container("init", "restarting", "", 1, 6)]));
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @"
    exit 1
    --- stderr
    ✗ init ended and was restarted 6 times while it was waited for, its last exit code is 1
      │ (it wrote nothing, or its log cannot be read)
    note: it may have started before what it needs was ready
     |
     = help: have it wait: `depends_on: { NAME: { condition: service_healthy } }`
     = help: `--no-wait` starts it without a look at what comes of it
    ");
}

#[test]
fn a_service_that_takes_too_long_is_a_failure() {
    let workspace = workspace().docker(listing("db")).docker(showing(&[container("db", "running", "starting")]));
    insta::assert_snapshot!(workspace.run(&["up", "-d", "--wait-timeout", "1", "db"]), @"
    exit 1
    --- stderr
    ✗ db is not ready after N s (health: starting)
      │ (it wrote nothing, or its log cannot be read)
    note: it may only need more time
     |
     = help: `--wait-timeout SECONDS` waits longer, `--no-wait` does not wait at all
    ");
}

#[test]
fn nobody_waits_where_nobody_wants_to() {
    let workspace = workspace().docker(listing("db")).docker(showing(&[container("db", "running", "unhealthy")]));
    assert_eq!(workspace.run(&["up", "-d", "--no-wait"]).code, 0);
    assert_eq!(workspace.typed(), "compose … up --remove-orphans -d\n");
}

#[test]
fn quiet_is_quiet() {
    let workspace = workspace().docker(listing("db")).docker(showing(&[container("db", "running", "healthy")]));
    insta::assert_snapshot!(workspace.run(&["-q", "up", "-d"]), @"exit 0");
    assert!(workspace.typed().starts_with("compose … --progress quiet up --remove-orphans -d\n"));
}
