//! The words of one SQL statement, as far as they tell what it does.

/// What becomes of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes to the server.
    Pass,
    /// It speaks of roles, which are another server's.
    Skip,
    /// It speaks of more than one database.
    Refuse,
    /// Its rows follow it.
    Rows,
}

/// How many words tell what a statement is.
const TELLING: usize = 4;

/// The words of one statement. What stands in quotes is no word but counts as one.
#[derive(Debug, Default)]
pub(super) struct Words {
    first: Vec<String>,
    last: [String; 3],
    reads_rows: bool,
}

impl Words {
    pub(super) fn push(&mut self, word: &str) {
        let word = word.to_ascii_uppercase();
        self.reads_rows |= self.last[2] == "FROM" && word == "STDIN" && self.is(&["COPY"]);
        if self.first.len() < TELLING {
            self.first.push(word.clone());
        }
        self.last.rotate_left(1);
        self.last[2] = word;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Whether what becomes of the statement is known before its end.
    pub(super) fn passes_already(&self) -> bool {
        match self.first.as_slice() {
            [] => false,
            [one] => !["ALTER", "COPY", "COMMENT", "CREATE", "DROP", "GRANT", "RESET", "REVOKE", "SECURITY", "SET"]
                .contains(&one.as_str()),
            [one, ..] if one == "ALTER" || one == "COPY" => false,
            words => words.len() >= TELLING && self.fate() == Fate::Pass,
        }
    }

    pub(super) fn fate(&self) -> Fate {
        if self.reads_rows {
            Fate::Rows
        } else if self.speaks_of_roles() {
            Fate::Skip
        } else if self.speaks_of_the_server() {
            Fate::Refuse
        } else {
            Fate::Pass
        }
    }

    /// Whether a backslash escapes in every text from here on.
    pub(super) fn turns_escapes_on(&self) -> bool {
        self.is(&["SET", "STANDARD_CONFORMING_STRINGS"]) && self.last[2] != "ON"
    }

    fn speaks_of_roles(&self) -> bool {
        const OF_ROLES: &[&[&str]] = &[
            &["GRANT"],
            &["REVOKE"],
            &["ALTER", "DEFAULT", "PRIVILEGES"],
            &["SET", "SESSION", "AUTHORIZATION"],
            &["RESET", "SESSION", "AUTHORIZATION"],
            &["SET", "ROLE"],
            &["RESET", "ROLE"],
            // What belongs to the database's name comes from the one that has it.
            &["COMMENT", "ON", "DATABASE"],
            &["SECURITY", "LABEL", "ON", "DATABASE"],
        ];
        let changes_owner = self.is(&["ALTER"]) && self.last[0] == "OWNER" && self.last[1] == "TO";
        changes_owner || OF_ROLES.iter().any(|words| self.is(words))
    }

    fn speaks_of_the_server(&self) -> bool {
        const OF_THE_SERVER: &[&str] = &["DATABASE", "GROUP", "ROLE", "SYSTEM", "TABLESPACE", "USER"];
        let verb = ["ALTER", "CREATE", "DROP"].iter().any(|verb| self.is(&[verb]));
        let object = self.first.get(1).is_some_and(|word| OF_THE_SERVER.contains(&word.as_str()));
        let is_mapping = self.first.get(2).is_some_and(|word| word == "MAPPING");
        verb && object && !is_mapping
    }

    fn is(&self, words: &[&str]) -> bool {
        self.first.len() >= words.len() && self.first.iter().zip(words).all(|(one, other)| one == other)
    }

    /// The first words, for messages.
    pub(super) fn beginning(&self) -> String {
        self.first.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(statement: &str) -> Fate {
        let mut words = Words::default();
        statement.split(' ').for_each(|word| words.push(word));
        words.fate()
    }

    #[test]
    fn statements_are_told_apart_by_their_words() {
        for (statement, expected) in [
            ("CREATE TABLE t", Fate::Pass),
            ("alter table t owner to somebody", Fate::Skip),
            ("ALTER LARGE OBJECT 1 OWNER TO \"", Fate::Skip),
            ("ALTER TABLE ONLY t ADD CONSTRAINT owner CHECK", Fate::Pass),
            ("GRANT ALL ON SCHEMA s TO x", Fate::Skip),
            ("ALTER DEFAULT PRIVILEGES FOR ROLE x", Fate::Skip),
            ("SET SESSION AUTHORIZATION x", Fate::Skip),
            ("SET default_tablespace = x", Fate::Pass),
            ("COMMENT ON DATABASE coog IS x", Fate::Skip),
            ("COMMENT ON TABLE t IS x", Fate::Pass),
            ("DROP DATABASE coog", Fate::Refuse),
            ("CREATE ROLE x", Fate::Refuse),
            ("ALTER SYSTEM SET x", Fate::Refuse),
            ("CREATE USER MAPPING FOR x", Fate::Pass),
            ("CREATE EXTENSION IF NOT EXISTS pg_trgm", Fate::Pass),
            ("COPY t a b FROM stdin", Fate::Rows),
            ("COPY t TO stdout", Fate::Pass),
            ("INSERT INTO t SELECT FROM stdin", Fate::Pass),
        ] {
            assert_eq!(fate(statement), expected, "{statement}");
        }
    }
}
