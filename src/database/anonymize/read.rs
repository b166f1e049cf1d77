//! A file of rules, read. Whatever is wrong with it is told with its place.

use indexmap::IndexMap;

use super::condition::{Choice, Condition, fault};
use super::method::WORDS;
use super::rules::{Administrator, ColumnRule, History, Rows, Stored, TableRules};
use super::{Method, Rules, Settings, Treatment};
use crate::report::{Diagnostic, Report, SourceId, Sources, Span, nearest};
use crate::yaml::{Map, Node, parse};

/// Reads files of rules, the lowest first.
pub fn read_rules(sources: &Sources, files: &[SourceId], report: &mut Report) -> Rules {
    let mut rules = Rules::default();
    for file in files {
        let documents = parse(sources, *file, report).unwrap_or_default();
        for document in documents.iter().filter(|document| !document.is_null()) {
            rules.overlay(Reader { report }.rules(document));
        }
    }
    rules
}

struct Reader<'r> {
    report: &'r mut Report,
}

const DELETE: &str = "delete";

impl Reader<'_> {
    fn rules(&mut self, document: &Node) -> Rules {
        let mut rules = Rules::default();
        let Some(map) = self.map(document, "the rules", &["settings", "tables", "public"]) else { return rules };
        for (key, entry) in map {
            match &**key {
                "settings" => rules.settings = self.settings(&entry.value),
                "tables" => rules.tables = self.tables(&entry.value),
                "public" => rules.public = self.texts(&entry.value, "a table or column").unwrap_or_default(),
                _ => {}
            }
        }
        rules
    }

    fn settings(&mut self, node: &Node) -> Settings {
        let mut settings = Settings::default();
        let known = ["companies", "company_names", "keep_group", "administrator"];
        for (key, entry) in self.map(node, "the settings", &known).into_iter().flatten() {
            match &**key {
                "companies" => settings.companies = self.treatment(&entry.value),
                "company_names" => settings.company_names = self.treatment(&entry.value),
                "administrator" => settings.administrator = self.administrator(&entry.value),
                "keep_group" => settings.keep_group = self.text(&entry.value, "the name of a group"),
                _ => {}
            }
        }
        settings
    }

    /// `{password: admin, needs: res_user.login}`.
    fn administrator(&mut self, node: &Node) -> Option<Administrator> {
        let map = self.map(node, "the administrator", &["password", "needs", "stored"])?;
        let Some(password) = map.get("password") else {
            self.wrong(node, "a `password` is missing");
            return None;
        };
        let needs = map.get("needs").and_then(|needs| self.texts(&needs.value, "a table or column"));
        let stored = map.get("stored").and_then(|entry| self.stored(&entry.value, entry.key));
        let password = self.text(&password.value, "a password")?;
        Some(Administrator { password, needs: needs.unwrap_or_default(), stored })
    }

    /// `{column: res_user.password_hash, value: HASH, only: t.login = {administrator}}`.
    fn stored(&mut self, node: &Node, span: Span) -> Option<Stored> {
        let map = self.map(node, "a stored password", &["column", "value", "only"])?;
        let mut text = |key: &str| match map.get(key) {
            Some(entry) => self.text(&entry.value, "a text"),
            None => {
                self.wrong(node, &format!("a `{key}` is missing"));
                None
            }
        };
        let (column, value) = (text("column")?, text("value")?);
        let Some((table, column)) = column.rsplit_once('.') else {
            self.wrong(node, "`column` is `TABLE.COLUMN`");
            return None;
        };
        Some(Stored { span, table: table.to_owned(), column: column.to_owned(), value, rows: self.rows(map) })
    }

    fn treatment(&mut self, node: &Node) -> Option<Treatment> {
        match node.as_text() {
            Some("anonymize") => Some(Treatment::Anonymize),
            Some("keep") => Some(Treatment::Keep),
            _ => {
                self.wrong(node, "this is `anonymize` or `keep`");
                None
            }
        }
    }

    fn tables(&mut self, node: &Node) -> IndexMap<String, TableRules> {
        let Some(map) = self.any_map(node, "the tables") else { return IndexMap::new() };
        map.iter().map(|(name, entry)| (name.to_string(), self.table(&entry.value, entry.key))).collect()
    }

    fn table(&mut self, node: &Node, span: Span) -> TableRules {
        let mut table = TableRules::new(span);
        if node.as_text() == Some(DELETE) {
            table.delete = Some(true);
            return table;
        }
        let known = ["columns", "only", "keep", "always", "history", "drop_constraints", DELETE];
        let Some(map) = self.map(node, "a table's rules", &known) else { return table };
        for (key, entry) in map {
            let value = &entry.value;
            match &**key {
                "columns" => table.columns = self.columns(value),
                "history" => table.history = self.history(value),
                "drop_constraints" => table.drop_constraints = self.texts(value, "a constraint"),
                DELETE => table.delete = self.flag(value),
                _ => {}
            }
        }
        table.rows = self.rows(map);
        table
    }

    fn history(&mut self, node: &Node) -> Option<History> {
        match (node.as_text(), self.is_flag(node)) {
            (Some(name), _) => Some(History::Named(name.to_owned())),
            (None, Some(true)) => Some(History::Usual),
            (None, Some(false)) => Some(History::Untouched),
            (None, None) => {
                self.wrong(node, "this is true, false, or the name of a table");
                None
            }
        }
    }

    fn columns(&mut self, node: &Node) -> IndexMap<String, ColumnRule> {
        let Some(map) = self.any_map(node, "the columns") else { return IndexMap::new() };
        let mut columns = IndexMap::new();
        for (name, entry) in map {
            if let Some((method, rows)) = self.column(&entry.value) {
                columns.insert(name.to_string(), ColumnRule { span: entry.key, method, rows });
            }
        }
        columns
    }

    /// A word, or a mapping with more to say.
    fn column(&mut self, node: &Node) -> Option<(Method, Rows)> {
        if node.as_map().is_none() {
            return Some((self.method(node, None, false)?, Rows::default()));
        }
        let map = self.map(node, "a column's rule", &["method", "equal", "value", "only", "keep", "always"])?;
        let Some(method) = map.get("method") else {
            self.wrong(node, "a `method` is missing");
            return None;
        };
        let equal = map.get("equal").and_then(|entry| self.flag(&entry.value)).unwrap_or(false);
        let method = self.method(&method.value, map.get("value").map(|entry| &entry.value), equal)?;
        Some((method, self.rows(map)))
    }

    fn method(&mut self, node: &Node, value: Option<&Node>, equal: bool) -> Option<Method> {
        let word = if node.is_null() { "null" } else { node.as_text().unwrap_or_default() };
        let method = match word {
            "token" => Method::Token { equal },
            "email" => Method::Email { equal },
            "french_ssn" => Method::FrenchSsn,
            "null" => Method::Null,
            "empty" => Method::Empty,
            "keep" => Method::Keep,
            "fixed" => match value.and_then(Node::as_word) {
                Some(value) => Method::Fixed(value.to_owned()),
                None => {
                    self.wrong(node, "a `value` is missing: `{method: fixed, value: …}`");
                    return None;
                }
            },
            _ => {
                let problem = Diagnostic::error("rules", "there is no such method").at(node.span, "");
                let problem = problem.with_help(format!("one of {}", WORDS.join(", ")));
                self.report.push(problem.with_nearest(nearest(word, WORDS.iter().copied())));
                return None;
            }
        };
        if equal && !matches!(method, Method::Token { .. } | Method::Email { .. }) {
            self.wrong(node, "`equal` is for `token` and `email`");
        }
        Some(method)
    }

    fn rows(&mut self, map: &Map) -> Rows {
        let mut of = |key: &str| map.get(key).map(|entry| self.conditions(&entry.value));
        Rows { only: of("only"), keep: of("keep"), always: of("always") }
    }

    /// One condition or several.
    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        match node.as_list() {
            Some(items) => items.iter().filter_map(|item| self.condition(item)).collect(),
            None if node.is_null() => Vec::new(),
            None => self.condition(node).into_iter().collect(),
        }
    }

    fn condition(&mut self, node: &Node) -> Option<Condition> {
        let (sql, map) = match node.as_map() {
            None => (node, None),
            Some(_) => {
                let map = self.map(node, "a condition", &["sql", "needs", "when"])?;
                let Some(sql) = map.get("sql") else {
                    self.wrong(node, "its `sql` is missing");
                    return None;
                };
                (&sql.value, Some(map))
            }
        };
        let text = self.text(sql, "a condition in SQL")?;
        if let Some(fault) = fault(&text) {
            self.wrong(sql, fault);
            return None;
        }
        let get = |key: &str| map.and_then(|map| map.get(key)).map(|entry| &entry.value);
        let needs = get("needs").and_then(|needs| self.texts(needs, "a table or column")).unwrap_or_default();
        let when = match get("when") {
            Some(when) => Some(self.when(when)?),
            None => None,
        };
        Some(Condition { sql: text, needs, when })
    }

    /// `{companies: keep}`.
    fn when(&mut self, node: &Node) -> Option<(Choice, Treatment)> {
        let map = self.map(node, "`when`", &["companies", "company_names"])?;
        let (key, entry) = map.first()?;
        let choice = if &**key == "companies" { Choice::Companies } else { Choice::CompanyNames };
        Some((choice, self.treatment(&entry.value)?))
    }

    fn texts(&mut self, node: &Node, what: &str) -> Option<Vec<String>> {
        match node.as_list() {
            Some(items) => items.iter().map(|item| self.text(item, what)).collect(),
            None => Some(vec![self.text(node, what)?]),
        }
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        let word = node.as_word().filter(|word| !word.is_empty());
        if word.is_none() {
            self.wrong(node, &format!("{what} is wanted here, and this is {}", node.sort()));
        }
        word.map(str::to_owned)
    }

    fn flag(&mut self, node: &Node) -> Option<bool> {
        let flag = self.is_flag(node);
        if flag.is_none() {
            self.wrong(node, &format!("true or false is wanted here, and this is {}", node.sort()));
        }
        flag
    }

    fn is_flag(&self, node: &Node) -> Option<bool> {
        match node.as_scalar()?.meaning() {
            crate::yaml::Meaning::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    fn any_map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Map> {
        if node.as_map().is_none() && !node.is_null() {
            self.wrong(node, &format!("{what} are a mapping, and this is {}", node.sort()));
        }
        node.as_map()
    }

    /// A mapping whose keys are known.
    fn map<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<&'n Map> {
        let Some(map) = node.as_map() else {
            self.wrong(node, &format!("a mapping is wanted here, and this is {}", node.sort()));
            return None;
        };
        for (key, entry) in map.iter().filter(|(key, _)| !known.contains(&&***key)) {
            let problem = Diagnostic::error("rules", format!("{what} have no key `{key}`")).at(entry.key, "");
            let problem = problem.with_help(format!("the keys are {}", known.join(", ")));
            self.report.push(problem.with_nearest(nearest(key, known.iter().copied())));
        }
        Some(map)
    }

    fn wrong(&mut self, node: &Node, why: &str) {
        self.report.push(Diagnostic::error("rules", "this is no rule").at(node.span, why));
    }
}
