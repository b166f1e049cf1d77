//! `up`: what is started, in which order, with which arguments.

use crate::support::{Workspace, answer, container};

/// How the fake docker recognises the question for the databases, and what it answers.
const DATABASES: &str = "\"postgres\"\n\"app\"\n";
/// A call of psql on a database of the project.
fn psql(database: &str) -> String {
    format!("exec psql dbname='{database}'")
}

/// A docker whose services are all up.
fn all_is_up() -> Workspace {
    let all = [container("db", "running", "healthy"), container("init", "exited", ""), container("web", "running", "")];
    Workspace::new()
        .docker(answer(&psql("postgres")).stdout(DATABASES))
        .docker(answer("ps --all").stdout("id-of-db\nid-of-init\nid-of-web\n"))
        .docker(answer("inspect container").stdout(all.concat()))
}

#[test]
fn the_database_comes_first_then_its_extensions_then_the_rest() {
    let workspace = all_is_up();
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @"
    exit 0
    --- stderr
    database `absent` does not exist yet: the next `up` creates its extensions
    3 services are ready (N s)
    ");
    insta::assert_snapshot!(workspace.typed(), @"
    compose … up --detach --no-deps db
    ps --all --quiet --no-trunc --filter label=com.docker.compose.project=demo --filter label=com.docker.compose.oneoff=False
    inspect --type container --format {…} id-of-db id-of-init id-of-web
    ps --all --quiet --no-trunc --filter label=com.docker.compose.project=demo --filter label=com.docker.compose.oneoff=False
    inspect --type container --format {…} id-of-db id-of-init id-of-web
    inspect --type container --format {{.Image}} id-of-db
    exec --interactive --env PGAPPNAME=lapstrake --env PGOPTIONS=-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off -c search_path=pg_catalog --env PGCLIENTENCODING=UTF8 --env PGCONNECT_TIMEOUT=10 --env LC_MESSAGES=C id-of-db psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --no-password --username admin --dbname dbname='postgres'
    exec --interactive --env PGAPPNAME=lapstrake --env PGOPTIONS=-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off --env PGCLIENTENCODING=UTF8 --env PGCONNECT_TIMEOUT=10 --env LC_MESSAGES=C id-of-db psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --no-password --username admin --dbname dbname='app'
    compose … up --remove-orphans -d
    ps --all --quiet --no-trunc --filter label=com.docker.compose.project=demo --filter label=com.docker.compose.oneoff=False
    inspect --type container --format {…} id-of-db id-of-init id-of-web
    ");
    let calls = workspace.calls();
    let sql: Vec<&str> = calls.iter().map(|call| call.input.as_str()).filter(|input| !input.is_empty()).collect();
    insta::assert_snapshot!(sql.concat(), @r#"
    SELECT to_json(datname) FROM pg_database WHERE datallowconn;
    \unset ON_ERROR_STOP
    SET client_min_messages = warning;
    CREATE EXTENSION IF NOT EXISTS "pg_trgm";
    \if :ERROR
    \echo 0 :SQLSTATE
    \endif
    CREATE EXTENSION IF NOT EXISTS "unaccent";
    \if :ERROR
    \echo 1 :SQLSTATE
    \endif
    "#);
}

#[test]
fn in_the_foreground_docker_compose_takes_over() {
    let workspace = all_is_up().docker(answer("compose --remove-orphans").exit(7));
    insta::assert_snapshot!(workspace.run(&["up", "--scale", "web=2", "--no-color"]), @"
    exit 7
    --- stderr
    database `absent` does not exist yet: the next `up` creates its extensions
    ");
    assert!(workspace.typed().contains("compose … up --remove-orphans --scale web=2 --no-color\n"));
}

#[test]
fn only_what_was_asked_for_is_started() {
    let workspace = all_is_up();
    assert_eq!(workspace.run(&["up", "-d", "other"]).code, 0);
    insta::assert_snapshot!(workspace.typed(), @"
    compose … up --remove-orphans -d other
    ps --all --quiet --no-trunc --filter label=com.docker.compose.project=demo --filter label=com.docker.compose.oneoff=False
    inspect --type container --format {…} id-of-db id-of-init id-of-web
    ");
}

#[test]
fn options_about_images_hold_for_the_database_too() {
    let workspace = all_is_up();
    assert_eq!(workspace.run(&["up", "--pull", "never", "-d", "--quiet-pull", "web", "--no-wait"]).code, 0);
    let typed = workspace.typed();
    let ups: Vec<&str> = typed.lines().filter(|line| line.contains(" up ")).collect();
    insta::assert_snapshot!(ups.join("\n"), @"
    compose … up --detach --no-deps --pull never --quiet-pull db
    compose … up --remove-orphans --pull never -d --quiet-pull web
    ");
}

#[test]
fn what_starts_nothing_is_handed_over() {
    let workspace = all_is_up();
    assert_eq!(workspace.run(&["up", "--no-start"]).code, 0);
    assert_eq!(workspace.typed(), "compose … up --remove-orphans --no-start\n");
}

#[test]
fn no_variable_of_ours_is_shadowed() {
    let workspace = all_is_up()
        .variable("STATS", "shadow")
        .variable("COMPOSE_PROJECT_NAME", "shadow")
        .variable("COMPOSE_FILE", "shadow")
        .variable("COMPOSE_PROFILES", "debug")
        .file("project/env.custom", "COMPOSE_PROJECT_NAME=mine\nSTATS=1\n");
    assert_eq!(workspace.run(&["up", "--no-start"]).code, 0);
    let environment = &workspace.calls()[0].environment;
    for name in ["STATS", "COMPOSE_PROJECT_NAME", "COMPOSE_FILE"] {
        assert!(!environment.contains_key(name), "{name}");
    }
    assert_eq!(environment["COMPOSE_PROFILES"], "debug");
    assert!(environment["PATH"].ends_with("bin"));
}

#[test]
fn an_extension_that_may_not_be_made_is_a_warning() {
    let workspace = Workspace::new()
        .docker(answer(&psql("postgres")).stdout("\"app\"\n\"absent\"\n"))
        .docker(answer(&psql("app")).stdout("1 42501\n"))
        .docker(answer(&psql("absent")).stdout("0 0A000\n"))
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "healthy")));
    insta::assert_snapshot!(workspace.run(&["up", "-d", "db"]), @r#"
    exit 0
    --- stderr
    warning: admin may not create extension `unaccent` in database `app`
     |
     = help: let an administrator of the server run: CREATE EXTENSION "unaccent";
    warning: the server has no extension `pg_trgm` for database `absent`
     |
     = help: let an administrator of the server run: CREATE EXTENSION "pg_trgm";
    1 service is ready (N s)
    "#);
}

#[test]
fn a_server_that_cannot_be_asked_is_a_failure() {
    let workspace = Workspace::new()
        .docker(answer(&psql("postgres")).exit(1).stderr("psql: error: role \"admin\" does not exist\n"))
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "healthy")));
    insta::assert_snapshot!(workspace.run(&["up"]), @r#"
    exit 1
    --- stderr
    error: cannot ask the database server for its databases
     |
     = note: psql: error: role "admin" does not exist
    "#);
}

#[test]
fn a_server_that_does_not_answer_yet_is_asked_again() {
    let workspace = Workspace::new()
        .docker(answer("exec pg_isready").times(2).exit(2))
        .docker(answer(&psql("postgres")).times(2).exit(2).stderr("psql: error: connection refused\n"))
        .docker(answer(&psql("postgres")).stdout(DATABASES))
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "healthy")));
    assert_eq!(workspace.run(&["up"]).code, 0);
    assert_eq!(workspace.typed().matches("pg_isready").count(), 2);
}

