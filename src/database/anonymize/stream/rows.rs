//! The data of the tables that have rules, as pg_dump would write them.

use std::io::Write;
use std::time::Instant;

use memchr::memchr;

use super::super::catalogue::{Catalogue, Store};
use super::super::conversation::Conversation;
use super::super::plan::{Plan, Work};
use super::super::renewed::Renewed;
use super::super::run::{Heard, Proven};
use super::{with_path, without_path};
use crate::database::{DatabaseError, identifier};
use crate::docker::RunError;

/// A relation whose data pg_dump does not write.
pub(super) struct Outgoing<'p> {
    pub(super) store: &'p Store,
    /// Where its rows are loaded: of partitions the whole, for a new value may belong to another one.
    into: String,
    renewed: Renewed<'p>,
}

/// The relations that the plan changes, and those whose rows go because what they refer to goes.
pub(super) fn outgoing<'p>(plan: &'p Plan, catalogue: &'p Catalogue) -> Vec<Outgoing<'p>> {
    let mut all: Vec<Outgoing<'p>> = Vec::new();
    for table in catalogue.tables() {
        for store in table.own_stores() {
            let identifier = store.identifier();
            if all.iter().any(|known| known.store.identifier() == identifier) {
                continue;
            }
            let is_meant = |step: &super::super::Step| step.stores.iter().any(|one| one.identifier() == identifier);
            let renewed = Renewed::of(plan, catalogue, is_meant, Some(table.oid));
            if !renewed.is_same() {
                let is_part = table.stores.iter().any(|store| store.kind == 'p');
                let into = if is_part { table.identifier() } else { identifier };
                all.push(Outgoing { store, into, renewed });
            }
        }
    }
    all
}

/// Writes the data of a relation, and counts what changed.
pub(super) fn write(
    conversation: &mut Conversation,
    Outgoing { store, into, renewed }: &Outgoing<'_>,
    heard: &mut [Heard],
    to: &mut dyn Write,
) -> Result<(), DatabaseError> {
    let began = Instant::now();
    let mut marks = Marks::new(renewed.columns.len());
    if !renewed.is_empty() {
        let failed = |error| DatabaseError::from(RunError::Streams(error));
        let columns: Vec<String> = store.columns.iter().map(|column| identifier(column)).collect();
        let values = store.columns.iter().map(|column| renewed.value(column));
        let values: Vec<String> = renewed.marks().into_iter().chain(values).collect();
        let comment = |text: &str| text.replace(['\n', '\r'], " ");
        let header = format!(
            "--\n-- Data for Name: {}; Type: TABLE DATA; Schema: {}; Owner: -\n--\n\nCOPY {into} ({}) FROM stdin;\n",
            comment(&store.relation),
            comment(&store.schema),
            columns.join(", ")
        );
        to.write_all(header.as_bytes()).map_err(failed)?;
        let from = renewed.rows(&format!("ONLY {}", store.identifier()));
        // What sets the path keeps the server from working in parallel.
        let rows = if store.has_names { format!(" WHERE {}", without_path()) } else { String::new() };
        let sql = format!("COPY (SELECT {} FROM {from}{rows}) TO STDOUT;", values.join(", "));
        let mut lines = Vec::new();
        conversation.copy(&with_path(&sql), &mut |piece| {
            lines.clear();
            marks.take(piece, &mut lines);
            to.write_all(&lines).map_err(failed)
        })?;
        conversation.ask(&with_path(""))?;
        to.write_all(b"\\.\n\n\n").map_err(failed)?;
    }
    let seconds = began.elapsed().as_secs_f64();
    for (((step, column), _), [_, changed, same]) in renewed.columns.iter().zip(marks.counts) {
        let Some(heard) = heard.get_mut(*step) else { continue };
        heard.columns.resize(heard.columns.len().max(column + 1), Proven::default());
        if let Some(proven) = heard.columns.get_mut(*column) {
            proven.changed += changed + same;
            proven.proven += changed + same;
            proven.survivors += same;
        }
    }
    if let Some(heard) = renewed.columns.first().and_then(|((step, _), _)| heard.get_mut(*step)) {
        heard.seconds += seconds;
    }
    Ok(())
}

/// Counts the rows that were left out.
pub(super) fn count_gone(
    conversation: &mut Conversation,
    plan: &Plan,
    heard: &mut [Heard],
) -> Result<(), DatabaseError> {
    for (step, heard) in plan.steps.iter().zip(heard) {
        let Work::Delete(rows) = &step.work else { continue };
        let told = conversation.ask(&format!("SELECT count(*) FROM {} t WHERE {rows};", step.identifier))?;
        let gone = told.trim().parse().map_err(|_| DatabaseError::Strange(told))?;
        heard.columns = vec![Proven { changed: gone, proven: gone, survivors: 0 }];
    }
    Ok(())
}

/// Takes the marks off the lines: before the values of a row stands one digit for each column that may change.
struct Marks {
    /// How often each mark stood, column by column.
    counts: Vec<[u64; 3]>,
    /// How many of a line's marks were read.
    read: usize,
    /// Whether what comes next parts a mark from what follows it.
    is_parted: bool,
}

impl Marks {
    fn new(columns: usize) -> Self {
        Self { counts: vec![[0; 3]; columns], read: 0, is_parted: false }
    }

    fn take(&mut self, mut piece: &[u8], into: &mut Vec<u8>) {
        while !piece.is_empty() {
            if self.is_parted {
                self.is_parted = false;
                // Where no values follow, the line ends here.
                if piece[0] != b'\n' {
                    piece = &piece[1..];
                    continue;
                }
            }
            if let Some(counts) = self.counts.get_mut(self.read) {
                if let Some(count) = counts.get_mut(usize::from(piece[0].wrapping_sub(b'0'))) {
                    *count += 1;
                }
                self.read += 1;
                self.is_parted = true;
                piece = &piece[1..];
                continue;
            }
            let end = memchr(b'\n', piece).map_or(piece.len(), |end| end + 1);
            into.extend_from_slice(&piece[..end]);
            if piece[..end].ends_with(b"\n") {
                self.read = 0;
            }
            piece = &piece[end..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_and_taken_off() {
        let text = b"0\t1\tone\ttwo\n1\t2\t\\N\t\n1\t1\tthree\tfour\n";
        for size in 1..text.len() {
            let (mut marks, mut lines) = (Marks::new(2), Vec::new());
            text.chunks(size).for_each(|piece| marks.take(piece, &mut lines));
            assert_eq!(lines, b"one\ttwo\n\\N\t\nthree\tfour\n", "by {size}");
            assert_eq!(marks.counts, [[1, 2, 0], [0, 2, 1]]);
        }
    }

    #[test]
    fn without_marks_lines_pass() {
        let (mut marks, mut lines) = (Marks::new(0), Vec::new());
        marks.take(b"one\ntwo\n", &mut lines);
        assert_eq!(lines, b"one\ntwo\n");
    }
}
