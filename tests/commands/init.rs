//! `new` and `init`: from nothing to a configuration that configures.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Workspace, answer};

const BASE: &str = "\
COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-demo}
VERSION=${VERSION:?the version to run}
DATA_ROOT=${DATA_ROOT:?where data is kept}/${COMPOSE_PROJECT_NAME}
BASE_URL=${CUSTOM_BASE_URL:-http://demo.localhost}
APP_TOKEN=${APP_TOKEN:?the key of the application}
DB_PASSWORD=${CUSTOM_DB_PASSWORD:-coog}
DB_URI=${CUSTOM_DB_URI:-db://app:${DB_PASSWORD}@db} # secret
TRACING_TOKEN=${TRACING_TOKEN:-}
";

const WEB: &str = "\
services:
  web:
    image: example/app:${VERSION}
    environment: [\"DB=${DB_URI}\", \"TOKEN=${APP_TOKEN}\", \"TRACE=${TRACING_TOKEN}\", \"URL=${BASE_URL}\"]
    volumes: [\"${DATA_ROOT}/web:/data\"]
";

fn fresh(base: &str, web: &str) -> Workspace {
    Workspace::empty()
        .file("project/env.base", &format!("{BASE}{base}"))
        .file("project/env.custom.sample", "# Which version.\n#VERSION=\n")
        .file("project/compose/app/web.yml", &format!("{WEB}{web}"))
}

fn text(workspace: &Workspace, file: &str) -> String {
    fs::read_to_string(workspace.root().join(file)).unwrap_or_default()
}

const ENOUGH: [&str; 4] = ["init", "--yes", "--set", "VERSION=7"];

#[test]
fn a_project_from_nothing_configures() {
    let workspace = Workspace::empty();
    let outside = workspace.path("");
    insta::assert_snapshot!(workspace.run_in(&outside, &["new", "my stack"]), @"
    exit 0
    --- stderr
    ✓ my stack is a project. Now set it up:

      cd 'my stack'
      lapstrake init
    ");
    let project = workspace.path("my stack");
    let init = workspace.run_in(&project, &["-q", "init", "--yes", "--set", "IMAGE_VERSION_COOG=coog-2.13"]);
    assert_eq!((init.code, init.stderr.as_str()), (0, ""));
    let configured = workspace.run_in(&project, &["configure"]);
    assert_eq!(configured.code, 0, "{configured}");
    // What is said is about the choice of services, not about weak secrets or names that nothing reads.
    assert_eq!(configured.stderr.matches("warning").count(), 2, "{configured}");
    let again = workspace.run_in(&outside, &["new", "my stack"]);
    insta::assert_snapshot!(again, @"
    exit 5
    --- stderr
    error: my stack is there already, and not empty
     |
     = help: name a folder that does not exist yet
    ");
}

#[test]
fn what_must_be_known_is_said_all_at_once() {
    insta::assert_snapshot!(fresh("", "").run(&["init"]), @"
    exit 5
    --- stderr
    error: a required value is missing
     |
     = note: VERSION: Which version.
     = help: lapstrake init --yes --set VERSION=… --set DATA_ROOT=…
    ");
}

#[test]
fn secrets_are_made_and_kept_from_the_environment() {
    let workspace = fresh("", "");
    insta::assert_snapshot!(workspace.run(&ENOUGH), @"
    exit 0
    --- stderr
    ✓ Wrote env.custom: this machine's values and the secrets, for you alone
    ✓ Wrote custom/env.custom: the environment's values
    ✓ Wrote custom/disabled_services: nothing is left out yet
    ✓ Wrote custom/override.yml: the last word, still empty
    ✓ Wrote custom/README.md
    ✓ Wrote custom/.gitignore

    The configuration is sound: 1 service. What comes next:

      lapstrake doctor    finds what is missing on this machine
      lapstrake up -d     starts everything
    ");
    let (own, shared) = (text(&workspace, "env.custom"), text(&workspace, "custom/env.custom"));
    let value = |name: &str| own.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap_or_default();
    assert_eq!((value("APP_TOKEN").len(), value("CUSTOM_DB_PASSWORD").len()), (48, 48));
    assert_ne!(value("APP_TOKEN"), value("CUSTOM_DB_PASSWORD"));
    assert!(!own.contains("TRACING_TOKEN"), "a token that others give is not made up");
    assert!(shared.contains("\n# Which version.\nVERSION=7\n"), "{shared}");
    assert!(!shared.contains(value("APP_TOKEN")));
    let mode = fs::metadata(workspace.root().join("env.custom")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(workspace.run(&["-q", "configure"]).code, 0);
}

#[test]
fn nothing_is_overwritten() {
    let custom = "VERSION=3\nCUSTOM_DB_PASSWORD=own-one\nOWN_PORT=8000\n";
    let workspace = fresh("", "").file("project/custom/env.custom", custom);
    assert_eq!(workspace.run(&["init", "--yes", "--set", "OWN_PORT=8010"]).code, 0);
    assert_eq!(text(&workspace, "custom/env.custom"), custom);
    assert!(text(&workspace, "env.custom").contains("\nOWN_PORT=8010\n"));
    let own = text(&workspace, "env.custom");
    assert!(own.contains("APP_TOKEN=") && !own.contains("DB_PASSWORD") && !own.contains("VERSION"), "{own}");
    insta::assert_snapshot!(workspace.run(&["init", "--yes"]), @"
    exit 5
    --- stderr
    error: this project is set up: `env.custom` is there, and nothing was changed
     |
     = help: `lapstrake edit` changes it, `lapstrake doctor` finds what is wrong
    ");
    assert_eq!(text(&workspace, "env.custom"), own);
}

#[test]
fn ports_and_addresses_that_are_taken_are_not_chosen() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("its address").port();
    let base = format!("HTTP_PORT=${{CUSTOM_HTTP_PORT:-{port}}}\nNET=${{CUSTOM_NET:-10.9.8.0/24}}\n");
    let web = "    ports: ['${HTTP_PORT}:80']\nnetworks: { default: { ipam: { config: [{ subnet: '${NET}' }] } } }\n";
    let network = r#"{"name":"x","project":null,"containers":{},"pools":[{"Subnet":"10.9.0.0/16"}]}"#;
    let workspace = fresh(&base, web)
        .docker(answer("network ls").stdout("1\n"))
        .docker(answer("network inspect").stdout(format!("{network}\n")));
    assert_eq!(workspace.run(&ENOUGH).code, 0);
    let own = text(&workspace, "env.custom");
    assert!(own.contains("CUSTOM_NET=10.101.0.0/24\n"), "{own}");
    let chosen = own.lines().find_map(|line| line.strip_prefix("CUSTOM_HTTP_PORT=")).expect("another port");
    assert_ne!(chosen, port.to_string());
    assert!(own.contains(&format!("CUSTOM_BASE_URL=http://demo.localhost:{chosen}\n")), "{own}");
}

#[test]
fn an_answer_that_does_not_configure_leaves_nothing_behind() {
    let workspace = fresh("", "");
    let output = workspace.run(&["init", "--yes", "--set", "VERSION=7", "--set", "COMPOSE_PROJECT_NAME=No Name"]);
    insta::assert_snapshot!(output, @"
    exit 3
    --- stderr
    error: `No Name` cannot be a project's name
     --> env.base:1:1
      |
    1 | COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-demo}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ set here
      |
      = help: COMPOSE_PROJECT_NAME takes small letters, digits, `-` and `_`, and starts with a letter or digit

    1 error; nothing was written
    ");
    assert!(!workspace.root().join("env.custom").exists() && !workspace.root().join("custom").exists());
}

#[test]
fn a_name_that_nothing_reads_is_refused() {
    insta::assert_snapshot!(fresh("", "").run(&["init", "--yes", "--set", "VERSOIN=7"]), @"
    exit 2
    --- stderr
    error: nothing reads `VERSOIN`
     |
     = help: did you mean `VERSION`?
    ");
    assert_eq!(fresh("", "").run(&["init", "--set", "VERSION"]).code, 2);
}
