//! Whether a container is where it should be. Nothing here runs or says anything.

use std::fmt;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::docker::Container;

/// A container without a healthcheck is ready after an unbroken run of this length. docker itself takes a start for
/// successful after 10 s; what ends then shows it in the seconds that follow.
pub(crate) const SETTLED: Duration = Duration::from_secs(12);
/// A healthcheck speaks for its container: only what ends right after its first good answer is waited for.
pub(crate) const SETTLED_HEALTHY: Duration = Duration::from_secs(3);
/// So many restarts are a loop, for which docker compose would wait without an end.
const LOOP: u64 = 5;

/// Where a container stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It is where it should be: `healthy`, `running` or `done`.
    Ready(&'static str),
    /// It is on its way: what it is doing.
    Pending(String),
    /// It will not get there.
    Failed(Fault),
}

/// Why a container will not get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It ended, and should not have.
    Ended(i64),
    /// It ended, and was restarted: how often, and the exit code where it is known.
    Restarted(u64, Option<i64>),
    /// Its healthcheck fails.
    Unhealthy,
    /// It is neither ready nor failed, and had its time.
    TooSlow(u64, String),
}

impl Fault {
    /// Whether docker compose would wait for it without an end.
    pub(crate) fn is_endless(&self) -> bool {
        matches!(self, Self::TooSlow(..)) || matches!(self, Self::Restarted(times, _) if *times >= LOOP)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(code) => write!(f, "ended with exit code {code}"),
            Self::Restarted(times, code) => {
                let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
                write!(f, "ended and was restarted {times} while it was waited for")?;
                code.map_or(Ok(()), |code| write!(f, ", its last exit code is {code}"))
            }
            Self::Unhealthy => write!(f, "is unhealthy: its healthcheck fails"),
            Self::TooSlow(seconds, doing) => write!(f, "is not ready after {seconds} s ({doing})"),
        }
    }
}

/// What is remembered of a container between two looks.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// When its time began.
    since: Instant,
    /// How often it had been restarted then.
    restarts: u64,
    /// When its run began by the engine's clock, and when that run was first seen by ours.
    run: (String, Instant),
    /// Whether it was ready at a look.
    was_ready: bool,
}

impl Sight {
    /// The first sight of a container.
    pub(crate) fn first(container: &Container, now: Instant) -> Self {
        let run = (container.state.started_at.clone(), now);
        Self { since: now, restarts: container.restarts, run, was_ready: false }
    }

    /// Where the container stands now. It may take `patience` from the first sight on, and is ready after an unbroken
    /// run of `settled`.
    pub(crate) fn judge(
        &mut self,
        container: &Container,
        now: Instant,
        patience: Duration,
        settled: Duration,
    ) -> Readiness {
        if container.restarts < self.restarts {
            // docker counts anew when somebody starts it.
            self.restarts = container.restarts;
        }
        if container.state.started_at != self.run.0 {
            self.run = (container.state.started_at.clone(), now);
        }
        let ran = age(container).max(now.saturating_duration_since(self.run.1));
        // Whoever waits less than that sees less.
        let standing = self.standing(container, ran, settled.min(patience));
        self.was_ready |= matches!(standing, Readiness::Ready(_));
        match standing {
            Readiness::Pending(doing) if now.saturating_duration_since(self.since) >= patience => {
                Readiness::Failed(Fault::TooSlow(patience.as_secs(), doing))
            }
            standing => standing,
        }
    }

    fn standing(&self, container: &Container, ran: Duration, settled: Duration) -> Readiness {
        let state = &container.state;
        let health = state.health.as_ref().map_or("none", |health| health.status.as_str());
        let is_done = state.status == "exited" && ends_by_itself(container) && state.exit_code == 0;
        if let Some(times) = self.restarted(container).filter(|_| !is_done) {
            // While it runs, docker has forgotten what the run before ended with.
            let code = (state.status != "running").then_some(state.exit_code);
            return Readiness::Failed(Fault::Restarted(times, code));
        }
        match (state.status.as_str(), health) {
            ("exited", _) if is_done => Readiness::Ready("done"),
            ("exited" | "dead", _) => Readiness::Failed(Fault::Ended(state.exit_code)),
            ("running", "unhealthy") => Readiness::Failed(Fault::Unhealthy),
            ("running", "healthy") if ran >= settled.min(SETTLED_HEALTHY) => Readiness::Ready("healthy"),
            ("running", "none") if ran >= settled => Readiness::Ready("running"),
            ("running", "healthy" | "none") => Readiness::Pending("running".to_owned()),
            ("running", health) => Readiness::Pending(format!("health: {health}")),
            (other, _) => Readiness::Pending(other.to_owned()),
        }
    }

    /// How often it was restarted while it was waited for, where that is a failure; of a loop that began before, how
    /// often altogether. What is restarted on failure only is a job that may try again, until it looks like a loop.
    fn restarted(&self, container: &Container) -> Option<u64> {
        let again = container.restarts.saturating_sub(self.restarts);
        let may_try_again = container.policy == "on-failure" && !self.was_ready && again < LOOP;
        if container.state.status == "restarting" && container.restarts >= LOOP {
            Some(container.restarts)
        } else {
            Some(again).filter(|again| *again > 0 && !may_try_again)
        }
    }
}

/// Whether ending well is what the container is for: docker is not told to start it again then.
fn ends_by_itself(container: &Container) -> bool {
    !matches!(container.policy.as_str(), "always" | "unless-stopped")
}

