//! One statement of a dump, read as far as it depends on the server that it goes to.

use std::ops::Range;

use super::notes::{Extension, Notes};
use crate::database::{DumpFault, Target, identifier};

/// What becomes of a statement that was read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::database) enum Outcome {
    /// It goes to the server as it is.
    AsIs,
    /// The same, and its rows follow it.
    Rows,
    /// It does not go to the server.
    Nothing,
    /// This goes in its place.
    Instead(String),
    /// From here on a backslash escapes in every text, or in none.
    Escapes(bool),
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A keyword, a name or a number.
    Word,
    /// A name in quotes.
    Name,
    /// A text.
    Text,
    /// Anything else: one character.
    Symbol,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    /// Without its quotes.
    text: String,
    place: Range<usize>,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        self.kind != Kind::Name && self.kind != Kind::Text && self.text.eq_ignore_ascii_case(word)
    }

    /// The name as the server keeps it.
    fn name(&self) -> String {
        if self.kind == Kind::Word { self.text.to_lowercase() } else { self.text.clone() }
    }
}

/// Reads a statement, and notes what is to be known of it.
pub(in crate::database) fn read(
    text: &[u8],
    target: &Target,
    trusted: bool,
    notes: &mut Notes,
) -> Result<Outcome, DumpFault> {
    let text = String::from_utf8_lossy(text);
    let tokens = tokens(&text);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    Ok(match tokens.first().map(|token| token.text.to_ascii_uppercase()).as_deref() {
        Some("COPY") if copies_in(&tokens) => Outcome::Rows,
        Some("SET") => return set(&tokens, target, notes),
        Some("SELECT") => set_config(&tokens, notes),
        Some("CREATE") if is(1, "EXTENSION") && !trusted => extension(&tokens, notes),
        Some("CREATE") if is(1, "SCHEMA") => schema(&tokens),
        Some("DROP") if is(1, "SCHEMA") && tokens.iter().any(|token| token.name() == "public") => Outcome::Nothing,
        Some("CREATE" | "ALTER") if is(1, "POLICY") => policy(&text, &tokens, target, notes),
        Some("CREATE") if is(1, "USER") => mapping(&tokens, target, notes),
        _ => Outcome::AsIs,
    })
}

/// `COPY table [(columns)] FROM STDIN`.
fn copies_in(tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(1) {
        match token.text.as_str() {
            "(" if token.kind == Kind::Symbol => depth += 1,
            ")" if token.kind == Kind::Symbol => depth = depth.saturating_sub(1),
            _ if depth == 0 && token.is("FROM") => return tokens.get(index + 1).is_some_and(|next| next.is("STDIN")),
            _ => {}
        }
    }
    false
}

/// Encodings in which a byte of a character may look like a quote or a backslash: psql and the server may differ on
/// where a text ends.
const UNSAFE: &[&str] = &[
    "SJIS",
    "MSKANJI",
    "SHIFTJIS",
    "WIN932",
    "WINDOWS932",
    "SHIFTJIS2004",
    "BIG5",
    "WIN950",
    "WINDOWS950",
    "GBK",
    "WIN936",
    "WINDOWS936",
    "UHC",
    "WIN949",
    "WINDOWS949",
    "GB18030",
    "JOHAB",
];

fn set(tokens: &[Token], target: &Target, notes: &mut Notes) -> Result<Outcome, DumpFault> {
    let skipped = usize::from(tokens.get(1).is_some_and(|token| token.is("SESSION") || token.is("LOCAL")));
    let Some(setting) = tokens.get(1 + skipped) else { return Ok(Outcome::AsIs) };
    let (name, value) = (setting.name(), tokens.get(3 + skipped));
    let dotted = value.is_some_and(|_| tokens[2 + skipped].is("."));
    let takes_value = tokens.get(2 + skipped).is_some_and(|token| token.is("=") || token.is("TO"));
    if dotted || !takes_value {
        return Ok(Outcome::AsIs);
    }
    let value = value.map(|token| token.text.clone()).unwrap_or_default();
    if !target.settings.is_empty() && !target.settings.contains(&name) {
        notes.remark(format!("the setting `{name}` is passed over: PostgreSQL {} does not know it", target.version));
        return Ok(Outcome::Nothing);
    }
    Ok(match name.as_str() {
        "standard_conforming_strings" => Outcome::Escapes(!is_on(&value)),
        "client_encoding" => return client_encoding(&value, target, notes),
        "default_tablespace" if !value.is_empty() => {
            notes.remark(format!("what was in tablespace `{value}` goes to the database's own"));
            Outcome::Instead("SET default_tablespace = '';".to_owned())
        }
        _ => Outcome::AsIs,
    })
}

