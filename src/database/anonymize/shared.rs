//! Conditions on rows that several columns share: the server decides each once for a row, and not once for a column.

use super::plan::Planned;

/// What a decision is called, with its number.
const NAME: &str = "lapstrake_rows_";

/// The conditions that more than one column of a table has.
pub(super) struct Shared<'p>(Vec<&'p str>);

impl<'p> Shared<'p> {
    pub(super) fn of(columns: &[&'p Planned]) -> Self {
        let mut found = Vec::new();
        for rows in columns.iter().map(|planned| planned.rows.as_str()).filter(|rows| *rows != "TRUE") {
            if !found.contains(&rows) && columns.iter().filter(|other| other.rows == rows).count() > 1 {
                found.push(rows);
            }
        }
        Self(found)
    }

    /// The rows of a column, where `decided` is called what has the decisions.
    pub(super) fn rows(&self, planned: &Planned, decided: &str) -> String {
        match self.0.iter().position(|rows| *rows == planned.rows) {
            Some(number) => format!("{decided}.{NAME}{number}"),
            None => planned.rows.clone(),
        }
    }

    /// The rows of a table, or a sample of them, with the decisions: what the row is called, `t`, has both.
    pub(super) fn decided(&self, table: &str, sample: &str) -> String {
        self.decided_with(table, sample, "")
    }

    /// The same with more columns, each after a comma.
    pub(super) fn decided_with(&self, table: &str, sample: &str, more: &str) -> String {
        if self.0.is_empty() && more.is_empty() {
            return format!("{table} t{sample}");
        }
        let decisions = if self.0.is_empty() { String::new() } else { format!(", {}", self.decisions()) };
        format!("(SELECT t.*, t.ctid, t.tableoid{decisions}{more} FROM {table} t{sample} OFFSET 0) t")
    }

    /// The decisions alone, each with the `place` of its row: an update cannot have them in the row that it changes.
    pub(super) fn beside(&self, table: &str) -> Option<String> {
        (!self.0.is_empty()).then(|| format!("(SELECT t.ctid AS place, {} FROM {table} t OFFSET 0)", self.decisions()))
    }

    fn decisions(&self) -> String {
        let decisions = self.0.iter().enumerate().map(|(number, rows)| format!("({rows}) AS {NAME}{number}"));
        decisions.collect::<Vec<_>>().join(", ")
    }
}
