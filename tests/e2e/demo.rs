//! `./bin/demo` on a checkout of its own: one command, and the application answers.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use tempfile::TempDir;

use super::http::{call, get};

/// What the demo needs of a checkout. The program is ours, newer than its sources, so that nothing is built.
const PARTS: [&str; 8] =
    ["bin", "compose", "custom.example", "defaults", "images", "overlays", "env.base", "env.custom.sample"];

/// A checkout with a demo, which is taken down in the end whatever happens.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let checkout = Self(TempDir::new().expect("a folder"));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in PARTS {
            let done = Command::new("cp").arg("-R").arg(here.join(part)).arg(checkout.0.path()).status();
            assert!(done.expect("cp runs").success());
        }
        let release = checkout.0.path().join("target/release");
        fs::create_dir_all(&release).expect("a folder");
        fs::copy(env!("CARGO_BIN_EXE_lapstrake"), release.join("lapstrake")).expect("the program");
        checkout
    }

    fn run(&self, command: &[&str]) -> Output {
        Command::new(self.0.path().join(command[0]))
            .args(&command[1..])
            .current_dir(self.0.path())
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("it runs")
    }

    fn well(&self, command: &[&str]) -> String {
        let output = self.run(command);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = self.run(&["bin/demo", "--down"]);
    }
}

#[test]
fn one_command_and_the_application_answers() {
    let checkout = Checkout::new();
    let said = checkout.well(&["bin/demo"]);
    let mut last = said.lines().rev();
    let login = last.next().expect("a login");
    let url = last.next().expect("a URL");
    let password = login.rsplit(' ').next().expect("a password");
    let port: u16 = url.trim_end_matches('/').rsplit(':').next().expect("a port").parse().expect("a number");

    let page = get(port, "/");
    assert!(page.starts_with("HTTP/1") && page.contains(" 200 ") && page.contains("Tryton"), "{page}");
    let answer = call(port, "/coog/", &login_request(password)).expect("a session");
    assert!(answer["result"][1].is_string(), "{answer}");
    let refused = call(port, "/coog/", &login_request("wrong")).expect_err("no session");
    assert!(refused.contains("401"), "{refused}");

    let second = checkout.well(&["bin/up", "-d"]);
    assert_eq!(second, "", "standard output is for data");
    let states = checkout.well(&["bin/lapstrake", "ps", "--format", "{{.Service}} {{.Health}}"]);
    assert_eq!(states.lines().filter(|line| line.ends_with(" healthy")).count(), 6, "{states}");
    let extensions =
        ["bin/lapstrake", "exec", "-T", "postgres", "psql", "-U", "coog", "-Atc", "select extname from pg_extension"];
    let extensions = checkout.well(&extensions);
    assert!(extensions.contains("pg_trgm") && extensions.contains("unaccent"), "{extensions}");

    checkout.well(&["bin/demo", "--down"]);
    for gone in ["custom", ".demo", ".env", "compose.yaml"] {
        assert!(!checkout.0.path().join(gone).exists(), "{gone} is still there");
    }
}

#[test]
fn a_project_with_its_own_environment_is_not_touched() {
    let checkout = Checkout::new();
    fs::write(checkout.0.path().join("env.custom"), "COMPOSE_PROJECT_NAME=mine\n").expect("a file");
    let output = checkout.run(&["bin/demo"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(!checkout.0.path().join("custom").exists());
}

fn login_request(password: &str) -> serde_json::Value {
    json!({ "id": 0, "method": "common.db.login", "params": ["admin", { "password": password }, "en"] })
}
