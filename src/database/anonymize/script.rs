//! The transaction, as a script for psql. What it tells are lines of JSON.

use super::Plan;
use super::method::Change;
use super::plan::{Planned, Step, Work};
use super::shared::Shared;
use crate::database::{identifier, literal};

/// Up to so many rows of a table all are looked at in the proof; of more, about so many at random.
const SAMPLE: u32 = 10_000;
/// Where rows are not found again, values that are shorter are not looked for.
const LONG: u32 = 8;

/// What the numbers of the methods are made of. Nobody sees it, and it is gone with the transaction.
const SECRETS: &str = "
SELECT set_config('lapstrake.salt', {salt}, true) \\g /dev/null
SELECT set_config('lapstrake.seed', (hashtextextended(current_setting('lapstrake.salt'), 1) >> 8)::text, true) \\g /dev/null
";
/// Good random numbers of the server's own, where it has them.
const DRAWN_THERE: &str = "gen_random_uuid()::text || gen_random_uuid()::text";

/// What every session begins with. The server's own functions come first, whatever the database sets.
pub(super) const SETTINGS: &str = "SET client_min_messages = warning;
SET jit = off;
SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \\g /dev/null
SELECT set_config('search_path', concat_ws(', ', 'pg_catalog', nullif(current_setting('search_path'), '')), false) \\g /dev/null
";

/// Draws what the numbers of a transaction are made of. `drawn_here` is a random text for servers that have no good
/// ones.
pub(super) fn secrets(version: u32, drawn_here: &str) -> String {
    let salt = if version >= 13 { DRAWN_THERE.to_owned() } else { literal(drawn_here) };
    SECRETS.replace("{salt}", &salt)
}

/// The beginning of a transaction that changes the tables of a plan.
pub(super) fn beginning(plan: &Plan, version: u32, drawn_here: &str) -> String {
    let mut sql = format!("{SETTINGS}BEGIN;{}", secrets(version, drawn_here));
    let mut tables: Vec<&str> = plan.steps.iter().map(|step| step.identifier.as_str()).collect();
    tables.sort_unstable();
    tables.dedup();
    if !tables.is_empty() {
        sql += &format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE;\n", tables.join(", "));
    }
    sql
}

/// How many rows would change, without changing any.
pub(super) fn counting(plan: &Plan) -> String {
    let mut sql = String::new();
    for step in &plan.steps {
        let identifier = &step.identifier;
        let (counts, from) = match &step.work {
            Work::Delete(rows) => (vec![format!("count(*) FILTER (WHERE {rows})")], format!("{identifier} t")),
            Work::Update(columns) => {
                let shared = Shared::of(&columns.iter().collect::<Vec<_>>());
                let count = |each| format!("count(*) FILTER (WHERE {})", meant(each, &shared, "t"));
                (columns.iter().map(count).collect(), shared.decided(identifier, ""))
            }
        };
        sql += &format!("SELECT json_build_array({}) FROM {from};\n", counts.join(", "));
    }
    sql
}

/// The statements that change something, for people.
pub(super) fn statements(step: &Step) -> Vec<String> {
    let table = &step.identifier;
    let dropped =
        step.drop_constraints.iter().map(|name| format!("ALTER TABLE {table} DROP CONSTRAINT {};", identifier(name)));
    let change = match &step.work {
        Work::Delete(rows) if rows == "TRUE" => format!("DELETE FROM {table};"),
        Work::Delete(rows) => format!("DELETE FROM {table} t WHERE {rows};"),
        Work::Update(columns) => update(table, columns),
    };
    dropped.chain([change]).collect()
}

fn update(table: &str, columns: &[Planned]) -> String {
    let shared = Shared::of(&columns.iter().collect::<Vec<_>>());
    let one = |planned: &Planned| {
        let name = identifier(&planned.column);
        let value = &planned.change.value;
        match columns {
            [_] => format!("{name} = {value}"),
            _ => format!("{name} = CASE WHEN {} THEN {value} ELSE t.{name} END", meant(planned, &shared, "m")),
        }
    };
    let changes: Vec<String> = columns.iter().map(one).collect();
    let (changes, any) = (changes.join(",\n  "), any(columns, &shared, "m"));
    match shared.beside(table) {
        None => format!("UPDATE {table} t SET\n  {changes}\nWHERE {any};"),
        Some(beside) => {
            format!("UPDATE {table} t SET\n  {changes}\nFROM {beside} m\nWHERE m.place = t.ctid AND ({any});")
        }
    }
}

/// Whether a column of a row changes.
pub(super) fn meant(planned: &Planned, shared: &Shared<'_>, decided: &str) -> String {
    let Change { applies, .. } = &planned.change;
    if planned.rows == "TRUE" { applies.clone() } else { format!("{applies} AND {}", shared.rows(planned, decided)) }
}

