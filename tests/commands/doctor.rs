//! `doctor`: each finding is provoked, and mended by the command that it printed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use serde_json::Value;

use crate::support::{Workspace, answer};

/// A project of one service, on a docker that is well.
fn with(web: &str) -> Workspace {
    Workspace::empty()
        .file("project/env.base", "BASE_URL=${CUSTOM_BASE_URL:-http://demo.localhost}\nPORT=${CUSTOM_PORT:-1}\nNET=${CUSTOM_NET:-10.9.8.0/24}\n")
        .file("project/env.custom", "")
        .file("project/compose/web.yml", &format!("name: demo\nservices:\n  web:\n    image: example/app\n{web}"))
        .file("project/overlays/.keep", "")
        .docker(answer("compose version").stdout("v2.40.3\n"))
        .docker(answer("version").stdout("24.0.7\n"))
}

/// With an image that runs as this user.
fn whose_image_runs_as(workspace: Workspace, user: &str) -> Workspace {
    workspace.docker(answer("image inspect").stdout(format!("user={user}\n")))
}

fn findings(workspace: &Workspace) -> (i32, Vec<Value>) {
    let output = workspace.run(&["doctor", "--format", "json"]);
    let all: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"));
    (output.code, all.as_array().expect("a list").clone())
}

/// What a check found that is not good.
fn found(workspace: &Workspace, check: &str) -> Option<Value> {
    let (code, all) = findings(workspace);
    let bad = all.iter().find(|finding| finding["check"] == check && finding["weight"] != "good").cloned();
    let failed = all.iter().any(|finding| finding["weight"] == "failure");
    assert_eq!(code, i32::from(failed), "{all:?}");
    bad
}

