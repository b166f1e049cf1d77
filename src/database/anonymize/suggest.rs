//! What looks personal and is not covered by a rule: proposals for a person to judge.

use serde::Deserialize;

use super::rules::TableRules;
use super::{Catalogue, Column, Rules, Table};
use crate::database::{DatabaseError, Name, Server, identifier, literal};

/// A column that looks personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The method that would do.
    pub method: &'static str,
    /// What makes it look so.
    pub why: String,
}

/// About so many values of a column are looked at, inside of the server.
const LOOK: u64 = 2_000;

/// What the server sees in the values of a column.
#[derive(Deserialize)]
struct Look {
    table: String,
    column: String,
    filled: u64,
    email: u64,
    iban: u64,
    ssn: u64,
    phone: u64,
    objects: u64,
}

/// Words of which one in a column's name makes it look personal, what that is, and what would do.
const NAMES: &[(&[&str], &str, &str)] = &[
    (&["email", "mail", "e_mail"], "e-mail addresses", "email"),
    (&["phone", "mobile", "fax", "telephone", "tel"], "phone numbers", "token"),
    (&["iban", "rib"], "bank accounts", "token"),
    (&["ssn", "nir", "siren", "siret", "insee", "passport"], "national numbers", "token"),
    (&["firstname", "lastname", "surname", "birthname", "fullname", "nickname"], "names of people", "token"),
    (&["name", "login", "party", "contact", "holder", "beneficiary", "subscriber"], "names", "token"),
    (&["street", "address", "zip", "postal", "city"], "addresses", "token"),
    (&["birth", "birthdate", "birthday", "death"], "dates of a life", "null"),
    (&["comment", "note", "notes", "message", "description", "text", "body", "remark", "remarks"], "free text", "null"),
    (&["password", "secret"], "secrets", "token"),
];

/// Columns that look personal by their name or by what they hold.
///
/// # Errors
/// When the server does not tell.
pub fn suggest(
    server: &Server<'_>,
    database: &Name,
    rules: &Rules,
    catalogue: &Catalogue,
) -> Result<Vec<Suggestion>, DatabaseError> {
    let candidates: Vec<(&Table, &Column)> = candidates(rules, catalogue).collect();
    let sql: String = candidates.iter().map(|(table, column)| question(table, column)).collect();
    let told = server.psql(database, &sql, "the look at the data")?;
    let looks =
        told.lines().map(|line| serde_json::from_str(line).map_err(|_| DatabaseError::Strange(line.to_owned())));
    let looks: Vec<Look> = looks.collect::<Result<_, _>>()?;
    let pairs = candidates.iter().zip(&looks).filter(|(_, look)| look.filled > 0);
    Ok(pairs.filter_map(|((_, column), look)| judge(column, look)).collect())
}

/// Every column that a person may have written into, and no rule speaks of.
fn candidates<'c>(rules: &'c Rules, catalogue: &'c Catalogue) -> impl Iterator<Item = (&'c Table, &'c Column)> {
    let columns = catalogue.tables().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    columns.filter(|(table, column)| {
        let is_dated = matches!(column.sort.as_str(), "date") && by_name(&column.name).is_some();
        ((column.may_hold_words() && column.sort != "bytea") || column.sort == "oid" || is_dated)
            && !column.computed
            && !is_covered(rules, table, column)
            && !rules.is_public(&table.name, &column.name)
    })
}

fn is_covered(rules: &Rules, table: &Table, column: &Column) -> bool {
    let own = table.name.strip_suffix("__history").unwrap_or(&table.name);
    let covers = |rule: &TableRules| rule.delete == Some(true) || rule.columns.contains_key(&column.name);
    [table.name.as_str(), own].into_iter().filter_map(|name| rules.tables.get(name)).any(covers)
}

