//! Waiting until every service is where it should be.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::readiness::{Fault, Readiness, SETTLED, SETTLED_HEALTHY, Sight, age};
use super::selection::Selection;
use crate::app::{Context, Failure};
use crate::docker::{Container, Verdict, containers, interrupted, logs};
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::terminal::Live;

/// How long to the next look: short at first, for what is up already or nearly so.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How many last lines of a log are shown.
const LINES: usize = 20;

/// Waits for the containers of some services.
pub(crate) struct Waiting<'a> {
    context: &'a Context<'a>,
    project: &'a str,
    patience: Duration,
    began: Instant,
    looked: Instant,
    services: Selection,
    settled: Duration,
    sights: HashMap<String, Sight>,
    /// The containers that were not ready at a look.
    expected: HashSet<String>,
    announced: HashSet<String>,
    gave_up: bool,
}

/// A container and where it stands.
type Judged = (Container, Readiness);

impl<'a> Waiting<'a> {
    /// Waits for containers of a project, each at most `patience`. What is said about seconds counts from `began`.
    pub(crate) fn new(context: &'a Context<'a>, began: Instant, project: &'a str, patience: Duration) -> Self {
        Self {
            context,
            project,
            patience,
            began,
            looked: Instant::now(),
            services: Selection::none(),
            settled: SETTLED,
            sights: HashMap::new(),
            expected: HashSet::new(),
            announced: HashSet::new(),
            gave_up: false,
        }
    }

    /// Waits for these services from now on.
    pub(crate) fn expect(&mut self, services: Selection) {
        (self.services, self.settled) = (services, SETTLED);
    }

    /// Waits for a service that is asked itself afterwards, whether it is ready.
    pub(crate) fn expect_briefly(&mut self, service: &str) {
        (self.services, self.settled) = (Selection::only(service), SETTLED_HEALTHY);
    }

    /// How long each may take.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether a glance found that waiting makes no sense.
    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// A quick look while docker compose is at work, now and then: is it waiting for something that will never come?
    pub(crate) fn glance(&mut self) -> Verdict {
        if self.looked.elapsed() < LONGEST_PAUSE {
            return Verdict::GoOn;
        }
        let endless = |(_, standing): &Judged| matches!(standing, Readiness::Failed(fault) if fault.is_endless());
        // What cannot be seen now is seen later.
        self.gave_up = self.look(false).is_ok_and(|judged| judged.iter().any(endless));
        if self.gave_up { Verdict::Stop } else { Verdict::GoOn }
    }

    /// Looks until everything is ready or something failed, and says so with a closing line.
    pub(crate) fn until_ready(&mut self) -> Result<Exit, Failure> {
        let judged = self.until_settled()?;
        self.close(&judged);
        Ok(Exit::Done)
    }

