//! What the programs of PostgreSQL complain about.

use crate::database::DatabaseError;

/// What a complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Kind {
    /// A role may not do something.
    Rights,
    /// A text is not valid in its encoding, or cannot be said in another one.
    Encoding,
    /// The server lacks something that a dump cannot bring.
    Lacking,
    /// Anything else.
    Other,
}

/// Longer ones are cut off.
const LONGEST: usize = 1000;
const LONGEST_LINE: usize = 300;

pub(in crate::database) fn of(complaint: &str) -> Kind {
    const RIGHTS: &[&str] = &[
        "permission denied",
        "must be superuser",
        "must be a superuser",
        "must be owner",
        "only superusers",
        "only roles with",
        "must have admin option",
        "must be member of",
        "must be able to set role",
    ];
    const ENCODING: &[&str] = &["invalid byte sequence for encoding", "has no equivalent in encoding"];
    let complaint = complaint.to_lowercase();
    let any = |known: &[&str]| known.iter().any(|text| complaint.contains(text));
    let is_missing = complaint.contains("does not exist") || complaint.contains("could not ");
    if any(RIGHTS) {
        Kind::Rights
    } else if any(ENCODING) {
        Kind::Encoding
    } else if is_missing
        && any(&[
            "collation \"",
            "access method \"",
            "language \"",
            "extension control file",
            "could not create locale",
        ])
    {
        Kind::Lacking
    } else {
        Kind::Other
    }
}

/// Returns the complaint from its first error on, in a few lines.
pub(in crate::database) fn shortened(complaint: &str) -> String {
    let from = complaint.lines().position(|line| line.contains("ERROR:")).unwrap_or_default();
    let lines = complaint.lines().skip(from).take(8).map(|line| {
        let mut short: String = line.chars().take(LONGEST_LINE).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        short
    });
    lines.collect::<Vec<_>>().join("\n").chars().take(LONGEST).collect()
}

/// Says the line of the dump where psql says the line of what it read.
pub(in crate::database) fn placed(error: DatabaseError, source: impl Fn(u64) -> u64) -> DatabaseError {
    const PLACE: &str = "psql:<stdin>:";
    let DatabaseError::Failed { doing, complaint } = error else { return error };
    let placed = |line: &str| {
        let told = line.strip_prefix(PLACE).and_then(|rest| rest.split_once(':'));
        let numbered = told.and_then(|(number, rest)| Some((number.parse().ok()?, rest)));
        numbered.map_or_else(|| line.to_owned(), |(number, rest)| format!("line {}:{rest}", source(number)))
    };
    let complaint = complaint.lines().map(placed).collect::<Vec<_>>().join("\n");
    DatabaseError::Failed { doing, complaint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_told_apart() {
        for (complaint, kind) in [
            ("ERROR:  must be superuser to execute ALTER SYSTEM command", Kind::Rights),
            ("ERROR:  permission denied to create event trigger\nHINT:  Must be superuser.", Kind::Rights),
            ("ERROR:  invalid byte sequence for encoding \"UTF8\": 0xe9", Kind::Encoding),
            ("ERROR:  collation \"fr_FR\" for encoding \"UTF8\" does not exist", Kind::Lacking),
            ("ERROR:  relation \"collation\" does not exist", Kind::Other),
        ] {
            assert_eq!(of(complaint), kind, "{complaint}");
        }
    }

    #[test]
    fn lines_are_those_of_the_dump() {
        let failed = DatabaseError::Failed { doing: String::new(), complaint: "psql:<stdin>:7: ERROR:  a\nb".into() };
        let DatabaseError::Failed { complaint, .. } = placed(failed, |line| line + 1) else { panic!() };
        assert_eq!(complaint, "line 8: ERROR:  a\nb");
        assert_eq!(shortened("NOTICE: x\nline 8: ERROR:  a"), "line 8: ERROR:  a");
    }
}