fn client_encoding(value: &str, target: &Target, notes: &mut Notes) -> Result<Outcome, DumpFault> {
    let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    if UNSAFE.contains(&plain.as_str()) {
        return Err(DumpFault::Encoding { encoding: value.to_owned() });
    }
    notes.encoding = Some(value.to_owned());
    // The server takes what is said to be SQL_ASCII without a look at it: it must look.
    if plain == "SQLASCII" && !target.encoding.is_empty() && target.encoding != "SQL_ASCII" {
        notes.unverified = true;
        return Ok(Outcome::Instead(format!("SET client_encoding = '{}';", target.encoding)));
    }
    Ok(Outcome::AsIs)
}

/// The same as `SET`, by a function: what is read differently from there on is noted.
fn set_config(tokens: &[Token], notes: &mut Notes) -> Outcome {
    let mut texts = tokens.iter().filter(|token| token.kind == Kind::Text).map(|token| token.text.to_lowercase());
    match (texts.next().as_deref(), texts.next().as_deref()) {
        (Some("client_encoding"), _) => {
            notes.unverified = true;
            Outcome::AsIs
        }
        (Some("standard_conforming_strings"), Some(value)) => Outcome::Escapes(!is_on(value)),
        _ => Outcome::AsIs,
    }
}

fn is_on(value: &str) -> bool {
    ["on", "true", "yes", "1"].contains(&value.to_lowercase().as_str())
}

fn extension(tokens: &[Token], notes: &mut Notes) -> Outcome {
    let first = if tokens.get(2).is_some_and(|token| token.is("IF")) { 5 } else { 2 };
    let Some(name) = tokens.get(first) else { return Outcome::AsIs };
    let schema = tokens.iter().position(|token| token.is("SCHEMA")).and_then(|at| tokens.get(at + 1));
    notes.extensions.push(Extension { name: name.name(), schema: schema.map(Token::name) });
    Outcome::Nothing
}

/// The schema may be there already: `public`, and those that extensions need. Owners are put right at the end.
fn schema(tokens: &[Token]) -> Outcome {
    let tokens: Vec<&Token> = tokens.iter().filter(|token| !token.is(";")).collect();
    let rest =
        if tokens.get(2).is_some_and(|token| token.is("IF")) { &tokens[5.min(tokens.len())..] } else { &tokens[2..] };
    let name = match rest {
        [name] if !name.is("AUTHORIZATION") => name,
        [authorization, role] if authorization.is("AUTHORIZATION") => role,
        [name, authorization, _] if authorization.is("AUTHORIZATION") => name,
        _ => return Outcome::AsIs,
    };
    Outcome::Instead(format!("CREATE SCHEMA IF NOT EXISTS {};", identifier(&name.name())))
}

/// A role that is not there is nobody: the policy goes to whoever owns the table, to whom it makes no difference.
fn policy(text: &str, tokens: &[Token], target: &Target, notes: &mut Notes) -> Outcome {
    const NOBODYS: &[&str] = &["public", "current_user", "current_role", "session_user"];
    let Some(to) = tokens.iter().position(|token| token.is("TO")) else {
        notes.add_policy(text);
        return Outcome::AsIs;
    };
    let roles = tokens[to + 1..].iter().take_while(|token| !["USING", "WITH", ";"].iter().any(|end| token.is(end)));
    let known = |token: &Token| {
        let nobodys = token.kind == Kind::Word && NOBODYS.contains(&token.name().as_str());
        token.is(",") || nobodys || target.roles.is_empty() || target.roles.contains(&token.name())
    };
    let missing: Vec<&Token> = roles.filter(|token| !known(token)).collect();
    if missing.is_empty() {
        notes.add_policy(text);
        return Outcome::AsIs;
    }
    let policy = tokens.get(2).map(Token::name).unwrap_or_default();
    let mut reworded = text.to_owned();
    for role in missing.iter().rev() {
        reworded.replace_range(role.place.clone(), &identifier(&target.user));
        let (role, user) = (role.name(), &target.user);
        notes.remark(format!("policy `{policy}` is for role `{role}`, which is not there: it is made for `{user}`"));
    }
    notes.policies_changed = true;
    notes.add_policy(&reworded);
    Outcome::Instead(reworded)
}