/// Only counts leave the server.
fn question(table: &Table, column: &Column) -> String {
    let share = 100.0 * LOOK as f64 / table.estimate.max(1) as f64;
    let sample = if share < 100.0 { format!(" TABLESAMPLE BERNOULLI ({share})") } else { String::new() };
    let (open, close) = if column.category == 'S' { ("^\\s*", "\\s*$") } else { ("", "") };
    let objects = match column.sort.as_str() {
        "oid" => "count(*) FILTER (WHERE EXISTS (SELECT FROM pg_largeobject_metadata o WHERE o.oid::text = v))",
        _ => "0",
    };
    let pattern = |inner: &str| literal(&format!("{open}{inner}{close}"));
    format!(
        "SELECT json_build_object('table', {table}, 'column', {name}, 'filled', count(*), \
         'email', count(*) FILTER (WHERE v ~ {email}), 'iban', count(*) FILTER (WHERE v ~ {iban}), \
         'ssn', count(*) FILTER (WHERE v ~ {ssn}), 'phone', count(*) FILTER (WHERE v ~ {phone}), 'objects', {objects}) \
         FROM (SELECT left({quoted}::text, 10000) AS v FROM {from} t{sample} \
         WHERE {quoted} IS NOT NULL AND {quoted}::text <> '' LIMIT {LOOK}) AS looked;\n",
        table = literal(&table.name),
        name = literal(&column.name),
        quoted = format!("t.{}", identifier(&column.name)),
        from = table.identifier(),
        email = pattern("[[:alnum:]._%+-]+@[[:alnum:].-]+\\.[[:alpha:]]{2,}"),
        iban = pattern("[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?"),
        ssn = pattern("[12378] ?[0-9]{2} ?(0[1-9]|1[0-2]|[2-9][0-9]) ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"),
        phone = pattern("([+]|00|0)[1-9][0-9 .()-]{7,16}[0-9]"),
    )
}

fn judge(column: &Column, look: &Look) -> Option<Suggestion> {
    let seen = |count: u64| count > 0 && (column.category != 'S' || count * 5 >= look.filled);
    let (method, why) = if look.objects > 0 {
        ("null", format!("{} of {} values refer to large objects", look.objects, look.filled))
    } else if column.sort == "oid" {
        return None;
    } else if column.sort == "tsvector" {
        ("null", "it holds the words of other columns".to_owned())
    } else if seen(look.ssn) {
        ("french_ssn", format!("{} of {} values look like social security numbers", look.ssn, look.filled))
    } else if seen(look.email) {
        ("email", format!("{} of {} values look like e-mail addresses", look.email, look.filled))
    } else if seen(look.iban) {
        ("token", format!("{} of {} values look like bank accounts", look.iban, look.filled))
    } else if seen(look.phone) {
        ("token", format!("{} of {} values look like phone numbers", look.phone, look.filled))
    } else {
        let (what, method) = by_name(&column.name)?;
        (method, format!("its name speaks of {what}"))
    };
    let (table, name) = (look.table.clone(), look.column.clone());
    Some(Suggestion { table, column: name, method: fitting(column, method), why })
}

fn by_name(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.to_lowercase();
    let has = |word: &str| name == word || name.split(['_', '-']).any(|part| part == word);
    let joined = name.replace(['_', '-'], "");
    let found = NAMES.iter().find(|(words, ..)| words.iter().any(|word| has(word) || joined == *word));
    found.map(|(_, what, method)| (*what, *method))
}

/// A method that the column takes.
fn fitting(column: &Column, method: &'static str) -> &'static str {
    let short = |least: u32| column.length.is_some_and(|length| length < least);
    match method {
        _ if column.is_json() => "empty",
        _ if column.is_text_array() => "token",
        _ if !column.is_text() => "null",
        "email" if short(13) => "token",
        "french_ssn" if short(15) => "token",
        "null" if column.required => "token",
        other => other,
    }
}

/// Rules for what was found, for a person to judge.
#[must_use]
pub fn fragment(suggestions: &[Suggestion]) -> String {
    let mut text =
        "# Proposals: keep what is right, and write `keep` where a column holds nothing personal.\ntables:\n"
            .to_owned();
    let mut table = None;
    for Suggestion { table: of, column, method, why } in suggestions {
        if table != Some(of) {
            text += &format!("  {}:\n    columns:\n", word(of));
            table = Some(of);
        }
        text += &format!("      {}: {method}  # {why}\n", word(column));
    }
    text
}

/// A key of YAML that is read back as this very text.
fn word(text: &str) -> String {
    let is_plain = text.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
        && text.starts_with(|each: char| each.is_ascii_alphabetic())
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_speaks() {
        assert_eq!(by_name("last_name").map(|(_, method)| method), Some("token"));
        assert_eq!(by_name("lastName").map(|(what, _)| what), Some("names of people"));
        assert_eq!(by_name("invoice_email").map(|(_, method)| method), Some("email"));
        assert_eq!(by_name("rename_count"), None);
    }
}
