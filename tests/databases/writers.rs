//! Clients that write meanwhile: what was acknowledged is found afterwards.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::stack::{Stack, docker, within};

/// Clients of their own, which write rows and note what was acknowledged: one connects anew for each row, one stays
/// connected as long as it is let.
struct Writers(Child, String);

const SCRIPT: &str = "rm -f /tmp/acknowledged /tmp/stop; touch /tmp/acknowledged; \
    (n=0; while [ ! -e /tmp/stop ]; do n=$((n + 1)); psql -XqAt -U chief -d main -c \"INSERT INTO written VALUES ($n) RETURNING id\" \
      2>/dev/null >>/tmp/acknowledged; done) & \
    n=1000000; while [ ! -e /tmp/stop ]; do \
      seq -f 'INSERT INTO written VALUES (%.0f) RETURNING id;' $n $((n + 100000)) \
        | psql -XqAt -U chief -d main -v ON_ERROR_STOP=1 2>/dev/null | stdbuf -oL cat >>/tmp/acknowledged; \
      n=$((n + 200000)); sleep 0.02; done";

impl Writers {
    fn start(stack: &Stack) -> Self {
        stack.sql("main", "CREATE TABLE IF NOT EXISTS written (id int)");
        let container = stack.container("db");
        let child = Command::new("docker")
            .args(["exec", &container, "bash", "-c", SCRIPT])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let writers = Self(child, container);
        within(Duration::from_secs(10), "nobody writes", || {
            writers.acknowledged().iter().any(|id| *id >= 1_000_000) && writers.acknowledged().contains(&1)
        });
        writers
    }

    fn acknowledged(&self) -> Vec<u64> {
        let text = docker(&["exec", &self.1, "sh", "-c", "cat /tmp/acknowledged || true"]);
        // The last line may be half-written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Ends the clients, and returns what was acknowledged to them.
    fn end(mut self, stack: &Stack) -> Vec<u64> {
        docker(&["exec", &self.1, "touch", "/tmp/stop"]);
        let writers =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO written%'";
        stack.sql("postgres", writers);
        let _ = self.0.wait();
        self.acknowledged()
    }
}

/// Fails unless every acknowledged row is in one of the databases.
#[track_caller]
fn assert_kept(stack: &Stack, verb: &str, acknowledged: &[u64], databases: &[&str]) {
    let mut found = std::collections::HashSet::new();
    for database in databases {
        let rows = stack.sql(database, "SELECT id FROM written");
        found.extend(rows.lines().filter_map(|line| line.parse::<u64>().ok()));
    }
    let lost = acknowledged.iter().filter(|id| !found.contains(id)).count();
    assert_eq!(lost, 0, "{verb}: {lost} of {} acknowledged writes are lost", acknowledged.len());
    println!("{verb}: {} acknowledged writes, all kept", acknowledged.len());
}

#[test]
fn what_was_acknowledged_is_found() {
    let stack = Stack::up();
    stack.fill(50_000);
    stack.sql("main", "CREATE TABLE module (name text, version int); CREATE TABLE written (id int)");
    stack.db(&["dump", "d.sql"]).well();
    stack.write("password", "secret\n");
    stack.write("custom/anonymize.yml", "tables: { account: { columns: { login: token } } }\n");

    let verbs: [&[&str]; 5] = [
        &["update", "one"],
        &["copy", "main", "second"],
        &["load", "d.sql", "--yes", "--keep-old"],
        &["anonymize", "--yes", "--keep-old"],
        &["reset", "--yes", "--admin-password-file", "password", "--keep-old"],
    ];
    for verb in verbs {
        let writers = Writers::start(&stack);
        stack.db(verb).well();
        std::thread::sleep(Duration::from_millis(500));
        let acknowledged = writers.end(&stack);
        let kept = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'main_before%'";
        let kept = stack.sql("postgres", kept);
        // The new database of a reset has no such table.
        stack.sql("main", "CREATE TABLE IF NOT EXISTS written (id int)");
        let databases: Vec<&str> = kept.split_whitespace().chain(["main"]).collect();
        assert_kept(&stack, verb[0], &acknowledged, &databases);
        for kept in kept.split_whitespace() {
            stack.db(&["--database", kept, "drop", "--yes"]).well();
        }
    }
    stack.assert_tidy();
}

#[test]
fn clients_are_named_and_a_failed_update_lets_them_in_again() {
    let stack = Stack::up();
    stack.fill(1000);
    let client = "PGAPPNAME=reporting psql -X -U chief -d main -c 'SELECT pg_sleep(600)'";
    let mut child = Command::new("docker")
        .args(["exec", &stack.container("db"), "bash", "-c", client])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'reporting'";
    within(Duration::from_secs(10), "nobody connects", || stack.sql("postgres", connected) == "1");
    stack.db(&["dump", "d.sql"]).well();
    let asked = stack.db(&["drop"]);
    assert_eq!(asked.code, 5, "{asked:?}");
    let failed = stack.db(&["update", "broken"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stderr.contains("1 of reporting (chief, local)"), "{}", failed.stderr);
    stack.assert_tidy();
    assert!(stack.is_running("app"));
    let _ = child.kill();
    let _ = child.wait();
}
