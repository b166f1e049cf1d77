//! Rules against the database's own constraints: what the new values would break is found before anything is done.
//! The server itself evaluates its constraints on the rows as they would be.

use serde::Deserialize;

use super::catalogue::{Catalogue, Column, Link, Table};
use super::conversation::Conversation;
use super::plan::{Plan, Planned, Work};
use super::renewed::Renewed;
use crate::database::{DatabaseError, identifier};
use crate::report::Span;

/// How improbable it must be that two random values are the same: one in so many.
const IMPROBABLE: f64 = 10_000.0;

/// What the work is for: a stream follows what is deleted only as far as foreign keys say it plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The database itself is changed.
    InPlace,
    /// A dump is written.
    Stream,
}

/// A constraint of a table.
#[derive(Deserialize)]
struct Constraint {
    table: u32,
    name: String,
    columns: Vec<String>,
    #[serde(flatten)]
    sort: Sort,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    /// The keys of a unique index, and which rows it covers.
    Unique { keys: Vec<String>, rows: Option<String> },
    /// A condition in SQL.
    Check(String),
    /// The type of a column that has conditions of its own.
    Domain(String),
    /// What the rows of each partition must be like.
    Partitions(Vec<Option<String>>),
}

/// Adds to the faults of a plan what it would break.
pub(super) fn examine(
    session: &mut Conversation,
    plan: &mut Plan,
    catalogue: &Catalogue,
    purpose: Purpose,
) -> Result<(), DatabaseError> {
    let mut faults = Vec::new();
    let numbers: Vec<String> = plan.steps.iter().map(|step| step.oid.to_string()).collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let told = session.ask(&QUESTION.replace("{tables}", &format!("ARRAY[{}]::oid[]", numbers.join(", "))))?;
    for line in told.lines() {
        let constraint: Constraint = serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))?;
        let Some(table) = catalogue.numbered(constraint.table) else { continue };
        let renewed = Renewed::of_table(plan, catalogue, table);
        let is_dropped =
            plan.steps.iter().any(|step| step.oid == table.oid && step.drop_constraints.contains(&constraint.name));
        let Some(planned) = changed(&renewed, &constraint.columns).filter(|_| !is_dropped) else { continue };
        if let Some(why) = broken(session, &constraint, table, &renewed)? {
            faults.push((format!("{}.{}", table.name, planned.column), why, planned.span));
        }
    }
    for link in &catalogue.links {
        let (Some(child), Some(parent)) = (catalogue.numbered(link.child), catalogue.numbered(link.parent)) else {
            continue;
        };
        if let Some(fault) = parted(session, plan, catalogue, (link, child, parent), purpose)? {
            faults.push(fault);
        }
    }
    faults.into_iter().for_each(|(what, why, span)| plan.fault(what, why, span));
    Ok(())
}

/// The first rule that changes one of some columns.
fn changed<'p>(renewed: &Renewed<'p>, columns: &[String]) -> Option<&'p Planned> {
    let mut changed = renewed.columns.iter().map(|(_, planned)| *planned);
    changed.find(|planned| columns.contains(&planned.column))
}

fn broken(
    session: &mut Conversation,
    constraint: &Constraint,
    table: &Table,
    renewed: &Renewed<'_>,
) -> Result<Option<String>, DatabaseError> {
    let Constraint { name, columns, .. } = constraint;
    let computed = |name: &String| table.column(name).is_some_and(|column| column.computed && !renewed.changes(name));
    let rows = new_rows(table, renewed);
    let mut count = |sql: &str| number(session, sql);
    Ok(match &constraint.sort {
        Sort::Unique { keys, rows: covered } => {
            let few =
                columns.iter().all(|column| renewed.changes(column)).then(|| scarce(table, renewed, columns)).flatten();
            let covered = covered.as_ref().map(|covered| format!(" AND ({covered})")).unwrap_or_default();
            if let Some(values) = few {
                let filled = count(&format!("SELECT count(*) FROM {rows} WHERE TRUE{covered}"))? as f64;
                if filled * filled / 2.0 > values / IMPROBABLE {
                    let why = format!(
                        "must be unique (`{name}`), and of {values:.0} possible values {filled:.0} rows may draw the same"
                    );
                    return Ok(Some(why));
                }
            }
            if columns.iter().any(computed) || is_ample(table, renewed, columns) {
                return Ok(None);
            }
            let filled: Vec<String> = keys.iter().map(|key| format!("({key}) IS NOT NULL")).collect();
            let twice = count(&format!(
                "SELECT count(*) FROM (SELECT FROM {rows} WHERE {}{covered} GROUP BY {} HAVING count(*) > 1) AS twice",
                filled.join(" AND "),
                keys.iter().map(|key| format!("({key})")).collect::<Vec<_>>().join(", ")
            ))?;
            (twice > 0)
                .then(|| format!("must be unique (`{name}`), and {twice} values would stand there more than once"))
        }
        Sort::Check(_) | Sort::Partitions(_) if columns.iter().any(computed) => None,
        Sort::Check(sql) => {
            let wrong = count(&format!("SELECT count(*) FROM {rows} WHERE NOT ({sql})"))?;
            (wrong > 0).then(|| format!("must fulfil `{name}`, CHECK ({sql}), and {wrong} new values would not"))
        }
        Sort::Partitions(parts) => {
            // A part without a condition takes everything.
            let Some(parts) = parts.iter().cloned().collect::<Option<Vec<String>>>() else { return Ok(None) };
            let some: Vec<String> = parts.iter().map(|part| format!("({part})")).collect();
            let some = if some.is_empty() { "FALSE".to_owned() } else { some.join(" OR ") };
            let homeless = count(&format!("SELECT count(*) FROM {rows} WHERE ({some}) IS NOT TRUE"))?;
            (homeless > 0)
                .then(|| format!("decides to which partition a row belongs, and {homeless} rows would belong to none"))
        }
        Sort::Domain(domain) => {
            let column = columns.first().map(|column| identifier(column)).unwrap_or_default();
            let told =
                session.ask(&DOMAIN.replace("{value}", &format!("{column}::{domain}")).replace("{rows}", &rows))?;
            (told.trim() == "t").then(|| format!("has type `{domain}`, whose conditions the new values do not fulfil"))
        }
    })
}

