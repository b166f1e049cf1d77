//! Large objects that a plan takes the last reference from.

use super::catalogue::Catalogue;
use super::conversation::Conversation;
use super::plan::{Plan, Work};
use super::renewed::Renewed;
use crate::database::{DatabaseError, identifier};

/// Queries for what refers to large objects, in a column `object`.
pub(super) struct Referring {
    /// The references that the plan changes or deletes.
    pub(super) before: String,
    /// All that are left.
    pub(super) after: String,
}

/// What a plan does to references to large objects; none where it does nothing to any.
pub(super) fn referring(plan: &Plan, catalogue: &Catalogue) -> Option<Referring> {
    let mut before = Vec::new();
    for step in &plan.steps {
        let Some(table) = catalogue.table(&step.table) else { continue };
        for column in table.columns.iter().filter(|column| column.sort == "oid") {
            let rows = match &step.work {
                Work::Delete(rows) => rows.clone(),
                Work::Update(columns) => match columns.iter().find(|planned| planned.column == column.name) {
                    Some(planned) => planned.rows.clone(),
                    None => continue,
                },
            };
            before.push(format!("SELECT t.{} FROM {} t WHERE {rows}", identifier(&column.name), step.identifier));
        }
    }
    if before.is_empty() {
        return None;
    }
    let mut after = Vec::new();
    for table in catalogue.tables() {
        let renewed = Renewed::of_table(plan, catalogue, table);
        for column in table.columns.iter().filter(|column| column.sort == "oid") {
            let (value, rows) = (renewed.value(&column.name), renewed.rows(&table.identifier()));
            after.push(format!("SELECT {value} AS object FROM {rows}"));
        }
    }
    let before = before.join(" UNION ");
    let named = format!("SELECT object FROM ({before}) AS referring(object)");
    Some(Referring { before: named, after: after.join(" UNION ALL ") })
}

/// Large objects to unlink, remembered by the session.
pub(super) struct Unlinked {
    /// The query for the references that are left.
    after: Option<String>,
}

impl Unlinked {
    /// Remembers which ones a plan takes references from.
    pub(super) fn remember(
        session: &mut Conversation,
        plan: &Plan,
        catalogue: &Catalogue,
    ) -> Result<Self, DatabaseError> {
        let Some(Referring { before, .. }) = referring(plan, catalogue) else { return Ok(Self { after: None }) };
        session.ask(&format!(
            "CREATE TEMPORARY TABLE lapstrake_objects ON COMMIT DROP AS {before};\n\
             DELETE FROM lapstrake_objects WHERE object IS NULL OR object NOT IN (SELECT oid FROM pg_largeobject_metadata);"
        ))?;
        let nothing = Plan::default();
        let columns = catalogue.tables().flat_map(|table| {
            let renewed = Renewed::of_table(&nothing, catalogue, table);
            let columns = table.columns.iter().filter(|column| column.sort == "oid");
            columns.map(move |column| {
                format!("SELECT {} AS object FROM {}", renewed.value(&column.name), renewed.rows(&table.identifier()))
            })
        });
        Ok(Self { after: Some(columns.collect::<Vec<_>>().join(" UNION ALL ")) })
    }

    /// Unlinks those that nothing refers to any more.
    pub(super) fn unlink(&self, session: &mut Conversation) -> Result<(), DatabaseError> {
        let Some(after) = &self.after else { return Ok(()) };
        session.ask(&format!(
            "SELECT count(lo_unlink(object)) FROM lapstrake_objects o \
             WHERE NOT EXISTS (SELECT FROM ({after}) AS after WHERE after.object = o.object) \\g /dev/null"
        ))?;
        Ok(())
    }
}
