//! docker compose as a judge, killed hard where it does not come to an end: on an alias bomb it spins and lets no
//! gentle signal through.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Where docker looks for its plugins, below `HOME` and below the root.
const PLUGINS: [&str; 4] =
    ["/usr/local/lib/docker", "/usr/local/libexec/docker", "/usr/lib/docker", "/usr/libexec/docker"];

/// How long docker compose may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A docker compose that can be asked.
pub(super) struct Judge {
    program: PathBuf,
    /// Its version: `2.40.3`.
    pub(super) version: String,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// What would run.
    Running,
    /// All there is: services of every profile, resources nobody uses, `x-` keys.
    Everything,
}

/// Who asks: the process environment and further options.
pub(super) struct Asking<'a> {
    pub(super) folder: &'a Path,
    pub(super) options: &'a [String],
    pub(super) variables: &'a [(String, String)],
}

impl Judge {
    /// The installed one, asked without docker in between, which takes half the time.
    pub(super) fn installed() -> Self {
        let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".docker"));
        let own = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from).or(home);
        let folders = own.into_iter().chain(PLUGINS.map(PathBuf::from));
        let mut programs = folders.map(|folder| folder.join("cli-plugins/docker-compose"));
        Self::at(programs.find(|program| program.is_file()).expect("docker compose is installed"))
    }

    /// The installed one, and the one that `LAPSTRAKE_COMPOSE_ALSO` names.
    pub(super) fn all() -> Vec<Self> {
        let also = std::env::var_os("LAPSTRAKE_COMPOSE_ALSO").filter(|path| !path.is_empty());
        std::iter::once(Self::installed()).chain(also.map(|path| Self::at(path.into()))).collect()
    }

    fn at(program: PathBuf) -> Self {
        let output = Command::new(&program).args(["version", "--short"]).output().expect("docker compose runs");
        let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
        Self { program, version }
    }

    /// How it reads these files, or why it does not.
    pub(super) fn read(&self, asking: &Asking<'_>, files: &[String], question: Question) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(asking.options);
        if question == Question::Everything {
            command.args(["--all-resources", "--profile", "*"]);
        }
        command.args(files.iter().flat_map(|file| ["-f", file])).arg("config");
        command.current_dir(asking.folder).env_clear().envs(asking.variables.iter().cloned());
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let stream = |name: &str| File::create(scratch.path().join(name)).expect("a file");
        command.stdin(Stdio::null()).stdout(stream("stdout")).stderr(stream("stderr"));
        let status = patiently(&mut command);
        let text = |name: &str| {
            String::from_utf8_lossy(&std::fs::read(scratch.path().join(name)).expect("what it said")).into_owned()
        };
        match status {
            Some(status) if status.success() => Ok(text("stdout")),
            Some(_) => Err(complaint(&text("stderr"))),
            None => Err(format!("no end after {} s", PATIENCE.as_secs())),
        }
    }

    /// Whether it knows what came with that version of docker compose.
    pub(super) fn is_at_least(&self, version: &str) -> bool {
        let parts = |text: &str| -> Vec<u32> { text.split(['.', '-']).map_while(|part| part.parse().ok()).collect() };
        parts(&self.version) >= parts(version)
    }
}

/// Runs a command, but not for ever.
fn patiently(command: &mut Command) -> Option<ExitStatus> {
    let mut child = command.spawn().expect("docker compose runs");
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return Some(status);
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("it can be killed");
            child.wait().expect("it is dead");
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// docker compose's error without its warnings.
fn complaint(stderr: &str) -> String {
    stderr.lines().filter(|line| !line.starts_with("time=")).collect::<Vec<_>>().join(" / ")
}