/// Tries a cast, and tells whether it failed.
const DOMAIN: &str = "
SELECT set_config('lapstrake.unfit', 'f', true) \\g /dev/null
DO $lapstrake$ BEGIN
  PERFORM {value} FROM {rows};
EXCEPTION WHEN check_violation OR not_null_violation THEN
  PERFORM set_config('lapstrake.unfit', 't', true);
END $lapstrake$;
SELECT current_setting('lapstrake.unfit');";

/// Whether random values of all columns are so many that none is drawn twice.
fn is_ample(table: &Table, renewed: &Renewed<'_>, columns: &[String]) -> bool {
    let values = |planned: &&Planned| possible(table, planned).is_some_and(f64::is_infinite);
    let changing = renewed.columns.iter().map(|(_, planned)| *planned);
    let mut changing = changing.filter(|planned| columns.contains(&planned.column)).peekable();
    changing.peek().is_some() && changing.all(|planned| values(&planned))
}

/// How many values there are, where they are random and few.
fn scarce(table: &Table, renewed: &Renewed<'_>, columns: &[String]) -> Option<f64> {
    let changing = renewed.columns.iter().map(|(_, planned)| *planned);
    let changing = changing.filter(|planned| columns.contains(&planned.column));
    let all: Option<f64> = changing.map(|planned| possible(table, planned)).product();
    all.filter(|values| values.is_finite())
}

/// How many different values a method makes for a column: endlessly many where a token is whole. None where they are
/// not random.
fn possible(table: &Table, planned: &Planned) -> Option<f64> {
    let room = table.column(&planned.column)?.length;
    let digits = |taken: u32| match room.map(|room| room.saturating_sub(taken)) {
        Some(room) if room < 16 => 16_f64.powi(i32::try_from(room).unwrap_or(0)),
        _ => f64::INFINITY,
    };
    match planned.method {
        "token" => Some(digits(0)),
        "email" => Some(digits(12)),
        "french_ssn" => Some(200.0 * 12.0 * 75.0 * 494_500.0),
        _ => None,
    }
}

/// The rows as they would be, by the table's own name and with its columns.
fn new_rows(table: &Table, renewed: &Renewed<'_>) -> String {
    let value = |column: &Column| {
        let value = renewed.value(&column.name);
        let sort = if column.sort == "character" { "bpchar" } else { &column.sort };
        let value = if renewed.changes(&column.name) { format!("({value})::{sort}") } else { value };
        format!("{value} AS {}", identifier(&column.name))
    };
    let values: Vec<String> = table.columns.iter().map(value).collect();
    let rows = renewed.rows(&table.only());
    format!("(SELECT {} FROM {rows}) AS {}", values.join(", "), identifier(&table.relation))
}

