//! What a service is doing, in a word.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::app::Context;
use crate::docker::{Container, containers, find_trouble};

/// The containers of a project, as far as docker can be asked.
pub(crate) struct ServiceStates(Option<Vec<Container>>);

impl ServiceStates {
    /// Asks docker. Where it cannot be asked, nothing is known.
    pub(crate) fn of(context: &Context<'_>, project: &str) -> Self {
        let found = containers(context.runner, project).ok();
        let trusted = found.filter(|found| !found.is_empty() || find_trouble(context.runner).is_none());
        Self(trusted)
    }

    /// Whether docker could be asked.
    pub(crate) fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The containers of one service.
    pub(crate) fn containers<'s>(&'s self, service: &'s str) -> impl Iterator<Item = &'s Container> {
        self.0.iter().flatten().filter(move |container| container.service == service)
    }

    /// What a service is doing: `healthy`, `running`, `starting`, `unhealthy`, `restarting`, `done`, `failed`,
    /// `stopped`, `unknown`. Where its containers do different things, the worst counts.
    pub(crate) fn state(&self, service: &str) -> &'static str {
        if !self.is_known() {
            return "unknown";
        }
        let states: BTreeSet<usize> = self.containers(service).map(rank).collect();
        states.first().map_or("stopped", |worst| STATES[*worst])
    }
}

/// From the worst to the best.
const STATES: [&str; 8] = ["unhealthy", "restarting", "failed", "stopped", "starting", "done", "running", "healthy"];

fn rank(container: &Container) -> usize {
    let word = word(container);
    STATES.iter().position(|state| *state == word).unwrap_or(0)
}

fn word(container: &Container) -> &'static str {
    let state = &container.state;
    let health = state.health.as_ref().map_or("none", |health| health.status.as_str());
    match (state.status.as_str(), health) {
        ("running", "healthy") => "healthy",
        ("running", "unhealthy") => "unhealthy",
        ("running", "starting") => "starting",
        ("running", _) => "running",
        ("restarting", _) => "restarting",
        ("exited", _) if state.exit_code == 0 && !matches!(container.policy.as_str(), "always" | "unless-stopped") => {
            "done"
        }
        // 143 and 137 are what a program ends with that was told to.
        ("exited" | "dead", _) if !matches!(state.exit_code, 0 | 137 | 143) => "failed",
        _ => "stopped",
    }
}

/// How long a container has been running: `3 days`, `5 min`.
pub(crate) fn uptime(container: &Container) -> Option<String> {
    (container.state.status == "running").then_some(())?;
    let began: Timestamp = container.state.started_at.parse().ok()?;
    Some(rough(Timestamp::now().duration_since(began).as_secs()))
}

/// A time in its largest unit.
fn rough(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds.max(0), "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        86_400..172_800 => (1, "day"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}
