//! Names are swapped under clients that come back at once, and what belongs to a name stays with it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::stack::{Stack, docker};

#[test]
fn clients_that_come_back_at_once_do_not_hinder() {
    let stack = Stack::up();
    stack.fill(1000);
    stack.db(&["dump", "d.sql"]).well();
    // Not among the services that use the database: nobody stops these.
    let clients = "for n in 1 2 3 4 5 6; do \
        (while :; do psql -X -q -U chief -d main -c 'SELECT pg_sleep(0.2)' >/dev/null 2>&1; done) & done; wait";
    let mut crowd = Command::new("docker")
        .args(["exec", &stack.container("db"), "bash", "-c", clients])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..4 {
        let told = stack.db(&["load", "d.sql", "--yes"]).well();
        assert!(!told.stderr.contains("error"), "{}", told.stderr);
    }
    let swaps = "SELECT count(*) FROM pg_database WHERE datname = 'main'";
    assert_eq!(stack.sql("postgres", swaps), "1");
    // How long nobody gets in: from the last answer of the old one to the first of the new one.
    let outage = longest_gap(&stack);
    println!("longest outage: {outage:?}");
    assert!(outage < Duration::from_secs(10), "{outage:?}");
    let _ = crowd.kill();
    docker(&["restart", "-t", "1", &stack.container("db")]);
    let _ = crowd.wait();
}

/// Knocks while a load goes on.
fn longest_gap(stack: &Stack) -> Duration {
    let mut load = stack.start_db(&["load", "d.sql", "--yes"]);
    let container = stack.container("db");
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    while load.try_wait().unwrap().is_none() {
        let knock = Command::new("docker")
            .args(["exec", &container, "psql", "-X", "-q", "-U", "chief", "-d", "main", "-c", "SELECT 1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if knock.unwrap().success() {
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
    }
    longest
}

#[test]
fn what_belongs_to_the_name_stays_with_it() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE t AS SELECT 1 AS n; CREATE ROLE owner; CREATE ROLE \"Reader; é\" LOGIN;");
    for statement in [
        "ALTER DATABASE main OWNER TO owner",
        "REVOKE ALL ON DATABASE main FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE main TO \"Reader; é\" WITH GRANT OPTION",
        "ALTER DATABASE main SET search_path = \"$user\", \"odd, path\", public",
        "ALTER DATABASE main SET work_mem = '12MB'",
        "ALTER DATABASE main SET \"app.words\" = 'it''s; \\ \"x\"'",
        "ALTER ROLE \"Reader; é\" IN DATABASE main SET statement_timeout = '7s'",
        "ALTER DATABASE main CONNECTION LIMIT 77",
        "COMMENT ON DATABASE main IS 'it''s \\ a comment'",
    ] {
        stack.sql("postgres", statement);
    }
    let belongings = "SELECT pg_get_userbyid(datdba), (SELECT array_agg(one::text ORDER BY one::text) FROM unnest(datacl) one), datconnlimit, shobj_description(oid, 'pg_database'), \
        (SELECT string_agg(setrole::regrole::text || setconfig::text, ';' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = oid), \
        encoding, datcollate, datctype FROM pg_database WHERE datname = 'main'";
    let before = stack.sql("postgres", belongings);
    stack.db(&["dump", "d.bin", "--format", "bin"]).well();
    stack.db(&["load", "d.bin", "-y", "--keep-old"]).well();
    assert_eq!(stack.sql("postgres", belongings), before);
    stack.db(&["update", "one"]).well();
    assert_eq!(stack.sql("postgres", belongings), before);
    stack.db(&["undo", "-y"]).well();
    assert_eq!(stack.sql("postgres", belongings), before);
    assert_eq!(stack.databases(), "main");
}
