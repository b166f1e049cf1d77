//! The rows of a table as a plan would leave them, as a query: nothing is written.

use super::Plan;
use super::catalogue::{Catalogue, Link, Table};
use super::method::Change;
use super::plan::{Planned, Step, Work};
use super::script::meant;
use super::shared::Shared;
use crate::database::identifier;

/// What is to become of the rows of a table.
#[derive(Debug, Default)]
pub(super) struct Renewed<'p> {
    /// The columns that change, each with the numbers of its step and of itself in the step; of several for one column
    /// the last one wins.
    pub(super) columns: Vec<((usize, usize), &'p Planned)>,
    /// Rows go of which one of these holds.
    pub(super) gone: Vec<String>,
    /// Columns that become null because what they refer to goes, and where.
    pub(super) emptied: Vec<(String, String)>,
}

/// What is called so is the new value of a column, null where there is none; what it is made of; or whether there is one.
const NEW: &str = "lapstrake_new_";
const MADE: &str = "lapstrake_made_";
const MEANT: &str = "lapstrake_meant_";

impl<'p> Renewed<'p> {
    /// What a plan does to a relation that belongs to several tables perhaps: to those it inherits from.
    pub(super) fn of(
        plan: &'p Plan,
        catalogue: &Catalogue,
        is_meant: impl Fn(&Step) -> bool,
        oid: Option<u32>,
    ) -> Self {
        let mut renewed = Self::default();
        for (number, step) in plan.steps.iter().enumerate().filter(|(_, step)| is_meant(step)) {
            match &step.work {
                Work::Delete(rows) => renewed.gone.push(rows.clone()),
                Work::Update(columns) => {
                    let numbered = columns.iter().enumerate().map(|(column, planned)| ((number, column), planned));
                    renewed.columns.extend(numbered);
                }
            }
        }
        if let Some(oid) = oid {
            renewed.follow(plan, catalogue, (oid, &plan.going(catalogue)), &mut Vec::new());
        }
        renewed
    }

    /// What a plan does to a table.
    pub(super) fn of_table(plan: &'p Plan, catalogue: &Catalogue, table: &Table) -> Self {
        Self::of(plan, catalogue, |step| step.oid == table.oid, Some(table.oid))
    }

    /// What refers to rows that go, goes too or becomes null, as its foreign key says.
    fn follow(&mut self, plan: &Plan, catalogue: &Catalogue, (child, going): (u32, &[u32]), way: &mut Vec<u32>) {
        for link in catalogue.links.iter().filter(|link| link.child == child && link.parent != child) {
            if !going.contains(&link.parent) || way.contains(&link.parent) {
                continue;
            }
            way.push(child);
            let Some(parent) = catalogue.numbered(link.parent) else { continue };
            let mut above = Renewed::of(plan, catalogue, |step| step.oid == parent.oid, None);
            above.follow(plan, catalogue, (parent.oid, going), way);
            way.pop();
            let Some(rows) = refers(link, parent, &above.gone) else { continue };
            match link.on_delete {
                'c' => self.gone.push(rows),
                'n' => self.emptied.extend(link.child_columns.iter().map(|column| (column.clone(), rows.clone()))),
                _ => {}
            }
        }
    }

    /// Whether a plan leaves the rows as they are.
    pub(super) fn is_same(&self) -> bool {
        self.columns.is_empty() && self.gone.is_empty() && self.emptied.is_empty()
    }

