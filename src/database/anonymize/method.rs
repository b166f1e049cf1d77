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
        let draw = row.replace("{seed}", &format!("{SEED} + {number}"));
        let token = |equal: bool| match equal {
            true => format!("left(encode(sha256(convert_to({SALT} || {name}::text, 'UTF8')), 'hex'), {TOKEN})"),
            false => format!("encode(int8send({draw}), 'hex')"),
        };
        match self {
            Self::Keep => Err("is kept".to_owned()),
            Self::Token { equal } => hidden(column, name, &fitted(column, &token(*equal), TOKEN)),
            Self::Email { equal } => match column.length.unwrap_or(u32::MAX).checked_sub(DOMAIN.len() as u32) {
                None | Some(0) => {
                    Err(format!("takes {} characters, too few for an address", column.length.unwrap_or(0)))
                }
                Some(room) => {
                    let token = token(*equal);
                    let token = if room < TOKEN { format!("left({token}, {room})") } else { token };
                    hidden(column, name, &format!("{token} || '{DOMAIN}'"))
                }
            },
            Self::FrenchSsn if column.length.is_some_and(|length| length < FRENCH_SSN) => {
                Err(format!("takes {} characters, and such a number has {FRENCH_SSN}", column.length.unwrap_or(0)))
            }
            Self::FrenchSsn => hidden(column, name, &french_ssn(&draw)),
            Self::Null if column.required => emptied(column, name),
            Self::Null => Ok(replaced(format!("{name} IS NOT NULL"), "NULL".to_owned())),
            Self::Empty => {
                let value = format!("'{{}}'::{}", column.sort);
                let fits = column.is_text() || column.is_json() || column.sort.ends_with("[]");
                if fits { Ok(replaced(format!("{name}::text <> '{{}}'"), value)) } else { Err(misfit(column, "`{}`")) }
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
    let shown = if column.is_json() { format!("{name}::text") } else { name.to_owned() };
    let trace = format!("hashtextextended({name}::text, {SEED})");
    Ok(Change { applies: format!("{shown} <> {empty}"), value, survives: format!("{trace} = {{trace}}"), trace })
}

/// Nothing of the value is left: that is seen without remembering it.
fn replaced(applies: String, value: String) -> Change {
    Change { survives: applies.clone(), applies, value, trace: "0".to_owned() }
}

/// The column must have a value: the emptiest there is.
fn emptied(column: &Column, name: &str) -> Result<Change, String> {
    let empty = match column.sort.as_str() {
        _ if column.is_text() || column.sort == "bytea" => "",
        _ if column.is_json() || column.sort.ends_with("[]") => "{}",
        _ => return Err(format!("must have a value, and type `{}` has no empty one", column.sort)),
    };
    let value = format!("'{empty}'::{}", column.sort);
    Ok(replaced(format!("{name}::text <> ({value})::text"), value))
}

fn misfit(column: &Column, what: &str) -> String {
    format!("has type `{}`, which does not take {what}", column.sort)
}

fn fitted(column: &Column, token: &str, length: u32) -> String {
    match column.length {
        Some(room) if room < length => format!("left({token}, {room})"),
        _ => token.to_owned(),
    }
}

/// Sex, year, month, department, place and number of a birth, and the key: 97 less the remainder.
fn french_ssn(draw: &str) -> String {
    format!(
        "(SELECT n || lpad((97 - n % 97)::text, 2, '0') FROM (SELECT \
         (1 + h % 2) * 1000000000000 + (h / 2 % 100) * 10000000000 + (1 + h / 200 % 12) * 100000000 \
         + (21 + h / 2400 % 75) * 1000000 + (1 + h / 180000 % 990) * 1000 + 1 + h / 178200000 % 999 AS n \
         FROM (SELECT {draw} & 9223372036854775807 AS h) AS drawn) AS made)"
    )
}