    /// The same without the closing line.
    pub(crate) fn until_settled(&mut self) -> Result<Vec<Judged>, Failure> {
        let live = self.context.printer.live();
        let mut pause = FIRST_PAUSE;
        loop {
            let judged = self.look(true)?;
            live.aside(|| self.announce(&judged));
            if judged.iter().any(|(_, standing)| matches!(standing, Readiness::Failed(_))) {
                live.aside(|| self.show_failed(&judged));
                return Err(Failure::said(Exit::Failed));
            }
            if judged.iter().all(|(_, standing)| matches!(standing, Readiness::Ready(_))) {
                return Ok(judged);
            }
            self.tell_pending(&live, &judged);
            std::thread::sleep(pause);
            if interrupted() {
                return Err(Failure::said(Exit::Theirs(130)));
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Shows the last lines of whoever failed, after docker compose gave up or was made to.
    pub(crate) fn tell_who_failed(&mut self) {
        if let Ok(judged) = self.look(false) {
            self.show_failed(&judged);
        }
    }

    /// The time of a container begins when it has been started; of one that docker compose left behind without
    /// starting it, when docker compose was through.
    fn look(&mut self, all_started: bool) -> Result<Vec<Judged>, Failure> {
        let now = Instant::now();
        let found = containers(self.context.runner, self.project)?;
        let ours = found.into_iter().filter(|container| self.services.contains(&container.service));
        let judged = ours
            .map(|container| {
                if !all_started && container.state.status == "created" {
                    let doing = Readiness::Pending("created".to_owned());
                    return (container, doing);
                }
                let first = || Sight::first(&container, now);
                let sight = self.sights.entry(container.id.clone()).or_insert_with(first);
                let standing = sight.judge(&container, now, self.patience, self.settled);
                (container, standing)
            })
            .collect();
        self.looked = Instant::now();
        Ok(judged)
    }

    /// Says of each container when it is ready; one that was before this `up` is no news.
    fn announce(&mut self, judged: &[Judged]) {
        for (container, standing) in judged {
            let Readiness::Ready(how) = standing else {
                self.expected.insert(container.id.clone());
                continue;
            };
            let news = self.expected.contains(&container.id) || age(container) <= self.began.elapsed();
            if self.announced.insert(container.id.clone()) && news {
                let seconds = self.began.elapsed().as_secs();
                self.context.printer.good(&format!("{}: {how} after {seconds} s", label(container, judged)));
            }
        }
    }

    fn tell_pending(&self, live: &Live, judged: &[Judged]) {
        let pending: Vec<String> = judged
            .iter()
            .filter_map(|(container, standing)| match standing {
                Readiness::Pending(doing) => Some(format!("{} ({doing})", label(container, judged))),
                _ => None,
            })
            .collect();
        live.show(format!("{} s, waiting for {}", self.began.elapsed().as_secs(), pending.join(", ")));
    }

    fn close(&self, judged: &[Judged]) {
        let services: HashSet<&str> = judged.iter().map(|(container, _)| container.service.as_str()).collect();
        let counted = match services.len() {
            0 => "nothing was to be started".to_owned(),
            1 => "1 service is ready".to_owned(),
            number => format!("{number} services are ready"),
        };
        self.context.printer.say(&format!("{counted} ({} s)", self.began.elapsed().as_secs()));
    }

    fn show_failed(&self, judged: &[Judged]) {
        for (container, standing) in judged {
            let Readiness::Failed(fault) = standing else { continue };
            self.show(container, &label(container, judged), fault);
        }
    }

    fn show(&self, container: &Container, label: &str, fault: &Fault) {
        let printer = self.context.printer;
        printer.bad(&format!("{label} {fault}"));
        match logs(self.context.runner, &container.id, LINES) {
            Ok(lines) if !lines.is_empty() => lines.iter().for_each(|line| printer.aside(line)),
            _ => printer.aside("(it wrote nothing, or its log cannot be read)"),
        }
        if let Some(advice) = advice(fault) {
            printer.diagnostic(&crate::report::Sources::default(), &advice);
        }
    }
}

fn advice(fault: &Fault) -> Option<Diagnostic> {
    match fault {
        Fault::TooSlow(..) => Some(
            Diagnostic::note("too-slow", "it may only need more time")
                .with_help("`--wait-timeout SECONDS` waits longer, `--no-wait` does not wait at all"),
        ),
        Fault::Restarted(..) => Some(
            Diagnostic::note("restarted", "it may have started before what it needs was ready")
                .with_help("have it wait: `depends_on: { NAME: { condition: service_healthy } }`")
                .with_help("`--no-wait` starts it without a look at what comes of it"),
        ),
        Fault::Ended(_) | Fault::Unhealthy => None,
    }
}

/// A service's name; the container's where the service has several.
fn label(container: &Container, judged: &[Judged]) -> String {
    let one = judged.iter().filter(|(other, _)| other.service == container.service).count() == 1;
    if one { container.service.clone() } else { container.name.trim_start_matches('/').to_owned() }
}
