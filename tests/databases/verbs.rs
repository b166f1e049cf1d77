//! What each verb does, and what it refuses to do.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use super::stack::{Stack, told, within};

#[test]
fn names_are_data() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE t AS SELECT 42 AS n");
    stack.db(&["dump", "d.sql"]).well();
    let long = format!("é{}", "x".repeat(61));
    for name in ["a\"b; drop 'x'", "host=elsewhere dbname=postgres", "back\\slash $HOME `id`\nbreak", &long] {
        let database = format!("--database={name}");
        stack.db(&[&database, "create"]).well();
        stack.db(&[&database, "load", "d.sql", "--yes", "--keep-old"]).well();
        assert_eq!(stack.sql(name, "SELECT n FROM t"), "42");
        stack.db(&[&database, "undo", "--yes"]).well();
        assert_eq!(stack.sql(name, "SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
        stack.db(&[&database, "dump", "-", "--format", "bin"]).well();
        let listed = stack.db(&["list", "--format", "json"]).well();
        assert!(listed.stdout.contains(serde_json::to_string(name).unwrap().as_str()), "{}", listed.stdout);
        stack.db(&[&database, "drop", "--yes"]).well();
    }
    for (name, code) in [("", 2), (&*"x".repeat(64), 2), ("postgres", 2), ("template1", 2), ("lapstrake_staging_x", 2)]
    {
        let told = stack.db(&[&format!("--database={name}"), "drop", "--yes"]);
        assert_eq!(told.code, code, "{name}: {told:?}");
    }
    assert_eq!(stack.sql("main", "SELECT n FROM t"), "42");
}

#[test]
fn only_what_must_stop_stops() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE t AS SELECT 42 AS n");
    let started = |service: &str| stack.started(service);
    let (app, db, bystander) = (started("app"), started("db"), started("bystander"));
    stack.db(&["dump", "d.sql"]).well();
    stack.db(&["--database", "second", "load", "d.sql", "-y"]).well();
    stack.db(&["copy", "main", "third"]).well();
    stack.db(&["create", "--database", "fourth"]).well();
    stack.db(&["change_admin_password", "--database", "second"]);
    stack.db(&["list"]).well();
    // Nobody uses those.
    assert_eq!(started("app"), app);
    stack.db(&["load", "d.sql", "-y"]).well();
    assert_ne!(started("app"), app);
    assert!(stack.is_running("app"));
    assert_eq!((started("db"), started("bystander")), (db, bystander));
    // What did not run before does not run afterwards.
    stack.lap(&["stop", "app"]).well();
    stack.db(&["load", "d.sql", "-y"]).well();
    assert!(!stack.is_running("app"));
    assert_eq!(stack.databases(), "fourth main second third");
    assert_eq!(stack.sql("third", "SELECT n FROM t"), "42");
}

