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
    let workspace = with("COOG_UWSGI_STATS=1\nCOOG_UWSGI_TRACEBACKER=1\n");
    assert_eq!(workspace.run(&["tools", "uwsgi_stats"]).code, 0);
    assert_eq!(workspace.run(&["tools", "uwsgi_tracebacks"]).code, 0);
    insta::assert_snapshot!(workspace.typed(), @r#"
    compose … exec -T web uwsgi --connect-and-read /tmp/uwsgi_stats
    compose … exec -T web sh -c for socket in /tmp/uwsgi_tracebacker*; do uwsgi --connect-and-read "$socket"; done
    "#);
}
