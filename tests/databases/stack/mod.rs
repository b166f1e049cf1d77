//! A project of its own for every test, on the real engine, gone when the test ends.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A project with a server, an application that keeps coming back, and a service that has nothing to do with it.
pub(super) struct Stack {
    folder: TempDir,
    name: String,
    /// Whether it is another checkout of a stack, which goes with that one.
    is_checkout: bool,
}

/// What a command said.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Told {
    #[track_caller]
    pub(super) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl Stack {
    /// A stack that is up.
    pub(super) fn up() -> Self {
        let stack = Self::new();
        stack.lap(&["up", "-d", "-q"]).well();
        stack
    }

    /// A stack of which nothing runs yet.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let name = format!("lapstrake-test-{}", folder.path().file_name().unwrap().to_string_lossy().to_lowercase());
        let stack = Self { folder, name: name.replace('.', ""), is_checkout: false };
        stack.write("env.base", include_str!("env.base"));
        stack.write("compose/stack.yml", include_str!("stack.yml"));
        stack.write("app/app.sh", include_str!("app.sh"));
        // No overlay of ours: the roles stand in the fragment.
        fs::create_dir(stack.path("overlays")).expect("a folder");
        stack.write("env.custom", format!("COMPOSE_PROJECT_NAME={}\n", stack.name));
        stack
    }

    /// Another checkout of the same project: the same containers, a folder of its own.
    pub(super) fn checkout(&self) -> Self {
        let folder = TempDir::new().expect("a folder");
        let from = format!("{}/.", self.folder.path().display());
        let copied = Command::new("cp").args(["-a", &from]).arg(folder.path()).status().expect("cp");
        assert!(copied.success());
        let _ = fs::remove_dir_all(folder.path().join("log"));
        Self { folder, name: self.name.clone(), is_checkout: true }
    }

    /// Starts `manage_db`, to be stopped at a step until [`Stack::go_on`].
    pub(super) fn start_db_until(&self, step: &str, arguments: &[&str]) -> Child {
        let steps = self.path("steps");
        let _ = fs::remove_dir_all(&steps);
        fs::create_dir_all(&steps).expect("a folder");
        fs::write(steps.join(format!("{step}.wait")), "").expect("a file");
        let mut command = self.command(&[&["manage_db"], arguments].concat());
        let child = command.env("LAPSTRAKE_TEST_STEPS", &steps).spawn().expect("lapstrake");
        within(Duration::from_secs(60), &format!("step {step} is not reached"), || steps.join(step).exists());
        child
    }

    /// Lets the command go on that waits at a step.
    pub(super) fn go_on(&self, step: &str) {
        fs::write(self.path("steps").join(format!("{step}.continue")), "").expect("a file");
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        fs::write(path, text).expect("a file");
    }

    /// A command of ours that is still to be started.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapstrake"));
        command.arg("-C").arg(self.folder.path()).args(arguments).current_dir(self.folder.path());
        for name in ["LAPSTRAKE_ADMIN_PASSWORD", "SUDO_USER", "COMPOSE_PROJECT_NAME"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs lapstrake.
    pub(super) fn lap(&self, arguments: &[&str]) -> Told {
        told(self.command(arguments).spawn().expect("lapstrake"))
    }

    /// Runs `manage_db`.
    pub(super) fn db(&self, arguments: &[&str]) -> Told {
        self.lap(&[&["manage_db"], arguments].concat())
    }

    /// The same with something to read.
    pub(super) fn db_reading(&self, arguments: &[&str], input: &[u8]) -> Told {
        let mut command = self.command(&[&["manage_db"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).spawn().expect("lapstrake");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let told = told(child);
        // That it did not want to read it all shows in what it told.
        let _ = writer.join();
        told
    }

    /// Starts `manage_db`.
    pub(super) fn start_db(&self, arguments: &[&str]) -> Child {
        self.command(&[&["manage_db"], arguments].concat()).spawn().expect("lapstrake")
    }

    /// The container of a service, running or not.
    pub(super) fn container(&self, service: &str) -> String {
        let project = format!("label=com.docker.compose.project={}", self.name);
        let service = format!("label=com.docker.compose.service={service}");
        let one_off = "label=com.docker.compose.oneoff=False";
        docker(&["ps", "-aq", "--no-trunc", "--filter", &project, "--filter", &service, "--filter", one_off])
    }

    pub(super) fn is_running(&self, service: &str) -> bool {
        docker(&["inspect", "-f", "{{.State.Running}}", &self.container(service)]) == "true"
    }

    /// When a service's container was started last.
    pub(super) fn started(&self, service: &str) -> String {
        docker(&["inspect", "-f", "{{.State.StartedAt}}", &self.container(service)])
    }

    /// Runs SQL in a database of the server.
    #[track_caller]
    pub(super) fn sql(&self, database: &str, sql: &str) -> String {
        sql_in(&self.container("db"), database, sql)
    }

    /// All databases, but those that a server has anyway.
    pub(super) fn databases(&self) -> String {
        self.sql("postgres", "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
    }

    /// A table of so many rows, about 225 bytes each, and what it must answer from then on.
    pub(super) fn fill(&self, rows: usize) -> String {
        self.sql(
            "main",
            &format!(
                "CREATE TABLE big AS SELECT id, md5(id::text) AS a, md5((id * 7)::text) || md5((id * 11)::text) AS b, \
             repeat(md5((id * 13)::text), 2) AS c FROM generate_series(1, {rows}) AS id; \
             ALTER TABLE big ADD PRIMARY KEY (id); CREATE TABLE account (login text PRIMARY KEY, password text);"
            ),
        );
        self.answer()
    }

    /// What the table of [`Stack::fill`] answers.
    #[track_caller]
    pub(super) fn answer(&self) -> String {
        self.sql("main", "SELECT count(*), sum(hashtext(a || b || c)::bigint) FROM big")
    }

    /// Whether nothing is left of what commands do in between.
    #[track_caller]
    pub(super) fn assert_tidy(&self) {
        let databases = self.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'lapstrake%'");
        assert_eq!(databases, "0", "{}", self.databases());
        let roles = self.sql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'lapstrake%'");
        assert_eq!(roles, "0", "roles are left");
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
        within(Duration::from_secs(5), "locks are left", || self.sql("postgres", locks) == "0");
        let closed = "SELECT count(*) FROM pg_database WHERE NOT datallowconn AND datname <> 'template0'";
        assert_eq!(self.sql("postgres", closed), "0", "a database is left closed");
        let ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lapstrake%'";
        within(Duration::from_secs(5), "connections are left", || self.sql("postgres", ours) == "0");
        let clients = docker(&["ps", "-a", "--filter", "label=lapstrake.work", "--format", "{{.ID}}"]);
        assert_eq!(clients.lines().filter(|id| self.is_ours(id)).count(), 0);
    }

    /// Other tests have containers too, which may be gone by now; ours share the network of our server.
    fn is_ours(&self, container: &str) -> bool {
        let format = "{{.HostConfig.NetworkMode}} {{.Name}}";
        let output = Command::new("docker").args(["inspect", "-f", format, container]).output().expect("docker");
        let mode = String::from_utf8_lossy(&output.stdout);
        mode.contains(&self.container("db")) || mode.contains(&self.name)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if self.is_checkout {
            return;
        }
        let down = ["compose", "-p", &self.name, "down", "--volumes", "--remove-orphans", "--timeout", "0"];
        let _ = Command::new("docker").args(down).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Waits for a command's end.
pub(super) fn told(child: Child) -> Told {
    let output = child.wait_with_output().expect("it ends");
    use std::os::unix::process::ExitStatusExt;
    let code = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default());
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Told { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs docker, and gives back what it writes.
#[track_caller]
pub(super) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).stdin(Stdio::null()).output().expect("docker");
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Runs SQL in a server's container.
#[track_caller]
pub(super) fn sql_in(container: &str, database: &str, sql: &str) -> String {
    let database = format!("dbname='{}'", database.replace('\\', "\\\\").replace('\'', "\\'"));
    let arguments =
        ["exec", container, "psql", "-U", "chief", "-XAt", "-v", "ON_ERROR_STOP=1", "-d", &database, "-c", sql];
    docker(&arguments)
}

/// Waits until something holds.
#[track_caller]
pub(super) fn within(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < patience, "{what} after {patience:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The SHA-256 of a file.
pub(super) fn sum(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().expect("sha256sum");
    String::from_utf8_lossy(&output.stdout).split(' ').next().unwrap_or_default().to_owned()
}
