//! Writing `.env` so that bash and docker compose read the same from it.

use super::{Environment, Variable};
use crate::report::Diagnostic;

/// The first line of every `.env` that we write.
pub const HEADER: &str = "# written by lapstrake, do not edit\n";

/// The text of `.env`: every variable, in order.
///
/// # Errors
/// One problem for each value that no spelling can carry to both readers.
pub fn dotenv(environment: &Environment) -> Result<String, Vec<Diagnostic>> {
    let mut text = HEADER.to_owned();
    let mut problems = Vec::new();
    for (name, variable) in environment.iter() {
        match spell(&variable.value) {
            Ok(value) => text.extend([name, "=", &value, "\n"]),
            Err(why) => problems.push(unwritable(variable, why)),
        }
    }
    if problems.is_empty() { Ok(text) } else { Err(problems) }
}

/// A further line of `.env`; none where no spelling can carry the value.
#[must_use]
pub fn dotenv_line(name: &str, value: &str) -> Option<String> {
    Some(format!("{name}={}\n", spell(value).ok()?))
}

/// How a value is written: bare, in single quotes, or in double quotes.
pub(super) fn spell(value: &str) -> Result<String, &'static str> {
    if value.contains("\r\n") {
        return Err("docker compose leaves out the carriage return before a line end");
    }
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte);
    if value.bytes().all(is_bare) {
        return Ok(value.to_owned());
    }
    // In single quotes everything means itself, except that docker compose takes `\'` for a quote.
    if !value.contains('\'') && !value.ends_with('\\') {
        return Ok(format!("'{value}'"));
    }
    // In double quotes bash runs what stands between backquotes, and docker compose keeps the backslash before one.
    if value.contains('`') {
        return Err(if value.contains('\'') {
            "a backquote and a `'` in one value: bash wants single quotes for the one, docker compose double ones for \
             the other"
        } else {
            "a backquote and a final `\\` in one value: bash wants single quotes for the one, docker compose double \
             ones for the other"
        });
    }
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for character in value.chars() {
        if matches!(character, '\\' | '"' | '$') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
    Ok(text)
}

fn unwritable(variable: &Variable, why: &'static str) -> Diagnostic {
    let name = &variable.name;
    let diagnostic = Diagnostic::error("unwritable", format!("the value of `{name}` cannot be written to `.env`"));
    let diagnostic = match variable.origin.span {
        Some(span) => diagnostic.at(span, "given here"),
        None => diagnostic,
    };
    diagnostic.with_note(why).with_help("leave out one of the two characters")
}
