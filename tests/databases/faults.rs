//! Whatever is wrong with a backup, and whatever happens meanwhile: the database that was there answers with all its
//! rows, the backup is untouched, and the next command succeeds without help.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::stack::{Stack, docker, sum, told, within};

const FORMATS: [&str; 4] = ["sql", "bin", "zip", "zst"];

/// Tries to load something that must not be loaded.
#[track_caller]
fn refused(stack: &Stack, name: &str, bytes: &[u8], why: &str) {
    stack.write(name, bytes);
    let file = stack.path(name);
    let (before, answer) = (sum(&file), stack.answer());
    let told = stack.db(&["load", name, "--yes"]);
    assert_eq!(told.code, 1, "{name}: {told:?}");
    assert!(told.stderr.contains(why), "{name}: {why}: {}", told.stderr);
    assert_eq!(sum(&file), before, "{name}");
    assert_eq!(stack.answer(), answer, "{name}");
}

#[test]
fn a_backup_that_is_not_sound() {
    let stack = Stack::up();
    stack.fill(20_000);
    let started = stack.started("app");
    for format in FORMATS {
        let name = format!("sound.{format}");
        stack.db(&["dump", &name, "--format", format]).well();
        let sound = fs::read(stack.path(&name)).unwrap();
        for part in [2, 10] {
            let cut = &sound[..sound.len() - sound.len() / part];
            let why = match format {
                "sql" => "it is cut off",
                "bin" => "failed",
                _ => "it is damaged",
            };
            refused(&stack, &format!("cut-{part}.{format}"), cut, why);
        }
        let mut flipped = sound.clone();
        flipped[sound.len() / 2] ^= 1;
        let why = match format {
            "sql" => "it was altered",
            "bin" => "the restore failed",
            _ => "it is damaged",
        };
        refused(&stack, &format!("flipped.{format}"), &flipped, why);
        refused(&stack, &format!("empty.{format}"), b"", "it is empty");
    }
    refused(&stack, "wrong.sql", b"\x7fELF\0\0", "it is no dump");
    refused(&stack, "page.sql", b"<html>not found</html>\n", "it is cut off");
    let sql = String::from_utf8(fs::read(stack.path("sound.sql")).unwrap()).unwrap();
    let newer = unsealed(&sql).replacen("-- Dumped from database version 15", "-- Dumped from database version 99", 1);
    refused(&stack, "newer.sql", newer.as_bytes(), "it is of PostgreSQL 99");
    let mut newer = fs::read(stack.path("sound.bin")).unwrap();
    // The version of the archive stands behind its magic word.
    newer[6] += 50;
    refused(&stack, "newer.bin", &newer, "and the server is 15");
    for (statement, why) in [
        ("DROP DATABASE main;", "line 1 affects more than this database"),
        ("\\connect postgres", "line 1 is a command for psql"),
        ("SELECT 1 \\; \\! touch /tmp/lapstrake-was-here", "line 1 is a command for psql"),
    ] {
        refused(&stack, "odd.sql", format!("{statement}\n{}", unsealed(&sql)).as_bytes(), why);
    }
    let told = stack.db(&["load", "sound.zip", "--format", "bin", "--yes"]);
    assert!(told.code == 1 && told.stderr.contains("not in the format `bin`"), "{told:?}");
    assert_eq!(stack.db(&["load", "absent.sql", "--yes"]).code, 1);
    // Nothing of this was reason enough to stop anybody.
    assert_eq!(stack.started("app"), started);
    stack.write("edited.sql", unsealed(&sql));
    for sound in ["sound.zst", "edited.sql"] {
        stack.db(&["load", sound, "--yes"]).well();
    }
    stack.assert_tidy();
}

/// A dump without the sum in its last line: one that somebody changed on purpose.
fn unsealed(sql: &str) -> &str {
    sql.rsplit_once("-- lapstrake: sha256").expect("the sum of a dump").0
}

