//! Names of databases, and how each reader wants them quoted.

use std::fmt;

use sha2::{Digest, Sha256};

/// What every database that is not there for its own sake is called, in the beginning.
const OURS: &str = "lapstrake_";
const STAGING: &str = "lapstrake_staging_";
const OUTGOING: &str = "lapstrake_old_";
/// PostgreSQL cuts off what is longer.
const LONGEST: usize = 63;
/// What a server cannot do without.
const THE_SERVERS_OWN: &[&str] = &["postgres", "template0", "template1"];

/// A database's name. Any text that PostgreSQL takes as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is empty.
    #[error("a database has a name")]
    Empty,
    /// PostgreSQL would cut it off.
    #[error("`{0}` is longer than the {LONGEST} bytes that a database's name may have")]
    TooLong(String),
    /// It holds a character that cannot be sent.
    #[error("a database's name has no null character in it")]
    Null,
}

impl Name {
    /// Takes a text for a name.
    ///
    /// # Errors
    /// When PostgreSQL would not take it as it is.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        if text.is_empty() {
            Err(NameError::Empty)
        } else if text.contains('\0') {
            Err(NameError::Null)
        } else if text.len() > LONGEST {
            Err(NameError::TooLong(text))
        } else {
            Ok(Self(text))
        }
    }

    /// The database that every server has, for questions about the others.
    #[must_use]
    pub fn maintenance() -> Self {
        Self("postgres".to_owned())
    }

    /// The name as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the server needs it for itself, or it is a half-made one of ours.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        THE_SERVERS_OWN.contains(&self.0.as_str()) || self.0.starts_with(OURS)
    }

    /// For SQL, where a name stands.
    #[must_use]
    pub fn identifier(&self) -> String {
        identifier(&self.0)
    }

    /// For SQL, where a text stands.
    #[must_use]
    pub fn literal(&self) -> String {
        literal(&self.0)
    }

    /// For a client program, which would take some names for connection strings.
    #[must_use]
    pub fn connection(&self) -> String {
        format!("dbname='{}'", self.0.replace('\\', r"\\").replace('\'', r"\'"))
    }

    /// A short word that stands for it where not every character may stand.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Self::fingerprint_of(&self.0)
    }

    /// The same for any text.
    #[must_use]
    pub fn fingerprint_of(text: &str) -> String {
        crate::database::digits(&Sha256::digest(text)[..8])
    }

    /// Returns the number of its advisory lock, the same on every machine.
    #[must_use]
    pub fn lock_key(&self) -> i64 {
        key_of(&self.fingerprint())
    }

    /// Returns the name under which its successor is filled. `token` belongs to one command, and the restore role has
    /// the same name.
    #[must_use]
    pub fn staging(&self, token: &str) -> Self {
        Self(format!("{STAGING}{}_{token}", self.fingerprint()))
    }

    /// Returns its name between the moment when its successor takes its name, and its removal.
    #[must_use]
    pub fn outgoing(&self, token: &str) -> Self {
        Self(format!("{OUTGOING}{}_{token}", self.fingerprint()))
    }

    /// Whether it is the name of a staging database.
    #[must_use]
    pub fn is_staging(&self) -> bool {
        self.made_for().is_some() && self.0.starts_with(STAGING)
    }

    /// Returns the lock key of the database for which a command made this one: `None` unless it is a staging or an
    /// outgoing name, with its token or, from former versions, without.
    #[must_use]
    pub fn made_for(&self) -> Option<i64> {
        let rest = self.0.strip_prefix(STAGING).or_else(|| self.0.strip_prefix(OUTGOING))?;
        let (fingerprint, token) = rest.split_once('_').unwrap_or((rest, ""));
        let hex = |text: &str| text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (hex(fingerprint) && (token.is_empty() || hex(token))).then(|| key_of(fingerprint))
    }

    /// What it is called when it is kept; `time` is `yyyymmdd_hhmmss`.
    #[must_use]
    pub fn kept(&self, time: &str) -> Self {
        let ending = format!("_before_{time}");
        let mut length = self.0.len().min(LONGEST - ending.len());
        while !self.0.is_char_boundary(length) {
            length -= 1;
        }
        Self(format!("{}{ending}", &self.0[..length]))
    }

    /// For the name of a file.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let plain = |each: char| if each.is_alphanumeric() || "-_.".contains(each) { each } else { '_' };
        let stem: String = self.0.chars().map(plain).collect();
        if stem.starts_with('.') { format!("_{stem}") } else { stem }
    }
}

impl fmt::Display for Name {
    /// On one line, whatever it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|each| {
            if each.is_control() { write!(f, "{}", each.escape_default()) } else { write!(f, "{each}") }
        })
    }
}

fn key_of(fingerprint: &str) -> i64 {
    u64::from_str_radix(fingerprint, 16).unwrap_or_default().cast_signed()
}

/// A name of anything, for SQL.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, for SQL, whatever the server takes a backslash for.
#[must_use]
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!(" E'{}'", quoted.replace('\\', r"\\")) } else { format!("'{quoted}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_data() {
        let name = Name::new(r#"a"b'; drop \"#).unwrap();
        assert_eq!(name.identifier(), r#""a""b'; drop \""#);
        assert_eq!(name.literal(), r#" E'a"b''; drop \\'"#);
        assert_eq!(name.connection(), r#"dbname='a"b\'; drop \\'"#);
        assert_eq!(name.file_stem(), "a_b___drop__");
        assert_eq!(Name::new("été").unwrap().literal(), "'été'");
        assert_eq!(Name::new("a\nb\u{1b}[0m").unwrap().to_string(), r"a\nb\u{1b}[0m");
    }

    #[test]
    fn what_would_be_cut_off_is_refused() {
        assert!(Name::new("x".repeat(63)).is_ok());
        assert_eq!(Name::new("é".repeat(32)).unwrap_err(), NameError::TooLong("é".repeat(32)));
        assert_eq!(Name::new("").unwrap_err(), NameError::Empty);
        assert_eq!(Name::new("a\0").unwrap_err(), NameError::Null);
    }

    #[test]
    fn what_commands_make_is_recognised_by_its_whole_name() {
        let name = Name::new("coog").unwrap();
        let token = "0123456789abcdef";
        for made in [name.staging(token), name.outgoing(token), Name(format!("{STAGING}{}", name.fingerprint()))] {
            assert_eq!(made.made_for(), Some(name.lock_key()), "{made}");
        }
        for other in ["lapstrake_old_pictures", "lapstrake_staging_0123456789abcdef_x", "lapstrake_old_", "coog"] {
            assert_eq!(Name::new(other).unwrap().made_for(), None, "{other}");
        }
    }

    #[test]
    fn names_made_of_names_fit() {
        for text in ["coog".to_owned(), "x".repeat(63), format!("x{}", "é".repeat(31))] {
            let name = Name::new(text).unwrap();
            let token = "0123456789abcdef";
            for made in [name.staging(token), name.outgoing(token), name.kept("20260102_030405")] {
                assert!(Name::new(made.as_str()).is_ok());
            }
        }
        let kept = Name::new(format!("x{}", "é".repeat(31))).unwrap().kept("20260102_030405");
        assert_eq!(kept.as_str(), format!("x{}_before_20260102_030405", "é".repeat(19)));
    }
}
