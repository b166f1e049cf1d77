//! `./bin/demo` on a checkout of its own: one command, and the application answers.

use std::fs;

use serde_json::json;

use super::http::{call, get};
use crate::docs::engine::follow_the_book;
use crate::support::Checkout;

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

    // The last page takes it down.
    follow_the_book(&checkout);
    for gone in ["custom", ".demo", ".env", "compose.yaml"] {
        assert!(!checkout.path(gone).exists(), "{gone} is still there");
    }
}

#[test]
fn a_project_with_its_own_environment_is_not_touched() {
    let checkout = Checkout::new();
    fs::write(checkout.path("env.custom"), "COMPOSE_PROJECT_NAME=mine\n").expect("a file");
    let output = checkout.run(&["bin/demo"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(!checkout.path("custom").exists());
}

fn login_request(password: &str) -> serde_json::Value {
    json!({ "id": 0, "method": "common.db.login", "params": ["admin", { "password": password }, "en"] })
}
