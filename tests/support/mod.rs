//! A project of its own for every test, with nothing of the machine around it.
#![allow(clippy::expect_used, reason = "a test that cannot be set up is to fail")]

mod checkout;
mod docker;
mod output;

pub(crate) use checkout::Checkout;
pub(crate) use docker::{Answer, Call, answer, container, failing_container};
pub(crate) use output::Output;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A small project in a folder of its own, a docker that is played by `fake-docker`, and an empty environment.
pub(crate) struct Workspace {
    folder: TempDir,
    answers: Vec<Answer>,
    variables: Vec<(String, String)>,
}

impl Workspace {
    /// A project with a database, an initialisation that ends, and a web service that needs both.
    pub(crate) fn new() -> Self {
        let workspace = Self::empty();
        workspace
            .file("project/env.base", "COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-demo}\nSTATS=${STATS:-0}\n")
            .file("project/env.custom", "")
            .file("project/compose/web.yml", include_str!("project/web.yml"))
            .file("project/overlays/roles.yml.j2", include_str!("project/roles.yml.j2"))
    }

    /// No project at all.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let workspace = Self { folder, answers: Vec::new(), variables: Vec::new() };
        fs::create_dir_all(workspace.path("bin")).expect("a folder for programs");
        fs::create_dir_all(workspace.root()).expect("a folder for the project");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_fake-docker"), workspace.path("bin/docker")).expect("a link");
        // docker looks usual: its plugin is there, and its engine is elsewhere.
        workspace.file("home/.docker/cli-plugins/docker-compose", "").variable("DOCKER_HOST", "tcp://127.0.0.1:1")
    }

    /// Writes a file, relative to the folder of the test.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        fs::write(path, text).expect("a file");
        self
    }

    /// Writes a file of any bytes, relative to the folder of the test.
    pub(crate) fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        fs::write(self.path(path), bytes).expect("a file");
        self
    }

    /// Sets a variable of the calling shell.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an answer of docker; the first that fits is given.
    pub(crate) fn docker(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Takes docker away.
    pub(crate) fn without_docker(self) -> Self {
        fs::remove_file(self.path("bin/docker")).expect("docker");
        self
    }

    /// A path in the folder of the test.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The project's folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("project")
    }

    /// Runs lapstrake in the project's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(&self.root(), arguments)
    }

    /// Runs lapstrake in a folder.
    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        let output = self
            .command(env!("CARGO_BIN_EXE_lapstrake"))
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("lapstrake runs");
        Output::new(&output, &self.real_folder())
    }

    /// A program that is still to be started, with nothing of the machine around it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let answers = serde_json::to_string(&self.answers).expect("answers");
        fs::write(self.path("answers.json"), answers).expect("the script");
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", self.path("home"))
            .env("FAKE_DOCKER", self.folder.path())
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// How docker was called, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let text = fs::read_to_string(self.path("calls.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a call")).collect()
    }

    /// How docker was called, one line each; the options that name the deployment are `…`, a long format
    /// is `{…}`.
    pub(crate) fn typed(&self) -> String {
        let folder = self.real_folder();
        let project = format!(
            "--project-directory {folder}/project --env-file {folder}/project/.env -f {folder}/project/compose.yaml"
        );
        let word = |word: &String| if word.starts_with("{\"id\":") { "{…}".to_owned() } else { word.clone() };
        let line = |call: &Call| call.arguments.iter().map(word).collect::<Vec<_>>().join(" ");
        let all: String = self.calls().iter().map(|call| line(call) + "\n").collect();
        all.replace(&project, "…").replace(&folder, "[FOLDER]")
    }

    /// The folder of the test, without links in its path.
    pub(crate) fn real_folder(&self) -> String {
        self.folder.path().canonicalize().expect("the folder").display().to_string()
    }
}
