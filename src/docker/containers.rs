//! What the containers of a project are doing.

use serde::Deserialize;

use super::{Captured, Command, Input, RunError, Runner};

/// A container of a project's service.
#[derive(Clone, Debug, Deserialize)]
pub struct Container {
    /// Its long identifier.
    pub id: String,
    /// Its name, with the slash that docker writes before it.
    pub name: String,
    /// The service it belongs to.
    pub service: String,
    /// What it is doing.
    pub state: State,
    /// How often docker has restarted it by itself since it was started by somebody.
    pub restarts: u64,
    /// `no`, `always`, `unless-stopped` or `on-failure`.
    pub policy: String,
    /// Its addresses in the networks of docker.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// What a container is doing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct State {
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub status: String,
    /// The exit code of its last run.
    pub exit_code: i64,
    /// When its last run began.
    pub started_at: String,
    /// What its healthcheck says, if it has one.
    #[serde(default)]
    pub health: Option<Health>,
}

/// What a healthcheck says.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Health {
    /// `starting`, `healthy`, `unhealthy`, or `none` where there is no check.
    pub status: String,
}

/// One line of JSON for each container, with the names of [`Container`].
const FORMAT: &str = concat!(
    r#"{"id":{{json .Id}},"name":{{json .Name}},"#,
    r#""service":{{json (index .Config.Labels "com.docker.compose.service")}},"#,
    r#""state":{{json .State}},"restarts":{{.RestartCount}},"policy":{{json .HostConfig.RestartPolicy.Name}},"#,
    r#""addresses":[{{range .NetworkSettings.Networks}}{{json .IPAddress}},{{end}}""]}"#,
);

/// The containers of a project, in the order of their names. One-off containers (`run`) are not among them.
///
/// # Errors
/// When docker cannot be run.
pub fn containers(runner: &dyn Runner, project: &str) -> Result<Vec<Container>, RunError> {
    let listing = Command::new("docker")
        .args(["ps", "--all", "--quiet", "--no-trunc"])
        .args(["--filter", &format!("label=com.docker.compose.project={project}")])
        .args(["--filter", "label=com.docker.compose.oneoff=False"]);
    let listed = runner.capture(&listing.input(Input::Nothing))?.text();
    if listed.trim().is_empty() {
        return Ok(Vec::new());
    }
    let looking = Command::new("docker").args(["inspect", "--type", "container", "--format", FORMAT]);
    // One that has gone in between makes the command fail; the others are told all the same.
    let seen = runner.capture(&looking.args(listed.split_whitespace()).input(Input::Nothing))?.text();
    let mut containers: Vec<Container> = seen.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    containers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(containers)
}

/// The last lines that a container wrote, in the order in which it wrote them.
///
/// # Errors
/// When docker cannot be run.
pub fn logs(runner: &dyn Runner, container: &str, lines: usize) -> Result<Vec<String>, RunError> {
    let command = Command::new("docker").args(["logs", "--timestamps", "--tail", &lines.to_string(), container]);
    Ok(in_order(&runner.capture(&command.input(Input::Nothing))?))
}

/// Both streams together: the times before the lines have one width, so that they sort as text.
fn in_order(captured: &Captured) -> Vec<String> {
    let (out, err) = (captured.text(), captured.complaint());
    let mut lines: Vec<&str> = out.lines().chain(err.lines()).collect();
    lines.sort_by_key(|line| line.split(' ').next());
    lines.into_iter().map(|line| line.split_once(' ').map_or(line, |(_, text)| text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::Ended;
    use crate::docker::recording::Recording;

    #[test]
    fn containers_are_read_line_by_line() {
        let runner = Recording::new(|command| {
            let line = r#"{"id":"b","name":"/p-web-1","service":"web","state":{"Status":"running","ExitCode":0,"StartedAt":"2026-01-01T00:00:00Z","Health":{"Status":"starting","Log":[]}},"restarts":2,"policy":"always"}"#;
            if command.starts_with("docker ps") { (0, "a\nb\n".to_owned()) } else { (1, format!("{line}\n")) }
        });
        let found = containers(&runner, "p").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].state.health.as_ref().unwrap().status, "starting");
        assert!(runner.commands()[1].ends_with(" a b"), "{:?}", runner.commands());
    }

    #[test]
    fn lines_of_both_streams_come_in_order() {
        let captured = Captured {
            ended: Ended { code: 0 },
            stdout: b"2026-01-01T00:00:01.000000000Z one\n2026-01-01T00:00:03.000000000Z three\n".to_vec(),
            stderr: b"2026-01-01T00:00:02.000000000Z two\n".to_vec(),
        };
        assert_eq!(in_order(&captured), ["one", "two", "three"]);
    }
}
