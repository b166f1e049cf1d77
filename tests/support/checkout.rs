//! A checkout of the project, with a program that needs no building.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What the demo needs of a checkout. The program is ours, newer than its sources, so that nothing is built.
const PARTS: [&str; 8] =
    ["bin", "compose", "custom.example", "defaults", "images", "overlays", "env.base", "env.custom.sample"];

/// A checkout with a demo, which is taken down in the end whatever happens.
pub(crate) struct Checkout(TempDir);

impl Checkout {
    /// A checkout in which nothing was done yet.
    pub(crate) fn new() -> Self {
        let checkout = Self(TempDir::new().expect("a folder"));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in PARTS {
            let done = Command::new("cp").arg("-R").arg(here.join(part)).arg(checkout.0.path()).status();
            assert!(done.expect("cp runs").success());
        }
        let release = checkout.0.path().join("target/release");
        fs::create_dir_all(&release).expect("a folder");
        fs::copy(env!("CARGO_BIN_EXE_lapstrake"), release.join("lapstrake")).expect("the program");
        checkout
    }

    /// A path in it.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Runs one of its programs.
    pub(crate) fn run(&self, command: &[&str]) -> Output {
        Command::new(self.0.path().join(command[0]))
            .args(&command[1..])
            .current_dir(self.0.path())
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("it runs")
    }

    /// The same, which must end well; what it wrote to standard output.
    #[track_caller]
    pub(crate) fn well(&self, command: &[&str]) -> String {
        let output = self.run(command);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = self.run(&["bin/demo", "--down"]);
    }
}
