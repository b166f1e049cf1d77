//! What a database has: its tables and columns, asked for once.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::database::{DatabaseError, Name, Server, identifier};

/// The tables of a database by name; one that is not found without its schema has it in front.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    tables: IndexMap<String, Table>,
}

/// A table.
#[derive(Clone, Debug, Deserialize)]
pub struct Table {
    /// As rules call it.
    pub name: String,
    schema: String,
    relation: String,
    /// About how many rows it has.
    pub estimate: u64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    pub key: Vec<String>,
    /// Its unique constraints.
    pub constraints: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, without length; that of a domain is the one below.
    #[serde(rename = "type")]
    pub sort: String,
    /// How many characters it takes at most.
    pub length: Option<u32>,
    /// Whether it must have a value.
    pub required: bool,
    /// Whether the server computes it.
    pub computed: bool,
}

/// Rows of JSON. Columns that not every version has are looked for in the row itself.
const QUESTION: &str = "
SELECT json_build_object(
  'name', CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END,
  'schema', n.nspname,
  'relation', c.relname,
  'estimate', greatest(c.reltuples, 0)::bigint,
  'columns', coalesce((
    SELECT json_agg(json_build_object(
      'name', a.attname,
      'type', format_type(information_schema._pg_truetypid(a.*, t.*), NULL),
      'length', information_schema._pg_char_max_length(
        information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)),
      'required', a.attnotnull OR t.typnotnull,
      'computed', coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '' OR a.attidentity = 'a') ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
  'key', coalesce((
    SELECT json_agg(a.attname)
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = c.oid AND i.indisprimary), '[]'),
  'constraints', coalesce((
    SELECT json_agg(k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('u', 'x')), '[]'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname, c.relname;
";

/// What a database has.
///
/// # Errors
/// When the server does not tell.
pub fn catalogue(server: &Server<'_>, database: &Name) -> Result<Catalogue, DatabaseError> {
    let told = server.psql(database, QUESTION, "the question for the tables")?;
    let tables = told.lines().map(|line| {
        let table: Table = serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))?;
        Ok((table.name.clone(), table))
    });
    Ok(Catalogue { tables: tables.collect::<Result<_, DatabaseError>>()? })
}

impl Catalogue {
    /// A table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// All tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// Whether there is such a table, or such a column (`table.column`).
    pub(super) fn has(&self, need: &str) -> bool {
        let column = || {
            let (table, column) = need.rsplit_once('.')?;
            self.table(table)?.column(column)
        };
        self.table(need).is_some() || column().is_some()
    }
}

impl Table {
    /// A column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// For SQL.
    pub(super) fn identifier(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.relation))
    }
}

impl Column {
    /// Whether it takes any text.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.sort.as_str(), "text" | "character varying" | "character" | "citext" | "public.citext")
    }

    /// Whether it holds JSON.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.sort.as_str(), "json" | "jsonb")
    }
}
