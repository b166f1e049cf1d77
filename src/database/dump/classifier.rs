//! The words of one SQL statement, as far as they tell what it does.

/// What becomes of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Fate {
    /// It goes to the server.
    Pass,
    /// It is about roles, which are another server's, or about what is made before the restore.
    Skip,
    /// It is about something that only a superuser may make; what it is.
    LeaveOut(&'static str),
    /// It affects more than one database.
    Refuse,
    /// It is about the database itself, whose name another one bears.
    Database,
    /// It begins or ends a transaction.
    Transaction,
    /// It depends on more than its words.
    Read,
}

/// How many words tell what a statement is.
const TELLING: usize = 4;

/// What a statement that must be seen whole begins with.
const HELD: &[&str] = &[
    "ABORT",
    "ALTER",
    "BEGIN",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DROP",
    "GRANT",
    "PREPARE",
    "RELEASE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SET",
    "START",
];

/// The words of one statement. What stands in quotes is no word but counts as one.
#[derive(Debug, Default)]
pub(in crate::database) struct Words {
    first: Vec<String>,
    last: [String; 4],
    count: usize,
}

impl Words {
    pub(in crate::database) fn push(&mut self, word: &str) {
        let word = word.to_ascii_uppercase();
        if self.first.len() < TELLING {
            self.first.push(word.clone());
        }
        self.count += 1;
        self.last.rotate_left(1);
        self.last[3] = word;
    }

    pub(in crate::database) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Whether what becomes of the statement is known before its end.
    pub(in crate::database) fn passes_already(&self) -> bool {
        match self.first.as_slice() {
            [] => false,
            [one] if one == "SELECT" => false,
            [one] => !HELD.contains(&one.as_str()),
            [one, two] if one == "SELECT" && two == "PG_CATALOG" => false,
            [one, ..] if one == "SELECT" => !self.sets(),
            [one, ..] if ["ALTER", "COPY", "SET"].contains(&one.as_str()) => false,
            words => words.len() >= TELLING && self.fate() == Fate::Pass,
        }
    }

    pub(in crate::database) fn fate(&self) -> Fate {
        if self.concerns_roles() {
            Fate::Skip
        } else if let Some(kind) = self.needs_superuser() {
            Fate::LeaveOut(kind)
        } else if self.concerns_extensions() {
            Fate::Skip
        } else if self.changes("DATABASE") {
            Fate::Database
        } else if self.concerns_the_server() {
            Fate::Refuse
        } else if self.is_of_transactions() {
            Fate::Transaction
        } else if self.must_be_read() {
            Fate::Read
        } else {
            Fate::Pass
        }
    }

    fn concerns_roles(&self) -> bool {
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
        self.changes_owner() || OF_ROLES.iter().any(|words| self.is(words))
    }

    /// `ALTER … OWNER TO role`, but not the renaming of something that is called `owner`.
    fn changes_owner(&self) -> bool {
        const RENAMING: &[&str] = &["ATTRIBUTE", "COLUMN", "CONSTRAINT", "RENAME", "VALUE"];
        let [before, owner, to, _] = &self.last;
        let renames = self.count > 6 && RENAMING.contains(&before.as_str());
        self.is(&["ALTER"]) && owner == "OWNER" && to == "TO" && !renames
    }

