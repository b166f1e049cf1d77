//! Two checkouts of one project: a nightly job and an administrator's clone, each at every step of the other.

use super::stack::{Stack, told};

/// Where a `load` can be stopped, from the lock to the end.
const STEPS: [&str; 5] = ["locked", "cleaned", "made", "filled", "swap"];

/// A stack, another checkout of it, and what its database answers when the dump is loaded.
fn two() -> (Stack, Stack, String) {
    let stack = Stack::up();
    let dumped = stack.fill(1000);
    stack.sql("main", "CREATE TABLE module (name text, version int)");
    stack.db(&["dump", "d.sql"]).well();
    stack.sql("main", "INSERT INTO big VALUES (0, 'later', '', '')");
    let other = stack.checkout();
    (stack, other, dumped)
}

#[test]
fn a_command_of_another_checkout_is_refused_at_every_step() {
    let (stack, other, dumped) = two();
    let verbs: [&[&str]; 4] =
        [&["load", "d.sql", "--yes"], &["dump", "--force", "e.sql"], &["update", "one"], &["drop", "--yes"]];
    for step in STEPS {
        let load = stack.start_db_until(step, &["load", "d.sql", "--yes"]);
        let process = format!("(process {})", load.id());
        for verb in verbs {
            let refused = other.db(verb);
            assert_eq!(refused.code, 1, "{verb:?} at {step}: {refused:?}");
            let stderr = &refused.stderr;
            assert!(stderr.contains("another command is at work on `main`: `load` by"), "{verb:?} at {step}: {stderr}");
            assert!(stderr.contains(&process), "{verb:?} at {step}: {stderr}");
        }
        // Whoever looks sees who has it.
        let listed = other.db(&["list"]).well().stdout;
        assert!(listed.lines().any(|line| line.starts_with("main ") && line.contains("locked: `load` by")), "{listed}");
        // Another database of the same server is another matter, and nobody's staging database is swept away.
        other.db(&["--database", "second", "load", "d.sql", "--yes"]).well();
        stack.go_on(step);
        told(load).well();
        assert_eq!(stack.answer(), dumped, "{step}");
        stack.sql("main", "INSERT INTO big VALUES (0, 'later', '', '')");
    }
    assert_eq!(stack.databases(), "main second");
    stack.assert_tidy();
}

#[test]
fn a_command_that_lost_its_lock_changes_nothing() {
    let (stack, other, dumped) = two();
    for step in ["made", "filled", "swap"] {
        for verb in [&["update", step][..], &["dump", "--force", "e.sql"], &["load", "d.sql", "--yes", "--keep-old"]] {
            let load = stack.start_db_until(step, &["load", "d.sql", "--yes"]);
            let lost = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'lapstrake: load%'";
            assert_eq!(stack.sql("postgres", lost), "1");
            other.db(verb).well();
            let present = stack.answer();
            let modules = stack.sql("main", "SELECT count(*) FROM module");
            stack.go_on(step);
            let told = told(load);
            assert_eq!(told.code, 1, "{verb:?} at {step}: {told:?}");
            assert_eq!(stack.answer(), present, "{verb:?} at {step}");
            assert_eq!(stack.sql("main", "SELECT count(*) FROM module"), modules, "{verb:?} at {step}");
        }
    }
    stack.db(&["load", "d.sql", "--yes"]).well();
    assert_eq!(stack.answer(), dumped);
    assert!(stack.is_running("app"));
    stack.assert_tidy();
}

#[test]
fn a_command_that_is_killed_at_any_step_is_cleaned_up_by_another_checkout() {
    let (stack, other, dumped) = two();
    let mut verbs: Vec<(&str, Vec<&str>)> =
        STEPS.iter().chain(&["swapped"]).map(|step| (*step, vec!["load", "d.sql", "--yes"])).collect();
    verbs.extend(["closed", "made", "filled", "swap"].map(|step| (step, vec!["update", "one"])));
    for (step, verb) in verbs {
        let present = stack.answer();
        let mut child = stack.start_db_until(step, &verb);
        child.kill().unwrap();
        told(child);
        other.db(&["dump", "--force", "e.sql"]).well();
        let answer = stack.answer();
        assert!(answer == present || (step == "swapped" && answer == dumped), "{verb:?} killed at {step}: {answer}");
        other.assert_tidy();
        // The containers that it had stopped are known in its own checkout alone.
        stack.db(&["list"]).well();
        assert!(stack.is_running("app"), "{verb:?} killed at {step}");
    }
    let waiting = stack.start_db_until("filled", &["load", "d.sql", "--yes"]);
    let waiter = other.start_db(&["dump", "--force", "e.sql", "--wait-lock"]);
    std::thread::sleep(std::time::Duration::from_secs(1));
    stack.go_on("filled");
    told(waiting).well();
    assert!(told(waiter).well().stderr.contains("waiting for another command: `load` by"));
}

#[test]
fn what_a_killed_command_has_stopped_is_said_and_put_right() {
    let stack = Stack::up();
    let answer = stack.fill(1000);
    stack.sql("main", "CREATE TABLE module (name text, version int)");
    let nexts: [&[&str]; 4] = [
        &["up", "-d", "-q"],
        &["manage_db", "list"],
        &["manage_db", "psql", "-c", "SELECT 1"],
        &["manage_db", "dump", "-"],
    ];
    for next in nexts {
        let mut update = stack.start_db_until("made", &["update", "one"]);
        // Whoever is at work is not interrupted.
        assert!(!stack.lap(&["status"]).well().stdout.contains("Interrupted"));
        update.kill().unwrap();
        told(update);
        assert!(!stack.is_running("app"));
        let status = stack.lap(&["status"]).well().stdout;
        assert!(status.contains("Interrupted") && status.contains("it had stopped app"), "{status}");
        let doctor = stack.lap(&["doctor"]).stdout;
        assert!(
            doctor.contains("`update` of database `main`, begun by") && doctor.contains("it had stopped app"),
            "{doctor}"
        );
        stack.lap(next).well();
        assert!(stack.is_running("app"), "{next:?}");
        assert_eq!(stack.answer(), answer);
        stack.assert_tidy();
        assert!(!stack.lap(&["doctor"]).stdout.contains("was interrupted"));
    }
    // A machine that was switched off: nothing runs when the next command comes.
    let mut update = stack.start_db_until("made", &["update", "one"]);
    update.kill().unwrap();
    told(update);
    stack.lap(&["stop"]).well();
    stack.lap(&["up", "-d", "-q"]).well();
    assert!(stack.is_running("app"));
    assert_eq!(stack.answer(), answer);
    stack.assert_tidy();
}