#[test]
fn the_application_works_on_its_database() {
    let stack = Stack::up();
    let password = "it's \"secret\" $HOME";
    stack.write("password", format!("{password}\nsecond line\n"));
    stack.db(&["reset", "--yes", "--admin-password-file", "password"]).well();
    let boss = "SELECT count(*) FROM account WHERE login = 'boss' AND password = md5(";
    let is = |password: &str| stack.sql("main", &format!("{boss}'{}')", password.replace('\'', "''"))) == "1";
    assert!(is(password));
    assert_eq!(stack.sql("main", "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"), "1");

    let mut change = stack.command(&["manage_db", "change_admin_password"]);
    assert_eq!(told(change.env("LAPSTRAKE_ADMIN_PASSWORD", "another").spawn().unwrap()).well().code, 0);
    assert!(is("another"));
    // Nobody is there to be asked.
    let told_of = |arguments: &[&str]| stack.db(arguments).code;
    assert_eq!(told_of(&["change_admin_password"]), 5);
    assert_eq!(told_of(&["reset", "--yes"]), 5);
    assert_eq!(told_of(&["reset", "--admin-password-file", "password"]), 5);
    assert!(is("another"));

    stack.db(&["update", "one", "two"]).well();
    stack.db(&["update"]).well();
    let modules = || stack.sql("main", "SELECT string_agg(name, ' ' ORDER BY name) FROM module");
    assert_eq!(modules(), "ir one two");
    // An update that fails half-way leaves no half.
    let failed = stack.db(&["update", "three", "broken"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert_eq!(modules(), "ir one two");
    let failed = stack.db(&["update", "four", "broken", "--report", "json"]);
    assert!(failed.stderr.contains("this module is broken"), "{failed:?}");
    stack.db(&["update", "three", "broken", "--in-place", "--yes"]);
    assert_eq!(modules(), "ir one three two");
    assert!(stack.is_running("app"));

    stack.db(&["update", "five", "--keep-old"]).well();
    stack.db(&["undo", "--keep-old", "-y"]).well();
    assert_eq!(modules(), "ir one three two");
    stack.db(&["undo", "-y"]).well();
    assert_eq!(modules(), "five ir one three two");
    let none_left = stack.db(&["undo", "-y"]);
    assert!(none_left.code == 1 && none_left.stderr.contains("no previous version was kept"), "{none_left:?}");
    stack.assert_tidy();
}

#[test]
fn killed_while_the_application_works() {
    let stack = Stack::up();
    let answer = stack.fill(1000);
    stack.write("override.yml", "services: { app: { environment: { SLOWLY: '20' } } }\n");
    stack.write("password", "secret\n");
    let mut reset = stack.start_db(&["reset", "--yes", "--admin-password-file", "password"]);
    let staging = "SELECT count(*) FROM pg_database WHERE datname LIKE 'lapstrake_staging%'";
    within(Duration::from_secs(30), "nothing is made", || stack.sql("postgres", staging) == "1");
    std::thread::sleep(Duration::from_secs(2));
    reset.kill().unwrap();
    told(reset);
    assert_eq!(stack.answer(), answer);
    let mut update = stack.start_db(&["update", "slow"]);
    within(Duration::from_secs(30), "nothing stops", || !stack.is_running("app"));
    within(Duration::from_secs(30), "nothing is made", || stack.sql("postgres", staging) == "1");
    std::thread::sleep(Duration::from_secs(2));
    update.kill().unwrap();
    told(update);
    stack.write("override.yml", "");
    // The killed update had stopped the application and closed the database; the next command of any kind puts that
    // right.
    assert!(!stack.is_running("app"));
    let next = stack.db(&["list"]).well();
    assert!(next.stderr.contains("had left behind"), "{}", next.stderr);
    assert_eq!(stack.answer(), answer);
    assert!(stack.is_running("app"));
    stack.assert_tidy();
    stack.db(&["update", "one"]).well();
    stack.db(&["reset", "--yes", "--admin-password-file", "password"]).well();
    let left = walk(&stack).into_iter().filter(|name| name.starts_with("secrets-")).count();
    assert_eq!(left, 0);
}

fn walk(stack: &Stack) -> Vec<String> {
    let folders = fs::read_dir(stack.path("log/databases")).unwrap();
    let names = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn backups_are_closed_and_overwrite_nothing() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE t AS SELECT 42 AS n");
    // Options stand before or after.
    let told_first = stack.db(&["--database", "main", "dump", "d.sql", "--report", "json"]).well();
    let report: serde_json::Value = serde_json::from_str(&told_first.stdout).unwrap();
    let path = stack.path("d.sql");
    assert_eq!(report["sha256"], super::stack::sum(&path));
    assert_eq!(report["bytes"], path.metadata().unwrap().len());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(stack.db(&["dump", "d.sql"]).code, 1);
    stack.db(&["dump", "--force", "d.sql", "--database", "main"]).well();
    symlink("/nowhere/victim", stack.path("link")).unwrap();
    assert_eq!(stack.db(&["dump", "link"]).code, 1);
    assert_eq!(stack.db(&["dump", "/dev/null", "--force"]).code, 2);
    assert_eq!(stack.db(&["dump", "no/such/folder.sql"]).code, 1);

    let piped = stack.db(&["dump", "-"]).well();
    assert!(piped.stdout.contains("-- PostgreSQL database dump complete"));
    stack.sql("main", "UPDATE t SET n = 43");
    stack.db_reading(&["load", "-", "--yes"], piped.stdout.as_bytes()).well();
    assert_eq!(stack.sql("main", "SELECT n FROM t"), "42");
    assert_eq!(stack.db_reading(&["load", "-", "--yes"], &piped.stdout.as_bytes()[..1000]).code, 1);
    assert_eq!(stack.db(&["load", "d.sql"]).code, 5, "nobody is there to confirm");

    let unnamed = stack.db(&["dump", "--format", "zst", "--report", "json"]).well();
    let report: serde_json::Value = serde_json::from_str(&unnamed.stdout).unwrap();
    let file = report["file"].as_str().unwrap();
    let folder = stack.path("dumps/main-20").display().to_string();
    assert!(file.starts_with(&folder) && file.ends_with(".zst"), "{file}");
    let listed = stack.db(&["list"]).well().stdout;
    assert!(listed.lines().any(|line| line.starts_with("main ") && line.contains("20")), "{listed}");
    fs::remove_file(file).unwrap();

    // A server that is not there is no reason to start one.
    stack.lap(&["stop", "db"]).well();
    let told = stack.db(&["dump", "e.sql"]);
    assert!(told.code == 1 && told.stderr.contains("is not running"), "{told:?}");
    assert!(!stack.is_running("db") && !stack.path("e.sql").exists());
}

#[test]
fn one_at_a_time() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE module (name text, version int)");
    stack.db(&["dump", "d.sql"]).well();
    let slow = stack.start_db(&["update", "slow"]);
    within(Duration::from_secs(20), "the update does not begin", || !stack.is_running("app"));
    let second = stack.db(&["load", "d.sql", "--yes"]);
    assert_eq!(second.code, 1, "{second:?}");
    let process = format!("(process {})", slow.id());
    assert!(second.stderr.contains("`update`") && second.stderr.contains(&process), "{}", second.stderr);
    // Another database is another matter.
    stack.db(&["--database", "other", "load", "d.sql", "--yes"]).well();
    let waiting = stack.start_db(&["load", "d.sql", "--yes", "--wait-lock"]);
    std::thread::sleep(Duration::from_secs(1));
    assert!(std::process::Command::new("kill").args(["-INT", &slow.id().to_string()]).status().unwrap().success());
    assert_eq!(told(slow).code, 130);
    let waited = told(waiting).well();
    assert!(waited.stderr.contains("waiting for another command: `update`"), "{}", waited.stderr);
    stack.assert_tidy();
    assert!(stack.is_running("app"));

    let journal = fs::read_to_string(stack.path("log/lapstrake.log")).unwrap();
    let entries: Vec<serde_json::Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |verb: &str, outcome: &str| {
        entries.iter().filter(|one| one["verb"] == verb && one["outcome"] == outcome).count()
    };
    assert_eq!((of("update", "begun"), of("update", "interrupted"), of("load", "done")), (1, 1, 2), "{journal}");
}
