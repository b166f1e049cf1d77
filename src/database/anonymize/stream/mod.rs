//! An anonymised dump that changes nothing on the server.
//!
//! ```text
//! one session, one snapshot ─┬─► pg_dump: definitions ──────────────┐
//!                            ├─► pg_dump: data of tables without rules ├─► looked through ─► the dump
//!                            ├─► COPY (SELECT …): data of the others ──┤
//!                            └─► pg_dump: indexes, constraints, … ─────┘
//! ```
//!
//! The session is read-only and stays open until the end, so that every part sees the same data. The rules are
//! expressions in its queries; each row tells in front of its values which of them changed, and whether a new value is
//! the old one. That is the proof, and it takes no second look at the tables.

mod objects;
mod rows;
mod section;

use std::io::Write;

use super::catalogue::catalogue_within;
use super::conversation::{Conversation, converse, random_text};
use super::examine::{Purpose, examine};
use super::run::{Outcome, doubt, outcome};
use super::scan::Scanner;
use super::{Catalogue, Plan, Rules, sample, script};
use crate::database::{DatabaseError, Name, Server, identifier, literal};
use crate::docker::RunError;
use objects::Objects;
use section::{Section, WithoutConstraints};

const DOING: &str = "the anonymisation";

/// A database as it was at one moment.
pub struct Snapshot<'s, 'r, 'c> {
    server: &'s Server<'r>,
    database: &'s Name,
    conversation: &'c mut Conversation,
    /// Its name on the server.
    name: String,
    catalogue: Catalogue,
}

/// Holds a snapshot of a database while `work` uses it.
///
/// # Errors
/// When the server does not give one, or `work` fails.
pub fn snapshot<T, E: From<DatabaseError>>(
    server: &Server<'_>,
    database: &Name,
    version: u32,
    work: impl FnOnce(&mut Snapshot<'_, '_, '_>) -> Result<T, E>,
) -> Result<T, E> {
    let drawn = random_text()?;
    converse(server, database, DOING, |conversation| {
        let told = conversation.ask(&begin(version, &drawn))?;
        let name = told.trim().to_owned();
        let catalogue = catalogue_within(conversation)?;
        let tables: Vec<String> =
            catalogue.tables().filter(|table| table.readable).map(super::Table::lockable).collect();
        if !tables.is_empty() {
            // Nobody may change a table's form between one part and the next.
            conversation.ask(&format!("LOCK TABLE {} IN ACCESS SHARE MODE;", tables.join(", ")))?;
        }
        work(&mut Snapshot { server, database, conversation, name, catalogue })
    })
}

/// What pg_dump sets, too, so that values are written alike; and a transaction that can write nothing.
fn begin(version: u32, drawn: &str) -> String {
    format!(
        "{settings}SET row_security = off;\nSET datestyle = iso;\nSET intervalstyle = postgres;\n\
         SET extra_float_digits = 3;\nSET bytea_output = hex;\nSET synchronize_seqscans = off;\n\
         SELECT current_setting('search_path') AS lapstrake_path \\gset\n\
         BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{secrets}SELECT pg_export_snapshot();",
        settings = script::SETTINGS,
        secrets = script::secrets(version, drawn),
    )
}

impl Snapshot<'_, '_, '_> {
    /// What the rules mean for it, and what of that its own constraints do not allow.
    ///
    /// # Errors
    /// When the server does not tell.
    pub fn plan(&mut self, rules: &Rules, administrator: &str, purpose: Purpose) -> Result<Plan, DatabaseError> {
        let mut plan = Plan::new(rules, &self.catalogue, administrator);
        if purpose == Purpose::Stream {
            plan = plan.with_password(rules, &self.catalogue, administrator);
        }
        examine(self.conversation, &mut plan, &self.catalogue, purpose)?;
        Ok(plan)
    }

    /// Writes the dump.
    ///
    /// # Errors
    /// When it could not be written, or was not proven: then what was written is not complete.
    pub fn write(&mut self, plan: &Plan, rules: &Rules, to: &mut dyn Write) -> Result<Outcome, DatabaseError> {
        let samples = sample::samples(self.conversation, plan, &self.catalogue)?;
        let judged = rules.judged(plan, &self.catalogue);
        let mut to = Scanner::new(to, &samples, &judged)?;
        let outgoing = rows::outgoing(plan, &self.catalogue);
        let objects = Objects::of(plan, &self.catalogue);

        let mut words = vec!["pg_dump".to_owned(), "--format=plain".to_owned(), "--no-subscriptions".to_owned()];
        words.push(format!("--snapshot={}", self.name));
        let constraints = dropped_constraints(plan);
        if !constraints.is_empty() {
            words.push("--quote-all-identifiers".to_owned());
        }
        if objects.are_chosen() {
            words.push("--no-blobs".to_owned());
        }
        let mut first = words.clone();
        first.extend(outgoing.iter().map(|table| format!("--exclude-table-data={}", table.store.identifier())));
        let server = self.server;
        let database = self.database;
        std::thread::scope(|scope| {
            // What comes last is short, and made while the data are.
            let last = scope.spawn(|| {
                let mut last = Vec::new();
                let section = Section::later(WithoutConstraints::new(&mut last, &constraints));
                draw(server, database, &words, &["--section=post-data"], section).map(|_| last)
            });
            let closing =
                draw(server, database, &first, &["--section=pre-data", "--section=data"], Section::first(&mut to))?;
            let mut heard = vec![super::run::Heard::default(); plan.steps.len()];
            for table in &outgoing {
                rows::write(self.conversation, table, &mut heard, &mut to)?;
            }
            rows::count_gone(self.conversation, plan, &mut heard)?;
            if let Some(doubt) = doubt(plan, &heard) {
                return Err(refused(doubt));
            }
            objects.write(self.conversation, &mut to)?;
            let last = last.join().unwrap_or_else(|_| Err(refused(UNFINISHED.to_owned())))?;
            to.write_all(&last).and_then(|()| to.write_all(&closing)).map_err(RunError::Streams)?;
            let found = to.finish();
            if found.is_empty() { Ok(outcome(plan, heard)) } else { Err(refused(told(&found))) }
        })
    }
}

