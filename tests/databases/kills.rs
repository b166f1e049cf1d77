//! A command that is killed at any moment leaves the database as it was, and the next one succeeds without help.

use std::time::{Duration, Instant};

use super::stack::{Stack, sum, told};

/// Different in every run; a failure says at which moment it was.
pub(super) fn moments(longest: Duration, number: u32) -> Vec<Duration> {
    use std::hash::{BuildHasher, Hasher};
    let random = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    (0..number).map(|_| longest.mul_f64(random() as f64 / u64::MAX as f64)).collect()
}

#[test]
fn load_killed_at_ten_moments() {
    let stack = Stack::up();
    let dumped = stack.fill(1_000_000);
    assert!(stack.sql("main", "SELECT pg_database_size('main')").parse::<u64>().unwrap() >= 200 << 20);
    stack.db(&["dump", "old.bin", "--format", "bin"]).well();
    let (file, sum_before) = (stack.path("old.bin"), sum(&stack.path("old.bin")));
    let change = "INSERT INTO big VALUES (0, 'what is loaded can be told from what was there', '', '')";
    stack.sql("main", change);
    let present = stack.answer();

    let began = Instant::now();
    stack.db(&["--database", "other", "load", "old.bin", "--yes"]).well();
    let took = began.elapsed();
    stack.db(&["--database", "other", "drop", "--yes"]).well();
    for moment in moments(took, 10) {
        let mut child = stack.start_db(&["load", "old.bin", "--yes"]);
        std::thread::sleep(moment);
        let _ = child.kill();
        told(child);
        let answer = stack.answer();
        assert!(answer == present || answer == dumped, "killed after {moment:?} of {took:?}: {answer}");
        if answer == dumped {
            // Killed when it had done its work, or nearly so: the next one meets the same as this one did.
            stack.sql("main", change);
        }
        assert_eq!(sum(&file), sum_before, "killed after {moment:?}");
    }
    stack.db(&["load", "old.bin", "--yes"]).well();
    assert_eq!(stack.answer(), dumped);
    assert_eq!(stack.databases(), "main");
    stack.assert_tidy();
    assert!(stack.is_running("app") && stack.is_running("bystander"));
}

/// Every verb that writes, killed at ten moments of its own length: the next command, a dump, leaves nothing of it.
#[test]
fn every_verb_that_writes_killed_at_ten_moments() {
    let stack = Stack::up();
    stack.fill(60_000);
    stack.sql("main", "CREATE TABLE module (name text, version int); INSERT INTO account VALUES ('boss', 'Canary')");
    stack.write("password", "secret\n");
    stack.write("anonymize.yml", "tables: { account: { columns: { password: token } } }\n");
    stack.db(&["dump", "d.bin", "--format", "bin"]).well();
    stack.db(&["dump", "d.sql"]).well();
    let state = || {
        let tables = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'";
        let tables = stack.sql("main", tables);
        if tables.contains("big") { format!("{tables}: {}", stack.answer()) } else { tables }
    };
    let verbs: [&[&str]; 11] = [
        &["load", "d.bin", "--yes"],
        &["load", "d.sql", "--yes", "--keep-old"],
        &["reset", "--yes", "--admin-password-file", "password", "--keep-old"],
        &["update", "one"],
        &["anonymize", "--yes"],
        &["anonymize", "--yes", "--keep-old"],
        &["copy", "main", "second"],
        &["--database", "third", "create"],
        &["dump", "--anonymized", "--force", "e.bin", "--format", "bin"],
        &["dump", "--anonymized", "--force", "e.sql"],
        &["undo", "--yes"],
    ];
    for verb in verbs {
        let prepare = || {
            stack.db(&["load", "d.sql", "--yes", "--keep-old"]).well();
        };
        prepare();
        let began = Instant::now();
        stack.db(verb).well();
        let took = began.elapsed();
        prepare();
        let before = state();
        for moment in moments(took, 10) {
            if verb[0] == "undo" || verb.contains(&"second") || verb.contains(&"third") {
                for database in ["second", "third"] {
                    let _ = stack.db(&["--database", database, "drop", "--yes"]);
                }
                prepare();
            }
            let mut child = stack.start_db(verb);
            std::thread::sleep(moment);
            let _ = child.kill();
            told(child);
            let next = stack.db(&["dump", "--force", "next.sql"]).well();
            let after = state();
            assert!(
                after == before || verb[0] == "reset",
                "{verb:?} killed after {moment:?}: {before} {after} {next:?}"
            );
            stack.assert_tidy();
            assert!(stack.is_running("app"), "{verb:?} killed after {moment:?}");
            let doctor = stack.lap(&["doctor"]).stdout;
            assert!(!doctor.contains("was interrupted"), "{verb:?} killed after {moment:?}: {doctor}");
            if verb[0] == "reset" {
                prepare();
            }
        }
        let kept = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%_before_%'";
        for kept in stack.sql("postgres", kept).split_whitespace() {
            stack.db(&["--database", kept, "drop", "--yes"]).well();
        }
    }
}
