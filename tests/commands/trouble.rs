//! Docker itself missing, incomplete or unreachable.

use crate::support::{Workspace, answer};

/// A project whose docker engine does not listen where it should.
fn no_engine() -> Workspace {
    Workspace::new()
        .file("project/.env", "# written by lapstrake, do not edit\nA='1'\n")
        .file("project/compose.yaml", "# Written by lapstrake: …\nname: demo\n")
        .variable("DOCKER_HOST", "unix:///nowhere/docker.sock")
}

#[test]
fn docker_is_missing() {
    let workspace = Workspace::new().without_docker();
    insta::assert_snapshot!(workspace.run(&["ps"]), @"
    exit 4
    --- stderr
    error: docker is not installed: there is no program `docker`
     |
     = help: install Docker Engine with its compose plugin: https://docs.docker.com/engine/install/
    ");
    assert_eq!(workspace.run(&["up", "-d"]).code, 4);
}

#[test]
fn the_engine_does_not_run() {
    let workspace = no_engine()
        .docker(answer("ps").exit(1).stderr("Cannot connect to the Docker daemon\n"))
        .docker(answer("compose version").stdout("2.40.3\n"))
        .docker(answer("version").exit(1).stderr("Cannot connect to the Docker daemon\n"));
    insta::assert_snapshot!(workspace.run(&["ps"]), @"
    exit 4
    --- stderr
    Cannot connect to the Docker daemon
    error: docker is installed, but its engine is not running or cannot be reached
     |
     = help: start it (`sudo systemctl start docker`), or see where DOCKER_HOST and `docker context` point
    ");
}

#[test]
fn the_engine_lets_nobody_in() {
    let workspace = no_engine()
        .docker(answer("down").exit(1))
        .docker(answer("compose version").stdout("2.40.3\n"))
        .docker(answer("version").exit(1).stderr("permission denied while trying to connect\n"));
    insta::assert_snapshot!(workspace.run(&["down"]), @"
    exit 4
    --- stderr
    error: this user may not talk to the docker engine
     |
     = help: add the user to the group `docker` and log in again, or use sudo
    ");
}

#[test]
fn the_plugin_is_missing() {
    let workspace = no_engine().docker(answer("compose").exit(125).stderr("unknown flag: --project-directory\n"));
    insta::assert_snapshot!(workspace.run(&["ps"]), @"
    exit 4
    --- stderr
    unknown flag: --project-directory
    error: docker has no `compose`: its plugin is not installed
     |
     = help: install the package `docker-compose-plugin` (docker's own packages) or `docker-compose-v2` (Ubuntu's)
    ");
}

#[test]
fn the_plugin_is_too_old() {
    let workspace = no_engine().docker(answer("compose version").stdout("2.3.3\n")).docker(answer("up").exit(14));
    insta::assert_snapshot!(workspace.run(&["up", "-d", "other"]), @"
    exit 4
    --- stderr
    error: docker compose 2.3.3 is too old: 2.20 or newer is needed
     |
     = help: update the package `docker-compose-plugin` or `docker-compose-v2`
    ");
}

#[test]
fn a_failure_of_its_own_keeps_its_exit_code() {
    let workspace = no_engine().docker(answer("exec").exit(9)).docker(answer("compose version").stdout("2.40.3\n"));
    assert_eq!(workspace.run(&["exec", "web", "x"]).code, 9);
}

/// What docker says where it is told to look elsewhere.
const NO_CONTEXT: &str =
    "Failed to initialize: unable to resolve docker endpoint: context \"nope\": context not found\n";

#[test]
fn docker_is_told_to_look_where_no_engine_is() {
    for (name, value, said, advice) in [
        ("DOCKER_CONTEXT", "nope", NO_CONTEXT, "unset DOCKER_CONTEXT"),
        (
            "DOCKER_HOST",
            "tcp://nowhere:1",
            "Cannot connect to the Docker daemon at tcp://nowhere:1.\n",
            "unset DOCKER_HOST",
        ),
    ] {
        let workspace = no_engine()
            .variable("DOCKER_HOST", "")
            .variable(name, value)
            .docker(answer("compose version").stdout("2.40.3\n"))
            .docker(answer("compose").exit(1).stderr(said))
            .docker(answer("version").exit(1).stderr(said))
            .docker(answer("ps").exit(1).stderr(said));
        for arguments in
            [&["ps"][..], &["up", "-d", "other"], &["up", "other"], &["down"], &["logs"], &["exec", "web", "x"]]
        {
            let output = workspace.run(arguments);
            assert_eq!(output.code, 4, "{arguments:?}: {output}");
            assert!(output.stderr.contains(advice) && !output.stderr.contains("systemctl"), "{output}");
        }
    }
}
