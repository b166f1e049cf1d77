//! A checkout of coog-docker as it is: no overlays, a `docker-compose.yml` at the root, copies of `defaults/env`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::judge::{Asking, Judge, Question};
use crate::support::Workspace;

const ENV_BASE: &str = "\
#!/bin/bash
IMAGE_REGISTRY=${CUSTOM_IMAGE_REGISTRY:-cooghub}
IMAGE_VERSION_COOG=${IMAGE_VERSION_COOG:-${IMAGE_VERSION_DEFAULT:?}}
COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-coog}
FILESYSTEM_ROOT=${FILESYSTEM_ROOT:?}/${COMPOSE_PROJECT_NAME}
COOG_DATA_VOLUME=${CUSTOM_COOG_DATA_VOLUME:-${COOG_VOLUME:-${FILESYSTEM_ROOT}/coog_data}}
POSTGRES_PASSWORD=${CUSTOM_POSTGRES_PASSWORD:-coog}
POSTGRESQL_CONNECTION_STRING=postgresql://coog:${POSTGRES_PASSWORD}@postgres:5432/coog
TRAEFIK_HTTP_PORT=80
NETWORK_BACKEND_SUBNET=${CUSTOM_NETWORK_BACKEND_SUBNET:-10.0.1.0/24}
";

const ROOT: &str = "\
version: '3.8'
networks:
  backend:
    name: ${COMPOSE_PROJECT_NAME}-coog-backend
    ipam: {config: [{subnet: '${NETWORK_BACKEND_SUBNET}'}]}
";

const COMMON: &str = "\
version: '3.8'
services:
  coog-base:
    image: ${IMAGE_REGISTRY}/coog:${IMAGE_VERSION_COOG}
    env_file: ../../env/back.env
    networks: [backend]
    volumes: ['${COOG_DATA_VOLUME}:/workspace/io']
";

const COOG: &str = "\
version: '3.8'
services:
  coog:
    extends: {file: compose/back/coog_common.yml, service: coog-base}
    depends_on: [postgres]
    environment: {DB: '${POSTGRESQL_CONNECTION_STRING}', LEVEL: 012}
    labels: ['traefik.http.routers.coog.rule=Host(`x`)']
";

fn checkout() -> Workspace {
    let custom = "services:\n  extra:\n    image: extra\n    env_file: env/back.env\n    networks: [backend]\n";
    let workspace = Workspace::empty()
        .file("project/env.base", ENV_BASE)
        .file("project/env.custom", "IMAGE_VERSION_COOG=coog-2.13\nFILESYSTEM_ROOT=/srv\n")
        .file("project/custom/env.custom", "CUSTOM_POSTGRES_PASSWORD='s3$cret'\nIMAGE_VERSION_COOG=older\n")
        .file("project/docker-compose.yml", ROOT)
        .file("project/compose/back/coog_common.yml", COMMON)
        .file("project/compose/back/coog.yml", COOG)
        .file(
            "project/compose/database/postgres.yml",
            "services:\n  postgres: {image: 'postgres:15', networks: [backend]}\n",
        )
        .file("project/compose/tools/jaeger.yml", "services:\n  jaeger: {image: '${JAEGER:?}', network_mode: host}\n")
        .file("project/custom/compose/extra.yml", custom)
        .file("project/disabled_services", "# not here\ntools/jaeger\n")
        .file("project/defaults/env/back.env", "A=default\n")
        .file("project/env/back.env", "A=default\n")
        .file("project/sub/file", "");
    let root = workspace.root();
    std::os::unix::fs::symlink("../custom/compose", root.join("compose/custom")).expect("a link");
    workspace
}

/// Runs a program in a folder with the machine's own docker; exit code, and both streams.
pub(super) fn run(folder: &Path, program: &str, arguments: &[&str]) -> (bool, String, String) {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let output = command.env("HOME", home).stdin(Stdio::null()).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_untouched_checkout_configures_and_docker_compose_reads_the_same() {
    let workspace = checkout();
    let root = workspace.root();
    let folder = root.to_str().expect("a path");
    let (well, _, said) =
        run(Path::new("/"), env!("CARGO_BIN_EXE_lapstrake"), &["-C", folder, "configure", "--verify"]);
    assert!(well, "{said}");
    insta::assert_snapshot!(said);
    let text = std::fs::read_to_string(root.join("compose.yaml")).expect("the deployment");
    insta::assert_snapshot!(text.split("x-lapstrake:").next().unwrap_or_default());
}

#[test]
fn docker_compose_by_hand_reads_the_deployment_beside_a_docker_compose_yml() {
    let workspace = checkout();
    assert_eq!(workspace.run(&["configure"]).code, 0);
    let root = workspace.root();
    for folder in [root.clone(), root.join("sub")] {
        for judge in Judge::all() {
            let own = [("PATH".to_owned(), "/usr/bin:/bin".to_owned())];
            let asking = Asking { folder: &folder, options: &[], variables: &own };
            let by_hand = judge.read(&asking, &[], Question::Running).expect("it reads something");
            let file = root.join("compose.yaml").display().to_string();
            let named = judge.read(&asking, &[file], Question::Running).expect("it reads the deployment");
            assert_eq!(by_hand, named, "docker compose {}", judge.version);
        }
    }
    let (well, _, said) = run(&root, "docker", &["compose", "config", "--quiet"]);
    assert!(well && !said.contains("multiple config files"), "{said}");
}
