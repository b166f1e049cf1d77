//! Dumps that try to reach beyond their database. The server refuses, whatever a reader of scripts understands: other
//! databases, roles and files are as before, and so is the database that was there.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::stack::{Stack, Told, docker};

/// The dumps that `hostile/make.py` has written.
fn dumps(kind: &str) -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/databases/hostile");
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        all.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{kind}."))).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// A stack with another database and something in each.
fn peopled() -> Stack {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE kept AS SELECT 42 AS n");
    stack.sql("postgres", "CREATE DATABASE victim");
    stack.sql("victim", "CREATE TABLE precious AS SELECT 1 AS n");
    stack
}

/// What a dump must leave as it is: everything but the database that is loaded.
fn surroundings(stack: &Stack) -> String {
    let server = "SELECT string_agg(r::text, ' ' ORDER BY rolname) FROM pg_authid r; \
                  SELECT string_agg(datname || datconnlimit || datdba || datistemplate, ' ' ORDER BY datname) FROM pg_database WHERE datname <> 'main'; \
                  SELECT count(*) FROM pg_replication_slots; SELECT count(*) FROM pg_db_role_setting; SELECT count(*) FROM pg_auth_members; \
                  SELECT string_agg(name || setting, ' ' ORDER BY name) FROM pg_file_settings; SELECT count(*) FROM pg_tablespace";
    let files = docker(&["exec", &stack.container("db"), "sh", "-c", "ls /tmp/was-here 2>&1; true"]);
    assert!(files.contains("No such file"), "{files}");
    stack.sql("postgres", server)
        + &stack.sql("victim", "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class; SELECT n FROM precious")
}

#[track_caller]
fn loaded(stack: &Stack, file: &str, more: &[&str]) -> Told {
    stack.db(&[&["load", file, "--yes"], more].concat())
}

#[test]
fn nothing_reaches_beyond_the_database() {
    let stack = peopled();
    let before = surroundings(&stack);
    for dump in [dumps("fooling"), dumps("beyond")].concat() {
        let name = dump.file_name().unwrap().to_string_lossy().into_owned();
        let told = loaded(&stack, dump.to_str().unwrap(), &[]);
        assert_eq!(surroundings(&stack), before, "{name}: {told:?}");
        if told.code == 0 {
            // Read as psql reads it, or harmless for whom it runs as: a load like any other.
            assert!(name.starts_with("fooling."), "{name}: {told:?}");
            stack.sql("main", "DROP TABLE IF EXISTS t, stdin; CREATE TABLE kept AS SELECT 42 AS n");
        } else {
            assert_eq!(told.code, 1, "{name}: {told:?}");
        }
        assert_eq!(stack.sql("main", "SELECT n FROM kept"), "42", "{name}");
        if name.starts_with("beyond.") {
            assert!(told.stderr.contains("--trust"), "{name}: {}", told.stderr);
        }
    }
    stack.assert_tidy();
}

#[test]
fn nothing_that_a_dump_made_runs_as_a_superuser() {
    let stack = peopled();
    let before = surroundings(&stack);
    for trap in dumps("trap") {
        loaded(&stack, trap.to_str().unwrap(), &[]).well();
        assert_eq!(surroundings(&stack), before);
        let owners =
            "SELECT count(*) FROM pg_proc WHERE proowner <> 'chief'::regrole AND pronamespace = 'public'::regnamespace";
        assert_eq!(stack.sql("main", owners), "0");
    }
    stack.assert_tidy();
}

/// An archive in which a comment was changed to a statement of the same length.
fn forged(stack: &Stack, statement: &str) -> Vec<u8> {
    const COMMENT: &str =
        "this comment is long enough to hold a statement of any kind that one could wish for in an archive";
    stack.sql("main", &format!("COMMENT ON TABLE kept IS '{COMMENT}'"));
    stack.db(&["dump", "sound.bin", "--format", "bin", "--force"]).well();
    let mut bytes = fs::read(stack.path("sound.bin")).unwrap();
    let whole = format!("COMMENT ON TABLE public.kept IS '{COMMENT}';");
    let place = bytes.windows(whole.len()).position(|part| part == whole.as_bytes()).expect("the comment");
    let forged = format!("{statement:<width$}", width = whole.len());
    bytes[place..place + whole.len()].copy_from_slice(forged.as_bytes());
    bytes
}

