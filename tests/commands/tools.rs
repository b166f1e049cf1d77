//! `tools`: looks into the running application.

use crate::support::Workspace;

fn with(variables: &str) -> Workspace {
    Workspace::new().file("project/env.base", &format!("COMPOSE_PROJECT_NAME=demo\n{variables}"))
}

#[test]
fn a_tool_that_is_off_says_how_to_turn_it_on() {
    let workspace = with("COOG_UWSGI_STATS=0\n");
    insta::assert_snapshot!(workspace.run(&["tools", "uwsgi_stats"]), @"
    exit 2
    --- stderr
    error: the application does not offer this: COOG_UWSGI_STATS is not 1
     |
     = help: set COOG_UWSGI_STATS=1 in env.custom, and run `lapstrake up -d`
    ");
    assert_eq!(workspace.calls().len(), 0);
}

#[test]
fn a_tool_runs_beside_the_application() {
    let workspace = with("COOG_UWSGI_STATS=1\n");
    assert_eq!(workspace.run(&["tools", "uwsgi_stats"]).code, 0);
    insta::assert_snapshot!(workspace.typed(), @"compose … exec -T web uwsgi --connect-and-read /tmp/uwsgi_stats");
}

#[test]
fn an_unknown_tool_gets_the_nearest_name() {
    insta::assert_snapshot!(with("").run(&["tools", "uwsgi_stat"]), @"
    exit 2
    --- stderr
    error: this project has no tool `uwsgi_stat`
     |
     = help: did you mean `uwsgi_stats`?
    ");
}
