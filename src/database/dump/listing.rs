//! The table of contents of an archive, as pg_restore lists it and takes it again.

use crate::database::Notes;

/// What is made before the restore, or belongs to the database's name.
const ALREADY_THERE: &[&str] = &["EXTENSION ", "COMMENT - EXTENSION ", "DATABASE ", "PROCEDURAL LANGUAGE "];
/// What only a superuser may make.
const SUPERUSERS: &[&str] = &[
    "EVENT TRIGGER ",
    "COMMENT - EVENT TRIGGER ",
    "PUBLICATION ",
    "COMMENT - PUBLICATION ",
    "SUBSCRIPTION ",
    "COMMENT - SUBSCRIPTION ",
];

/// Returns the lines of a list that are to be restored.
pub(in crate::database) fn wanted(list: &str, notes: &Notes, trusted: bool) -> String {
    let made = |entry: &str| {
        schema(entry).is_some_and(|name| notes.extensions.iter().any(|one| one.schema.as_deref() == Some(name)))
    };
    let unwanted = |line: &&str| {
        let entry = entry(line);
        let any = |kinds: &[&str]| kinds.iter().any(|kind| entry.starts_with(kind));
        let replaced = (notes.policies_changed && entry.starts_with("POLICY "))
            || (notes.mappings_left_out && entry.starts_with("USER MAPPING "));
        let own = !trusted && (any(ALREADY_THERE) || any(SUPERUSERS) || made(entry));
        schema(entry) == Some("public") || replaced || own
    };
    list.lines().filter(|line| !unwanted(line)).fold(String::new(), |list, line| list + line + "\n")
}

/// What stands behind the numbers of `12; 1259 16385 TABLE public t owner`.
fn entry(line: &str) -> &str {
    if line.starts_with(';') { "" } else { line.splitn(4, ' ').nth(3).unwrap_or_default() }
}

fn schema(entry: &str) -> Option<&str> {
    entry.strip_prefix("SCHEMA - ").map(|rest| rest.rsplit_once(' ').map_or(rest, |(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::dump::notes::Extension;

    #[test]
    fn what_is_there_already_is_not_restored() {
        let list = "; Archive\n5; 2615 2200 SCHEMA - public chief\n6; 2615 9 SCHEMA - my own chief\n7; 2615 9 SCHEMA - rest chief\n\
                    8; 3079 9 EXTENSION - pg_trgm \n9; 0 0 COMMENT - EXTENSION pg_trgm \n10; 3466 1 EVENT TRIGGER - e chief\n\
                    11; 1259 1 TABLE public EXTENSION chief\n12; 3256 1 POLICY public t p chief\n";
        let mut notes = Notes::default();
        notes.extensions.push(Extension { name: "pg_trgm".into(), schema: Some("my own".into()) });
        let numbers = |list: &str| {
            list.lines()
                .filter_map(|line| line.split_once(';'))
                .map(|(number, _)| number.to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(numbers(&wanted(list, &notes, false)).trim(), "7 11 12");
        assert_eq!(numbers(&wanted(list, &notes, true)).trim(), "6 7 8 9 10 11 12");
        notes.policies_changed = true;
        assert_eq!(numbers(&wanted(list, &notes, false)).trim(), "7 11");
    }
}