/// How long ago its last run began, by the engine's clock and ours; nothing where they disagree.
pub(crate) fn age(container: &Container) -> Duration {
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
    fn after(seconds: u64, container: &Container) -> Readiness {
        let mut sight = Sight { restarts: 0, ..Sight::first(container, Instant::now()) };
        sight.judge(container, sight.since + Duration::from_secs(seconds), Duration::from_secs(60), SETTLED)
    }

    #[test]
    fn health_decides_where_there_is_a_check() {
        let healthy = container("running", "healthy", 0, 0, "always");
        assert_eq!(after(0, &healthy), Readiness::Pending("running".to_owned()));
        assert_eq!(after(3, &healthy), Readiness::Ready("healthy"));
        assert_eq!(after(0, &container("running", "unhealthy", 0, 0, "always")), Readiness::Failed(Fault::Unhealthy));
        let starting = container("running", "starting", 0, 0, "always");
        assert_eq!(after(59, &starting), Readiness::Pending("health: starting".to_owned()));
        let fault = Fault::TooSlow(60, "health: starting".to_owned());
        assert_eq!(after(60, &starting), Readiness::Failed(fault));
    }

    #[test]
    fn without_a_check_an_unbroken_run_is_enough() {
        let running = container("running", "", 0, 0, "always");
        assert_eq!(after(11, &running), Readiness::Pending("running".to_owned()));
        assert_eq!(after(12, &running), Readiness::Ready("running"));
        let mut old = running;
        old.state.started_at = "2020-01-01T00:00:00.123456789Z".to_owned();
        assert_eq!(after(0, &old), Readiness::Ready("running"));
    }

    #[test]
    fn whoever_waits_less_is_content_with_a_shorter_run() {
        let running = container("running", "", 0, 0, "always");
        let mut sight = Sight::first(&running, Instant::now());
        let (since, patience) = (sight.since, Duration::from_secs(5));
        let mut judged = |seconds| sight.judge(&running, since + Duration::from_secs(seconds), patience, SETTLED);
        assert_eq!(judged(4), Readiness::Pending("running".to_owned()));
        assert_eq!(judged(5), Readiness::Ready("running"));
    }

    #[test]
    fn what_ends_well_by_itself_is_done() {
        assert_eq!(after(0, &container("exited", "", 0, 0, "on-failure")), Readiness::Ready("done"));
        assert_eq!(after(0, &container("exited", "", 0, 2, "on-failure")), Readiness::Ready("done"));
        assert_eq!(after(0, &container("exited", "", 0, 0, "no")), Readiness::Ready("done"));
        assert_eq!(after(0, &container("exited", "", 0, 0, "always")), Readiness::Failed(Fault::Ended(0)));
        assert_eq!(after(0, &container("exited", "", 7, 0, "no")), Readiness::Failed(Fault::Ended(7)));
    }

    #[test]
    fn a_restart_is_a_failure_whatever_it_does_now() {
        let fault = |times, code| Readiness::Failed(Fault::Restarted(times, code));
        assert_eq!(after(1, &container("restarting", "", 1, 1, "always")), fault(1, Some(1)));
        assert_eq!(after(60, &container("running", "", 0, 1, "always")), fault(1, None));
        assert_eq!(after(60, &container("running", "healthy", 0, 1, "always")), fault(1, None));
        assert!(!Fault::Restarted(4, None).is_endless() && Fault::Restarted(5, None).is_endless());
    }

    #[test]
    fn what_is_restarted_on_failure_may_try_again_until_it_was_ready() {
        let mut job = container("restarting", "", 1, 4, "on-failure");
        assert_eq!(after(1, &job), Readiness::Pending("restarting".to_owned()));
        job.state.status = "running".to_owned();
        assert_eq!(after(11, &job), Readiness::Pending("running".to_owned()));
        job.restarts = 5;
        assert_eq!(after(11, &job), Readiness::Failed(Fault::Restarted(5, None)));
        let mut server = container("running", "healthy", 0, 0, "on-failure");
        let mut sight = Sight::first(&server, Instant::now());
        let (since, patience) = (sight.since, Duration::from_secs(60));
        let mut judged =
            |server: &Container, seconds| sight.judge(server, since + Duration::from_secs(seconds), patience, SETTLED);
        assert_eq!(judged(&server, 3), Readiness::Ready("healthy"));
        server.restarts = 1;
        assert_eq!(judged(&server, 4), Readiness::Failed(Fault::Restarted(1, None)));
    }

    #[test]
    fn the_run_that_counts_is_the_one_since_the_last_restart() {
        let mut container = container("running", "", 0, 3, "always");
        let mut sight = Sight::first(&container, Instant::now());
        let patience = Duration::from_secs(60);
        let mut judge = |container: &Container, seconds| {
            sight.judge(container, sight.since + Duration::from_secs(seconds), patience, SETTLED)
        };
        assert_eq!(judge(&container, 11), Readiness::Pending("running".to_owned()));
        // Somebody started it anew: its count begins again, and its time too.
        container.restarts = 0;
        container.state.started_at = Timestamp::now().to_string();
        assert_eq!(judge(&container, 12), Readiness::Pending("running".to_owned()));
        assert_eq!(judge(&container, 24), Readiness::Ready("running"));
        container.restarts = 1;
        assert_eq!(judge(&container, 25), Readiness::Failed(Fault::Restarted(1, None)));
    }

    #[test]
    fn a_loop_that_began_before_is_seen_at_once() {
        let old_loop = container("restarting", "", 1, 57, "always");
        let mut sight = Sight::first(&old_loop, Instant::now());
        let standing = sight.judge(&old_loop, sight.since, Duration::from_secs(60), SETTLED);
        assert_eq!(standing, Readiness::Failed(Fault::Restarted(57, Some(1))));
    }
}
