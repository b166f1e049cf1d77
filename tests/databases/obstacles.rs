//! What keeps a server from renaming or dropping a database, found before work begins, and never in the way of others.

use super::stack::Stack;

#[test]
fn what_keeps_a_database_is_said_with_its_cure() {
    let stack = Stack::up();
    stack.write(
        "override.yml",
        "services: { db: { command: postgres -c fsync=off -c wal_level=logical -c max_prepared_transactions=2 } }\n",
    );
    stack.lap(&["up", "-d", "-q"]).well();
    let answer = stack.fill(1000);
    stack.db(&["dump", "d.sql"]).well();
    stack.write("password", "secret\n");
    for (obstacle, what, cure) in [
        (
            "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'sub')",
            "subscription `sub`",
            "ALTER SUBSCRIPTION sub DISABLE; ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub;",
        ),
        ("SELECT pg_create_logical_replication_slot('it''s'::name, 'pgoutput')", "logical replication slot", ""),
        (
            "BEGIN; CREATE TABLE pending (); PREPARE TRANSACTION 'half done'",
            "prepared transaction `half done`",
            "ROLLBACK PREPARED 'half done';",
        ),
    ] {
        let obstacle = obstacle.replace("it''s", "slot");
        stack.sql("main", &obstacle);
        let verbs: [&[&str]; 5] = [
            &["load", "d.sql", "--yes"],
            &["load", "d.sql", "--yes", "--keep-old"],
            &["reset", "--yes", "--admin-password-file", "password"],
            &["update", "one"],
            &["drop", "--yes"],
        ];
        for verb in verbs {
            let refused = stack.db(verb);
            assert_eq!(refused.code, 1, "{verb:?}: {refused:?}");
            assert!(refused.stderr.contains(what) && refused.stderr.contains(cure), "{verb:?}: {}", refused.stderr);
            assert_eq!(stack.answer(), answer);
        }
        // What only reads goes on.
        stack.db(&["dump", "--force", "e.sql"]).well();
        let cure = if cure.is_empty() { "SELECT pg_drop_replication_slot('slot');" } else { cure };
        cure.split_inclusive(';').for_each(|one| {
            stack.sql("main", one);
        });
        stack.db(&["load", "d.sql", "--yes"]).well();
    }
    assert!(stack.is_running("app"));
    stack.assert_tidy();
}

#[test]
fn a_leftover_that_cannot_be_removed_stops_nobody() {
    let stack = Stack::up();
    let answer = stack.fill(1000);
    stack.db(&["dump", "d.sql"]).well();
    // As a killed load has left it, with a subscription that the dump had made.
    let hex = stack.sql("postgres", "SELECT substr(encode(sha256('main'), 'hex'), 1, 16)");
    for (name, remains) in [("staging", false), ("old", true)] {
        let left = format!("lapstrake_{name}_{hex}_0123456789abcdef");
        stack.sql("postgres", &format!("CREATE DATABASE {left}"));
        stack.sql(
            &left,
            "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'sub')",
        );
        for _ in 0..2 {
            let told = stack.db(&["load", "d.sql", "--yes"]).well();
            assert_eq!(stack.answer(), answer);
            assert_eq!(told.stderr.contains("is kept by subscription `sub`"), remains, "{}", told.stderr);
        }
        let there = stack.sql("postgres", &format!("SELECT count(*) FROM pg_database WHERE datname = '{left}'"));
        assert_eq!(there, if remains { "1" } else { "0" });
        if remains {
            stack.sql(&left, "ALTER SUBSCRIPTION sub DISABLE");
            stack.sql(&left, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)");
            stack.sql(&left, "DROP SUBSCRIPTION sub");
            stack.db(&["list"]).well();
            stack.db(&["dump", "--force", "d.sql"]).well();
        }
    }
    // What looks like one of ours is somebody's.
    stack.sql("postgres", "CREATE DATABASE lapstrake_old_pictures");
    stack.db(&["load", "d.sql", "--yes"]).well();
    assert_eq!(stack.databases(), "lapstrake_old_pictures main");
    stack.sql("postgres", "DROP DATABASE lapstrake_old_pictures");
    stack.assert_tidy();
}

#[test]
fn a_template_is_a_database_like_others() {
    let stack = Stack::up();
    let answer = stack.fill(1000);
    stack.sql("postgres", "ALTER DATABASE main IS_TEMPLATE true");
    let is_template = || stack.sql("postgres", "SELECT datistemplate FROM pg_database WHERE datname = 'main'");
    assert!(stack.db(&["list"]).well().stdout.contains("main "));
    stack.db(&["dump", "d.sql"]).well();
    stack.db(&["copy", "main", "second"]).well();
    stack.db(&["load", "d.sql", "--yes"]).well();
    assert_eq!((stack.answer(), is_template()), (answer.clone(), "t".to_owned()));
    stack.db(&["load", "d.sql", "--yes", "--keep-old"]).well();
    stack.db(&["undo", "--yes"]).well();
    assert_eq!((stack.answer(), is_template()), (answer, "t".to_owned()));
    stack.sql("postgres", "ALTER DATABASE second IS_TEMPLATE true");
    stack.db(&["--database", "second", "drop", "--yes"]).well();
    stack.sql("postgres", "ALTER DATABASE main IS_TEMPLATE false");
    stack.assert_tidy();
}

#[test]
fn the_newest_kept_database_is_the_last_one_whatever_the_clocks_say() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE t AS SELECT 1 AS n");
    stack.db(&["dump", "d.sql"]).well();
    for n in [2, 3] {
        stack.sql("main", &format!("UPDATE t SET n = {n}"));
        stack.db(&["load", "d.sql", "--yes", "--keep-old"]).well();
    }
    // The machine of the first load had a clock that ran years ahead.
    let first = "SELECT min(datname) FROM pg_database WHERE datname LIKE 'main_before%'";
    let first = stack.sql("postgres", first);
    let comment = format!("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{first}'");
    let comment = stack.sql("postgres", &comment).replace("\"at\":\"20", "\"at\":\"21");
    stack.sql("postgres", &format!("COMMENT ON DATABASE {first} IS '{comment}'"));
    stack.db(&["undo", "--yes"]).well();
    assert_eq!(stack.sql("main", "SELECT n FROM t"), "3");
}
