//! One-off containers with client programs, for servers that are not ours to enter.

use super::{Command, Input, RunError, Runner};
use crate::report::Secret;

/// Writes the first line that it reads to the password file, and becomes the program that it is given: neither its
/// arguments nor its environment hold the password, so `ps` and `docker inspect` do not show it.
const WITH_PASSWORD: &str =
    r#"umask 077; IFS= read -r line; printf '%s\n' "$line" >"$PGPASSFILE"; unset line; exec "$@""#;

/// A way to run PostgreSQL's client programs in a container that is gone afterwards.
#[derive(Debug)]
pub struct Client {
    start: Command,
}

impl Client {
    /// In a container of `image`, on `network` if docker has it: before the first `up` it may not be there yet.
    ///
    /// # Errors
    /// When docker cannot be run.
    pub fn new(runner: &dyn Runner, image: &str, network: Option<&str>) -> Result<Self, RunError> {
        let start = Command::new("docker").args(["run", "--rm", "--interactive", "--pull", "missing"]);
        let start = start.args(["--add-host", "host.docker.internal:host-gateway"]);
        let start = match network {
            Some(network) if exists(runner, network)? => start.args(["--network", network]),
            _ => start,
        };
        let start = start.args(["--env", "PGPASSFILE=/tmp/.pgpass", "--entrypoint", "sh", image]);
        Ok(Self { start: start.args(["-euc", WITH_PASSWORD, "sh"]) })
    }

    /// The command that runs a client program with its arguments and what it reads.
    #[must_use]
    pub fn command(&self, program: &str, arguments: &[&str], password: &Secret, input: &str) -> Command {
        // What stands behind a line break would be read as SQL.
        let line = password.expose().lines().next().unwrap_or_default();
        let escaped = line.replace('\\', r"\\").replace(':', r"\:");
        let bytes = format!("*:*:*:*:{escaped}\n{input}").into_bytes();
        self.start.clone().arg(program).args(arguments.iter().copied()).input(Input::Bytes(bytes))
    }
}

fn exists(runner: &dyn Runner, network: &str) -> Result<bool, RunError> {
    let look = Command::new("docker").args(["network", "inspect", "--format", "{{.Id}}", network]);
    Ok(runner.capture(&look.input(Input::Nothing))?.ended.well())
}