    fn needs_superuser(&self) -> Option<&'static str> {
        const KINDS: &[(&[&str], &str)] = &[
            (&["SUBSCRIPTION"], "subscription"),
            (&["PUBLICATION"], "publication"),
            (&["EVENT", "TRIGGER"], "event trigger"),
        ];
        KINDS.iter().find(|(words, _)| self.concerns(words)).map(|(_, kind)| *kind)
    }

    /// Extensions are made before the restore, by whoever may.
    fn concerns_extensions(&self) -> bool {
        let language = ["LANGUAGE", "PROCEDURAL", "TRUSTED"].iter().any(|word| self.concerns(&[word]));
        (self.concerns(&["EXTENSION"]) && !self.is(&["CREATE", "EXTENSION"])) || language
    }

    /// `CREATE kind`, `ALTER kind`, `DROP kind` or `COMMENT ON kind`.
    fn concerns(&self, kind: &[&str]) -> bool {
        const VERBS: &[&[&str]] =
            &[&["CREATE"], &["ALTER"], &["DROP"], &["COMMENT", "ON"], &["CREATE", "OR", "REPLACE"]];
        VERBS.iter().any(|verb| self.is(&[verb, kind].concat()))
    }

    fn changes(&self, kind: &str) -> bool {
        ["ALTER", "CREATE", "DROP"].iter().any(|verb| self.is(&[verb, kind]))
    }

    fn concerns_the_server(&self) -> bool {
        const OF_THE_SERVER: &[&str] = &["GROUP", "ROLE", "SYSTEM", "TABLESPACE", "USER"];
        let is_mapping = self.first.get(2).is_some_and(|word| word == "MAPPING");
        OF_THE_SERVER.iter().any(|kind| self.changes(kind)) && !is_mapping
    }

    /// `END` may end the body of a function.
    fn is_of_transactions(&self) -> bool {
        const WORDS: &[&[&str]] = &[
            &["ABORT"],
            &["BEGIN"],
            &["COMMIT"],
            &["PREPARE", "TRANSACTION"],
            &["RELEASE"],
            &["ROLLBACK"],
            &["SAVEPOINT"],
            &["START", "TRANSACTION"],
        ];
        WORDS.iter().any(|words| self.is(words))
    }

    fn must_be_read(&self) -> bool {
        const READ: &[&[&str]] = &[
            &["ALTER", "POLICY"],
            &["COPY"],
            &["CREATE", "EXTENSION"],
            &["CREATE", "POLICY"],
            &["CREATE", "SCHEMA"],
            &["CREATE", "USER", "MAPPING"],
            &["DROP", "SCHEMA"],
            &["SET"],
        ];
        self.sets() || READ.iter().any(|words| self.is(words))
    }

    /// `SELECT [pg_catalog.]set_config(…`.
    fn sets(&self) -> bool {
        self.is(&["SELECT", "SET_CONFIG"]) || self.is(&["SELECT", "PG_CATALOG", "SET_CONFIG"])
    }

    /// How many locks the statement holds until its transaction ends, if it is one of those that hold many together.
    pub(in crate::database) fn locks(&self) -> u64 {
        match self.first.as_slice() {
            // The table, what does not fit into its rows, and the index of that.
            [verb, kind, ..] if verb == "CREATE" && kind.ends_with("TABLE") => 3,
            [verb, ..] if verb == "CREATE" => 1,
            // The index behind a constraint, the sequence behind an identity.
            [verb, kind, ..] if verb == "ALTER" && kind == "TABLE" => 1,
            _ => 0,
        }
    }

    /// Whether it only ends or begins a transaction that takes in everything up to here.
    pub(in crate::database) fn is_harmless_in_a_transaction(&self) -> bool {
        [&["BEGIN"][..], &["START"], &["COMMIT"]].iter().any(|words| self.is(words))
    }

    fn is(&self, words: &[&str]) -> bool {
        self.first.len() >= words.len() && self.first.iter().zip(words).all(|(one, other)| one == other)
    }

    /// The first words, for messages.
    pub(in crate::database) fn beginning(&self) -> String {
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
            ("ALTER TABLE rename OWNER TO x", Fate::Skip),
            ("ALTER TABLE a RENAME COLUMN owner TO x", Fate::Pass),
            ("ALTER TABLE a RENAME owner TO x", Fate::Pass),
            ("ALTER TYPE a RENAME ATTRIBUTE owner TO x", Fate::Pass),
            ("ALTER TABLE owner RENAME TO x", Fate::Pass),
            ("ALTER TABLE ONLY t ADD CONSTRAINT owner CHECK", Fate::Pass),
            ("GRANT ALL ON SCHEMA s TO x", Fate::Skip),
            ("ALTER DEFAULT PRIVILEGES FOR ROLE x", Fate::Skip),
            ("SET SESSION AUTHORIZATION x", Fate::Skip),
            ("SET default_tablespace = x", Fate::Read),
            ("COMMENT ON DATABASE coog IS x", Fate::Skip),
            ("COMMENT ON TABLE t IS x", Fate::Pass),
            ("COMMENT ON EXTENSION t IS x", Fate::Skip),
            ("DROP DATABASE coog", Fate::Database),
            ("CREATE ROLE x", Fate::Refuse),
            ("ALTER SYSTEM SET x", Fate::Refuse),
            ("CREATE USER MAPPING FOR x", Fate::Read),
            ("CREATE EXTENSION IF NOT EXISTS pg_trgm", Fate::Read),
            ("CREATE SUBSCRIPTION s", Fate::LeaveOut("subscription")),
            ("COMMENT ON EVENT TRIGGER s", Fate::LeaveOut("event trigger")),
            ("COPY t a b FROM stdin", Fate::Read),
            ("ROLLBACK", Fate::Transaction),
            ("INSERT INTO t SELECT FROM stdin", Fate::Pass),
        ] {
            assert_eq!(fate(statement), expected, "{statement}");
        }
    }
}