#[test]
fn a_dump_of_other_roles() {
    let stack = Stack::up();
    let answer = stack.fill(1000);
    stack.sql(
        "main",
        "CREATE ROLE stranger; ALTER TABLE big OWNER TO stranger; GRANT SELECT ON big TO stranger WITH GRANT OPTION; \
                       ALTER DEFAULT PRIVILEGES FOR ROLE stranger GRANT SELECT ON TABLES TO PUBLIC; \
                       SELECT lo_from_bytea(7, 'x'); ALTER LARGE OBJECT 7 OWNER TO stranger;",
    );
    for format in FORMATS {
        stack.db(&["dump", &format!("d.{format}"), "--format", format]).well();
    }
    stack.sql("main", "DROP OWNED BY stranger CASCADE; CREATE TABLE IF NOT EXISTS big ()");
    stack.sql("postgres", "DROP ROLE stranger");
    for format in FORMATS {
        stack.db(&["load", &format!("d.{format}"), "-y"]).well();
        assert_eq!(stack.answer(), answer);
        assert_eq!(stack.sql("main", "SELECT tableowner FROM pg_tables WHERE tablename = 'big'"), "chief");
    }
}

/// Waits until a load fills its database.
fn until_it_fills(stack: &Stack) {
    let size = "SELECT coalesce(max(pg_database_size(oid)), 0) > 20000000 FROM pg_database WHERE datname LIKE 'lapstrake_staging%'";
    within(Duration::from_secs(60), "nothing is filled", || stack.sql("postgres", size) == "t");
}

#[test]
fn the_server_dies_and_somebody_types_ctrl_c() {
    let stack = Stack::up();
    let answer = stack.fill(1_000_000);
    assert!(stack.sql("main", "SELECT pg_database_size('main')").parse::<u64>().unwrap() >= 200 << 20);
    for format in ["bin", "sql"] {
        stack.db(&["dump", &format!("d.{format}"), "--format", format]).well();
    }
    for (format, signal, code) in [("bin", "-INT", 130), ("sql", "-TERM", 143), ("bin", "", 1), ("sql", "", 1)] {
        let file = format!("d.{format}");
        let before = sum(&stack.path(&file));
        let load = stack.start_db(&["load", &file, "--yes"]);
        until_it_fills(&stack);
        if signal.is_empty() {
            docker(&["kill", &stack.container("db")]);
            docker(&["start", &stack.container("db")]);
        } else {
            send(signal, load.id());
        }
        let told = told(load);
        assert_eq!(told.code, code, "{told:?}");
        if signal.is_empty() {
            stack.db(&["wait"]).well();
        } else {
            assert!(told.stderr.contains("interrupted"), "{}", told.stderr);
            // Nothing is left for the next one.
            stack.assert_tidy();
        }
        assert_eq!(stack.answer(), answer);
        assert_eq!(sum(&stack.path(&file)), before);
        assert!(stack.is_running("app"));
    }
    stack.db(&["load", "d.sql", "--yes"]).well();
    assert_eq!(stack.answer(), answer);

    let dump = stack.start_db(&["dump", "never.sql"]);
    let copies =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lapstrake%' AND query LIKE 'COPY%'";
    within(Duration::from_secs(20), "nothing is dumped", || stack.sql("postgres", copies) == "1");
    send("-INT", dump.id());
    assert_eq!(told(dump).code, 130);
    let names = fs::read_dir(stack.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with(".lapstrake") || name.starts_with("never")).count(), 0);
    stack.assert_tidy();
}

fn send(signal: &str, process: u32) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

#[test]
fn the_disk_is_full() {
    let stack = Stack::new();
    // Somebody holds on to the volume, so that it outlives the server's container.
    stack.write(
        "override.yml",
        "\
services:
  keeper:
    image: lapstrake/postgres:15
    entrypoint: [sleep, infinity]
    stop_grace_period: 0s
    volumes: ['files:/files']
volumes:
  files:
    driver_opts: { type: tmpfs, device: tmpfs, o: 'size=450m' }
",
    );
    stack.lap(&["up", "-d", "-q"]).well();
    let small = stack.fill(100_000);
    stack.db(&["dump", "small.zst", "--format", "zst"]).well();
    let elsewhere = Stack::up();
    elsewhere.fill(1_200_000);
    elsewhere.db(&["dump", stack.path("large.sql").to_str().unwrap()]).well();
    drop(elsewhere);
    let before = sum(&stack.path("large.sql"));
    let told = stack.db(&["load", "large.sql", "--yes"]);
    assert!(told.code == 1 && told.stderr.contains("on the server's disk"), "{told:?}");
    let told = stack.db(&["load", "large.sql", "--yes", "--ignore-room"]);
    assert!(told.code == 1 && told.stderr.contains("disk was nearly full"), "{told:?}");
    assert_eq!(stack.answer(), small);
    assert_eq!(sum(&stack.path("large.sql")), before);
    stack.assert_tidy();
    stack.db(&["load", "small.zst", "--yes"]).well();
    assert_eq!(stack.answer(), small);
}
