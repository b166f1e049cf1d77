//! Conditions on rows, in SQL. They come from files of the project; still they must be no more than conditions.

use super::{Catalogue, Settings, Treatment};
use crate::database::literal;

/// A condition on a row, which it calls `t`.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// It, with `{keep_group}` and `{administrator}` for what the settings say.
    pub(super) sql: String,
    /// Tables and columns (`bank.party`) without which it does not count.
    pub(super) needs: Vec<String>,
    /// It only counts when this setting says so.
    pub(super) when: Option<(Choice, Treatment)>,
}

/// A setting that is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Companies,
    CompanyNames,
}

/// What conditions are seen against.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'c> {
    pub(super) settings: &'c Settings,
    pub(super) administrator: &'c str,
    pub(super) catalogue: &'c Catalogue,
}

impl Condition {
    /// Its SQL, if it counts here.
    pub(super) fn sql(&self, here: Circumstances<'_>) -> Option<String> {
        let counts = self.when.is_none_or(|(choice, treatment)| choice.of(here.settings) == treatment);
        let can_hold = self.needs.iter().all(|need| here.catalogue.has(need));
        (counts && can_hold).then(|| {
            let group = here.settings.keep_group.as_deref().unwrap_or_default();
            let sql = self.sql.replace("{keep_group}", &literal(group));
            format!("({})", sql.replace("{administrator}", &literal(here.administrator)))
        })
    }
}

impl Choice {
    fn of(self, settings: &Settings) -> Treatment {
        let chosen = match self {
            Self::Companies => settings.companies,
            Self::CompanyNames => settings.company_names,
        };
        chosen.unwrap_or(Treatment::Anonymize)
    }
}

/// Why a text is more, or less, than one condition; none where it is one.
pub(super) fn fault(sql: &str) -> Option<&'static str> {
    let (mut depth, mut quote) = (0_i32, None);
    let mut rest = sql.chars().peekable();
    while let Some(each) = rest.next() {
        match (quote, each) {
            (_, '\\') => return Some("a backslash would be a command to psql: `chr(92)` is one in SQL"),
            (_, '\0') => return Some("there is no null character in SQL"),
            (Some(open), _) => quote = (each != open).then_some(open),
            (None, '\'' | '"') => quote = Some(each),
            (None, ';') => return Some("it is one condition, not several statements"),
            (None, '$') => return Some("a `$` outside of quotes begins another way of quoting"),
            (None, '-') if rest.peek() == Some(&'-') => return Some("a comment has no place in it"),
            (None, '/') if rest.peek() == Some(&'*') => return Some("a comment has no place in it"),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Some("a bracket is closed that was not opened");
        }
    }
    match (quote, depth) {
        (Some(_), _) => Some("a quote is not closed"),
        (None, 1..) => Some("a bracket is not closed"),
        _ if sql.trim().is_empty() => Some("it is empty"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_one_condition() {
        for sound in [
            "t.a = 1",
            "t.name <> 'it''s; \"x\" --'",
            "EXISTS (SELECT FROM \"a-b\" b WHERE b.id = t.id)",
            "t.a::text > ''",
        ] {
            assert_eq!(fault(sound), None, "{sound}");
        }
        for unsound in
            ["", " ", "a; DROP TABLE b", "a) OR (b", "(a", "'a", "\\! id", "'\\'", "a -- b", "a /* b", "$$a$$"]
        {
            assert!(fault(unsound).is_some(), "{unsound}");
        }
    }
}
