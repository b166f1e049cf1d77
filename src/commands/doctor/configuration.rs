//! What `configure` would say.

use super::Finding;
use crate::app::Planned;
use crate::deployment::{self, Configured};
use crate::report::{Diagnostic, Severity};

const CHECK: &str = "configuration";

pub(super) fn look(planned: &Planned) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for diagnostic in planned.report.diagnostics() {
        let place = diagnostic.labels.first().map(|label| planned.sources.place(label.span));
        let what = match place {
            Some(place) => format!("{} ({}:{})", diagnostic.title, place.path, place.line),
            None => diagnostic.title.clone(),
        };
        let mut finding = match diagnostic.severity {
            Severity::Error => Finding::failure(CHECK, what),
            Severity::Warning => Finding::warning(CHECK, what),
            Severity::Note => continue,
        };
        finding.why.extend(diagnostic.notes.iter().cloned());
        finding.mend.extend(diagnostic.helps.iter().map(|help| bare_command(help).to_owned()));
        findings.push(finding);
    }
    if findings.is_empty() {
        findings.push(Finding::good(CHECK, "the configuration is sound"));
    }
    findings
}

/// What keeps `configure` from writing, although the configuration is sound.
pub(super) fn foreign(configured: &Configured) -> Vec<Finding> {
    let finding = |problem: Diagnostic| Finding {
        mend: problem.helps.iter().map(|help| bare_command(help).to_owned()).collect(),
        ..Finding::failure(CHECK, problem.title)
    };
    deployment::foreign(configured).into_iter().map(finding).collect()
}

/// The command of an advice that ends with one: ``convert the file: `sed …` ``.
fn bare_command(help: &str) -> &str {
    let quoted = help.rsplit_once(": `").and_then(|(_, rest)| rest.strip_suffix('`'));
    quoted.filter(|command| !command.contains('`')).unwrap_or(help)
}
