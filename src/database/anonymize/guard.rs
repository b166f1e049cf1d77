//! What else acts when rows change: triggers and rewrite rules, which would copy old values, and foreign keys, which
//! would refuse one end before the other has changed. They stand still as long as the work takes.

use serde::Deserialize;

use super::catalogue::{Catalogue, Link};
use super::conversation::Conversation;
use super::plan::{Plan, Work};
use crate::database::{DatabaseError, identifier, literal};

/// What stands still, and how it acts again.
pub(super) struct Guard {
    /// The tables whose rows change or go, quoted.
    tables: Vec<String>,
    again: Vec<String>,
}

/// A trigger or a rewrite rule.
#[derive(Deserialize)]
struct Actor {
    table: String,
    kind: String,
    name: String,
    enabled: char,
}

impl Guard {
    /// Has triggers and rules of the tables stand still, and takes foreign keys away whose values change.
    pub(super) fn disarm(
        session: &mut Conversation,
        plan: &Plan,
        catalogue: &Catalogue,
    ) -> Result<Self, DatabaseError> {
        let tables = touched(plan, catalogue);
        let (mut sql, mut again) = (String::new(), Vec::new());
        let told = session.ask(&QUESTION.replace("{tables}", &array(&tables)))?;
        for line in told.lines() {
            let actor: Actor = serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))?;
            sql += &actor.statement("DISABLE");
            again.push(actor.statement(match actor.enabled {
                'A' => "ENABLE ALWAYS",
                'R' => "ENABLE REPLICA",
                _ => "ENABLE",
            }));
        }
        for link in changed_links(plan, catalogue) {
            let Some(child) = catalogue.numbered(link.child) else { continue };
            let (table, name) = (child.identifier(), identifier(&link.link));
            sql += &format!("ALTER TABLE {table} DROP CONSTRAINT {name};\n");
            again.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {};\n", link.definition));
            if let Some(comment) = &link.comment {
                again.push(format!("COMMENT ON CONSTRAINT {name} ON {table} IS {};\n", literal(comment)));
            }
        }
        session.ask(&sql)?;
        Ok(Self { tables, again })
    }

    /// Has everything act again. The server looks at every foreign key anew.
    pub(super) fn rearm(&self, session: &mut Conversation) -> Result<(), DatabaseError> {
        session.ask(&self.again.concat()).map(drop)
    }

    /// The tables whose rows change or go, quoted.
    pub(super) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// Tables that were written to and are none of the plan's: something acted all the same.
    pub(super) fn strangers(&self, session: &mut Conversation) -> Result<Option<String>, DatabaseError> {
        let told = session.ask(&STRANGERS.replace("{tables}", &array(&self.tables)))?;
        let found: Vec<&str> = told.lines().collect();
        Ok((!found.is_empty()).then(|| format!("something wrote to other tables meanwhile:\n  {}", found.join("\n  "))))
    }
}

impl Actor {
    fn statement(&self, what: &str) -> String {
        let Self { table, kind, name, .. } = self;
        format!("ALTER TABLE ONLY {table} {what} {kind} {};\n", identifier(name))
    }
}

/// The tables whose rows change or go, with what hangs on rows that go.
fn touched(plan: &Plan, catalogue: &Catalogue) -> Vec<String> {
    let mut numbers: Vec<u32> = plan.steps.iter().map(|step| step.oid).collect();
    let going = plan.going(catalogue);
    let hangs =
        catalogue.links.iter().filter(|link| going.contains(&link.parent) && matches!(link.on_delete, 'c' | 'n' | 'd'));
    numbers.extend(hangs.map(|link| link.child));
    let tables = numbers.iter().filter_map(|number| catalogue.numbered(*number));
    let mut names: Vec<String> = tables
        .flat_map(|table| {
            std::iter::once(table.identifier()).chain(table.own_stores().map(super::catalogue::Store::identifier))
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The foreign keys of which an end changes, and those of which rows go at both ends, whichever goes first.
fn changed_links<'c>(plan: &'c Plan, catalogue: &'c Catalogue) -> impl Iterator<Item = &'c Link> {
    let changes = |table: u32, columns: &[String]| {
        let steps = plan.steps.iter().filter(move |step| step.oid == table);
        steps.flat_map(super::Step::columns).any(|(column, _)| columns.iter().any(|one| one == column))
    };
    let goes = |table: u32| plan.steps.iter().any(|step| step.oid == table && matches!(step.work, Work::Delete(_)));
    catalogue.links.iter().filter(move |link| {
        changes(link.child, &link.child_columns)
            || changes(link.parent, &link.parent_columns)
            || (matches!(link.on_delete, 'a' | 'r') && goes(link.child) && goes(link.parent))
    })
}

/// Relations, as an array in SQL.
pub(super) fn array(tables: &[String]) -> String {
    let literals: Vec<String> = tables.iter().map(|table| literal(table)).collect();
    format!("ARRAY[{}]::regclass[]", literals.join(", "))
}

const QUESTION: &str = "
SELECT json_build_object('table', format('%I.%I', n.nspname, c.relname), 'kind', kind, 'name', name, 'enabled', enabled)
FROM (
  SELECT tgrelid, 'TRIGGER', tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT ev_class, 'RULE', rulename, ev_enabled FROM pg_rewrite WHERE ev_type IN ('2', '3', '4')
) AS actor(relation, kind, name, enabled)
JOIN pg_class c ON c.oid = relation JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relation = ANY ({tables}) AND enabled <> 'D'
ORDER BY c.oid, kind, name;
";

/// What was written to, and what may have done it.
const STRANGERS: &str = "
SELECT format('%s.%s: %s rows', s.schemaname, s.relname, n_tup_ins + n_tup_upd + n_tup_del)
    || coalesce(' (event trigger ' || (SELECT string_agg(evtname, ', ') FROM pg_event_trigger WHERE evtenabled <> 'D') || ')', '')
FROM pg_stat_xact_user_tables s
JOIN pg_class c ON c.oid = s.relid
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND c.relkind <> 'm' AND c.relpersistence <> 't'
  AND relid <> ALL ({tables})
ORDER BY 1;
";
