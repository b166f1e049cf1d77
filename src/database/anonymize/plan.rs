//! What is to be done: as much of the rules as the database has room for.

use super::catalogue::{Catalogue, Store};
use super::condition::{Circumstances, Condition};
use super::method::Change;
use super::rules::{ColumnRule, History, Rows, Stored, TableRules};
use super::{Method, Rules, Table};
use crate::database::identifier;
use crate::report::{Span, nearest};

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// Table by table.
    pub steps: Vec<Step>,
    /// What the rules speak of and the database does not have.
    pub skipped: Vec<Skipped>,
    /// What cannot be done.
    pub faults: Vec<Skipped>,
}

/// What is to be done with one table.
#[derive(Debug)]
pub struct Step {
    /// The table.
    pub table: String,
    pub(super) oid: u32,
    pub(super) identifier: String,
    pub(super) stores: Vec<Store>,
    /// Its primary key, quoted.
    pub(super) key: Vec<String>,
    pub(super) drop_constraints: Vec<String>,
    pub(super) work: Work,
    /// Where its rule stands.
    pub(super) span: Span,
}

/// What is done with its rows.
#[derive(Debug)]
pub(super) enum Work {
    /// They go, if this holds.
    Delete(String),
    /// These columns change.
    Update(Vec<Planned>),
}

/// What is to be done with a column.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) column: String,
    pub(super) method: &'static str,
    /// The rows that are meant.
    pub(super) rows: String,
    pub(super) change: Change,
    /// Where the rule stands.
    pub(super) span: Span,
}

/// What is not done, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The table, or `table.column`.
    pub what: String,
    /// Why.
    pub why: String,
    /// The name that was perhaps meant.
    pub near: Option<String>,
    /// Where the rule stands.
    pub span: Span,
    /// Whether it is because the database does not have it.
    pub absent: bool,
}

impl Plan {
    /// What the rules mean for a database.
    #[must_use]
    pub fn new(rules: &Rules, catalogue: &Catalogue, administrator: &str) -> Self {
        let here = Circumstances { settings: &rules.settings, administrator, catalogue };
        let mut plan = Self::default();
        let mut number = 0;
        for (name, rule) in &rules.tables {
            let Some(table) = catalogue.table(name) else {
                let near = nearest(name, catalogue.tables().map(|table| table.name.as_str()));
                plan.skip(name.clone(), "there is no such table", near, rule.span);
                continue;
            };
            if let Some(former) = former(table, rule, catalogue) {
                // The former rows first: whatever their conditions look at is then still as it was.
                plan.add(former, rule, here, number, true);
            }
            plan.add(table, rule, here, number, false);
            number += rule.columns.len();
        }
        // What goes, goes last, for conditions may look at it.
        plan.steps.sort_by_key(|step| matches!(step.work, Work::Delete(_)));
        plan
    }

    /// Adds the administrator's password as it is stored, where the rules say how.
    pub(super) fn with_password(mut self, rules: &Rules, catalogue: &Catalogue, administrator: &str) -> Self {
        let here = Circumstances { settings: &rules.settings, administrator, catalogue };
        let stored = rules.settings.administrator.as_ref().and_then(|administrator| administrator.stored.as_ref());
        let Some(Stored { span, table, column, value, rows }) = stored else { return self };
        let rule = ColumnRule { span: *span, method: Method::Fixed(value.clone()), rows: rows.clone() };
        let mut rules = TableRules::new(*span);
        rules.columns.insert(column.clone(), rule);
        for name in [format!("{table}__history"), table.clone()] {
            if let Some(table) = catalogue.table(&name) {
                self.add(table, &rules, here, 0, true);
            }
        }
        self
    }

    fn add(&mut self, table: &Table, rule: &TableRules, here: Circumstances<'_>, number: usize, is_former: bool) {
        if let Some(far) = table.stores.iter().find(|store| store.kind == 'f') {
            let why = format!("its rows in `{}.{}` are another server's", far.schema, far.relation);
            self.fault(table.name.clone(), why, rule.span);
            return;
        }
        let work = if rule.delete == Some(true) {
            Work::Delete(sql(&rule.rows, here))
        } else {
            let columns = self.columns(table, rule, here, number, is_former);
            if columns.is_empty() {
                return;
            }
            Work::Update(columns)
        };
        let wanted = rule.drop_constraints.iter().flatten();
        let present =
            |wanted: &String| table.constraints.iter().find(|name| name.eq_ignore_ascii_case(wanted)).cloned();
        self.steps.push(Step {
            table: table.name.clone(),
            oid: table.oid,
            identifier: table.identifier(),
            stores: table.own_stores().cloned().collect(),
            key: table.key.iter().map(|column| identifier(column)).collect(),
            drop_constraints: wanted.filter_map(present).collect(),
            work,
            span: rule.span,
        });
    }