/// Provokes a finding, runs the command that it prints, and looks again.
fn mended(workspace: &Workspace, check: &str) -> String {
    let finding = found(workspace, check).expect("a finding");
    let folder = workspace.path("").canonicalize().expect("the folder").display().to_string();
    let shown = finding["mend"][0].as_str().expect("a command");
    let command = shown.replace("[FOLDER]", &folder);
    let tools = workspace.path("tools");
    fs::create_dir_all(&tools).expect("a folder");
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lapstrake"), tools.join("lapstrake"));
    let path = format!("{}:{}:{}", tools.display(), workspace.path("bin").display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(workspace.root())
        .env("PATH", path)
        .env("HOME", workspace.path("home"))
        .env("FAKE_DOCKER", workspace.path(""))
        .env("DOCKER_HOST", "tcp://127.0.0.1:1")
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(found(workspace, check), None, "{command}");
    format!("{}\n→ {shown}", finding["what"].as_str().expect("what"))
}

#[test]
fn nothing_is_wrong_with_a_project_that_is_well() {
    let workspace = whose_image_runs_as(with(""), "");
    let output = workspace.run(&["doctor"]);
    let text: String =
        output.stdout.lines().filter(|line| !line.contains("GiB")).map(|line| format!("{line}\n")).collect();
    assert_eq!(output.code, 0, "{output}");
    insta::assert_snapshot!(text, @"
    ✓ docker 24.0.7 with compose 2.40.3
    ✓ the configuration is sound
    ✓ the image is on this machine

    Nothing is wrong.
    ");
}

#[test]
fn docker_that_does_not_answer_is_one_finding() {
    let workspace = with("").without_docker();
    let output = workspace.run(&["doctor"]);
    insta::assert_snapshot!(output, @"
    exit 1
    --- stdout
    ✗ docker is not installed: there is no program `docker`
        without docker nothing can be started
        → install Docker Engine with its compose plugin: https://docs.docker.com/engine/install/
    ✓ the configuration is sound

    1 failure.
    ");
    let old = Workspace::new()
        .docker(answer("compose version").stdout("2.40.3\n"))
        .docker(answer("version").stdout("19.3.1\n"));
    let finding = found(&old, "docker").expect("a finding");
    assert_eq!(finding["what"], "docker 19.3.1 is too old: 20.10 or newer is needed");
}

#[test]
fn problems_of_the_configuration_are_findings() {
    let workspace = with("").file("project/env.custom", "CUSTOM_PORT=1\r\n");
    insta::assert_snapshot!(mended(&workspace, "configuration"), @r"
    `env.custom` has the line ends of Windows (env.custom:1)
    → sed -i 's/\r$//' env.custom
    ");
    let broken = with("").file("project/compose/bad.yml", "services: { web: [1] }\n");
    assert_eq!(found(&broken, "configuration").expect("a finding")["weight"], "failure");
}

#[test]
fn images_that_are_not_here_are_pulled() {
    let workspace = with("").docker(answer("image inspect").times(1).exit(1)).docker(answer("image inspect"));
    insta::assert_snapshot!(mended(&workspace, "images"), @"
    the image example/app is not on this machine
    → lapstrake pull
    ");
    assert!(workspace.typed().contains("compose … pull\n"), "{}", workspace.typed());
}

#[test]
fn folders_are_made_and_given_to_the_user_that_writes_to_them() {
    let workspace = whose_image_runs_as(with("    volumes: ['./data:/data', './given:/given:ro']\n"), "1003:1004");
    if !rustix::process::geteuid().is_root() {
        // Only root gives folders away.
        let finding = found(&workspace, "folders").expect("a finding");
        assert!(finding["mend"][0].as_str().unwrap().starts_with("sudo install -d -o 1003 -g 1004 "), "{finding}");
        return;
    }
    insta::assert_snapshot!(mended(&workspace, "folders"), @"
    there is no folder [FOLDER]/project/data
    → install -d -o 1003 -g 1004 [FOLDER]/project/data
    ");
    let folder = workspace.root().join("data");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("rights");
    std::os::unix::fs::chown(&folder, Some(0), Some(0)).expect("a new owner");
    insta::assert_snapshot!(mended(&workspace, "folders"), @"
    `web` may not write to [FOLDER]/project/data
    → chown -R 1003:1004 [FOLDER]/project/data
    ");
    assert_eq!(fs::metadata(&folder).expect("the folder").uid(), 1003);
    // The service's own user comes before its image's.
    let own = whose_image_runs_as(with("    user: '0'\n    volumes: ['./data:/data']\n"), "1003");
    assert_eq!(found(&own, "folders"), None);
}

#[test]
fn a_port_that_is_taken_is_changed() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port().to_string();
    let workspace = whose_image_runs_as(with("    ports: ['${PORT}:80']\n"), "")
        .file("project/env.custom", &format!("CUSTOM_PORT={port} # ours\n"));
    let told = mended(&workspace, "ports");
    assert!(told.starts_with(&format!("port {port} is taken by main-")), "{told}");
    assert!(told.contains("→ lapstrake edit CUSTOM_PORT="), "{told}");
    assert!(fs::read_to_string(workspace.root().join("env.custom")).unwrap().ends_with(" # ours\n"));
    // A name that only the environment knows is changed in this machine's own file.
    let workspace = whose_image_runs_as(with("    ports: ['${OWN_PORT}:80']\n"), "")
        .file("project/custom/env.custom", &format!("OWN_PORT={port}\n"));
    let told = mended(&workspace, "ports");
    assert!(told.contains("→ lapstrake edit OWN_PORT="), "{told}");
    let fixed = whose_image_runs_as(with(&format!("    ports: ['{port}:80']\n")), "")
        .docker(answer("ps --filter").stdout("other-web-1\n"));
    let fixed = fixed.docker(answer("ps")).docker(answer("stop"));
    let finding = found(&fixed, "ports");
    drop(socket);
    assert!(finding.is_some());
}

#[test]
fn addresses_that_overlap_are_changed_and_networks_that_nobody_uses_go() {
    let networks = "networks: { default: { ipam: { config: [{ subnet: '${NET}' }] } } }\n";
    let line = |project: &str, containers: &str| {
        format!(
            "{{\"name\":\"old_default\",\"project\":{project},\"containers\":{containers},\"pools\":[{{\"Subnet\":\"10.9.0.0/16\"}}]}}\n"
        )
    };
    let listed = |line: String| {
        whose_image_runs_as(with(networks), "")
            .docker(answer("network ls").stdout("1\n"))
            .docker(answer("network inspect").times(1).stdout(line.clone()))
            .docker(answer("network inspect").stdout(line))
    };
    insta::assert_snapshot!(mended(&listed(line("\"old\"", "{\"1\":{}}")), "networks"), @"
    the addresses 10.9.8.0/24 of network `default` overlap with the network old_default of docker
    → lapstrake edit CUSTOM_NET=10.101.0.0/24
    ");
    let unused = found(&listed(line("\"old\"", "{}")), "networks").expect("a finding");
    assert_eq!(unused["mend"][0], "docker network rm old_default");
    assert_eq!(found(&listed(line("\"demo\"", "{}")), "networks"), None, "its own network is no obstacle");
}

#[test]
fn certificates_that_are_missing_or_ended_are_made() {
    let web = "    ports: ['8443:443']\n    volumes: ['./certs:/etc/certs']\n";
    let workspace =
        whose_image_runs_as(with(web), "").file("project/env.custom", "CUSTOM_BASE_URL=https://demo.localhost\n");
    insta::assert_snapshot!(mended(&workspace, "certificates"), @"
    `web` has no certificate, and the project's address is https://demo.localhost
    → mkdir -p certs && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=demo.localhost -addext subjectAltName=DNS:demo.localhost -keyout certs/key.pem -out certs/cert.pem
    ");
    let workspace = workspace.file("project/certs/cert.pem", include_str!("../support/project/expired.pem"));
    let told = mended(&workspace, "certificates");
    assert!(told.starts_with("the certificate [FOLDER]/project/certs/cert.pem ended "), "{told}");
    let (_, all) = findings(&workspace);
    let good = all.iter().find(|finding| finding["check"] == "certificates").expect("a finding");
    assert!(good["what"].as_str().unwrap().contains("is good for 36"), "{good}");
}

#[test]
fn programs_that_could_not_be_run_are_mended() {
    let workspace = whose_image_runs_as(with(""), "").file("project/custom/hooks/before-up", "#!/bin/sh\r\nexit 0\r\n");
    let path = workspace.root().join("custom/hooks/before-up");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("rights");
    insta::assert_snapshot!(mended(&workspace, "programs"), @r"
    custom/hooks/before-up has the line ends of Windows
    → sed -i 's/\r$//' custom/hooks/before-up
    ");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("rights");
    insta::assert_snapshot!(mended(&workspace, "programs"), @"
    custom/hooks/before-up is not executable
    → chmod +x custom/hooks/before-up
    ");
}
