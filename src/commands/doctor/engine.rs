//! Docker itself: there, new enough, and willing to talk to this user.

use super::{Finding, as_root};
use crate::app::Context;
use crate::docker::{Command, Input, Trouble, find_trouble};

const CHECK: &str = "docker";

/// The oldest engine that knows `host-gateway`, by which containers reach the host.
const OLDEST_ENGINE: (u32, u32) = (20, 10);

pub(super) fn look(context: &Context<'_>) -> Vec<Finding> {
    if let Some(trouble) = find_trouble(context.runner) {
        let root = as_root();
        let finding = Finding::failure(CHECK, trouble.to_string()).because("without docker nothing can be started");
        return vec![match trouble {
            Trouble::NoEngine => finding.because(trouble.advice()).mended_by(format!("{root}systemctl start docker")),
            Trouble::NotAllowed => finding
                .because("the user gets this right with the next login")
                .mended_by("sudo usermod --append --groups docker \"$USER\""),
            other => finding.mended_by(other.advice()),
        }];
    }
    let ask = |words: &[&str]| {
        let told = context.runner.capture(&Command::new("docker").args(words).input(Input::Nothing));
        told.map(|told| told.text().trim().to_owned()).unwrap_or_default()
    };
    let engine = ask(&["version", "--format", "{{.Server.Version}}"]);
    let compose = ask(&["compose", "version", "--short"]);
    if is_too_old(&engine) {
        let (major, minor) = OLDEST_ENGINE;
        let finding =
            Finding::failure(CHECK, format!("docker {engine} is too old: {major}.{minor} or newer is needed"));
        return vec![finding.mended_by("update Docker Engine: https://docs.docker.com/engine/install/")];
    }
    vec![Finding::good(CHECK, format!("docker {engine} with compose {}", compose.trim_start_matches('v')))]
}

/// A version that cannot be read is not held against it.
fn is_too_old(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) < OLDEST_ENGINE)
}
