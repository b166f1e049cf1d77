//! How a value is made unrecognisable, in SQL.

use super::Column;
use crate::database::literal;

/// What becomes of the values of a column. Null stays null, and what is empty stays empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// They stay.
    Keep,
    /// 16 hexadecimal digits that have nothing to do with the value.
    Token {
        /// Whether equal values get equal tokens, wherever they stand.
        equal: bool,
    },
    /// A token at example.org.
    Email {
        /// Whether equal values get equal addresses.
        equal: bool,
    },
    /// A French social security number at random, with its key.
    FrenchSsn,
    /// Null; where the column must have a value, an empty one.
    Null,
    /// `{}`.
    Empty,
    /// Always this.
    Fixed(String),
}

/// The words for methods in rules.
pub(super) const WORDS: &[&str] = &["token", "email", "french_ssn", "null", "empty", "fixed", "keep"];

const TOKEN: u32 = 16;
const DOMAIN: &str = "@example.org";
const FRENCH_SSN: u32 = 15;

/// Makes the number that equal tokens are made with, which nobody outside of the transaction ever knows.
const SALT: &str = "(SELECT current_setting('lapstrake.salt'))";
/// Makes the others.
const SEED: &str = "(SELECT current_setting('lapstrake.seed')::bigint)";

/// A method on a column: the SQL of everything there is to know about it. The row is `t`.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Whether there is something to hide.
    pub(super) applies: String,
    /// What takes its place.
    pub(super) value: String,
    /// What is remembered of the old value, for the proof.
    pub(super) trace: String,
    /// Whether the old value, or any, is still there; the trace is `{trace}`.
    pub(super) survives: String,
    /// Whether the new value is one that could be the old one.
    pub(super) is_compared: bool,
    /// The same value in two steps: what is made first, and what is made of that, which it calls `{made}`.
    pub(super) prepared: Option<(String, String)>,
}

impl Method {
    /// The method's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Token { .. } => "token",
            Self::Email { .. } => "email",
            Self::FrenchSsn => "french_ssn",
            Self::Null => "null",
            Self::Empty => "empty",
            Self::Fixed(_) => "fixed",
        }
    }

    /// What the method does to a column; `row` makes a number of the row and a seed.
    pub(super) fn change(&self, column: &Column, name: &str, number: usize, row: &str) -> Result<Change, String> {
        let draw = row.replace("{seed}", &format!("(SELECT current_setting('lapstrake.seed')::bigint + {number})"));
        let token = |equal: bool, of: &str, draw: &str| match equal {
            true => format!("left(encode(sha256(convert_to({SALT} || {of}, 'UTF8')), 'hex'), {TOKEN})"),
            false => format!("encode(int8send({draw}), 'hex')"),
        };
        let text = format!("{name}::text");
        match self {
            Self::Keep => Err("is kept".to_owned()),
            Self::Token { equal } if column.is_text_array() => {
                // Each element for itself, with a number of its own.
                let draw = format!("hashint8extended(lapstrake_n, {draw})");
                let token = fitted(column, "lapstrake_e", &token(*equal, "lapstrake_e::text", &draw), TOKEN);
                let value = format!(
                    "(SELECT array_agg(CASE WHEN lapstrake_e::text <> '' THEN {token} ELSE lapstrake_e::text END \
                     ORDER BY lapstrake_n) FROM unnest({name}) WITH ORDINALITY AS lapstrake_u(lapstrake_e, lapstrake_n))\
                     ::{}",
                    column.sort
                );
                let applies =
                    format!("EXISTS (SELECT FROM unnest({name}) AS lapstrake_e WHERE lapstrake_e::text <> '')");
                Ok(Change { applies, value, ..compared(&text) })
            }
            Self::Token { equal } => hidden(column, name, &fitted(column, name, &token(*equal, &text, &draw), TOKEN)),
            Self::Email { equal } => match column.length.unwrap_or(u32::MAX).checked_sub(DOMAIN.len() as u32) {
                None | Some(0) => {
                    Err(format!("takes {} characters, too few for an address", column.length.unwrap_or(0)))
                }
                Some(room) => {
                    let token = token(*equal, &text, &draw);
                    let token = if room < TOKEN { format!("left({token}, {room})") } else { token };
                    hidden(column, name, &format!("{token} || '{DOMAIN}'"))
                }
            },
            Self::FrenchSsn if column.length.is_some_and(|length| length < FRENCH_SSN) => {
                Err(format!("takes {} characters, and such a number has {FRENCH_SSN}", column.length.unwrap_or(0)))
            }
            Self::FrenchSsn => {
                let birth = birth(&draw);
                let change =
                    hidden(column, name, &format!("(SELECT {} FROM (SELECT {birth} AS n) AS born)", french_ssn("n")))?;
                // Where the birth can be made first, it is made once.
                let prepared = column.is_text().then(|| (birth, french_ssn("{made}")));
                Ok(Change { prepared, ..change })
            }
            Self::Null if column.required => emptied(column, name),
            Self::Null => Ok(replaced(format!("{name} IS NOT NULL"), "NULL".to_owned())),
            Self::Empty => {
                let is_composed = column.category == 'A' || column.category == 'R' || column.sort.ends_with("tsvector");
                if !is_composed && !column.is_text() && !column.is_json() && !is_hstore(column) {
                    return Err(misfit(column, "`{}`"));
                }
                let value = if column.is_text() { "'{}'".to_owned() } else { empty(column).unwrap_or_default() };
                let value = format!("{value}::{}", column.sort);
                Ok(replaced(format!("{name}::text <> ({value})::text"), value))
            }
            Self::Fixed(text) => {
                if column.length.is_some_and(|length| text.chars().count() > length as usize) {
                    return Err(format!("takes {} characters, fewer than `{text}`", column.length.unwrap_or(0)));
                }
                let value = format!("{}::{}", literal(text), column.sort);
                Ok(replaced(format!("{name}::text <> ({value})::text"), value))
            }
        }
    }
}

