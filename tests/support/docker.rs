//! What docker answers, and how it was called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

/// An answer of docker to calls whose arguments contain its words in this order.
#[derive(Default, Serialize)]
pub(crate) struct Answer {
    words: Vec<String>,
    times: Option<usize>,
    exit: u8,
    stdout: String,
    stderr: String,
    milliseconds: u64,
}

/// An answer to calls with these words; it ends well, and says nothing.
pub(crate) fn answer(words: &str) -> Answer {
    Answer { words: words.split(' ').map(str::to_owned).collect(), ..Answer::default() }
}

impl Answer {
    pub(crate) fn exit(self, exit: u8) -> Self {
        Self { exit, ..self }
    }

    pub(crate) fn stdout(self, text: impl Into<String>) -> Self {
        Self { stdout: text.into(), ..self }
    }

    pub(crate) fn stderr(self, text: &str) -> Self {
        Self { stderr: text.to_owned(), ..self }
    }

    /// It is given so many times, then the next that fits.
    pub(crate) fn times(self, times: usize) -> Self {
        Self { times: Some(times), ..self }
    }

    /// It takes so long.
    pub(crate) fn milliseconds(self, milliseconds: u64) -> Self {
        Self { milliseconds, ..self }
    }
}

/// One call of docker.
#[derive(Deserialize)]
pub(crate) struct Call {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) input: String,
}

/// What docker says of a service's container, one line: `container("web", "running", "healthy")`. An empty health
/// means that there is no healthcheck. It has been started long ago.
pub(crate) fn container(service: &str, status: &str, health: &str) -> String {
    failing_container(service, status, health, 0, 0)
}

/// The same with the exit code of its last run and the number of its restarts.
pub(crate) fn failing_container(service: &str, status: &str, health: &str, exit: i64, restarts: u64) -> String {
    let mut state = json!({ "Status": status, "ExitCode": exit, "StartedAt": "2020-01-01T00:00:00.5Z" });
    if !health.is_empty() {
        state["Health"] = json!({ "Status": health, "FailingStreak": 0, "Log": [] });
    }
    let policy = if service == "init" { "on-failure" } else { "always" };
    let (id, name) = (format!("id-of-{service}"), format!("/demo-{service}-1"));
    let line = json!({
        "id": id, "name": name, "service": service, "state": state, "restarts": restarts, "policy": policy,
    });
    format!("{line}\n")
}
