//! What keeps copies of rows and is not changed with them: materialised views, the planner's statistics; and a look
//! through everything for what was overlooked.

use std::io::Write;

use serde::Deserialize;

use super::catalogue::{Catalogue, qualified};
use super::conversation::Conversation;
use super::guard::array;
use super::sample::Sample;
use super::scan::Scanner;
use super::stream::told;
use super::{Plan, Rules};
use crate::database::{DatabaseError, identifier};
use crate::docker::RunError;

/// Refreshes every materialised view that has rows, each after those that it is made of.
pub(super) fn refresh(session: &mut Conversation) -> Result<(), DatabaseError> {
    let statements = session.ask(VIEWS)?;
    session.ask(&statements).map(drop)
}

/// Has the server forget what it knows of the old values, and learn the new ones.
pub(super) fn forget_statistics(session: &mut Conversation, tables: &[String]) -> Result<(), DatabaseError> {
    if !tables.is_empty() {
        session.ask(&format!("{}{}", FORGET.replace("{tables}", &array(tables)), analyze(tables)))?;
    }
    let views =
        session.ask("SELECT format('ANALYZE %I.%I;', schemaname, matviewname) FROM pg_matviews WHERE ispopulated;")?;
    session.ask(&views).map(drop)
}

fn analyze(tables: &[String]) -> String {
    tables.iter().map(|table| format!("ANALYZE {table};\n")).collect()
}

/// A relation that may hold copies.
#[derive(Deserialize)]
struct Holder {
    schema: String,
    relation: String,
    columns: Vec<String>,
}

/// Looks for old values in every table, every materialised view and in what the server has written down beside them.
/// Tells where they stand.
pub(super) fn look_through(
    session: &mut Conversation,
    plan: &Plan,
    rules: &Rules,
    catalogue: &Catalogue,
    samples: &[Sample],
) -> Result<Option<String>, DatabaseError> {
    if samples.is_empty() {
        return Ok(None);
    }
    let judged = rules.judged(plan, catalogue);
    let mut scanner = Scanner::new(std::io::sink(), samples, &judged)?;
    for line in session.ask(HOLDERS)?.lines() {
        let Holder { schema, relation, columns } =
            serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))?;
        let columns: Vec<String> = columns.into_iter().filter(|column| !judged(&schema, &relation, column)).collect();
        if columns.is_empty() {
            continue;
        }
        let (table, names) = (qualified(&schema, &relation), list(&columns));
        look(session, &mut scanner, &table, &names, &format!("SELECT {names} FROM ONLY {table}"))?;
    }
    for (table, column, sql) in WRITTEN_DOWN {
        look(session, &mut scanner, table, column, sql)?;
    }
    let found = scanner.finish();
    Ok((!found.is_empty()).then(|| told(&found)))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(", ")
}

/// Has the scanner see rows as a dump would have them.
fn look<W: Write>(
    session: &mut Conversation,
    scanner: &mut Scanner<'_, W>,
    table: &str,
    columns: &str,
    sql: &str,
) -> Result<(), DatabaseError> {
    let failed = |error| DatabaseError::from(RunError::Streams(error));
    scanner.write_all(format!("COPY {table} ({columns}) FROM stdin;\n").as_bytes()).map_err(failed)?;
    session.copy(&format!("COPY ({sql}) TO STDOUT;"), &mut |piece| scanner.write_all(piece).map_err(failed))?;
    scanner.write_all(b"\\.\n").map_err(failed)
}

const VIEWS: &str = "
WITH RECURSIVE uses AS (
  SELECT DISTINCT r.ev_class AS view, d.refobjid AS used FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class),
reach(view, used, depth) AS (
  SELECT oid, oid, 0 FROM pg_class WHERE relkind = 'm' AND relispopulated
  UNION SELECT reach.view, uses.used, depth + 1 FROM reach JOIN uses ON uses.view = reach.used)
SELECT format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname)
FROM reach JOIN pg_class c ON c.oid = reach.view JOIN pg_namespace n ON n.oid = c.relnamespace
GROUP BY n.nspname, c.relname ORDER BY max(depth), n.nspname, c.relname;
";

/// Only a superuser may do this; for others the analysis replaces what it can.
const FORGET: &str = "
SELECT rolsuper AS lapstrake_super FROM pg_roles WHERE rolname = current_user \\gset
\\if :lapstrake_super
DELETE FROM pg_statistic WHERE starelid = ANY ({tables})
  OR starelid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY ({tables}));
SELECT to_regclass('pg_catalog.pg_statistic_ext_data') IS NOT NULL AS lapstrake_extended \\gset
\\if :lapstrake_extended
DELETE FROM pg_statistic_ext_data WHERE stxoid IN (SELECT oid FROM pg_statistic_ext WHERE stxrelid = ANY ({tables}));
\\endif
\\endif
";

const HOLDERS: &str = "
SELECT json_build_object('schema', n.nspname, 'relation', c.relname, 'columns', json_agg(a.attname ORDER BY a.attnum))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated) AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND t.typcategory IN ('S', 'A', 'C', 'R', 'U') AND t.typname NOT IN ('uuid', 'pg_lsn')
GROUP BY c.oid, n.nspname, c.relname ORDER BY c.oid;
";

/// What the server has written down beside the rows: how it is called, and the query.
const WRITTEN_DOWN: &[(&str, &str, &str)] = &[
    (
        "statistics.pg_stats",
        "of, common, bounds, elements",
        "SELECT format('%I.%I.%I', schemaname, tablename, attname), most_common_vals::text, histogram_bounds::text, \
         most_common_elems::text FROM pg_stats WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'",
    ),
    ("comments.pg_description", "description", "SELECT description FROM pg_description WHERE objoid >= 16384"),
    ("defaults.pg_attrdef", "expression", "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef"),
    (
        "constraints.pg_constraint",
        "expression",
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'",
    ),
    ("functions.pg_proc", "source", "SELECT prosrc FROM pg_proc WHERE oid >= 16384"),
];
