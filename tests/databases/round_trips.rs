//! What is dumped comes back the same, in every format.

use super::stack::Stack;

#[test]
fn every_format_brings_everything_back() {
    let stack = Stack::up();
    stack.sql("main", include_str!("rich.sql"));
    for format in ["sql", "bin", "zip", "zst"] {
        let file = format!("backup.{format}");
        stack.db(&["dump", &file, "--format", format]).well();
        stack.db(&["--database", format, "load", &file, "--yes"]).well();
        let (one, other) = (dump(&stack, "main"), dump(&stack, format));
        assert!(one == other, "{format}: {}", difference(&one, &other));
        let objects =
            "SELECT count(*), string_agg(encode(lo_get(oid), 'hex'), ',' ORDER BY oid) FROM pg_largeobject_metadata";
        assert_eq!(stack.sql("main", objects), stack.sql(format, objects));
    }
    stack.assert_tidy();
}

/// What pg_dump says of a database, but for the word that is another in every dump.
fn dump(stack: &Stack, database: &str) -> String {
    let text = super::stack::docker(&["exec", &stack.container("db"), "pg_dump", "-U", "chief", "-d", database]);
    text.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn difference(one: &str, other: &str) -> String {
    let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    format!("{differs:?}")
}
