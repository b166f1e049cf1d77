//! Projects for tests, and what we read from them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lapstrake::environment::{self, Environment, ProcessEnvironment};
use lapstrake::project::Project;
use lapstrake::report::{Look, Report, Sources, draw};
use tempfile::TempDir;

/// A project in a temporary folder.
pub(super) struct TestProject {
    folder: TempDir,
}

/// What loading it gave.
pub(super) struct Loaded {
    pub(super) environment: Environment,
    pub(super) sources: Sources,
    pub(super) report: Report,
}

impl TestProject {
    /// A project with nothing but an empty `env.base`.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::create_dir_all(folder.path().join("compose")).expect("a folder");
        let project = Self { folder };
        project.with("env.base", "")
    }

    pub(super) fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(name, text);
        self
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn load(&self, process: &[(&str, &str)]) -> Loaded {
        let project = Project::at(self.path(), &PathBuf::from("custom")).expect("a project");
        let process: ProcessEnvironment = process.iter().copied().collect();
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let environment = environment::load(&project, &process, &mut sources, &mut report);
        Loaded { environment, sources, report }
    }
}

impl Loaded {
    /// All variables but `BASE_PATH`, whose value is another in each run.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        let own = self.environment.iter().filter(|(name, _)| *name != "BASE_PATH");
        own.map(|(name, variable)| (name.to_owned(), variable.value.clone())).collect()
    }

    /// The problems as they are drawn.
    pub(super) fn drawn(&self) -> String {
        let drawn = self.report.diagnostics().iter().map(|problem| draw(&self.sources, problem, Look::default()));
        drawn.collect::<Vec<_>>().join("\n")
    }
}
