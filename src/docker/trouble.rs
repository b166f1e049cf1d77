//! What is wrong with docker itself, found out after something failed.

use super::compose::MINIMUM_VERSION;
use super::{Command, Input, Runner};

/// Why nothing can be run.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no program `docker`.
    #[error("docker is not installed: there is no program `docker`")]
    NoDocker,
    /// docker has no plugin `compose`.
    #[error("docker has no `compose`: its plugin is not installed")]
    NoCompose,
    /// The plugin is older than what we work with.
    #[error("docker compose {found} is too old: {}.{} or newer is needed", MINIMUM_VERSION.0, MINIMUM_VERSION.1)]
    TooOld {
        /// Its version.
        found: String,
    },
    /// The engine is there and does not let us in.
    #[error("this user may not talk to the docker engine")]
    NotAllowed,
    /// No engine answers.
    #[error("docker is installed, but its engine is not running or cannot be reached")]
    NoEngine,
    /// DOCKER_HOST or a context leads to an engine that does not answer.
    #[error("the docker engine cannot be reached where DOCKER_HOST or the docker context say it is: {said}")]
    Elsewhere {
        /// What docker said.
        said: String,
    },
    /// The context that DOCKER_CONTEXT or `docker context use` names does not exist.
    #[error("docker has no context of the name that was chosen: {said}")]
    NoContext {
        /// What docker said.
        said: String,
    },
}

impl Trouble {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoDocker => "install Docker Engine with its compose plugin: https://docs.docker.com/engine/install/",
            Self::NoCompose => {
                "install the package `docker-compose-plugin` (docker's own packages) or `docker-compose-v2` (Ubuntu's)"
            }
            Self::TooOld { .. } => "update the package `docker-compose-plugin` or `docker-compose-v2`",
            Self::NotAllowed => "add the user to the group `docker` and log in again, or use sudo",
            Self::NoEngine => {
                "start it (`sudo systemctl start docker`), or see where DOCKER_HOST and `docker context` point"
            }
            Self::Elsewhere { .. } => {
                "correct or unset DOCKER_HOST, or choose another context (`docker context ls` lists them)"
            }
            Self::NoContext { .. } => "unset DOCKER_CONTEXT, or choose one that `docker context ls` lists",
        }
    }
}

/// Looks for what is wrong with docker; `None` when it is well, and the failure had another reason.
pub fn find_trouble(runner: &dyn Runner) -> Option<Trouble> {
    let ask = |arguments: &[&str]| runner.capture(&Command::new("docker").args(arguments).input(Input::Nothing));
    let Ok(compose) = ask(&["compose", "version", "--short"]) else { return Some(Trouble::NoDocker) };
    if !compose.ended.well() {
        return Some(Trouble::NoCompose);
    }
    let version = compose.text().trim().trim_start_matches('v').to_owned();
    if is_too_old(&version) {
        return Some(Trouble::TooOld { found: version });
    }
    let engine = ask(&["version", "--format", "{{.Server.Version}}"]).ok()?;
    if engine.ended.well() { None } else { Some(unreachable(&engine.complaint())) }
}

/// Why the engine cannot be asked, by what docker says of it.
fn unreachable(said: &str) -> Trouble {
    const USUAL: &str = "unix:///var/run/docker.sock";
    let shown = || said.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    if said.contains("permission denied") {
        Trouble::NotAllowed
    } else if said.contains("context") && said.contains("not found") {
        Trouble::NoContext { said: shown() }
    } else if said.is_empty() || said.contains(USUAL) || !said.contains("://") {
        Trouble::NoEngine
    } else {
        Trouble::Elsewhere { said: shown() }
    }
}

/// A version that cannot be read is not held against it.
fn is_too_old(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < MINIMUM_VERSION,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::recording::Recording;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, old) in [("2.9.0", true), ("1.29.2", true), ("2.20.0", false), ("2.40.3-desktop.1", false)] {
            assert_eq!(is_too_old(version), old, "{version}");
        }
        assert!(!is_too_old("dev"));
    }

    #[test]
    fn an_engine_elsewhere_is_told_from_one_that_is_not_started() {
        let elsewhere = |said: &str| matches!(unreachable(said), Trouble::Elsewhere { .. });
        assert!(elsewhere("Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?"));
        assert!(elsewhere("error during connect: Get \"http://bogus:2375/v1.50/version\": no such host"));
        assert!(elsewhere("unable to resolve docker endpoint: invalid bind address format: foo://x"));
        let usual = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
        assert_eq!(unreachable(usual), Trouble::NoEngine);
        let denied =
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
        assert_eq!(unreachable(denied), Trouble::NotAllowed);
        let context =
            "Failed to initialize: unable to resolve docker endpoint: context \"nope\": context not found: open x";
        assert!(matches!(unreachable(context), Trouble::NoContext { .. }));
    }

    #[test]
    fn each_trouble_has_its_name() {
        let trouble = |compose: (u8, &'static str), engine: u8| {
            find_trouble(&Recording::new(move |command| match command {
                "docker compose version --short" => (compose.0, compose.1.to_owned()),
                _ => (engine, String::new()),
            }))
        };
        assert_eq!(trouble((125, ""), 1), Some(Trouble::NoCompose));
        assert_eq!(trouble((0, "v2.3.3\n"), 0), Some(Trouble::TooOld { found: "2.3.3".to_owned() }));
        assert_eq!(trouble((0, "2.40.3\n"), 1), Some(Trouble::NoEngine));
        assert_eq!(trouble((0, "2.40.3\n"), 0), None);
    }
}
