//! How long `configure` takes, and what it needs: `cargo bench --bench configure`.
//!
//! The bundled stack is compared with `docker compose config -q` on the same fragments, in turns, so that both see the
//! same machine. Generated projects of 100, 300 and 1,000 fragments show how the time grows.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "what cannot be measured is to be seen"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How often each thing is measured.
const ROUNDS: usize = 15;

/// What the bundled stack wants to know.
const ENV_CUSTOM: &str = "FILESYSTEM_ROOT=/srv/lapstrake\nCOOG_GATEWAY_TOKEN=a-token-for-a-benchmark\n\
    JWT_ENCRYPTION=a-key-for-a-benchmark\nENABLE_SFTP=true\n";

fn main() {
    bundled_stack();
    many_fragments();
}

fn bundled_stack() {
    let place = TempDir::new().expect("a temporary folder");
    let root = place.path();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["compose", "overlays", "defaults", "env.base"] {
        copy(&own.join(part), &root.join(part));
    }
    // docker compose looks for service env files where the fragments say they are, and nowhere else.
    copy(&own.join("defaults/env"), &root.join("env"));
    let version = |number: usize| {
        let text = format!("{ENV_CUSTOM}IMAGE_VERSION_DEFAULT={number}.0\n");
        fs::write(root.join("env.custom"), text).expect("env.custom");
    };
    version(0);
    configure(root).run();
    let written = fs::read_to_string(root.join("compose.yaml")).expect("compose.yaml");
    let fragments: Vec<&str> = written.lines().filter_map(|line| line.strip_prefix("#   ")).collect();
    let mut compose = Call::new("docker", root);
    compose.command.args(["compose", "--project-directory", ".", "--env-file", ".env"]);
    compose.command.args(fragments.iter().flat_map(|fragment| ["-f", fragment])).args(["config", "-q"]);

    let (mut same, mut changed, mut theirs) = (Times::default(), Times::default(), Times::default());
    for round in 1..=ROUNDS {
        same.add(configure(root).run());
        version(round);
        changed.add(configure(root).run());
        theirs.add(compose.run());
    }
    println!("The bundled stack: {} fragments, {ROUNDS} rounds\n", fragments.len());
    println!("{:<36} {:>9} {:>9} {:>8} {:>7}", "", "median", "least", "peak", "ratio");
    let rows = [
        ("configure, nothing changed", &same, configure(root).peak()),
        ("configure, an image version changed", &changed, configure(root).peak()),
        ("docker compose config -q", &theirs, compose.peak()),
    ];
    for (what, times, peak) in rows {
        let ratio = theirs.median() / times.median();
        println!("{what:<36} {:>6.1} ms {:>6.1} ms {peak:>5.1} MB {ratio:>6.1}x", times.median(), times.least());
    }
}

fn many_fragments() {
    println!("\nGenerated fragments of two services each, nothing changed\n");
    println!("{:>9} {:>9} {:>9} {:>9} {:>14} {:>8}", "fragments", "services", "median", "least", "a fragment", "peak");
    for number in [100_u32, 300, 1_000] {
        let place = TempDir::new().expect("a temporary folder");
        generate(place.path(), number);
        configure(place.path()).run();
        let mut times = Times::default();
        (0..ROUNDS).for_each(|_| times.add(configure(place.path()).run()));
        let (median, least) = (times.median(), times.least());
        let each = median * 1000.0 / f64::from(number);
        let peak = configure(place.path()).peak();
        println!("{number:>9} {:>9} {median:>6.1} ms {least:>6.1} ms {each:>11.1} µs {peak:>5.1} MB", number * 2);
    }
}

fn generate(root: &Path, number: u32) {
    fs::create_dir_all(root.join("compose/many")).expect("a folder");
    let base = "COMPOSE_PROJECT_NAME=many\nREGISTRY=${CUSTOM_REGISTRY:-registry}\nTAG=${CUSTOM_TAG:-1.0}\n\
        DB_PASSWORD=${CUSTOM_DB_PASSWORD:-a-password-for-a-benchmark}\n";
    fs::write(root.join("env.base"), base).expect("env.base");
    fs::write(root.join("env.custom"), "").expect("env.custom");
    for at in 0..number {
        let text = include_str!("fragment.yml").replace("NUMBER", &at.to_string());
        fs::write(root.join(format!("compose/many/{at:04}.yml")), text).expect("a fragment");
    }
}

fn configure(root: &Path) -> Call {
    let mut call = Call::new(env!("CARGO_BIN_EXE_lapstrake"), root);
    call.command.arg("configure");
    call
}

/// A command to be measured.
struct Call {
    command: Command,
}

impl Call {
    fn new(program: &str, folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { command }
    }

    fn run(&mut self) -> Duration {
        let start = Instant::now();
        let status = self.command.status().expect("it runs");
        assert!(status.success(), "{:?} failed", self.command);
        start.elapsed()
    }

    /// The most memory that it or a child of it had at a time, in megabytes, as far as it can be seen while they run.
    fn peak(&mut self) -> f64 {
        let mut child = self.command.spawn().expect("it runs");
        let mut most = 0.0_f64;
        while child.try_wait().expect("a child").is_none() {
            let family = std::iter::once(child.id()).chain(children(child.id()));
            most = family.map(memory).fold(most, f64::max);
        }
        most / 1024.0
    }
}

/// The most memory that a process had so far, in kilobytes.
fn memory(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort();
    }

    fn median(&self) -> f64 {
        milliseconds(self.0[self.0.len() / 2])
    }

    fn least(&self) -> f64 {
        milliseconds(self.0[0])
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        let entries = fs::read_dir(from).expect("a folder").flatten();
        entries.for_each(|entry| copy(&entry.path(), &to.join(entry.file_name())));
    } else {
        fs::copy(from, to).expect("a copy");
    }
}
