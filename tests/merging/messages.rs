//! What is said of files that do not merge: where, once, and with the advice of a project without layers.

use std::fmt::Write as _;

use crate::support::Workspace;

/// What `merge` says of a file in a project without layers.
fn said(text: &str) -> String {
    let output = Workspace::empty().file("project/a.yml", text).run(&["merge", "a.yml"]);
    assert_eq!(output.code, 3, "{output}");
    output.stderr
}

#[test]
fn advice_names_the_files_of_a_project_without_layers() {
    assert!(said("services: {web: {image: 'a:${TAG?}'}}\n").contains("help: set TAG in .env\n"));
    let text = "services: {web: {image: 'a:${TAG?}'}}\n";
    let workspace = Workspace::empty().file("project/sub/a.yml", text).file("project/my.env", "A=1\n");
    let output = workspace.run(&["merge", "sub/a.yml"]);
    assert!(output.stderr.contains("help: set TAG in sub/.env\n"), "{output}");
    let output = workspace.run(&["merge", "sub/a.yml", "--env-file", "my.env"]);
    assert!(output.stderr.contains("help: set TAG in my.env\n"), "{output}");
    let output = workspace.variable("COMPOSE_ENV_FILES", "my.env").run(&["merge", "sub/a.yml"]);
    assert!(output.stderr.contains("help: set TAG in my.env\n"), "{output}");
}

#[test]
fn an_error_that_services_share_is_told_once() {
    let anchor = "x-a: &a\n  imaeg: a\n  restart: 3\nservices:\n  one: {<<: *a, image: a}\n  two: {<<: *a, image: a}\n";
    insta::assert_snapshot!("anchor", said(anchor));
    let extended =
        "services:\n  base: {image: a, depends_on: [gone]}\n  one: {extends: base}\n  two: {extends: base}\n";
    insta::assert_snapshot!("extended_twice", said(extended));
    let twice = "services:\n  one: {image: &i 'a:${A.B}'}\n  two: {image: *i}\n";
    assert_eq!(said(twice).matches("error: ").count(), 1);
    let apart = "services:\n  one: {image: a, devices: [{}]}\n";
    let said = said(apart);
    assert!(said.contains("needs `source`") && said.contains("needs `target`"), "{said}");
}

#[test]
fn errors_come_last_and_warnings_of_one_kind_are_counted() {
    let mut text = "services:\n  first: {image: a, imaeg: b}\n".to_owned();
    for at in 0..74 {
        writeln!(text, "  s{at}: {{image: 'a:$V{at}'}}").expect("text grows");
    }
    insta::assert_snapshot!("warnings", said(&text));
    let workspace = Workspace::empty().file("project/a.yml", &text);
    let all: serde_json::Value =
        serde_json::from_str(&workspace.run(&["merge", "a.yml", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(all.as_array().map(Vec::len), Some(75));
}

#[test]
fn a_template_that_was_not_rendered_is_recognised() {
    for text in [
        "services:\n  web:\n    image: {{ image }}\n",
        "services:\n  web:\n    image: {{ image }}:{{ tag }}\n",
        "services:\n{% for s in services %}\n  web: {image: a}\n{% endfor %}\n",
        "services:\n  web:\n    image: a\n{{ more }}\n",
        "services:\n  web:\n    image: a\n    ports: ['{{ port }}:80']\n",
    ] {
        let said = said(text);
        assert!(said.contains("help: this looks like a template (Jinja2, Helm or Go) that was not rendered"), "{said}");
        assert!(!said.contains("put it in quotes"), "{said}");
    }
    assert!(!said("services:\n  1: {image: a}\n").contains("template"));
}

#[test]
fn a_merge_key_shows_the_anchor_too() {
    insta::assert_snapshot!("merge_key", said("x-a: &a\nservices:\n  web:\n    image: a\n    <<: *a\n"));
    insta::assert_snapshot!("merge_keys", said("x-b: &b 5\nservices:\n  web: {image: a, <<: [*b]}\n"));
    insta::assert_snapshot!("merge_key_of_itself", said("services:\n  web: {image: a, <<: }\n"));
}
