//! Bad input: an error with its place for each, nothing written, in bounded time and memory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::Workspace;

/// What a run may take: it is far more than it takes, and far less than what has no bound.
const SECONDS: u32 = 60;
const KILOBYTES: u32 = 1_000_000;

/// Runs lapstrake within these bounds; exit code and what was said.
fn run(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let bounded = format!("ulimit -v {KILOBYTES} && exec timeout -s KILL {SECONDS} \"$@\"");
    let output = Command::new("/bin/sh")
        .args(["-c", &bounded, "sh", env!("CARGO_BIN_EXE_lapstrake")])
        .args(arguments)
        .current_dir(workspace.root())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", workspace.path("home"))
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A project in which `compose/bad.yml` is what `put` makes of that path.
fn project(put: impl FnOnce(&Path)) -> Workspace {
    let workspace = Workspace::new();
    put(&workspace.root().join("compose/bad.yml"));
    workspace
}

/// What `merge` says of it; `configure` must refuse it too, and neither must write anything.
fn refusal(put: impl FnOnce(&Path)) -> String {
    let workspace = project(put);
    let (code, said) = run(&workspace, &["merge", "compose/bad.yml", "-o", "out.yaml"]);
    let start: String = said.chars().take(2_000).collect();
    assert_eq!(code, Some(3), "{start}");
    let (code, also) = run(&workspace, &["configure"]);
    let start: String = also.chars().take(2_000).collect();
    assert_eq!(code, Some(3), "{start}");
    assert!(also.contains("compose/bad.yml"), "{start}");
    for name in ["out.yaml", ".env", "compose.yaml"] {
        assert!(!workspace.root().join(name).exists(), "{name} was written");
    }
    said
}

fn refused(text: impl AsRef<[u8]>) -> String {
    refusal(|path| fs::write(path, text).expect("a file"))
}

/// The refusals of these, one after the other.
fn all_refused(bad: &[(&str, &str)]) -> String {
    let mut all = String::new();
    for (name, text) in bad {
        writeln!(all, "## {name}\n\n{}", refused(text)).expect("text grows");
    }
    all
}

#[test]
fn what_is_not_yaml() {
    insta::assert_snapshot!(all_refused(&[
        ("a bracket that is not closed", "services:\n  web: {image: a\n  db: {image: b}\n"),
        ("an indentation that fits nothing", "services:\n  web:\n    image: a\n   ports: []\n"),
        ("a tab", "services:\n\tweb:\n\t\timage: a\n"),
        ("a NUL byte", "services:\n  web:\n    image: a\0b\n"),
        ("an unknown anchor", "services:\n  web: *base\n"),
        ("a value in itself", "x-a: &a\n  b: *a\nservices: {web: {image: a}}\n"),
        ("a key given twice", "services:\n  web:\n    image: a\n    image: b\n"),
        ("a key that is a number", "services:\n  1: {image: a}\n"),
        ("nothing but a text", "hello\n"),
        ("an empty document", "services: {web: {image: a}}\n---\n"),
    ]));
}

#[test]
fn wrong_types() {
    insta::assert_snapshot!(all_refused(&[
        ("services", "services: [web]\n"),
        ("a service", "services:\n  web: postgres:15\n"),
        ("an image", "services:\n  web:\n    image: [a]\n"),
        ("ports", "services:\n  web: {image: a, ports: {80: 80}}\n"),
        ("environment", "services:\n  web: {image: a, environment: A=1}\n"),
        ("a bool", "services:\n  web: {image: a, privileged: 3}\n"),
        ("a date", "services:\n  web: {image: a, labels: {since: 2024-01-01}}\n"),
        ("ssh", "services:\n  web: {build: {context: ., ssh: [foo]}}\n"),
        ("extends", "services:\n  web: {image: a, extends: [base]}\n"),
        ("include", "include: 3\nservices: {web: {image: a}}\n"),
    ]));
}

#[test]
fn what_is_no_text() {
    let latin = refused(b"services:\n  web:\n    image: caf\xe9\n");
    let folder =
        refusal(|path| fs::create_dir(path.with_extension("d")).and_then(|()| fs::create_dir(path)).expect("a folder"));
    let dangling = refusal(|path| std::os::unix::fs::symlink("nowhere", path).expect("a link"));
    let large = refusal(|path| {
        let file = fs::File::create(path).expect("a file");
        file.set_len(100 << 20).expect("room");
    });
    insta::assert_snapshot!([latin, folder, dangling, large].join("\n"));
}

#[test]
fn what_goes_round_in_circles() {
    let include = refused("include: [bad.yml]\nservices: {web: {image: a}}\n");
    let extends = refused("services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {image: x, extends: a}\n");
    let other_file = refused("services:\n  a: {extends: {service: a, file: ./compose/bad.yml}}\n");
    let depends = refused("services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n");
    insta::assert_snapshot!([include, extends, other_file, depends].join("\n"));
}

#[test]
fn an_alias_bomb() {
    let mut text = "x-a0: &a0 [x, x]\n".to_owned();
    for level in 1..50 {
        writeln!(text, "x-a{level}: &a{level} [*a{0}, *a{0}]", level - 1).expect("text grows");
    }
    insta::assert_snapshot!(refused(text + "services: {web: {image: a}}\n"), @"
    error: this file holds more than any configuration
      --> compose/bad.yml:16:13
       |
    16 | x-a15: &a15 [*a14, *a14]
       |             ^ with this one it is more than 500000 values, aliases counted in full

    1 error; nothing was written
    ");
}

#[test]
fn what_is_nested_too_deep() {
    let deep = 100_000;
    let brackets = format!("x-a: {}{}\n", "[".repeat(deep), "]".repeat(deep));
    let dashes = format!("x-a:\n  {}a\n", "- ".repeat(deep));
    let anchors =
        format!("x-a: {}{}\n", (0..deep).fold(String::new(), |text, at| text + &format!("&a{at} [")), "]".repeat(deep));
    let variables = format!("services: {{web: {{image: '{}{}'}}}}\n", "${A:-".repeat(deep), "}".repeat(deep));
    let open = format!("services: {{web: {{image: '{}'}}}}\n", "${A:-".repeat(deep));
    let mut chain = "services:\n".to_owned();
    for at in 0..1_000 {
        writeln!(chain, "  s{at}: {{image: a, extends: s{}}}", at + 1).expect("text grows");
    }
    for text in [brackets, dashes, anchors, variables, open, chain + "  s1000: {image: a}\n"] {
        let said = refused(text);
        assert!(said.contains("--> compose/bad.yml:"), "{said}");
    }
}

#[test]
fn a_very_long_line() {
    let long = "x".repeat(10_000_000);
    insta::assert_snapshot!(refused(format!("services:\n  web: {{image: a, labels: {{a: {long}, b: [1]}}}}\n")), @"
    error: `services.web.labels.b` must be a text, a number, true or false or nothing
    --> compose/bad.yml:2:10000036
     = note: a list here

    1 error; nothing was written
    ");
    let many = "${A:-x}".repeat(200_000);
    let said = refused(format!("services: {{web: {{image: '{many}', imaeg: a}}}}\n"));
    assert!(said.contains("unknown attribute `services.web.imaeg`"), "{said}");
}

#[test]
fn of_ten_thousand_problems_the_first_are_drawn_and_the_rest_is_counted() {
    let services = |line: &dyn Fn(u32) -> String| {
        (0..10_000).fold("services:\n".to_owned(), |text, at| text + &format!("  s{at}:\n    image: a\n{}", line(at)))
    };
    for text in [
        services(&|_| "    imaeg: a\n".to_owned()),
        services(&|at| format!("    hostname: ${{X{at}?}}\n")),
        services(&|at| format!("    depends_on: [t{at}]\n")),
        services(&|at| format!("    depends_on: [s{}]\n", (at + 1) % 10_000)),
    ] {
        let said = refused(text);
        assert!(said.len() < 40_000, "{} bytes are too much to read", said.len());
        let last = said.lines().last().unwrap_or_default();
        assert!(last.ends_with("; nothing was written"), "{last}");
    }
    let said = refused(services(&|at| format!("    hostname: ${{X{at}?}}\n")));
    let end: Vec<_> = said.lines().rev().take(3).collect();
    assert_eq!(end, ["10000 errors or more; nothing was written", "", "… and 9900 more errors"]);
}

#[test]
fn more_values_than_any_configuration_has() {
    let text = format!("services: {{web: {{image: a}}}}\nx-a: [{}a]\n", "a,".repeat(15_000_000));
    let said = refused(text);
    assert!(said.contains("this file holds more than any configuration"), "{said}");
}
