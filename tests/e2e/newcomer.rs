//! The first steps of the README, as they stand there, to a page that answers.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::http::get;

/// Where a newcomer works; what was started is stopped in the end.
struct Desk {
    folder: TempDir,
    name: String,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let name = folder.path().file_name().expect("a name").to_string_lossy().to_lowercase().replace('.', "");
        fs::create_dir(folder.path().join("bin")).expect("a folder");
        let program = folder.path().join("bin/lapstrake");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lapstrake"), program).expect("a link");
        Self { folder, name: format!("lapstrake-{name}") }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("first")
    }

    /// Types a line, and gives back what it says; `doctor` may find something.
    fn types(&self, folder: &Path, line: &str) -> String {
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").expect("PATH"));
        let mut shell = Command::new("bash");
        shell.args(["-c", line]).current_dir(folder).env("PATH", path).env_remove("COMPOSE_PROJECT_NAME");
        let output = shell.output().expect("bash");
        let (said, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() || line.contains("doctor"), "{line}: {said}{complaint}");
        said.into_owned()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let down =
            Command::new(env!("CARGO_BIN_EXE_lapstrake")).arg("-C").arg(self.project()).args(["down", "-v"]).output();
        // The data belong to the users of the containers.
        let data = format!("{}:/desk", self.folder.path().display());
        let empty =
            ["run", "--rm", "--user", "0:0", "--volume", &data, "--entrypoint", "rm", "lapstrake/base:bookworm"];
        let emptied = Command::new("docker").args(empty).args(["-rf", "/desk/first/data"]).output();
        drop((down, emptied));
    }
}

#[test]
#[ignore = "starts the whole example once more: part of ./bin/test --all"]
fn the_first_steps_lead_to_a_page() {
    let steps = steps();
    assert!(steps.len() < 10, "{steps:?}");
    let desk = Desk::new();
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    for step in &steps {
        let folder = if step.starts_with("lapstrake new") { desk.folder.path().to_owned() } else { desk.project() };
        let said = desk.types(&folder, step);
        if step.starts_with("cp ") {
            // Others run the example too.
            keep_apart(&desk, port);
        }
        if step == "lapstrake doctor" {
            let mending = said.lines().filter_map(|line| line.trim().strip_prefix("→ "));
            mending.filter(|line| line.starts_with("install ")).for_each(|line| drop(desk.types(&folder, line)));
            assert!(!desk.types(&folder, step).contains('✗'), "doctor is content");
        }
        if step.ends_with("admin_password") {
            assert!(said.trim().len() >= 8, "{said}");
        }
    }
    assert!(get(port, "/").contains(" 200 "), "the back office answers");
}

fn keep_apart(desk: &Desk, port: u16) {
    let file = desk.project().join("custom/env.custom");
    let text = fs::read_to_string(&file).expect("the values");
    let text = text.replace("COMPOSE_PROJECT_NAME=lapstrake-demo", &format!("COMPOSE_PROJECT_NAME={}", desk.name));
    let text = text.replace("DEMO_HTTP_PORT=8000", &format!("DEMO_HTTP_PORT={port}"));
    fs::write(file, text.replace("DEMO_STATUS_PORT=8001", "DEMO_STATUS_PORT=0")).expect("the values");
}

/// The lines that are typed, without what is said of them.
fn steps() -> Vec<String> {
    let readme = include_str!("../../README.md");
    let section = readme.split("## First steps").nth(1).expect("the section");
    let shown = section.split("```").nth(1).expect("the lines");
    let typed = shown.lines().filter_map(|line| line.strip_prefix("$ "));
    typed.map(|line| line.split(" # ").next().unwrap_or_default().trim().to_owned()).collect()
}
