//! Secrets: known by their names and values, and shown nowhere.

use std::fs;

use crate::support::Workspace;

/// Names that hold secrets, and values that are some under any name.
const SECRET: &str = "\
STRIPE_API_KEY=hidden-1
AWS_ACCESS_KEY_ID=hidden-2
SMTP_PASS=hidden-3
DB_PWD=hidden-4
BASIC_AUTH=hidden-5
HASH_SALT=hidden-6
GCP_CREDENTIALS=hidden-7
JWT_SIGNING_KEY=hidden-8
SSH_PRIVATE_KEY='-----BEGIN KEY-----
hidden-9
-----END KEY-----'
SENTRY_DSN=https://hidden-10@sentry.example.org/1
ADDRESS=https://hidden-11@example.org/
OPTIONS='host=db password=hidden-12 dbname=x'
CERTIFICATE='-----BEGIN PRIVATE KEY----- hidden-13'
MARKED=hidden-14 # secret
";

const OPEN: &str = "\
TOKEN_URL=https://example.org/open-1
PASSWORD_MIN_LENGTH=12345
KEYBOARD=open-2
POSTGRES_PASSWORD_FILE=/run/open-3
NO_SECRET=open-4 # not secret
PUBLIC_TOKEN=open-5 # public
";

fn names(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .filter(|name| !name.contains('-'))
        .collect()
}

/// A project whose service gets all of them.
fn workspace() -> Workspace {
    let all: String =
        names(SECRET).into_iter().chain(names(OPEN)).map(|name| format!("      {name}: ${{{name}}}\n")).collect();
    Workspace::new()
        .file("project/env.custom", &format!("{SECRET}{OPEN}"))
        .file("project/override.yml", &format!("services:\n  web:\n    environment:\n{all}"))
}

#[test]
fn secrets_are_known_by_their_names_and_their_values() {
    let workspace = workspace();
    for arguments in [
        &["configure", "--print"][..],
        &["configure", "--diff"],
        &["env"],
        &["env", "--format", "json"],
        &["env", "--format", "shell"],
        &["explain", "web"],
        &["explain", "STRIPE_API_KEY"],
        &["explain", "ADDRESS"],
        &["configure"],
        &["doctor"],
    ] {
        let output = workspace.run(arguments).to_string();
        assert!(!output.contains("hidden"), "{arguments:?}: {output}");
    }
    let written = fs::read_to_string(workspace.root().join("compose.yaml")).expect("compose.yaml");
    assert!(!written.contains("hidden"), "{written}");
    for name in names(SECRET) {
        assert!(written.contains(&format!("{name}: ${{{name}}}")), "{name}: {written}");
    }
    for name in names(OPEN) {
        assert!(!written.contains(&format!("${{{name}}}")), "{name}: {written}");
    }
    assert_eq!(written.matches("open-").count(), 5, "{written}");
}

#[test]
fn a_secret_that_is_written_out_is_a_warning_and_shown_nowhere() {
    let text = "\
services:
  web:
    environment: { SMTP_PASSWORD: hidden-1, DATABASE_URL: 'postgres://a:hidden-2@b/c', ENABLE_TOKENS: 'true', LEVEL: open }
    command: [serve, --password=hidden-3, --token, hidden-4, --port, '80', --api-key, $OTHER_TOKEN]
  other:
    environment: [API_KEY=hidden-5, 'TOKEN=', 'KEYBOARD=open']
    labels: { x.basicauth.users: hidden-6, traefik.enable: 'true' }
";
    let workspace =
        Workspace::new().file("project/override.yml", text).file("project/env.custom", "OTHER_TOKEN=hidden-8\n");
    insta::assert_snapshot!(workspace.run(&["configure"]), @"
    exit 0
    --- stderr
    warning: 6 secrets are written out in fragments
     --> override.yml:3:35
      |
    3 |     environment: { SMTP_PASSWORD: ********, DATABASE_URL: ***************************, ENABLE_TOKENS: 'true', LEVEL: open }
      |                                   ^^^^^^^^                ---------------------------
    4 |     command: [serve, --password=********, --token, ********, --port, '80', --api-key, $OTHER_TOKEN]
      |                      -------------------           --------
    5 |   other:
    6 |     environment: [API_KEY=********, 'TOKEN=', 'KEYBOARD=open']
      |                   ----------------
    7 |     labels: { x.basicauth.users: ********, traefik.enable: 'true' }
      |                                  --------
      |
      = note: whoever may read the fragments, or `compose.yaml`, reads it
      = help: write `NAME: ${NAME}`, and `NAME=…` in env.custom; `# secret` behind it marks one by hand

    ✓ Wrote compose.yaml and .env: 4 services.
    ");
    let written = fs::read_to_string(workspace.root().join("compose.yaml")).expect("compose.yaml");
    assert_eq!(written.matches("hidden").count(), 6, "docker compose needs them");
    let explained = workspace.run(&["explain", "web"]).to_string();
    assert!(!explained.contains("hidden") && explained.contains("SMTP_PASSWORD: \"***\""), "{explained}");
    assert!(workspace.run(&["explain", "web", "--show-secrets"]).stdout.contains("hidden-1"));
    let workspace =
        workspace.file("project/override.yml", &text.replace("hidden-1", "hidden-7").replace("open }", "shut }"));
    insta::assert_snapshot!(workspace.run(&["-q", "configure", "--diff"]).stdout, @r#"
    --- a/compose.yaml
    +++ b/compose.yaml
    @@ -28,10 +28,10 @@
           init:
             condition: service_completed_successfully
         environment:
    -      SMTP_PASSWORD: "***"
    +      SMTP_PASSWORD: "*** (another one)"
           DATABASE_URL: "***"
           ENABLE_TOKENS: 'true'
    -      LEVEL: open
    +      LEVEL: shut
         command:
           - serve
           - "--password=***"
    "#);
}
