//! A server that is not ours: reached from one-off containers, with a password that nobody sees.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::stack::{Stack, docker, sql_in, sum, within};

const PASSWORD: &str = "fe9-S:ecret\\word";

/// A server in a container that no project knows.
struct Far(String);

impl Far {
    fn start(stack: &Stack) -> Self {
        let name = format!("{}-far", stack.name());
        let network = format!("{}_inner", stack.name());
        docker(&[
            "run",
            "-d",
            "--name",
            &name,
            "--network",
            &network,
            "-e",
            "POSTGRES_USER=chief",
            "-e",
            &format!("POSTGRES_PASSWORD={PASSWORD}"),
            "-e",
            "POSTGRES_DB=main",
            "lapstrake/postgres:15",
            "-c",
            "fsync=off",
        ]);
        let far = Self(name);
        within(Duration::from_secs(60), "the server does not answer", || {
            Command::new("docker")
                .args(["exec", &far.0, "pg_isready", "-q", "-h", "127.0.0.1"])
                .status()
                .unwrap()
                .success()
        });
        far
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "-f", "-v", &self.0]).output();
    }
}

/// Everything that can be seen of processes and containers while something runs.
fn watch(over: &AtomicBool) -> String {
    let mut seen = String::new();
    while !over.load(Ordering::Relaxed) {
        let tell = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().unwrap();
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        seen += &tell("ps", &["-ef"]);
        for container in tell("docker", &["ps", "-aq", "--filter", "label=lapstrake.work"]).lines() {
            seen += &tell("docker", &["inspect", container]);
            seen += &tell("docker", &["top", container, "-ef"]);
        }
    }
    seen
}

#[test]
fn the_same_verbs_work_and_the_password_is_not_seen() {
    let stack = Stack::up();
    let far = Far::start(&stack);
    stack.lap(&["stop", "app"]).well();
    stack.write(
        "env.custom",
        format!("COMPOSE_PROJECT_NAME={}\nSERVER_HOST={}\nSERVER_PASSWORD='{PASSWORD}'\n", stack.name(), far.0),
    );
    // The same stack, but the server is not one of its services.
    let stack_yml = include_str!("stack/stack.yml").replace("    service: db\n", "");
    stack.write("compose/stack.yml", stack_yml);
    sql_in(
        &far.0,
        "main",
        "CREATE TABLE big AS SELECT i, md5(i::text) AS a FROM generate_series(1, 300000) i; CREATE TABLE account (login text PRIMARY KEY, password text);",
    );
    let answer = "SELECT count(*), sum(hashtext(a)) FROM big";
    let before = sql_in(&far.0, "main", answer);

    let over = AtomicBool::new(false);
    let secret = "q7-Adm:inSecret";
    let (said, seen) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&over));
        let mut said = String::new();
        for format in ["bin", "zst"] {
            let file = format!("d.{format}");
            said += &stack.db(&["dump", &file, "--format", format]).well().stderr;
            let before = sum(&stack.path(&file));
            said += &stack.db(&["load", &file, "--yes", "--keep-old"]).well().stderr;
            assert_eq!(sum(&stack.path(&file)), before);
        }
        let mut change = stack.command(&["manage_db", "change_admin_password"]);
        let output = change.env("LAPSTRAKE_ADMIN_PASSWORD", secret).output().unwrap();
        said += &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        stack.write("password", secret);
        said += &stack.db(&["reset", "--yes", "--admin-password-file", "password", "--keep-old"]).well().stderr;
        over.store(true, Ordering::Relaxed);
        (said, watching.join().unwrap())
    });
    assert_eq!(sql_in(&far.0, "main", "SELECT count(*) FROM account WHERE password = md5('q7-Adm:inSecret')"), "1");
    stack.db(&["undo", "--yes"]).well();
    assert_eq!(sql_in(&far.0, "main", answer), before);
    let told = stack.db(&["psql", "-At", "-c", "SELECT current_user"]).well();
    assert_eq!(told.stdout.trim(), "chief");
    stack.db(&["copy", "main", "second"]).well();
    assert_eq!(sql_in(&far.0, "second", answer), before);
    assert!(stack.db(&["list"]).well().stdout.contains("second"));

    // What was watched was really watched.
    assert!(seen.contains("pg_restore") && seen.contains("PGPASSFILE"), "nothing was seen");
    let journal = std::fs::read_to_string(stack.path("log/lapstrake.log")).unwrap();
    for (place, text) in [("processes and containers", &seen), ("output", &said), ("journal", &journal)] {
        let visible: Vec<&str> = text.lines().filter(|line| line.contains(secret)).collect();
        assert!(visible.is_empty(), "{place}: {visible:?}");
        // The application's contract has the server's password in its environment: its own containers have it too.
        let visible: Vec<&str> =
            text.lines().filter(|line| line.contains(PASSWORD) || line.contains("S\\:ecret")).collect();
        let others = visible.iter().filter(|line| !line.contains("\"PGPASSWORD="));
        assert_eq!(others.count(), 0, "{place}: {visible:?}");
    }
}