    fn columns(
        &mut self,
        table: &Table,
        rule: &TableRules,
        here: Circumstances<'_>,
        first: usize,
        is_former: bool,
    ) -> Vec<Planned> {
        let row = row(table);
        let mut planned = Vec::new();
        let wanted = rule.columns.iter().enumerate().filter(|(_, (_, column))| column.method != Method::Keep);
        for (number, (name, column)) in wanted {
            let what = format!("{}.{name}", table.name);
            let Some(present) = table.column(name) else {
                if !is_former {
                    let near = nearest(name, table.columns.iter().map(|column| column.name.as_str()));
                    self.skip(what, "there is no such column", near, column.span);
                }
                continue;
            };
            if present.computed {
                let why = "the server computes it".to_owned();
                self.skipped.push(Skipped { what, why, near: None, span: column.span, absent: false });
                continue;
            }
            let quoted = format!("t.{}", identifier(name));
            match column.method.change(present, &quoted, first + number, &row) {
                Ok(change) => {
                    let rows = sql(&column.rows.clone().or(&rule.rows), here);
                    planned.push(Planned {
                        column: name.clone(),
                        method: column.method.word(),
                        rows,
                        change,
                        span: column.span,
                    });
                }
                Err(why) => self.fault(what, why, column.span),
            }
        }
        planned
    }

    /// The tables of which rows go, because the plan says so or because what they refer to goes.
    pub(super) fn going(&self, catalogue: &Catalogue) -> Vec<u32> {
        let deleted = self.steps.iter().filter(|step| matches!(step.work, Work::Delete(_)));
        let mut going: Vec<u32> = deleted.map(|step| step.oid).collect();
        let mut looked = 0;
        while let Some(parent) = going.get(looked).copied() {
            looked += 1;
            for link in catalogue.links.iter().filter(|link| link.parent == parent && link.on_delete == 'c') {
                if !going.contains(&link.child) {
                    going.push(link.child);
                }
            }
        }
        going
    }

    pub(super) fn fault(&mut self, what: String, why: String, span: Span) {
        self.faults.push(Skipped { what, why, near: None, span, absent: false });
    }

    fn skip(&mut self, what: String, why: &str, near: Option<&str>, span: Span) {
        let (why, near) = (why.to_owned(), near.map(str::to_owned));
        self.skipped.push(Skipped { what, why, near, span, absent: true });
    }
}

impl Step {
    /// The columns that change, with the words for how; none where rows go.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let planned = match &self.work {
            Work::Delete(_) => &[][..],
            Work::Update(columns) => columns,
        };
        planned.iter().map(|planned| (planned.column.as_str(), planned.method))
    }
}

/// The table with the former rows of another one.
fn former<'c>(table: &Table, rule: &TableRules, catalogue: &'c Catalogue) -> Option<&'c Table> {
    match rule.history.as_ref().unwrap_or(&History::Usual) {
        History::Usual => catalogue.table(&format!("{}__history", table.name)),
        History::Named(name) => catalogue.table(name),
        History::Untouched => None,
    }
}

/// A number for a row that has nothing to do with what it holds. Former rows share it with the present one.
fn row(table: &Table) -> String {
    match table.column("id") {
        Some(id) if matches!(id.sort.as_str(), "integer" | "bigint") => {
            let number = if id.required { r#"t."id""# } else { r#"coalesce(t."id", 0)"# };
            format!("hashint8extended({number}::bigint, {{seed}})")
        }
        _ => "hashtextextended(t.tableoid::text || t.ctid::text, {seed})".to_owned(),
    }
}

fn sql(rows: &Rows, here: Circumstances<'_>) -> String {
    let all = |conditions: &Option<Vec<Condition>>| -> Vec<String> {
        conditions.iter().flatten().filter_map(|condition| condition.sql(here)).collect()
    };
    let kept = all(&rows.keep).into_iter().map(|condition| format!("{condition} IS NOT TRUE"));
    let usual: Vec<String> = all(&rows.only).into_iter().chain(kept).collect();
    if usual.is_empty() {
        return "TRUE".to_owned();
    }
    let always = all(&rows.always);
    format!("({})", std::iter::once(usual.join(" AND ")).chain(always).collect::<Vec<_>>().join(" OR "))
}