/// A foreign key of which rows would refer to nothing.
fn parted(
    session: &mut Conversation,
    plan: &Plan,
    catalogue: &Catalogue,
    (link, child, parent): (&Link, &Table, &Table),
    purpose: Purpose,
) -> Result<Option<(String, String, Span)>, DatabaseError> {
    let (own, other) = (Renewed::of_table(plan, catalogue, child), Renewed::of_table(plan, catalogue, parent));
    let rule = changed(&own, &link.child_columns).map(|planned| (child, planned));
    let rule = rule.or_else(|| changed(&other, &link.parent_columns).map(|planned| (parent, planned)));
    // In place the server itself follows what goes.
    let follows = purpose == Purpose::InPlace && !matches!(link.on_delete, 'a' | 'r');
    let goes = || plan.steps.iter().find(|step| step.oid == parent.oid && matches!(step.work, Work::Delete(_)));
    let deletion = if follows || other.gone.is_empty() { None } else { goes() };
    let (what, span) = match (rule, deletion) {
        (Some((table, planned)), _) => (format!("{}.{}", table.name, planned.column), planned.span),
        (None, Some(step)) => (step.table.clone(), step.span),
        (None, None) => return Ok(None),
    };
    let columns = |columns: &[String], renewed: &Renewed<'_>| {
        let named = columns.iter().enumerate().map(|(number, name)| format!("{} AS key_{number}", renewed.value(name)));
        named.collect::<Vec<_>>().join(", ")
    };
    let keys = |way: &str, by: &str| {
        let each = (0..link.child_columns.len()).map(|number| way.replace('#', &number.to_string()));
        each.collect::<Vec<_>>().join(by)
    };
    let lost = number(
        session,
        &format!(
            "SELECT count(*) FROM (SELECT {} FROM {}) AS child WHERE {} AND NOT EXISTS \
             (SELECT FROM (SELECT {} FROM {}) AS parent WHERE {})",
            columns(&link.child_columns, &own),
            own.rows(&child.only()),
            keys("child.key_# IS NOT NULL", " AND "),
            columns(&link.parent_columns, &other),
            other.rows(&parent.only()),
            keys("parent.key_# = child.key_#", " AND "),
        ),
    )?;
    let (from, to) = (&child.name, &parent.name);
    let why = match rule {
        Some(_) => format!(
            "`{from}` refers to `{to}` (foreign key `{}`), and {lost} rows would refer to nothing: the same method for the \
             same rows with `equal: true` at both ends keeps them together",
            link.link
        ),
        None => format!("{lost} rows of `{from}` that stay refer to rows that go (foreign key `{}`)", link.link),
    };
    Ok((lost > 0).then_some((what, why, span)))
}

fn number(session: &mut Conversation, sql: &str) -> Result<u64, DatabaseError> {
    let told = session.ask(&format!("{sql};"))?;
    told.trim().parse().map_err(|_| DatabaseError::Strange(told))
}

/// Conditions that call functions of the database's own are left to the server: here nobody's program is run.
const QUESTION: &str = "
SELECT json_build_object('table', i.indrelid::bigint, 'name', x.relname,
  'columns', (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum > 0
    AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
      AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))),
  'unique', json_build_object(
    'keys', (SELECT json_agg(pg_get_indexdef(i.indexrelid, key, false) ORDER BY key)
      FROM generate_series(1, i.indnkeyatts) AS key),
    'rows', pg_get_expr(i.indpred, i.indrelid)))
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indisunique AND i.indrelid = ANY ({tables})
  AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid AND d.refclassid = 'pg_proc'::regclass
    WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid);
SELECT json_build_object('table', k.conrelid::bigint, 'name', k.conname,
  'columns', coalesce((SELECT json_agg(a.attname) FROM pg_attribute a
    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)), '[]'),
  'check', pg_get_expr(k.conbin, k.conrelid))
FROM pg_constraint k
WHERE k.contype = 'c' AND k.conrelid = ANY ({tables})
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
    AND d.refclassid = 'pg_proc'::regclass);
SELECT json_build_object('table', a.attrelid::bigint, 'name', a.attname, 'columns', json_build_array(a.attname),
  'domain', format_type(a.atttypid, a.atttypmod))
FROM pg_attribute a WHERE a.attrelid = ANY ({tables}) AND a.attnum > 0 AND NOT a.attisdropped AND EXISTS (
  WITH RECURSIVE down(oid, typtype, base) AS (
    SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
    UNION ALL SELECT t.oid, t.typtype, t.typbasetype FROM down JOIN pg_type t ON t.oid = down.base)
  SELECT FROM down JOIN pg_constraint k ON k.contypid = down.oid AND k.contype = 'c' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
      AND d.refclassid = 'pg_proc'::regclass));
SELECT json_build_object('table', p.partrelid::bigint, 'name', c.relname,
  'columns', coalesce((SELECT json_agg(DISTINCT a.attname) FROM pg_partitioned_table s
    JOIN pg_attribute a ON a.attrelid = s.partrelid AND a.attnum = ANY (s.partattrs::int2[])
    WHERE s.partrelid = ANY (below.oids)), '[]'),
  'partitions', coalesce((SELECT json_agg(pg_get_partition_constraintdef(l.oid)) FROM pg_class l
    WHERE l.oid = ANY (below.oids) AND l.relkind <> 'p'), '[]'))
FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid, LATERAL (
  WITH RECURSIVE below(oid) AS (
    SELECT p.partrelid UNION SELECT i.inhrelid FROM pg_inherits i JOIN below ON i.inhparent = below.oid)
  SELECT array_agg(oid) AS oids FROM below) AS below
WHERE p.partrelid = ANY ({tables}) AND NOT c.relispartition;
";
