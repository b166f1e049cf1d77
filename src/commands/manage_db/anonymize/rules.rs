//! The rules of a project, and what they mean for one of its databases.

use std::path::Path;

use indexmap::IndexMap;

use crate::app::Failure;
use crate::database::Name;
use crate::database::anonymize::{Plan, Purpose, Rules, Skipped, Snapshot, catalogue, read_rules, snapshot};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::report::{Diagnostic, Report, Sources, read_optional};
use crate::terminal::wrapped;

/// The rules of the bundled stack, for a project that has none of its own.
const BUNDLED: &str = include_str!("../../../../defaults/anonymize.yml");
const NAME: &str = "anonymize.yml";
/// Before a line that goes on.
const INDENT: &str = "  ";
const DEFAULTS: &str = "defaults/anonymize.yml";

/// The rules, and the texts that they stand in.
pub(super) struct Read {
    pub(super) rules: Rules,
    sources: Sources,
}

/// Reads the rules: the project's defaults, the operators', this machine's.
pub(super) fn read(session: &Session<'_>) -> Result<Read, Failure> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let project = session.project;
    let mut files = Vec::new();
    for path in [project.root().join(DEFAULTS), project.custom().join(NAME), project.root().join(NAME)] {
        let name = project.name_of(&path);
        let found = read_optional(&mut sources, &mut report, &name, &path);
        let is_default = name == DEFAULTS && !report.has_errors();
        files.extend(found.or_else(|| is_default.then(|| sources.add(DEFAULTS, Path::new(DEFAULTS), BUNDLED))));
    }
    let rules = read_rules(&sources, &files, &mut report);
    session.context.printer.report(&sources, &report, "nothing was done");
    if report.has_errors() { Err(Failure::said(Exit::Invalid)) } else { Ok(Read { rules, sources }) }
}

/// What the rules mean for a database. What it does not have is said; with `strict` that is an error.
pub(super) fn plan(session: &Session<'_>, read: &Read, database: &Name, strict: bool) -> Result<Plan, Failure> {
    let version = session.version()?;
    snapshot(&session.server, database, version, |snapshot| {
        plan_within(session, read, snapshot, (Purpose::InPlace, strict))
    })
}

/// The same for a snapshot of one.
pub(super) fn plan_within(
    session: &Session<'_>,
    read: &Read,
    snapshot: &mut Snapshot<'_, '_, '_>,
    (purpose, strict): (Purpose, bool),
) -> Result<Plan, Failure> {
    said(session, read, snapshot.plan(&read.rules, administrator(session), purpose)?, strict)
}

/// The same without a word.
pub(super) fn silent_plan(session: &Session<'_>, read: &Read, database: &Name) -> Result<Plan, Failure> {
    Ok(Plan::new(&read.rules, &catalogue(&session.server, database)?, administrator(session)))
}

fn administrator<'a>(session: &Session<'a>) -> &'a str {
    session.application.as_ref().map_or("admin", |application| application.administrator)
}

fn said(session: &Session<'_>, read: &Read, plan: Plan, strict: bool) -> Result<Plan, Failure> {
    let mut report = Report::default();
    for skipped in plan.skipped.iter().filter(|skipped| skipped.absent && strict) {
        report.push(problem(skipped));
    }
    for fault in &plan.faults {
        report.push(problem(fault));
    }
    session.context.printer.report(&read.sources, &report, "nothing was done");
    if report.has_errors() {
        return Err(Failure::said(Exit::Invalid));
    }
    let printer = session.context.printer;
    let width = printer.talk_width().map_or(usize::MAX, |width| width.saturating_sub(INDENT.len()));
    for line in skipped(&plan.skipped) {
        printer.say(&wrapped(&line, width).join(&format!("\n{INDENT}")));
    }
    Ok(plan)
}

/// What is skipped, a line for each reason.
fn skipped(all: &[Skipped]) -> Vec<String> {
    let mut reasons: IndexMap<String, Vec<&str>> = IndexMap::new();
    for Skipped { what, why, near, .. } in all {
        let near = near.as_ref().map(|near| format!(" (there is `{near}`)")).unwrap_or_default();
        reasons.entry(format!("{why}{near}")).or_default().push(what);
    }
    reasons.into_iter().map(|(why, names)| format!("skipped {}: {why}", names.join(", "))).collect()
}

fn problem(skipped: &Skipped) -> Diagnostic {
    let title = if skipped.absent {
        format!("the database has no `{}`", skipped.what)
    } else {
        format!("`{}` cannot be anonymised like this", skipped.what)
    };
    Diagnostic::error("rules", title).at(skipped.span, &*skipped.why).with_nearest(skipped.near.as_deref())
}