/// Whether anything of a row changes.
fn any(columns: &[Planned], shared: &Shared<'_>, decided: &str) -> String {
    columns.iter().map(|planned| meant(planned, shared, decided)).collect::<Vec<_>>().join("\n  OR ")
}

pub(super) fn work(number: usize, step: &Step) -> String {
    let mut sql = format!("SELECT clock_timestamp() AS began_{number} \\gset\n");
    let table = &step.identifier;
    match &step.work {
        Work::Delete(rows) => {
            sql += &format!("SELECT count(*) AS changed_{number} FROM {table} t WHERE {rows} \\gset\n");
        }
        Work::Update(columns) => sql += &memory(number, step, columns),
    }
    for statement in statements(step) {
        sql += &format!("{statement}\n");
    }
    sql + &format!(
        "SELECT extract(epoch FROM clock_timestamp() - :'began_{number}'::timestamptz) AS seconds_{number} \\gset\n\
         SELECT json_build_object('step', {number}, 'seconds', :seconds_{number}::float8);\n"
    )
}

/// What finds a row again: its key, unless that changes.
fn place(step: &Step) -> &[String] {
    let changes = |name: &String| step.columns().any(|(column, _)| identifier(column) == *name);
    if step.key.iter().any(changes) { &[] } else { &step.key }
}

/// Counts what changes, and remembers traces of old values at their places.
fn memory(number: usize, step: &Step, columns: &[Planned]) -> String {
    let (table, shared) = (&step.identifier, Shared::of(&columns.iter().collect::<Vec<_>>()));
    let counts = columns.iter().enumerate().map(|(column, planned)| {
        format!(",\n  count(*) FILTER (WHERE {}) AS changed_{number}_{column}", meant(planned, &shared, "t"))
    });
    let traces = columns.iter().enumerate().map(|(column, planned)| {
        format!("CASE WHEN {} THEN {} END AS trace_{column}", meant(planned, &shared, "t"), planned.change.trace)
    });
    let places = place(step).iter().enumerate().map(|(part, name)| format!("t.{name} AS place_{part}"));
    let remembered: Vec<String> = places.chain(traces).collect();
    format!(
        "SELECT count(*) FILTER (WHERE {any}) AS touched_{number}{counts}\nFROM {all} \\gset\n\
         SELECT least(100, 100.0 * {SAMPLE} / greatest(:touched_{number}, 1)) AS share_{number} \\gset\n\
         CREATE TEMPORARY TABLE lapstrake_old_{number} ON COMMIT DROP AS SELECT {remembered}\n\
         FROM {some} WHERE {any};\n",
        any = any(columns, &shared, "t"),
        all = shared.decided(table, ""),
        some = shared.decided(table, &format!(" TABLESAMPLE BERNOULLI (:share_{number})")),
        counts = counts.collect::<String>(),
        remembered = remembered.join(",\n  "),
    )
}

pub(super) fn proof(number: usize, step: &Step) -> String {
    let table = &step.identifier;
    let Work::Update(columns) = &step.work else {
        let Work::Delete(rows) = &step.work else { return String::new() };
        return format!(
            "SELECT json_build_object('step', {number}, 'columns', json_build_array(json_build_object(\
             'changed', :changed_{number}, 'proven', :changed_{number}, 'survivors', count(*)))) \
             FROM {table} t WHERE {rows};\n"
        );
    };
    let lines = columns.iter().enumerate().map(|(column, planned)| {
        let trace = format!("o.trace_{column}");
        let survives = planned.change.survives.replace("{trace}", &trace);
        let survivors = if place(step).is_empty() {
            let anywhere = planned.change.survives.replace("= {trace}", &format!("IN (SELECT trace_{column} FROM lapstrake_old_{number})"));
            // A short value may be the old one of another row.
            let long = if planned.change.is_compared { format!("length(t.{}::text) >= {LONG} AND ", identifier(&planned.column)) } else { String::new() };
            format!("(SELECT count(*) FROM {table} t WHERE {long}{anywhere} AND {})", planned.rows)
        } else {
            format!("count(*) FILTER (WHERE {trace} IS NOT NULL AND {survives})")
        };
        format!(
            "json_build_object('changed', :changed_{number}_{column}, 'proven', count({trace}), 'survivors', {survivors})"
        )
    });
    let lines: Vec<String> = lines.collect();
    let same_place = place(step).iter().enumerate().map(|(part, name)| format!("o.place_{part} = t.{name}"));
    let same_place: Vec<String> = same_place.collect();
    let joined =
        if same_place.is_empty() { String::new() } else { format!(" JOIN {table} t ON {}", same_place.join(" AND ")) };
    format!(
        "ANALYZE lapstrake_old_{number};\n\
         SELECT json_build_object('step', {number}, 'columns', json_build_array(\n  {}))\nFROM lapstrake_old_{number} o{joined};\n",
        lines.join(",\n  ")
    )
}
