//! A sample of the values that are to be hidden: by them a copy that stands elsewhere is recognised.

use std::collections::{HashMap, HashSet};

use super::catalogue::{Catalogue, Column};
use super::conversation::Conversation;
use super::plan::{Plan, Step, Work};
use super::script::meant;
use super::shared::Shared;
use crate::database::{DatabaseError, identifier};

/// About so many rows of a table are looked at.
const ROWS: u64 = 2_000;
/// So many characters of a value are looked at.
const CHARACTERS: usize = 4_000;
/// So many values of a column are looked for at most.
const VALUES: usize = 40;
/// What is shorter is not looked for, and of what is longer the beginning.
const SHORTEST: usize = 6;
const LONGEST: usize = 100;

/// A value to look for.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) text: String,
    /// A number for the column that it stood in, and the column's name.
    pub(super) origin: usize,
    pub(super) column: String,
    pub(super) strength: Strength,
}

/// What it means that a value stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// It may be chance.
    Weak,
    /// It is a copy.
    Strong,
}

/// Takes a sample of what a plan hides.
pub(super) fn samples(
    conversation: &mut Conversation,
    plan: &Plan,
    catalogue: &Catalogue,
) -> Result<Vec<Sample>, DatabaseError> {
    let (mut all, mut known, mut origin) = (Vec::new(), HashSet::new(), 0);
    for step in &plan.steps {
        let Some(table) = catalogue.table(&step.table) else { continue };
        let hidden: Vec<(&Column, String)> = hidden(step, &table.columns);
        if hidden.is_empty() {
            continue;
        }
        let told = conversation.ask(&question(step, table.estimate, &hidden))?;
        let mut seen: Vec<HashMap<String, usize>> = vec![HashMap::new(); hidden.len()];
        for line in told.lines() {
            let values: Vec<Option<String>> =
                serde_json::from_str(line).map_err(|_| DatabaseError::Strange("a sample".to_owned()))?;
            for ((column, _), (value, seen)) in hidden.iter().zip(values.into_iter().zip(&mut seen)) {
                for text in parts(column, value.as_deref().unwrap_or_default()) {
                    *seen.entry(text).or_default() += 1;
                }
            }
        }
        for ((column, _), seen) in hidden.iter().zip(seen) {
            origin += 1;
            let column = format!("{}.{}", step.table, column.name);
            let goes = matches!(step.work, Work::Delete(_));
            for (text, strength) in chosen(seen, goes) {
                if known.insert(text.to_lowercase()) {
                    all.push(Sample { text, origin, column: column.clone(), strength });
                }
            }
        }
    }
    Ok(all)
}

/// The columns of a step in which words may stand, each with the rows that are meant.
fn hidden<'c>(step: &Step, columns: &'c [Column]) -> Vec<(&'c Column, String)> {
    let words = columns.iter().filter(|column| column.may_hold_words() && column.sort != "bytea");
    match &step.work {
        Work::Delete(rows) => words.map(|column| (column, rows.clone())).collect(),
        Work::Update(planned) => {
            let refs: Vec<_> = planned.iter().collect();
            let shared = Shared::of(&refs);
            let rows = |column: &Column| planned.iter().find(|planned| planned.column == column.name);
            words.filter_map(|column| Some((column, meant(rows(column)?, &shared, "t")))).collect()
        }
    }
}

fn question(step: &Step, estimate: u64, hidden: &[(&Column, String)]) -> String {
    let share = 100.0 * ROWS as f64 / estimate.max(1) as f64;
    // Whole blocks: what is not looked at is not read.
    let sample = if share < 50.0 { format!(" TABLESAMPLE SYSTEM ({share})") } else { String::new() };
    let from = match &step.work {
        Work::Delete(_) => format!("{} t{sample}", step.identifier),
        Work::Update(planned) => {
            let refs: Vec<_> = planned.iter().collect();
            Shared::of(&refs).decided(&step.identifier, &sample)
        }
    };
    let values = hidden.iter().map(|(column, rows)| {
        format!("CASE WHEN {rows} THEN left(t.{}::text, {CHARACTERS}) END", identifier(&column.name))
    });
    let any = hidden.iter().map(|(_, rows)| format!("({rows})")).collect::<Vec<_>>().join(" OR ");
    format!(
        "SELECT json_build_array({}) FROM {from} WHERE {any} LIMIT {ROWS};\n",
        values.collect::<Vec<_>>().join(", ")
    )
}

/// The texts in a value: itself, or what it is made of.
fn parts(column: &Column, value: &str) -> Vec<String> {
    let mut parts = Vec::new();
    match serde_json::from_str::<serde_json::Value>(value) {
        Ok(json @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) => leaves(&json, &mut parts),
        _ if matches!(column.category, 'A' | 'C' | 'R' | 'U') => {
            let separators = [',', '(', ')', '{', '}', '[', ']', '"', '\'', ':'];
            parts.extend(value.split(separators).map(str::to_owned));
        }
        _ => parts.push(value.to_owned()),
    }
    parts.into_iter().filter_map(|part| sought(&part)).collect()
}

