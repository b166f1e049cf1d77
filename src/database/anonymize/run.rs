//! The conversation with the server: the script goes in, lines come back, and the word that commits is sent only after
//! they have proven the work.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde::Deserialize;

use super::plan::{Plan, Step, Work};
use super::script;
use crate::database::{DatabaseError, Name, Server, digits};

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
pub fn anonymize(server: &Server<'_>, database: &Name, version: u32, plan: &Plan) -> Result<Outcome, DatabaseError> {
    let (release, released) = channel();
    let text = script::transaction(plan, version, &random_text()?) + DONE;
    let mut from = Held { text: text.into_bytes(), given: 0, released, is_released: false };
    let mut to = Listener {
        plan,
        release: Some(release),
        line: Vec::new(),
        heard: vec![Heard::default(); plan.steps.len()],
        end: End::Open,
    };
    let done = server.converse(database, &mut from, &mut to, "the anonymisation");
    match (to.end, done) {
        (End::Committed, _) => Ok(outcome(plan, to.heard)),
        (End::Refused(reason), _) => {
            Err(DatabaseError::Failed { doing: "the anonymisation".to_owned(), complaint: reason })
        }
        (_, Err(error)) => Err(error),
        (End::Open, Ok(())) => Err(strange("the transaction ended early")),
    }
}

/// After the work, and after the commit.
const DONE: &str = "\\echo proven\n";
const COMMIT: &[u8] = b"COMMIT;\n\\echo committed\n";
/// While the server works we write an empty line now and then: that it cannot be written is how we learn that nobody
/// reads any more.
const PULSE: Duration = Duration::from_millis(250);

/// The script, and the commit once it is released. If it never is, or if we are killed, the input ends without it, and
/// the server takes everything back.
struct Held {
    text: Vec<u8>,
    given: usize,
    released: Receiver<()>,
    is_released: bool,
}

impl Read for Held {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            if self.is_released {
                return Ok(0);
            }
            self.given = 0;
            self.text = match self.released.recv_timeout(PULSE) {
                Ok(()) => {
                    self.is_released = true;
                    COMMIT.to_vec()
                }
                Err(RecvTimeoutError::Timeout) => b"\n".to_vec(),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
        }
        let length = into.len().min(self.text.len() - self.given);
        into[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// Hears what the server tells, and releases the commit.
struct Listener<'p> {
    plan: &'p Plan,
    release: Option<Sender<()>>,
    line: Vec<u8>,
    heard: Vec<Heard>,
    end: End,
}

enum End {
    Open,
    Refused(String),
    Committed,
}

#[derive(Clone, Default)]
struct Heard {
    seconds: f64,
    columns: Vec<Proven>,
}

/// A line that the server tells.
#[derive(Deserialize)]
struct Line {
    step: usize,
    seconds: Option<f64>,
    columns: Option<Vec<Proven>>,
}

#[derive(Clone, Deserialize)]
struct Proven {
    changed: u64,
    proven: u64,
    survivors: u64,
}

impl Listener<'_> {
    fn hear(&mut self, line: &str) {
        match line {
            "" => {}
            "proven" => match self.doubt() {
                // Without the sender the input ends, and nothing is committed.
                Some(doubt) => {
                    self.end = End::Refused(doubt);
                    self.release = None;
                }
                None => {
                    let _ = self.release.as_ref().map(|release| release.send(()));
                }
            },
            "committed" => self.end = End::Committed,
            _ => self.note(line),
        }
    }

    fn note(&mut self, line: &str) {
        let Ok(Line { step, seconds, columns }) = serde_json::from_str(line) else { return };
        let Some(heard) = self.heard.get_mut(step) else { return };
        heard.seconds = seconds.unwrap_or(heard.seconds);
        heard.columns = columns.unwrap_or_else(|| std::mem::take(&mut heard.columns));
    }

    /// What speaks against the commit.
    fn doubt(&self) -> Option<String> {
        let pairs = self.plan.steps.iter().zip(&self.heard);
        let doubts: Vec<String> = pairs.flat_map(|(step, heard)| doubts(step, heard)).collect();
        (!doubts.is_empty()).then(|| doubts.join("\n"))
    }
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

impl Write for Listener<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.hear(String::from_utf8_lossy(&line).trim());
            } else {
                self.line.push(*byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The columns of a step; one without a name where rows go.
fn labels(step: &Step) -> Vec<(Option<String>, &'static str)> {
    match &step.work {
        Work::Delete(_) => vec![(None, "delete")],
        Work::Update(_) => step.columns().map(|(column, method)| (Some(column.to_owned()), method)).collect(),
    }
}

fn outcome(plan: &Plan, heard: Vec<Heard>) -> Outcome {
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

/// What nobody can guess.
fn random_text() -> Result<String, DatabaseError> {
    let mut bytes = [0; 32];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    read.map_err(crate::docker::RunError::Streams)?;
    Ok(digits(&bytes))
}

impl Plan {
    /// The statements that change something, table by table.
    #[must_use]
    pub fn statements(&self) -> Vec<Vec<String>> {
        self.steps.iter().map(script::statements).collect()
    }
}