    /// Whether all rows go.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.iter().any(|rows| rows == "TRUE")
    }

    pub(super) fn changes(&self, column: &str) -> bool {
        let is_emptied = || self.emptied.iter().any(|(emptied, _)| emptied == column);
        self.columns.iter().any(|(_, planned)| planned.column == column) || is_emptied()
    }

    /// The rows that stay, which are called `t`, with all that [`Renewed::value`] needs.
    pub(super) fn rows(&self, from: &str) -> String {
        let planned: Vec<&Planned> = self.columns.iter().map(|(_, planned)| *planned).collect();
        let shared = Shared::of(&planned);
        let (mut inner, mut made) = (String::new(), String::new());
        for (number, planned) in planned.iter().enumerate() {
            let meant = meant(planned, &shared, "t");
            let Change { value, prepared, is_compared, .. } = &planned.change;
            match (is_compared, prepared) {
                (false, _) => inner += &format!(", ({meant}) AS {MEANT}{number}"),
                (true, None) => inner += &format!(", CASE WHEN {meant} THEN {value} END AS {NEW}{number}"),
                (true, Some((first, then))) => {
                    made += &format!(", {first} AS {MADE}{number}");
                    let value = then.replace("{made}", &format!("t.{MADE}{number}"));
                    inner += &format!(", CASE WHEN {meant} THEN {value} END AS {NEW}{number}");
                }
            }
        }
        for (number, (_, rows)) in self.emptied.iter().enumerate() {
            inner += &format!(", ({rows}) AS {MEANT}e{number}");
        }
        let kept: Vec<String> = self.gone.iter().map(|rows| format!("({rows}) IS NOT TRUE")).collect();
        let kept = if kept.is_empty() { String::new() } else { format!(" WHERE {}", kept.join(" AND ")) };
        format!("(SELECT t.*{inner} FROM {}{kept} OFFSET 0) t", shared.decided_with(from, "", &made))
    }

    /// The new value of a column.
    pub(super) fn value(&self, column: &str) -> String {
        let old = format!("t.{}", identifier(column));
        let changes = self.columns.iter().enumerate().filter(|(_, (_, planned))| planned.column == column);
        let value = changes.fold(old, |former, (number, (_, planned))| match planned.change.is_compared {
            true => format!("coalesce(t.{NEW}{number}, {former})"),
            false => format!("CASE WHEN t.{MEANT}{number} THEN {} ELSE {former} END", planned.change.value),
        });
        let emptied = self.emptied.iter().enumerate().filter(|(_, (emptied, _))| emptied == column);
        emptied.fold(value, |value, (number, _)| format!("CASE WHEN t.{MEANT}e{number} THEN NULL ELSE {value} END"))
    }

    /// For each column that changes: 0 where it does not in this row, 1 where it does, 2 where the new value is the
    /// old one.
    pub(super) fn marks(&self) -> Vec<String> {
        let one = |(number, (_, planned)): (usize, &((usize, usize), &Planned))| {
            let (old, new) = (identifier(&planned.column), format!("t.{NEW}{number}"));
            match planned.change.is_compared {
                true => {
                    format!("CASE WHEN {new} IS NULL THEN 0 WHEN {new}::text = t.{old}::text THEN 2 ELSE 1 END")
                }
                false => format!("CASE WHEN t.{MEANT}{number} THEN 1 ELSE 0 END"),
            }
        };
        self.columns.iter().enumerate().map(one).collect()
    }
}

/// Whether a row, `t`, refers to one that goes.
fn refers(link: &Link, parent: &Table, gone: &[String]) -> Option<String> {
    let own: Vec<String> = link.child_columns.iter().map(|column| format!("t.{}", identifier(column))).collect();
    if gone.is_empty() {
        return None;
    }
    if gone.iter().any(|rows| rows == "TRUE") {
        let filled: Vec<String> = own.iter().map(|column| format!("{column} IS NOT NULL")).collect();
        return Some(format!("({})", filled.join(" AND ")));
    }
    let gone: Vec<String> = gone.iter().map(|rows| format!("({rows})")).collect();
    let keys: Vec<String> = link.parent_columns.iter().map(|column| format!("t.{}", identifier(column))).collect();
    Some(format!(
        "(({}) IN (SELECT {} FROM {} t WHERE {}))",
        own.join(", "),
        keys.join(", "),
        parent.identifier(),
        gone.join(" OR ")
    ))
}