/// A text takes the place of the value: as it is, or wrapped for the column's type.
fn hidden(column: &Column, name: &str, text: &str) -> Result<Change, String> {
    let (empty, value) = if column.is_text() {
        ("''".to_owned(), text.to_owned())
    } else if column.is_json() {
        (r#"'""'"#.to_owned(), format!("to_json({text})::{}", column.sort))
    } else if column.sort == "bytea" {
        (r"''".to_owned(), format!("convert_to({text}, 'UTF8')"))
    } else {
        return Err(misfit(column, "a text"));
    };
    let shown = if column.sort == "bytea" { name.to_owned() } else { format!("{name}::text") };
    Ok(Change { applies: format!("{shown} <> {empty}"), value, ..compared(&format!("{name}::text")) })
}

/// What is remembered of a value that another takes the place of.
fn compared(text: &str) -> Change {
    let trace = format!("hashtextextended({text}, {SEED})");
    let (applies, value) = (String::new(), String::new());
    Change { applies, value, survives: format!("{trace} = {{trace}}"), trace, is_compared: true, prepared: None }
}

/// Nothing of the value is left: that is seen without remembering it.
fn replaced(applies: String, value: String) -> Change {
    Change { survives: applies.clone(), applies, value, trace: "0".to_owned(), is_compared: false, prepared: None }
}

/// The column must have a value: the emptiest there is.
fn emptied(column: &Column, name: &str) -> Result<Change, String> {
    let Some(empty) = empty(column) else {
        return Err(format!("must have a value, and type `{}` has no empty one", column.sort));
    };
    let value = format!("{empty}::{}", column.sort);
    Ok(replaced(format!("{name}::text <> ({value})::text"), value))
}

/// The emptiest value of a type, as a literal.
fn empty(column: &Column) -> Option<String> {
    Some(match column.category {
        'S' => "''".to_owned(),
        'A' => "'{}'".to_owned(),
        'R' if column.sort.ends_with("multirange") => "'{}'".to_owned(),
        'R' => "'empty'".to_owned(),
        'C' => format!("'({})'", ",".repeat(column.fields.saturating_sub(1))),
        _ if column.is_json() => "'{}'".to_owned(),
        _ if column.sort == "bytea" || column.sort == "tsvector" || is_hstore(column) => "''".to_owned(),
        _ => return None,
    })
}

fn is_hstore(column: &Column) -> bool {
    column.sort == "hstore" || column.sort.ends_with(".hstore")
}

fn misfit(column: &Column, what: &str) -> String {
    let instead = if column.required { "" } else { "; `null` empties it" };
    format!("has type `{}`, which does not take {what}{instead}", column.sort)
}

/// A token as long as the column takes it. A short one may be the old value by chance: then it is another.
fn fitted(column: &Column, name: &str, token: &str, length: u32) -> String {
    let Some(room) = column.length.filter(|room| *room < length) else { return token.to_owned() };
    let digits = "0123456789abcdef";
    format!(
        "(SELECT CASE WHEN made = {name}::text THEN translate(made, '{digits}', '{}{}') ELSE made END \
         FROM (SELECT left({token}, {room}) AS made OFFSET 0) AS made)",
        &digits[1..],
        &digits[..1],
    )
}

/// Sex and year, month, department, place and number of a birth: 13 digits. The number is odd, so that it is never 0;
/// the least of everything is added once.
fn birth(draw: &str) -> String {
    format!(
        "(SELECT 1000121001001 + h % 200 * 10000000000 + h / 200 % 12 * 100000000 + h / 2400 % 75 * 1000000 \
         + h / 180000 % 494500 * 2 FROM (SELECT {draw} & 9223372036854775807 AS h) AS drawn)"
    )
}

/// A birth with its key: 97 less the remainder.
fn french_ssn(birth: &str) -> String {
    format!("{birth} || lpad((97 - {birth} % 97)::text, 2, '0')")
}
