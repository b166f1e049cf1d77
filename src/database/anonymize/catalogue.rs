//! What a database has: its tables and columns, asked for once.

use indexmap::IndexMap;
use serde::Deserialize;

use super::conversation::Conversation;
use crate::database::{DatabaseError, Name, Server, identifier};

/// The tables of a database by name; one that is not found without its schema has it in front.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    tables: IndexMap<String, Table>,
    /// The foreign keys.
    pub(super) links: Vec<Link>,
}

/// A foreign key.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Link {
    /// Its name.
    pub(super) link: String,
    pub(super) child: u32,
    pub(super) child_columns: Vec<String>,
    pub(super) parent: u32,
    pub(super) parent_columns: Vec<String>,
    /// What happens to the rows that refer to one that goes: the server's letter.
    pub(super) on_delete: char,
    /// As it is made.
    pub(super) definition: String,
    pub(super) comment: Option<String>,
}

/// A line of the answer.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Link(Link),
    Table(Table),
}

/// A table.
#[derive(Clone, Debug, Deserialize)]
pub struct Table {
    /// As rules call it.
    pub name: String,
    pub(super) oid: u32,
    pub(super) schema: String,
    pub(super) relation: String,
    /// Whether it may be read.
    pub(super) readable: bool,
    /// About how many rows it has.
    pub estimate: u64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    pub key: Vec<String>,
    /// Its unique constraints.
    pub constraints: Vec<String>,
    /// The relations that hold its rows: itself, its partitions, the tables that inherit from it.
    pub(super) stores: Vec<Store>,
}

