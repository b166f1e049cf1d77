//! `up -d` on the real engine: ready is what goes on running.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A project of one service, which is gone in the end.
struct Project(TempDir);

impl Project {
    fn new(service: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let name = folder.path().file_name().expect("a name").to_string_lossy().to_lowercase().replace('.', "");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
            fs::write(path, text).expect("a file");
        };
        write("env.base", "");
        write("env.custom", &format!("COMPOSE_PROJECT_NAME=lapstrake-ready-{name}\n"));
        fs::create_dir(folder.path().join("overlays")).expect("a folder");
        let head = "services:\n  web:\n    image: lapstrake/base:bookworm\n    stop_grace_period: 0s\n";
        write("compose/web.yml", &format!("{head}{service}"));
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapstrake"));
        command.arg("-C").arg(self.0.path()).args(arguments).env_remove("COMPOSE_PROJECT_NAME");
        command.output().expect("lapstrake")
    }

    /// Exit code and what was said of the service.
    fn up(&self) -> (Option<i32>, String) {
        let output = self.run(&["up", "-d"]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        drop(self.run(&["down", "--timeout", "0"]));
    }
}

fn service(policy: &str, script: &str, more: &str) -> String {
    format!("    restart: \"{policy}\"\n    command: [sh, -c, \"echo alive; {script}\"]\n{more}")
}

const CHECK: &str = "    healthcheck: { test: [CMD, 'true'], interval: 1s }\n";

#[test]
fn what_ends_and_is_restarted_is_no_success() {
    for (policy, script, more) in [
        ("always", "sleep 0.3; exit 1", ""),
        ("always", "sleep 5; exit 1", ""),
        ("unless-stopped", "sleep 1; exit 0", ""),
        ("always", "sleep 10; exit 1", ""),
        ("on-failure", "sleep 1; exit 1", ""),
        ("always", "sleep 2; exit 1", CHECK),
    ] {
        let (code, said) = Project::new(&service(policy, script, more)).up();
        assert_eq!(code, Some(1), "{policy}, {script}: {said}");
        assert!(said.contains("✗ web ended and was restarted") && said.contains("│ alive"), "{script}: {said}");
    }
}

#[test]
fn what_ends_without_being_restarted_is_no_success_either() {
    let (code, said) = Project::new(&service("no", "sleep 10; exit 1", "")).up();
    assert!(code == Some(1) && said.contains("✗ web ended with exit code 1"), "{said}");
}

#[test]
fn a_loop_that_goes_on_is_none_at_the_second_look() {
    let project = Project::new(&service("always", "sleep 4; exit 1", ""));
    assert_eq!(project.run(&["up", "-d", "--no-wait"]).status.code(), Some(0));
    let (code, said) = project.up();
    assert!(code == Some(1) && said.contains("✗ web ended and was restarted"), "{said}");
}

#[test]
fn what_goes_on_and_what_gets_there_is_ready() {
    for (policy, script, more, how) in [
        ("always", "sleep infinity", "", "running"),
        ("always", "sleep infinity", CHECK, "healthy"),
        ("on-failure", "test -e /tried && exit 0; touch /tried; exit 1", "", "done"),
    ] {
        let project = Project::new(&service(policy, script, more));
        let (code, said) = project.up();
        assert!(code == Some(0) && said.contains(&format!("✓ web: {how} after")), "{script}: {said}");
        if how != "done" {
            let began = std::time::Instant::now();
            let (code, said) = project.up();
            assert!(code == Some(0) && said.contains("1 service is ready"), "{said}");
            assert!(began.elapsed().as_secs() < 3, "what is up is not waited for");
        }
    }
}
