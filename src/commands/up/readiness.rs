//! Whether a container is where it should be. Nothing here runs or says anything.

use std::fmt;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::docker::Container;

/// A container without a healthcheck is taken to run when it has run this long: most that fail do so at once.
const SETTLED: Duration = Duration::from_secs(3);
/// So many restarts are a loop. One or two are not: programs restart until what they depend on answers.
const LOOP: u64 = 5;

/// Where a container stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is where it should be: `healthy`, `running` or `done`.
    Ready(&'static str),
    /// It is on its way: what it is doing.
    Pending(String),
    /// It will not get there.
    Failed(Fault),
}

/// Why a container will not get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ended, and should not have.
    Ended(i64),
    /// It is restarted again and again.
    Loop(u64, i64),
    /// Its healthcheck fails.
    Unhealthy,
    /// It is neither ready nor failed, and had its time.
    TooSlow(u64, String),
}

impl Fault {
    /// Whether docker compose would wait for it without an end.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self, Self::Loop(..) | Self::TooSlow(..))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(code) => write!(f, "ended with exit code {code}"),
            Self::Loop(restarts, code) => {
                write!(f, "was restarted {restarts} times, its last exit code is {code}")
            }
            Self::Unhealthy => write!(f, "is unhealthy: its healthcheck fails"),
            Self::TooSlow(seconds, doing) => write!(f, "is not ready after {seconds} s ({doing})"),
        }
    }
}

/// What is remembered of a container between two looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// When its time began.
    since: Instant,
    /// How often it had been restarted then.
    restarts: u64,
}

impl Sight {
    /// The first sight of a container.
    pub(super) fn first(container: &Container, now: Instant) -> Self {
        Self { since: now, restarts: container.restarts }
    }

    /// Where the container stands now. It may take `patience` from the first sight on.
    pub(super) fn judge(&self, container: &Container, now: Instant, patience: Duration) -> Standing {
        let waited = now.saturating_duration_since(self.since);
        match self.standing(container, waited) {
            Standing::Pending(doing) if waited >= patience => {
                Standing::Failed(Fault::TooSlow(patience.as_secs(), doing))
            }
            standing => standing,
        }
    }

    fn standing(&self, container: &Container, waited: Duration) -> Standing {
        let state = &container.state;
        let health = state.health.as_ref().map_or("none", |health| health.status.as_str());
        let restarting = state.status == "restarting";
        let again = container.restarts.saturating_sub(self.restarts);
        if again >= LOOP || restarting && container.restarts >= LOOP {
            return Standing::Failed(Fault::Loop(container.restarts, state.exit_code));
        }
        match (state.status.as_str(), health) {
            ("running", "healthy") => Standing::Ready("healthy"),
            ("running", "unhealthy") => Standing::Failed(Fault::Unhealthy),
            ("running", "none") if age(container).max(waited) >= SETTLED => Standing::Ready("running"),
            ("running", "none") => Standing::Pending("running".to_owned()),
            ("running", health) => Standing::Pending(format!("health: {health}")),
            ("exited", _) if ends_by_itself(container) && state.exit_code == 0 => Standing::Ready("done"),
            ("exited" | "dead", _) => Standing::Failed(Fault::Ended(state.exit_code)),
            (other, _) => Standing::Pending(other.to_owned()),
        }
    }
}

/// Whether ending well is what the container is for: docker is not told to start it again then.
fn ends_by_itself(container: &Container) -> bool {
    !matches!(container.policy.as_str(), "always" | "unless-stopped")
}

/// How long ago its last run began, by the engine's clock and ours; nothing where they disagree.
pub(super) fn age(container: &Container) -> Duration {
    let began: Option<Timestamp> = container.state.started_at.parse().ok();
    began.and_then(|began| Timestamp::now().duration_since(began).try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::{Health, State};

    fn container(status: &str, health: &str, exit_code: i64, restarts: u64, policy: &str) -> Container {
        let health = (!health.is_empty()).then(|| Health { status: health.to_owned() });
        let state = State { status: status.to_owned(), exit_code, started_at: Timestamp::now().to_string(), health };
        let (id, name) = (String::new(), "/p-web-1".to_owned());
        Container {
            id,
            name,
            service: "web".to_owned(),
            state,
            restarts,
            policy: policy.to_owned(),
            addresses: Vec::new(),
        }
    }

    /// Judged some seconds after the first sight, at which there had been no restart.
    fn after(seconds: u64, container: &Container) -> Standing {
        let sight = Sight { since: Instant::now(), restarts: 0 };
        sight.judge(container, sight.since + Duration::from_secs(seconds), Duration::from_secs(60))
    }

    #[test]
    fn health_decides_where_there_is_a_check() {
        assert_eq!(after(0, &container("running", "healthy", 0, 0, "always")), Standing::Ready("healthy"));
        assert_eq!(after(0, &container("running", "unhealthy", 0, 0, "always")), Standing::Failed(Fault::Unhealthy));
        let starting = container("running", "starting", 0, 0, "always");
        assert_eq!(after(59, &starting), Standing::Pending("health: starting".to_owned()));
        let fault = Fault::TooSlow(60, "health: starting".to_owned());
        assert_eq!(after(60, &starting), Standing::Failed(fault));
    }

    #[test]
    fn without_a_check_running_for_a_while_is_enough() {
        let running = container("running", "", 0, 0, "always");
        assert_eq!(after(0, &running), Standing::Pending("running".to_owned()));
        assert_eq!(after(3, &running), Standing::Ready("running"));
        let mut old = running;
        old.state.started_at = "2020-01-01T00:00:00.123456789Z".to_owned();
        assert_eq!(after(0, &old), Standing::Ready("running"));
    }

    #[test]
    fn what_ends_well_by_itself_is_done() {
        assert_eq!(after(0, &container("exited", "", 0, 0, "on-failure")), Standing::Ready("done"));
        assert_eq!(after(0, &container("exited", "", 0, 0, "no")), Standing::Ready("done"));
        assert_eq!(after(0, &container("exited", "", 0, 0, "always")), Standing::Failed(Fault::Ended(0)));
        assert_eq!(after(0, &container("exited", "", 7, 0, "no")), Standing::Failed(Fault::Ended(7)));
    }

    #[test]
    fn a_few_restarts_are_patience_and_many_a_loop() {
        assert_eq!(
            after(1, &container("restarting", "", 1, 4, "on-failure")),
            Standing::Pending("restarting".to_owned())
        );
        assert_eq!(after(1, &container("running", "", 1, 5, "always")), Standing::Failed(Fault::Loop(5, 1)));
        let old_loop = container("restarting", "", 1, 57, "always");
        let sight = Sight::first(&old_loop, Instant::now());
        assert_eq!(sight.judge(&old_loop, sight.since, Duration::from_secs(60)), Standing::Failed(Fault::Loop(57, 1)));
    }
}
