//! The real application: Tryton makes, updates and opens its database.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::stack::{Stack, told, within};

/// The project's own stack with Tryton, without what it does not need here.
fn tryton() -> Stack {
    let stack = Stack::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["env.base", "overlays", "compose", "app"] {
        let path = stack.path(part);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }
    for part in ["env.base", "overlays", "defaults"] {
        assert!(Command::new("cp").arg("-R").arg(here.join(part)).arg(stack.path("")).status().unwrap().success());
    }
    for part in [
        "back/common.yml",
        "back/coog.yml",
        "back/coog_init.yml",
        "back/cron.yml",
        "database/postgres.yml",
        "networks.yml",
    ] {
        stack.write(&format!("compose/{part}"), fs::read(here.join("compose").join(part)).unwrap());
    }
    for folder in ["coog_data", "coog_tmp"] {
        fs::create_dir_all(stack.path(folder)).unwrap();
        // Whoever runs the test, the application may write there.
        let mut permissions = fs::metadata(stack.path(folder)).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o777);
        fs::set_permissions(stack.path(folder), permissions).unwrap();
    }
    let name = stack.name();
    let root = stack.path("");
    let root = root.display();
    stack.write(
        "env.custom",
        format!(
            "\
COMPOSE_PROJECT_NAME={name}
FILESYSTEM_ROOT={root}/data
CUSTOM_COOG_DATA_VOLUME={root}/coog_data
CUSTOM_COOG_TMP_VOLUME={root}/coog_tmp
CUSTOM_IMAGE_REGISTRY=lapstrake
CUSTOM_IMAGE_NAME_COOG=tryton
IMAGE_VERSION_COOG=6.0
CUSTOM_IMAGE_POSTGRES=lapstrake/postgres:15
JWT_ENCRYPTION=one-secret-of-a-test
COOG_GATEWAY_TOKEN=another-secret-of-a-test
COOG_PASSPHRASE=a-passphrase-of-a-test
CUSTOM_POSTGRES_PASSWORD=the-servers-password
"
        ),
    );
    // Networks without a subnet of their own: tests run beside each other.
    stack.write(
        "override.yml",
        "\
services:
  postgres:
    volumes: !override ['files:/var/lib/postgresql/data']
    command: !override [postgres, -c, fsync=off, -c, max_locks_per_transaction=1024]
volumes: { files: {} }
networks:
  backend: { ipam: !reset null }
  frontend: { ipam: !reset null }
",
    );
    stack
}

/// Whether the administrator may log in: asked inside the application's container.
fn may_log_in(stack: &Stack, password: &str) -> bool {
    const ASK: &str = "\
import json, sys, urllib.request, urllib.error
request = {'id': 0, 'method': 'common.db.login', 'params': ['admin', {'password': sys.argv[1]}, 'en']}
request = urllib.request.Request('http://127.0.0.1:8000/coog/', json.dumps(request).encode(), {'Content-Type': 'application/json'})
try:
    sys.exit(0 if json.load(urllib.request.urlopen(request))['result'] else 1)
except urllib.error.HTTPError as error:
    sys.exit(1 if error.code == 401 else 3)
except OSError:
    sys.exit(2)
";
    let mut code = 2;
    within(Duration::from_secs(120), "the application does not answer", || {
        let asked =
            Command::new("docker").args(["exec", &stack.container("coog"), "python3", "-c", ASK, password]).status();
        code = asked.unwrap().code().unwrap();
        code < 2
    });
    code == 0
}

#[test]
fn reset_update_and_password() {
    let stack = tryton();
    stack.lap(&["up", "-d", "-q"]).well();
    let first = fs::read_to_string(stack.path("coog_data/admin_password")).unwrap();
    assert!(may_log_in(&stack, first.trim()));

    stack.write("password", "first new: pässword\n");
    stack.db(&["reset", "--yes", "--keep-old", "--admin-password-file", "password"]).well();
    assert!(may_log_in(&stack, "first new: pässword") && !may_log_in(&stack, first.trim()));
    stack.write("password", "second new password\n");
    stack.db(&["change_admin_password", "--admin-password-file", "password"]).well();
    assert!(may_log_in(&stack, "second new password") && !may_log_in(&stack, "first new: pässword"));

    stack.db(&["update", "party", "currency"]).well();
    let modules = "SELECT string_agg(name, ' ' ORDER BY name) FROM ir_module WHERE state = 'activated' AND name IN ('party', 'currency', 'bank')";
    let ask = || {
        super::stack::docker(&[
            "exec",
            &stack.container("postgres"),
            "psql",
            "-U",
            "coog",
            "-XAt",
            "-d",
            "coog",
            "-c",
            modules,
        ])
    };
    assert_eq!(ask(), "currency party");
    // Killed in the middle of its works, which Tryton commits one by one.
    let mut update = stack.start_db(&["update", "bank"]);
    std::thread::sleep(Duration::from_secs(8));
    update.kill().unwrap();
    told(update);
    assert_eq!(ask(), "currency party");
    assert_eq!(stack.db(&["update", "no_such_module"]).code, 1);
    assert_eq!(ask(), "currency party");
    stack.db(&["update", "bank"]).well();
    assert_eq!(ask(), "bank currency party");
    assert!(may_log_in(&stack, "second new password"));

    stack.db(&["undo", "--yes"]).well();
    assert!(may_log_in(&stack, first.trim()));
}

/// The whole matrix takes minutes; `verbs::killed_while_the_application_works` has one of each for every day.
#[test]
#[ignore = "ten resets of a real application take minutes"]
fn reset_killed_at_ten_moments() {
    let stack = tryton();
    stack.lap(&["up", "-d", "-q"]).well();
    let mut present = fs::read_to_string(stack.path("coog_data/admin_password")).unwrap().trim().to_owned();
    stack.write("password", "another\n");
    let began = std::time::Instant::now();
    stack.db(&["reset", "--database", "other", "--yes", "--admin-password-file", "password"]).well();
    let took = began.elapsed();
    for (number, moment) in super::kills::moments(took, 10).into_iter().enumerate() {
        let next = format!("password {number}");
        stack.write("password", &next);
        let mut reset = stack.start_db(&["reset", "--yes", "--admin-password-file", "password"]);
        std::thread::sleep(moment);
        reset.kill().unwrap();
        told(reset);
        stack.lap(&["up", "-d", "-q"]).well();
        if !may_log_in(&stack, &present) {
            assert!(may_log_in(&stack, &next), "killed after {moment:?} of {took:?}");
            present = next;
        }
    }
    stack.write("password", "new password\n");
    stack.db(&["reset", "--yes", "--admin-password-file", "password"]).well();
    assert!(may_log_in(&stack, "new password"));
}
