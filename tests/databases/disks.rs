//! A server whose disk is small: whatever writes to it is refused before or broken off, and it never fills up.

use super::stack::{Stack, docker, sql_in};

/// A stack whose server has a disk of its own.
fn small(megabytes: u32, options: &str) -> Stack {
    let stack = Stack::new();
    // The keeper holds on to the volume, so that it outlives the server's container.
    stack.write(
        "override.yml",
        format!(
            "\
services:
  keeper:
    image: lapstrake/postgres:15
    entrypoint: [sleep, infinity]
    stop_grace_period: 0s
    volumes: ['files:/files']
  db:
    command: postgres {options}
volumes:
  files:
    driver_opts: {{ type: tmpfs, device: tmpfs, o: 'size={megabytes}m' }}
"
        ),
    );
    stack.lap(&["up", "-d", "-q"]).well();
    stack
}

/// How much is free on the server's disk, in megabytes.
fn free(stack: &Stack) -> u64 {
    let told = docker(&["exec", &stack.container("db"), "df", "-P", "-m", "/var/lib/postgresql/data"]);
    told.lines().nth(1).unwrap().split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
fn whatever_writes_to_the_server_leaves_it_running() {
    let stack = small(365, "-c fsync=off");
    let answer = stack.fill(430_000);
    stack.sql("main", "CREATE TABLE module (name text, version int)");
    stack.sql("main", "CHECKPOINT");
    stack.write("custom/anonymize.yml", "tables: { big: { columns: { a: token, b: token, c: token } } }\n");
    stack.write("password", "secret\n");
    stack.db(&["dump", "d.sql"]).well();
    println!(
        "{} MB are free beside {}",
        free(&stack),
        stack.sql("main", "SELECT pg_size_pretty(pg_database_size('main'))")
    );
    let verbs: [&[&str]; 7] = [
        &["load", "d.sql", "--yes", "--ignore-room"],
        &["load", "d.sql", "--yes"],
        &["copy", "main", "second"],
        &["update", "one"],
        &["anonymize", "--yes", "--keep-old"],
        &["dump", "--force", "--anonymized", "e.sql"],
        &["dump", "--force", "--anonymized", "e.bin", "--format", "bin"],
    ];
    for verb in verbs {
        let told = stack.db(verb);
        println!("{verb:?}: {}, {} MB are free: {}", told.code, free(&stack), told.stderr);
        // The server has never stopped, nothing is left, and the database is as it was.
        assert_eq!(
            docker(&["inspect", "-f", "{{.RestartCount}} {{.State.Running}}", &stack.container("db")]),
            "0 true"
        );
        assert_eq!(stack.answer(), answer, "{verb:?}: {told:?}");
        stack.assert_tidy();
        if told.code == 0 && verb[0] == "copy" {
            stack.db(&["--database", "second", "drop", "--yes"]).well();
        }
        sql_in(&stack.container("db"), "postgres", "CHECKPOINT");
    }
    // In place it may succeed or be refused; its tables are written anew only where they fit.
    let told = stack.db(&["anonymize", "--yes"]);
    println!("anonymize: {told:?}, {} MB are free", free(&stack));
    assert_eq!(docker(&["inspect", "-f", "{{.RestartCount}} {{.State.Running}}", &stack.container("db")]), "0 true");
    assert_eq!(stack.sql("main", "SELECT count(*) FROM big"), "430000");
    stack.assert_tidy();
    assert!(stack.is_running("app"));
}

#[test]
fn a_fast_writer_is_stopped_in_time() {
    let stack = small(365, "-c max_wal_size=128MB -c min_wal_size=32MB");
    let answer = stack.fill(50_000);
    for verb in [&["update", "fast"][..], &["update", "fast", "--in-place", "--yes"]] {
        for _ in 0..2 {
            let told = stack.db(verb);
            println!("{verb:?}: {} MB are free: {}", free(&stack), told.stderr);
            assert_eq!(told.code, 1, "{told:?}");
            assert!(told.stderr.contains("the server's disk was nearly full"), "{verb:?}: {told:?}");
            let log = logs(&stack.container("db"));
            assert!(!log.contains("PANIC"), "{verb:?}");
            assert_eq!(stack.answer(), answer, "{verb:?}");
            stack.assert_tidy();
        }
    }
    assert!(stack.is_running("app"));
}

/// What a container wrote to either stream.
fn logs(container: &str) -> String {
    let output = std::process::Command::new("docker").args(["logs", container]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