#[test]
fn a_server_that_refuses_us_is_not_asked_again() {
    let workspace = Workspace::new()
        .docker(answer(&psql("postgres")).exit(2).stderr("psql: error: role \"admin\" does not exist\n"))
        .docker(answer("ps --all").stdout("id-of-db\n"))
        .docker(answer("inspect container").stdout(container("db", "running", "healthy")));
    assert_eq!(workspace.run(&["up"]).code, 1);
}

#[test]
fn a_server_elsewhere_that_does_not_answer_is_a_warning() {
    let workspace =
        elsewhere().docker(answer("run psql dbname='postgres'").exit(2).stderr("psql: error: connection refused\n"));
    insta::assert_snapshot!(workspace.run(&["up", "other"]), @"
    exit 0
    --- stderr
    warning: cannot check the extensions of the databases on db.example.org
     |
     = note: psql: error: connection refused
    ");
}

/// A project whose database server is not its own.
fn elsewhere() -> Workspace {
    let roles = include_str!("../support/project/roles.yml.j2").replace(
        "    service: db\n",
        "    host: db.example.org\n    port: 5433\n    password: 'se:cret'\n    image: example/postgres:15\n    network: default\n",
    );
    Workspace::new().file("project/overlays/roles.yml.j2", &roles).docker(answer("network").exit(1))
}

#[test]
fn a_server_elsewhere_is_reached_from_a_container_of_its_own() {
    let workspace = elsewhere().docker(answer("run psql dbname='postgres'").stdout(DATABASES));
    assert_eq!(workspace.run(&["up", "other"]).code, 0);
    insta::assert_snapshot!(workspace.typed(), @r#"
    network inspect --format {{.Id}} demo_default
    run --rm --interactive --add-host host.docker.internal:host-gateway --env PGAPPNAME=lapstrake --env PGOPTIONS=-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off -c search_path=pg_catalog --env PGCLIENTENCODING=UTF8 --env PGCONNECT_TIMEOUT=10 --env LC_MESSAGES=C --env PGPASSFILE=/tmp/.pgpass --entrypoint sh example/postgres:15 -euc umask 077; IFS= read -r line; printf '%s\n' "$line" >"$PGPASSFILE"; unset line; exec "$@" sh psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --host db.example.org --port 5433 --no-password --username admin --dbname dbname='postgres'
    run --rm --interactive --add-host host.docker.internal:host-gateway --env PGAPPNAME=lapstrake --env PGOPTIONS=-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off --env PGCLIENTENCODING=UTF8 --env PGCONNECT_TIMEOUT=10 --env LC_MESSAGES=C --env PGPASSFILE=/tmp/.pgpass --entrypoint sh example/postgres:15 -euc umask 077; IFS= read -r line; printf '%s\n' "$line" >"$PGPASSFILE"; unset line; exec "$@" sh psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --host db.example.org --port 5433 --no-password --username admin --dbname dbname='app'
    compose … up --remove-orphans other
    "#);
    assert!(!workspace.typed().contains("se:cret"));
    assert!(workspace.calls().iter().all(|call| !call.environment.values().any(|value| value.contains("se:cret"))));
    insta::assert_snapshot!(workspace.calls()[1].input, @r"
    *:*:*:*:se\:cret
    SELECT to_json(datname) FROM pg_database WHERE datallowconn;
    ");
}

#[test]
fn data_of_another_major_version_stops_everything() {
    let workspace = Workspace::new()
        .file("project/data/PG_VERSION", "12\n")
        .docker(answer("image inspect").stdout(r#"["PATH=/bin","PG_MAJOR=15"]"#));
    insta::assert_snapshot!(workspace.run(&["up", "-d"]), @"
    exit 3
    --- stderr
    error: the data in [FOLDER]/project/data was written by PostgreSQL 12, the image is 15
     --> compose/web.yml:3:12
      |
    3 |     image: example/postgres:15
      |            ^^^^^^^^^^^^^^^^^^^ service `db` runs example/postgres:15
      |
      = note: PostgreSQL does not start on the data of another major version
      = help: to stay with the old version: give service `db` an image of PostgreSQL 12
      = help: to move on: dump with the old version, move the data folder away, load with the new one

    1 error; nothing was written
    ");
    assert!(!workspace.root().join(".env").exists());
    assert_eq!(workspace.calls().len(), 1);
}

#[test]
fn the_way_to_stay_with_the_old_version_is_named() {
    let workspace = Workspace::new()
        .file("project/data/PG_VERSION", "12\n")
        .file("project/env.base", "IMAGE_DB=${CUSTOM_IMAGE_DB:-example/postgres:15}\n")
        .file("project/override.yml", "services: { db: { image: '${IMAGE_DB}' } }\n")
        .docker(answer("image inspect").stdout(r#"["PG_MAJOR=15"]"#));
    let output = workspace.run(&["up"]);
    assert!(output.stderr.contains("set CUSTOM_IMAGE_DB to an image of PostgreSQL 12"), "{output}");
}

#[test]
fn data_of_the_same_major_version_is_fine() {
    let workspace = all_is_up()
        .file("project/data/PG_VERSION", "15\n")
        .docker(answer("image inspect").stdout(r#"["PG_MAJOR=15"]"#));
    assert_eq!(workspace.run(&["up", "-d"]).code, 0);
}