/// A relation that rows of a table are stored in.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Store {
    pub(super) schema: String,
    pub(super) relation: String,
    /// `f` where the rows are another server's.
    pub(super) kind: char,
    /// The columns that a dump has, in their order.
    pub(super) columns: Vec<String>,
    /// Whether names of objects stand in it, which are written differently on different search paths.
    pub(super) has_names: bool,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, without length; that of a domain is the one below.
    #[serde(rename = "type")]
    pub sort: String,
    /// The server's letter for what the type is: `S` for texts, `A` for arrays, `C` for composite types.
    pub(super) category: char,
    /// The type of an array's elements.
    pub(super) element: Option<String>,
    /// How many fields a composite type has.
    pub(super) fields: usize,
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
  'oid', c.oid::bigint,
  'schema', n.nspname,
  'relation', c.relname,
  'readable', has_table_privilege(c.oid, 'SELECT'),
  'estimate', greatest(c.reltuples, 0)::bigint,
  'columns', coalesce((
    SELECT json_agg(json_build_object(
      'name', a.attname,
      'type', format_type(b.oid, NULL),
      'category', b.typcategory,
      'element', CASE WHEN b.typcategory = 'A' THEN format_type(b.typelem, NULL) END,
      'fields', (SELECT count(*) FROM pg_attribute f
        WHERE b.typtype = 'c' AND f.attrelid = b.typrelid AND f.attnum > 0 AND NOT f.attisdropped),
      'length', information_schema._pg_char_max_length(
        CASE WHEN b.typcategory = 'A' THEN b.typelem ELSE b.oid END, d.typmod),
      'required', a.attnotnull OR d.required,
      'computed', coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '' OR a.attidentity = 'a') ORDER BY a.attnum)
    FROM pg_attribute a, LATERAL (
      WITH RECURSIVE down AS (
        SELECT 0 AS depth, a.atttypid AS oid, a.atttypmod AS typmod, false AS required
        UNION ALL
        SELECT depth + 1, t.typbasetype, CASE WHEN t.typtypmod = -1 THEN typmod ELSE t.typtypmod END, required OR t.typnotnull
        FROM down JOIN pg_type t ON t.oid = down.oid AND t.typtype = 'd')
      SELECT * FROM down ORDER BY depth DESC LIMIT 1) d
    JOIN pg_type b ON b.oid = d.oid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
  'key', coalesce((
    SELECT json_agg(a.attname)
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = c.oid AND i.indisprimary), '[]'),
  'constraints', coalesce((
    SELECT json_agg(k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('u', 'x')), '[]'),
  'stores', (
    WITH RECURSIVE tree(oid) AS (
      SELECT c.oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
    SELECT json_agg(json_build_object(
      'schema', sn.nspname, 'relation', s.relname, 'kind', s.relkind,
      'columns', coalesce((
        SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND coalesce(to_jsonb(a) ->> 'attgenerated', '') = ''), '[]'),
      'has_names', EXISTS (SELECT FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
        WHERE a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND (y.typtype NOT IN ('b', 'e') OR y.oid::regtype::text ~ '^reg' OR y.typelem::regtype::text ~ '^reg'))) ORDER BY s.oid)
    FROM tree JOIN pg_class s ON s.oid = tree.oid JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE s.relpersistence <> 't'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname, c.relname;
SELECT json_build_object(
  'link', k.conname,
  'child', k.conrelid::bigint,
  'parent', k.confrelid::bigint,
  'child_columns', (SELECT json_agg(a.attname ORDER BY e.place)
    FROM unnest(k.conkey) WITH ORDINALITY AS e(number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = e.number),
  'parent_columns', (SELECT json_agg(a.attname ORDER BY e.place)
    FROM unnest(k.confkey) WITH ORDINALITY AS e(number, place)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = e.number),
  'on_delete', k.confdeltype,
  'definition', pg_get_constraintdef(k.oid),
  'comment', obj_description(k.oid, 'pg_constraint'))
FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname;
";

/// What a database has.
///
/// # Errors
/// When the server does not tell.
pub fn catalogue(server: &Server<'_>, database: &Name) -> Result<Catalogue, DatabaseError> {
    read(&server.psql(database, QUESTION, "the question for the tables")?)
}

/// The same from within a conversation.
pub(super) fn catalogue_within(conversation: &mut Conversation) -> Result<Catalogue, DatabaseError> {
    read(&conversation.ask(QUESTION)?)
}

fn read(told: &str) -> Result<Catalogue, DatabaseError> {
    let mut catalogue = Catalogue::default();
    for line in told.lines() {
        match serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned()))? {
            Line::Link(link) => catalogue.links.push(link),
            Line::Table(table) => {
                catalogue.tables.insert(table.name.clone(), table);
            }
        }
    }
    Ok(catalogue)
}

impl Catalogue {
    /// A table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// A table by the server's number for it.
    pub(super) fn numbered(&self, oid: u32) -> Option<&Table> {
        self.tables.values().find(|table| table.oid == oid)
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
        qualified(&self.schema, &self.relation)
    }

    /// Its own rows, without those of tables that inherit from it; all of them where it is partitioned.
    pub(super) fn only(&self) -> String {
        let is_own = |store: &Store| store.schema == self.schema && store.relation == self.relation;
        let only = if self.own_stores().any(is_own) { "ONLY " } else { "" };
        format!("{only}{}", self.identifier())
    }

    /// For a lock: another server's tables take none.
    pub(super) fn lockable(&self) -> String {
        let is_far = self.stores.iter().any(|store| store.kind == 'f');
        format!("{}{}", if is_far { "ONLY " } else { "" }, self.identifier())
    }

    /// The relations of this server that hold its rows.
    pub(super) fn own_stores(&self) -> impl Iterator<Item = &Store> {
        self.stores.iter().filter(|store| matches!(store.kind, 'r' | 'm'))
    }
}

impl Store {
    /// For SQL.
    pub(super) fn identifier(&self) -> String {
        qualified(&self.schema, &self.relation)
    }
}

/// A relation, for SQL.
pub(super) fn qualified(schema: &str, relation: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(relation))
}

impl Column {
    /// Whether it takes any text.
    pub(super) fn is_text(&self) -> bool {
        self.category == 'S' && self.sort != "name"
    }

    /// Whether it holds JSON.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.sort.as_str(), "json" | "jsonb")
    }

    /// Whether its elements are texts.
    pub(super) fn is_text_array(&self) -> bool {
        matches!(self.element.as_deref(), Some("text" | "character varying" | "character" | "citext" | "public.citext"))
    }

    /// Whether a person's words may stand in it, in whatever form.
    pub(super) fn may_hold_words(&self) -> bool {
        matches!(self.category, 'S' | 'A' | 'C' | 'R' | 'U') && !matches!(self.sort.as_str(), "uuid" | "pg_lsn")
    }
}