#[test]
fn an_archive_is_no_more_trusted_than_a_script() {
    let stack = peopled();
    for (statement, why) in [
        ("DROP DATABASE victim WITH (FORCE);", "affects more than this database"),
        ("DO $$ BEGIN EXECUTE 'ALTER ROLE chief RENAME TO evil'; END $$;", "only a superuser may"),
        ("COPY kept FROM PROGRAM 'touch /tmp/was-here';", "only a superuser may"),
        ("DO $$ BEGIN EXECUTE 'CREATE EXTENSION dblink SCHEMA public'; END $$;", "only a superuser may"),
    ] {
        let bytes = forged(&stack, statement);
        let before = surroundings(&stack);
        stack.write("forged.bin", bytes);
        let told = loaded(&stack, "forged.bin", &[]);
        assert_eq!(told.code, 1, "{statement}: {told:?}");
        assert!(told.stderr.contains(why), "{statement}: {}", told.stderr);
        assert_eq!(surroundings(&stack), before, "{statement}");
        assert_eq!(stack.sql("main", "SELECT n FROM kept"), "42");
    }
    stack.assert_tidy();
}

#[test]
fn what_reaches_beyond_its_database_takes_trust() {
    let stack = peopled();
    let end = "\n--\n-- PostgreSQL database dump complete\n--\n";
    stack.write("fdw.sql", format!("CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;{end}"));
    let told = loaded(&stack, "fdw.sql", &[]);
    assert!(
        told.code == 1 && told.stderr.contains("extension `dblink`") && told.stderr.contains("--trust"),
        "{told:?}"
    );
    loaded(&stack, "fdw.sql", &["--trust"]).well();
    // It is in the database that is replaced: whoever put it there may have it again.
    loaded(&stack, "fdw.sql", &[]).well();
    stack.write("program.sql", format!("CREATE TABLE t (a text);\nCOPY t FROM PROGRAM 'echo 7';{end}"));
    assert_eq!(loaded(&stack, "program.sql", &[]).code, 1);
    loaded(&stack, "program.sql", &["--trust"]).well();
    assert_eq!(stack.sql("main", "SELECT a FROM t"), "7");
    // A user who may create no roles.
    stack.sql("postgres", "CREATE ROLE small LOGIN CREATEDB");
    let yml = fs::read_to_string(stack.path("compose/stack.yml")).unwrap();
    stack.write("compose/stack.yml", yml.replace("    user: chief\n", "    user: small\n"));
    stack.write("plain.sql", format!("CREATE TABLE t2 (a text);{end}"));
    let small = |more: &[&str]| stack.db(&[&["--database", "fresh", "load", "plain.sql", "--yes"], more].concat());
    let told = small(&[]);
    assert!(told.code == 1 && told.stderr.contains("CREATEROLE"), "{told:?}");
    small(&["--trust"]).well();
    stack.sql("postgres", "ALTER ROLE small CREATEROLE");
    small(&[]).well();
    assert_eq!(stack.sql("fresh", "SELECT tableowner FROM pg_tables WHERE tablename = 't2'"), "small");
    // Who is no superuser closes a database and reopens it, too.
    assert_eq!(stack.db(&["--database", "fresh", "update", "broken"]).code, 1);
    stack.db(&["--database", "fresh", "update", "one"]).well();
    let settings = "SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = 'fresh')";
    assert_eq!(stack.sql("postgres", settings), "0");
    assert_eq!(stack.sql("fresh", "SELECT count(*) FROM module"), "1");
    assert_eq!(stack.sql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'lapstrake%'"), "0");
}

#[test]
fn a_psql_that_cannot_be_restricted_runs_no_plain_dump() {
    let stack = peopled();
    // An older psql: it does not know the command.
    stack.write(
        "psql",
        "#!/bin/sh\nsed -u 's/^.restrict .*/\\\\nosuch/' | /usr/lib/postgresql/15/bin/psql.real \"$@\"\n",
    );
    let db = stack.container("db");
    let run = |words: &[&str]| docker(&[&["exec", "-u", "root", &db], words].concat());
    run(&["mv", "/usr/lib/postgresql/15/bin/psql", "/usr/lib/postgresql/15/bin/psql.real"]);
    docker(&["cp", stack.path("psql").to_str().unwrap(), &format!("{db}:/usr/lib/postgresql/15/bin/psql")]);
    run(&["chmod", "755", "/usr/lib/postgresql/15/bin/psql"]);
    stack.db(&["dump", "d.sql"]).well();
    let told = loaded(&stack, "d.sql", &[]);
    assert!(told.code == 1 && told.stderr.contains("too old to be restricted"), "{told:?}");
    loaded(&stack, "d.sql", &["--trust"]).well();
    stack.db(&["dump", "d.bin", "--format", "bin"]).well();
    loaded(&stack, "d.bin", &[]).well();
    assert_eq!(stack.sql("main", "SELECT n FROM kept"), "42");
}

#[test]
fn what_was_checked_is_what_is_restored() {
    let stack = peopled();
    for format in ["sql", "bin"] {
        let file = format!("d.{format}");
        stack.db(&["dump", &file, "--format", format]).well();
        let sound = fs::read(stack.path(&file)).unwrap();
        let typed =
            format!("{} -C {} manage_db load {file}", env!("CARGO_BIN_EXE_lapstrake"), stack.path("").display());
        let mut asked = Command::new("script")
            .args(["--quiet", "--return", "--command", &typed, "/dev/null"])
            .current_dir(stack.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut output, mut said) = (asked.stdout.take().unwrap(), Vec::new());
        while !String::from_utf8_lossy(&said).contains("--keep-old keeps it") {
            let mut piece = [0; 256];
            let length = output.read(&mut piece).unwrap();
            assert!(length > 0, "{}", String::from_utf8_lossy(&said));
            said.extend_from_slice(&piece[..length]);
        }
        // As long as before, and whole: only another one.
        let mut other = sound.clone();
        let place = other.windows(4).rposition(|part| part == b"kept").unwrap();
        other[place..place + 4].copy_from_slice(b"lost");
        stack.write(&file, &other);
        asked.stdin.take().unwrap().write_all(b"y\n").unwrap();
        output.read_to_end(&mut said).unwrap();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(asked.wait().unwrap().code(), Some(1), "{said}");
        assert!(said.contains("changed while it was being loaded"), "{said}");
        assert_eq!(stack.sql("main", "SELECT n FROM kept"), "42");
    }
    stack.assert_tidy();
}

#[test]
fn what_has_no_end_is_not_waited_for() {
    let stack = peopled();
    let told = loaded(&stack, "/dev/zero", &[]);
    assert!(told.code == 1 && told.stderr.contains("it is binary"), "{told:?}");
    let mut endless = stack.command(&["manage_db", "load", "-", "--yes"]);
    let mut child = endless.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // A pipe that nobody reads any more ends it.
        while stdin.write_all(&[7, 0, 7, 0]).is_ok() {}
    });
    let told = super::stack::told(child);
    writer.join().unwrap();
    assert_eq!(told.code, 1, "{told:?}");
    // Gigabytes of empty lines, and a dump behind them.
    let end = b"CREATE TABLE kept AS SELECT 43 AS n;\n--\n-- PostgreSQL database dump complete\n--\n";
    let lines = vec![b'\n'; 64 << 20];
    let mut bomb = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut to = bomb.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        to.write_all(b"--\n").unwrap();
        (0..8).for_each(|_| to.write_all(&lines).unwrap());
        to.write_all(end).unwrap();
    });
    let output = bomb.wait_with_output().unwrap();
    writer.join().unwrap();
    stack.write("bomb.gz", output.stdout);
    loaded(&stack, "bomb.gz", &["--ignore-room"]).well();
    assert_eq!(stack.sql("main", "SELECT n FROM kept"), "43");
}

#[test]
fn a_password_is_one_line() {
    let stack = peopled();
    let before = surroundings(&stack);
    stack.write(
        "env.custom",
        format!("COMPOSE_PROJECT_NAME={}\nSERVER_PASSWORD='x\nDROP DATABASE victim;'\n", stack.name()),
    );
    let yml = fs::read_to_string(stack.path("compose/stack.yml")).unwrap();
    stack.write("compose/stack.yml", yml.replace("    service: db\n", ""));
    let told = stack.db(&["list"]);
    assert_ne!(told.code, 0, "{told:?}");
    let project = stack.name().to_owned();
    let db = docker(&[
        "ps",
        "-q",
        "--filter",
        &format!("label=com.docker.compose.project={project}"),
        "--filter",
        "label=com.docker.compose.service=db",
    ]);
    assert!(!db.is_empty());
    assert_eq!(surroundings(&stack), before);
}
