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
