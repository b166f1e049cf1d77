//! The transaction in which a database is anonymised: the word that commits is sent only after all was proven.

use serde::Deserialize;

use super::catalogue::catalogue_within;
use super::conversation::{converse, random_text};
use super::guard::Guard;
use super::objects::Unlinked;
use super::plan::{Plan, Step, Work};
use super::sample::samples;
use super::{Rules, aftermath, script};
use crate::database::{DatabaseError, Name, Server};

/// What was done.
#[derive(Debug)]
pub struct Outcome {
    /// Table by table.
    pub tables: Vec<TableOutcome>,
}

/// What was done with a table.
#[derive(Debug)]
pub struct TableOutcome {
    /// Its name.
    pub table: String,
    /// How long its change took.
    pub seconds: f64,
    /// What was done with its columns; one without a name where rows were deleted.
    pub columns: Vec<ColumnOutcome>,
}

/// What was done with a column.
#[derive(Debug)]
pub struct ColumnOutcome {
    /// Its name.
    pub column: Option<String>,
    /// How it was done.
    pub method: &'static str,
    /// How many rows changed.
    pub changed: u64,
    /// How many of them were looked at afterwards.
    pub proven: u64,
}

/// How many rows would change, table by table and column by column.
pub type Counts = Vec<Vec<u64>>;

/// Asks how many rows would change.
///
/// # Errors
/// When the server does not tell, or cannot make sense of a condition.
pub fn count(server: &Server<'_>, database: &Name, plan: &Plan) -> Result<Counts, DatabaseError> {
    let told = server.psql(database, &script::counting(plan), "the count of the rows")?;
    told.lines().map(|line| serde_json::from_str(line).map_err(|_| strange(line))).collect()
}

/// Does it all, in one transaction.
///
/// # Errors
/// When it was not done: then the database is as it was.
pub fn anonymize(
    server: &Server<'_>,
    database: &Name,
    version: u32,
    plan: &Plan,
    rules: &Rules,
) -> Result<Outcome, DatabaseError> {
    let drawn = random_text()?;
    converse(server, database, DOING, |session| {
        session.ask(&script::beginning(plan, version, &drawn))?;
        let catalogue = catalogue_within(session)?;
        let samples = samples(session, plan, &catalogue)?;
        let guard = Guard::disarm(session, plan, &catalogue)?;
        let objects = Unlinked::remember(session, plan, &catalogue)?;
        let mut heard = vec![Heard::default(); plan.steps.len()];
        for (number, step) in plan.steps.iter().enumerate() {
            note(&mut heard, &session.ask(&script::work(number, step))?)?;
        }
        for (number, step) in plan.steps.iter().enumerate() {
            note(&mut heard, &session.ask(&script::proof(number, step))?)?;
        }
        if let Some(doubt) = doubt(plan, &heard) {
            return Err(refused(doubt));
        }
        guard.rearm(session)?;
        objects.unlink(session)?;
        aftermath::refresh(session)?;
        aftermath::forget_statistics(session, guard.tables())?;
        let found = [guard.strangers(session)?, aftermath::look_through(session, plan, rules, &catalogue, &samples)?];
        if let Some(found) = found.into_iter().flatten().next() {
            return Err(refused(found));
        }
        session.ask("COMMIT;")?;
        Ok(outcome(plan, heard))
    })
}

const DOING: &str = "the anonymisation";

fn refused(complaint: String) -> DatabaseError {
    DatabaseError::Failed { doing: DOING.to_owned(), complaint }
}

/// What was heard of a step.
#[derive(Clone, Default)]
pub(super) struct Heard {
    pub(super) seconds: f64,
    pub(super) columns: Vec<Proven>,
}

/// A line that the server tells.
#[derive(Deserialize)]
struct Line {
    step: usize,
    seconds: Option<f64>,
    columns: Option<Vec<Proven>>,
}

/// What was heard of a column.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Proven {
    pub(super) changed: u64,
    pub(super) proven: u64,
    pub(super) survivors: u64,
}

fn note(heard: &mut [Heard], told: &str) -> Result<(), DatabaseError> {
    for line in told.lines() {
        let Line { step, seconds, columns } = serde_json::from_str(line).map_err(|_| strange(line))?;
        if let Some(heard) = heard.get_mut(step) {
            heard.seconds = seconds.unwrap_or(heard.seconds);
            heard.columns = columns.unwrap_or_else(|| std::mem::take(&mut heard.columns));
        }
    }
    Ok(())
}

/// What speaks against the work.
pub(super) fn doubt(plan: &Plan, heard: &[Heard]) -> Option<String> {
    let pairs = plan.steps.iter().zip(heard);
    let doubts: Vec<String> = pairs.flat_map(|(step, heard)| doubts(step, heard)).collect();
    (!doubts.is_empty()).then(|| doubts.join("\n"))
}

fn doubts(step: &Step, heard: &Heard) -> Vec<String> {
    let labels = labels(step);
    if heard.columns.len() != labels.len() {
        return vec![format!("nothing proves the work on `{}`", step.table)];
    }
    let pairs = labels.iter().zip(&heard.columns);
    pairs
        .filter_map(|((column, _), proven)| {
            let what = column.as_ref().map_or_else(|| step.table.clone(), |column| format!("{}.{column}", step.table));
            if proven.survivors > 0 {
                Some(format!("`{what}`: {} of {} values are still there", proven.survivors, proven.proven))
            } else if proven.changed > 0 && proven.proven == 0 {
                Some(format!("`{what}`: none of {} values was looked at", proven.changed))
            } else {
                None
            }
        })
        .collect()
}

/// The columns of a step; one without a name where rows go.
fn labels(step: &Step) -> Vec<(Option<String>, &'static str)> {
    match &step.work {
        Work::Delete(_) => vec![(None, "delete")],
        Work::Update(_) => step.columns().map(|(column, method)| (Some(column.to_owned()), method)).collect(),
    }
}

pub(super) fn outcome(plan: &Plan, heard: Vec<Heard>) -> Outcome {
    let tables = plan.steps.iter().zip(heard).map(|(step, heard)| TableOutcome {
        table: step.table.clone(),
        seconds: heard.seconds,
        columns: labels(step)
            .into_iter()
            .zip(heard.columns)
            .map(|((column, method), Proven { changed, proven, .. })| ColumnOutcome { column, method, changed, proven })
            .collect(),
    });
    Outcome { tables: tables.collect() }
}

fn strange(line: &str) -> DatabaseError {
    DatabaseError::Strange(line.to_owned())
}

impl Plan {
    /// The statements that change something, table by table.
    #[must_use]
    pub fn statements(&self) -> Vec<Vec<String>> {
        self.steps.iter().map(script::statements).collect()
    }
}
