//! `down`: with the last deployment, and without one.

use crate::support::Workspace;

#[test]
fn the_last_deployment_is_taken_down_whatever_the_layers_say_now() {
    let workspace = Workspace::new()
        .file("project/.env", "COMPOSE_PROJECT_NAME='demo'\n")
        .file("project/compose.yaml", "name: demo\n")
        .file("project/env.custom", "BROKEN='\n");
    assert_eq!(workspace.run(&["down", "-v", "-t", "5"]).code, 0);
    assert_eq!(workspace.typed(), "compose … down --remove-orphans -v -t 5\n");
}

#[test]
fn without_a_deployment_the_projects_name_is_enough() {
    let workspace = Workspace::new().file("project/env.custom", "COMPOSE_PROJECT_NAME=mine\n");
    assert_eq!(workspace.run(&["down"]).code, 0);
    assert_eq!(workspace.typed(), "compose -p mine down --remove-orphans\n");
    assert!(!workspace.root().join("compose.yaml").exists());
}

#[test]
fn half_a_deployment_is_none() {
    let workspace = Workspace::new().file("project/compose.yaml", "name: demo\n");
    assert_eq!(workspace.run(&["down"]).code, 0);
    assert_eq!(workspace.typed(), "compose -p demo down --remove-orphans\n");
}