fn leaves(json: &serde_json::Value, into: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
        serde_json::Value::Object(map) => map.values().for_each(|item| leaves(item, into)),
        _ => {}
    }
}

/// As it is looked for; none where it is too short, or has characters that are written differently in different places.
fn sought(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| line.len() >= SHORTEST)?;
    let cut = line.char_indices().map(|(at, _)| at).chain([line.len()]).take_while(|at| *at <= LONGEST).last()?;
    let text = line[..cut].trim();
    let is_plain = !text.contains(['\\', '"', '\'']) && !text.chars().any(char::is_control);
    (is_plain && text.len() >= SHORTEST).then(|| text.to_owned())
}

/// What is looked for: values that stand once among those that were seen, for what is common stands elsewhere too.
/// Of rows that go nobody said which columns are personal: of them it is what people wrote, and never one value alone.
fn chosen(seen: HashMap<String, usize>, goes: bool) -> Vec<(String, Strength)> {
    let is_sought = |text: &str| !is_reference(text) && (!goes || text.contains(' '));
    let rare = seen.into_iter().filter(|(text, count)| *count == 1 && is_sought(text)).map(|(text, _)| {
        let strength = if goes { Strength::Weak } else { strength(&text) };
        (text, strength)
    });
    let mut rare: Vec<(String, Strength)> = rare.collect();
    rare.sort_by_key(|(_, strength)| *strength == Strength::Weak);
    rare.truncate(VALUES);
    rare
}

/// A value with digits or of several words is somebody's; a single word may be a town's name as well.
fn strength(text: &str) -> Strength {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|each| each.is_alphabetic()).count();
    let words = text.split(|each: char| !each.is_alphanumeric()).filter(|word| word.len() > 1).count();
    let is_strong = if letters == 0 {
        digits >= 9 && !is_time(text)
    } else {
        (text.len() >= 8 && (digits > 0 || text.contains('@'))) || (text.len() >= 10 && words > 1) || text.len() >= 20
    };
    if is_strong { Strength::Strong } else { Strength::Weak }
}

/// Whether it refers to a row, as `party.party,17` does.
fn is_reference(text: &str) -> bool {
    text.rsplit_once(',').is_some_and(|(model, number)| {
        let is_name = |each: char| each.is_ascii_lowercase() || each.is_ascii_digit() || "._".contains(each);
        !model.is_empty() && model.chars().all(is_name) && number.parse::<i64>().is_ok()
    })
}

/// Whether it begins as `2026-01-31` does.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().take(10).map(|each| if each.is_ascii_digit() { '0' } else { each }).collect();
    matches!(shape.as_str(), "0000-00-00" | "00/00/0000" | "00-00-0000" | "0000/00/00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_chance_is_weak() {
        for (text, expected) in [
            ("Secret17", Strength::Strong),
            ("a.b@corp.example", Strength::Strong),
            ("Martin Dupont", Strength::Strong),
            ("12 rue X", Strength::Strong),
            ("01 23 45 67 89", Strength::Strong),
            ("Clermont", Strength::Weak),
            ("2024-01-01 00:00:00", Strength::Weak),
            ("75001", Strength::Weak),
        ] {
            assert_eq!(strength(text), expected, "{text}");
        }
    }

    #[test]
    fn what_refers_to_rows_is_not_looked_for() {
        assert!(is_reference("party.party,17") && is_reference("a.b_c,-1"));
        assert!(!is_reference("Martin,17") && !is_reference("a.b,c") && !is_reference(",1"));
    }

    #[test]
    fn what_a_value_is_made_of_is_looked_for() {
        let column = |category| Column {
            name: "c".into(),
            sort: "text".into(),
            category,
            element: None,
            fields: 0,
            length: None,
            required: false,
            computed: false,
        };
        assert_eq!(parts(&column('S'), "Martin Dupont"), ["Martin Dupont"]);
        assert_eq!(parts(&column('S'), "short"), [""; 0]);
        assert_eq!(parts(&column('S'), "it's a quote"), [""; 0]);
        assert_eq!(parts(&column('U'), r#"{"a": {"b": ["Secret17", 1]}, "c": "x"}"#), ["Secret17"]);
        assert_eq!(parts(&column('U'), "'secret17':1 'other18':2"), ["secret17", "other18"]);
        assert_eq!(parts(&column('C'), r#"(1,"Martin Dupont",x)"#), ["Martin Dupont"]);
        assert_eq!(parts(&column('A'), "{Secret17,Secret18}"), ["Secret17", "Secret18"]);
        assert_eq!(parts(&column('S'), "a\nfirst line\nsecond line"), ["first line"]);
    }
}