fn mapping(tokens: &[Token], target: &Target, notes: &mut Notes) -> Outcome {
    let Some(role) = tokens.iter().position(|token| token.is("FOR")).and_then(|at| tokens.get(at + 1)) else {
        return Outcome::AsIs;
    };
    let name = role.name();
    let special =
        role.kind == Kind::Word && ["public", "user", "current_user", "current_role"].contains(&name.as_str());
    if special || target.roles.is_empty() || target.roles.contains(&name) {
        return Outcome::AsIs;
    }
    notes.remark(format!("the user mapping for role `{name}` is left out: the role is not there"));
    notes.mappings_left_out = true;
    Outcome::Nothing
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &text[at..];
        let begin = at;
        let of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
        let (kind, inner) = if rest.starts_with("--") {
            at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            continue;
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        } else if rest.starts_with(|c: char| c.is_whitespace()) {
            at += rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
            continue;
        } else if rest.starts_with('\'') || rest.starts_with('"') {
            let (inner, length) = quoted(rest);
            at += length;
            (if rest.starts_with('"') { Kind::Name } else { Kind::Text }, inner)
        } else if rest.starts_with(|c: char| of_word(c) && c != '$') {
            let length = rest.find(|c: char| !of_word(c)).unwrap_or(rest.len());
            at += length;
            (Kind::Word, rest[..length].to_owned())
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            (Kind::Symbol, text[begin..at].to_owned())
        };
        tokens.push(Token { kind, text: inner, place: begin..at });
    }
    tokens
}

/// What stands in quotes, and how long it is with them.
fn quoted(text: &str) -> (String, usize) {
    let quote = &text[..1];
    let (mut inner, mut at) = (String::new(), 1);
    loop {
        let Some(end) = text[at..].find(quote) else { return (inner + &text[at..], text.len()) };
        inner += &text[at..at + end];
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return (inner, at);
        }
        inner += quote;
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            version: 15,
            encoding: "UTF8".into(),
            user: "chief".into(),
            roles: ["chief", "app"].map(str::to_owned).into(),
            settings: ["client_encoding", "default_tablespace", "standard_conforming_strings", "search_path"]
                .map(str::to_owned)
                .into(),
            ..Target::default()
        }
    }

    fn outcome(text: &str) -> (Outcome, Notes) {
        let mut notes = Notes::default();
        (read(text.as_bytes(), &target(), false, &mut notes).unwrap(), notes)
    }

    #[test]
    fn what_the_server_lacks_is_replaced() {
        let instead = |text: &str| Outcome::Instead(text.to_owned());
        for (statement, expected) in [
            ("CREATE SCHEMA public;", instead("CREATE SCHEMA IF NOT EXISTS \"public\";")),
            ("CREATE SCHEMA s AUTHORIZATION ghost;", instead("CREATE SCHEMA IF NOT EXISTS \"s\";")),
            ("CREATE SCHEMA AUTHORIZATION \"Gh\";", instead("CREATE SCHEMA IF NOT EXISTS \"Gh\";")),
            ("CREATE SCHEMA s CREATE TABLE t (a int);", Outcome::AsIs),
            ("DROP SCHEMA IF EXISTS public;", Outcome::Nothing),
            ("SET default_tablespace = fast;", instead("SET default_tablespace = '';")),
            ("SET default_tablespace = '';", Outcome::AsIs),
            ("SET transaction_timeout = 0;", Outcome::Nothing),
            ("SET my.own = 1;", Outcome::AsIs),
            ("SET search_path TO a, b, c;", Outcome::AsIs),
            ("SET client_encoding = 'SQL_ASCII';", instead("SET client_encoding = 'UTF8';")),
            ("SET client_encoding = 'LATIN1';", Outcome::AsIs),
            ("SET standard_conforming_strings = off;", Outcome::Escapes(true)),
            ("SET standard_conforming_strings TO 'on';", Outcome::Escapes(false)),
            (
                "CREATE POLICY p ON t TO ghost, app USING ((a = 'TO x'));",
                instead("CREATE POLICY p ON t TO \"chief\", app USING ((a = 'TO x'));"),
            ),
            ("CREATE POLICY p ON t FOR SELECT TO PUBLIC;", Outcome::AsIs),
            ("CREATE USER MAPPING FOR ghost SERVER s;", Outcome::Nothing),
            ("CREATE USER MAPPING FOR app SERVER s;", Outcome::AsIs),
            ("COPY t (a, \"from\") FROM stdin;", Outcome::Rows),
            ("COPY (SELECT a FROM stdin) TO stdout;", Outcome::AsIs),
            ("COPY stdin TO stdout;", Outcome::AsIs),
            ("COPY t FROM STDIN WITH (FORMAT csv);", Outcome::Rows),
            ("COPY t FROM 'stdin';", Outcome::AsIs),
        ] {
            assert_eq!(outcome(statement).0, expected, "{statement}");
        }
    }

    #[test]
    fn extensions_are_noted() {
        let (outcome, notes) = outcome("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA Tools;");
        assert_eq!(outcome, Outcome::Nothing);
        assert_eq!(notes.extensions, [Extension { name: "uuid-ossp".into(), schema: Some("tools".into()) }]);
    }
}
