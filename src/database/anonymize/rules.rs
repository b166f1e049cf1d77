//! The rules, as the files have them: a later file beats an earlier one, table by table and column by column.

use indexmap::IndexMap;

use super::catalogue::Store;
use super::condition::Condition;
use super::{Catalogue, Method, Plan, Step};
use crate::report::Span;

/// Everything that the files say.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// What conditions depend on.
    pub settings: Settings,
    /// The tables, in the order in which they were first named.
    pub tables: IndexMap<String, TableRules>,
    /// Tables (`ir_*`) and columns (`res_group.name`) that hold nothing personal.
    pub public: Vec<String>,
}

/// What conditions depend on.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether companies stay as they are.
    pub companies: Option<Treatment>,
    /// Whether the names of companies stay as they are.
    pub company_names: Option<Treatment>,
    /// The group whose users stay as they are.
    pub keep_group: Option<String>,
    pub(super) administrator: Option<Administrator>,
}

/// The administrator's new password.
#[derive(Clone, Debug)]
pub(super) struct Administrator {
    pub(super) password: String,
    /// What the database must have for it.
    pub(super) needs: Vec<String>,
    /// How it is stored, for dumps that no application sees before they are loaded.
    pub(super) stored: Option<Stored>,
}

/// How a password is stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) span: Span,
    pub(super) table: String,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) rows: Rows,
}

/// What happens to a sort of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It is anonymised.
    Anonymize,
    /// It stays.
    Keep,
}

/// What is to be done with a table.
#[derive(Clone, Debug)]
pub struct TableRules {
    /// Where it is first spoken of.
    pub(super) span: Span,
    /// Whether its rows go instead of being changed.
    pub(super) delete: Option<bool>,
    /// Which rows are meant, for columns that do not say it themselves.
    pub(super) rows: Rows,
    /// What is done with its former rows.
    pub(super) history: Option<History>,
    /// Unique constraints that must go first.
    pub(super) drop_constraints: Option<Vec<String>>,
    /// Its columns.
    pub(super) columns: IndexMap<String, ColumnRule>,
}

/// What is done with the table of former rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum History {
    /// The same, in the table of the usual name.
    Usual,
    /// The same, in this table.
    Named(String),
    /// Nothing.
    Untouched,
}

/// What is to be done with a column.
#[derive(Clone, Debug)]
pub(super) struct ColumnRule {
    pub(super) span: Span,
    pub(super) method: Method,
    pub(super) rows: Rows,
}

/// Which rows are meant: those of which all of `only` and none of `keep` hold, or any of `always`.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) only: Option<Vec<Condition>>,
    pub(super) keep: Option<Vec<Condition>>,
    pub(super) always: Option<Vec<Condition>>,
}

impl Rules {
    /// The password that the administrator gets, if the database has administrators.
    #[must_use]
    pub fn password(&self, catalogue: &Catalogue) -> Option<&str> {
        let Administrator { password, needs, .. } = self.settings.administrator.as_ref()?;
        needs.iter().all(|need| catalogue.has(need)).then_some(password)
    }

    /// Whether a dump can have that password without the application.
    #[must_use]
    pub fn stores_password(&self) -> bool {
        self.settings.administrator.as_ref().is_some_and(|administrator| administrator.stored.is_some())
    }

    /// Whether a column, by its schema, its table and its name, was judged: it has a rule, or holds nothing personal.
    pub(super) fn judged<'r>(
        &'r self,
        plan: &'r Plan,
        catalogue: &'r Catalogue,
    ) -> impl Fn(&str, &str, &str) -> bool + 'r {
        move |schema, relation, column| {
            let holds = |store: &Store| store.schema == schema && store.relation == relation;
            let table = catalogue.tables().find(|table| table.stores.iter().any(holds));
            let name = table.map_or_else(|| relation.to_owned(), |table| table.name.clone());
            let is_meant = |step: &Step| step.table == name || step.stores.iter().any(holds);
            let is_changed = |step: &Step| is_meant(step) && step.columns().any(|(own, _)| own == column);
            let of_former = self.tables.iter().any(|(own, rule)| {
                name.strip_prefix(own.as_str()) == Some("__history")
                    && (rule.columns.contains_key(column) || rule.history == Some(History::Untouched))
            });
            plan.steps.iter().any(is_changed)
                || of_former
                || self.tables.get(&name).is_some_and(|rule| rule.columns.contains_key(column))
                || self.is_public(&name, column)
        }
    }

    /// Whether a column is said to hold nothing personal.
    pub(super) fn is_public(&self, table: &str, column: &str) -> bool {
        let own = table.strip_suffix("__history").unwrap_or(table);
        let full = format!("{own}.{column}");
        self.public.iter().any(|pattern| is_like(own, pattern) || is_like(&full, pattern))
    }

    /// Lets another file have the last word.
    pub(super) fn overlay(&mut self, later: Self) {
        let Self { settings, tables, public } = later;
        self.settings.companies = settings.companies.or(self.settings.companies);
        self.settings.company_names = settings.company_names.or(self.settings.company_names);
        self.settings.keep_group = settings.keep_group.or(self.settings.keep_group.take());
        self.public.extend(public);
        self.settings.administrator = settings.administrator.or(self.settings.administrator.take());
        for (name, table) in tables {
            match self.tables.get_mut(&name) {
                Some(earlier) => earlier.overlay(table),
                None => {
                    self.tables.insert(name, table);
                }
            }
        }
    }
}

impl TableRules {
    pub(super) fn new(span: Span) -> Self {
        let columns = IndexMap::new();
        Self { span, delete: None, rows: Rows::default(), history: None, drop_constraints: None, columns }
    }

    fn overlay(&mut self, later: Self) {
        let Self { span, delete, rows, history, drop_constraints, columns } = later;
        self.span = span;
        self.delete = delete.or(self.delete);
        self.history = history.or(self.history.take());
        self.drop_constraints = drop_constraints.or(self.drop_constraints.take());
        self.rows = rows.or(&self.rows);
        self.columns.extend(columns);
    }
}

impl Rows {
    /// These, and where they say nothing the others.
    pub(super) fn or(self, others: &Self) -> Self {
        Self {
            only: self.only.or_else(|| others.only.clone()),
            keep: self.keep.or_else(|| others.keep.clone()),
            always: self.always.or_else(|| others.always.clone()),
        }
    }
}

/// Whether a name fits a pattern, in which `*` is any text without a dot.
fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            let mut within = ends.take_while(|at| !rest[..*at].contains('.'));
            within.any(|at| is_like(&rest[at..], tail))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_without_a_dot() {
        for (name, pattern, fits) in [
            ("ir_model", "ir_*", true),
            ("ir_model.name", "ir_*", false),
            ("ir_model.name", "ir_*.name", true),
            ("res_group", "res_group", true),
            ("res_groups", "res_group", false),
            ("account_tax_template", "account_*_template", true),
        ] {
            assert_eq!(is_like(name, pattern), fits, "{name} {pattern}");
        }
    }
}