const UNFINISHED: &str = "pg_dump ended without the closing line of a complete dump";

/// Has pg_dump write parts, and gives back its closing line.
fn draw<W: Write>(
    server: &Server<'_>,
    database: &Name,
    words: &[String],
    parts: &[&str],
    mut to: Section<W>,
) -> Result<Vec<u8>, DatabaseError> {
    let words: Vec<&str> = words.iter().map(String::as_str).chain(parts.iter().copied()).collect();
    server.draw(database, &words, &mut to, DOING)?;
    let closing = to.finish().map_err(RunError::Streams)?;
    closing.ok_or_else(|| refused(UNFINISHED.to_owned()))
}

/// The unique constraints that are in the way, each with its table.
fn dropped_constraints(plan: &Plan) -> Vec<(String, String)> {
    let of_step = |step: &super::Step| -> Vec<(String, String)> {
        step.drop_constraints.iter().map(|name| (step.identifier.clone(), identifier(name))).collect()
    };
    plan.steps.iter().flat_map(of_step).collect()
}

/// What the look through everything found, and what to do about it.
pub(super) fn told(found: &[String]) -> String {
    format!(
        "values that the rules hide stand elsewhere, too:\n  {}\ngive those columns rules, or `keep` where they hold \
         nothing personal; what stands in a definition (a comment, a default) must be changed there",
        found.join("\n  ")
    )
}

pub(super) fn refused(complaint: String) -> DatabaseError {
    DatabaseError::Failed { doing: DOING.to_owned(), complaint }
}

/// Sets the path back on which conditions find their tables.
pub(super) fn with_path(sql: &str) -> String {
    format!(
        "SELECT set_config('search_path', concat_ws(', ', 'pg_catalog', nullif(:'lapstrake_path', '')), false) \\g /dev/null\n{sql}"
    )
}

/// Once in a query: from then on names are written with their schemas, as a dump must have them.
pub(super) fn without_path() -> String {
    format!("(SELECT pg_catalog.set_config('search_path', {}, false)) IS NOT NULL", literal(""))
}
