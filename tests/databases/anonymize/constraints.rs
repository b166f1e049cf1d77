//! Rules that the database's own constraints do not allow: found before anything is done, and told with their place.

use super::super::stack::Stack;

const TABLES: &str = "
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]');
CREATE TABLE person (
  id int PRIMARY KEY, initial varchar(1), few varchar(3) UNIQUE, many varchar(16) UNIQUE, sex text CHECK (sex IN ('M', 'F')),
  alias code, kind text, place text, note text, lone text, loud text);
CREATE UNIQUE INDEX loud ON person (upper(loud), (note IS NULL)) WHERE loud <> 'x';
INSERT INTO person SELECT n, 'x', n, n, CASE WHEN n % 2 = 0 THEN 'M' ELSE 'F' END, 'A' || n, 'k' || n, n, 'n' || n, n, 'l' || n
  FROM generate_series(1, 100) n;
CREATE UNIQUE INDEX of_kind ON person (kind, place);
CREATE TABLE login (name text PRIMARY KEY);
CREATE TABLE session (id int PRIMARY KEY, login text REFERENCES login);
INSERT INTO login SELECT 'login ' || n FROM generate_series(1, 20) n;
INSERT INTO session SELECT n, 'login ' || n FROM generate_series(1, 20) n;
CREATE TABLE visit (id int, kind text, name text) PARTITION BY LIST (kind);
CREATE TABLE visit_a PARTITION OF visit FOR VALUES IN ('a');
INSERT INTO visit VALUES (1, 'a', 'n');
CREATE TABLE split (id text, name text) PARTITION BY HASH (id);
CREATE TABLE split_0 PARTITION OF split FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE split_1 PARTITION OF split FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO split SELECT 'id ' || n, n FROM generate_series(1, 40) n;
CREATE TABLE folder (id int PRIMARY KEY);
CREATE TABLE paper (id int PRIMARY KEY, folder int REFERENCES folder);
INSERT INTO folder VALUES (1);
INSERT INTO paper VALUES (1, 1);
";

fn stack() -> Stack {
    let stack = Stack::up();
    stack.write("defaults/anonymize.yml", "tables: {}\n");
    stack.sql("main", TABLES);
    stack
}

#[test]
fn what_a_constraint_does_not_allow_is_told_with_its_place() {
    let stack = stack();
    for (rules, why) in [
        ("person: {columns: {few: token}}", "of 4096 possible values 100 rows"),
        ("person: {columns: {many: {method: fixed, value: x}}}", "1 values would stand there more than once"),
        ("person: {columns: {sex: token}}", "100 new values would not"),
        ("person: {columns: {alias: token}}", "has type `code`"),
        ("person: {columns: {kind: {method: fixed, value: x}, place: {method: fixed, value: y}}}", "more than once"),
        ("person: {columns: {loud: {method: fixed, value: y}}}", "more than once"),
        ("login: {columns: {name: token}}", "20 rows would refer to nothing"),
        ("session: {columns: {login: {method: token, equal: true}}}", "20 rows would refer to nothing"),
        ("visit: {columns: {kind: token}}", "1 rows would belong to none"),
        ("folder: delete", "1 rows of `paper` that stay refer to rows that go"),
    ] {
        stack.write("anonymize.yml", format!("tables:\n  {rules}\n"));
        for command in [&["dump", "--anonymized", "shared.sql"][..], &["anonymize", "--yes"]] {
            let told = stack.db(command);
            assert_eq!(told.code, 3, "{rules}: {told:?}");
            assert!(told.stderr.contains("anonymize.yml:2:"), "{rules}: {}", told.stderr);
            let line: String = told.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(line.contains(why), "{rules}: {line}");
        }
        assert!(!stack.path("shared.sql").exists());
    }
}

#[test]
fn what_constraints_allow_is_done() {
    let stack = stack();
    stack.write(
        "anonymize.yml",
        "tables:\n  person:\n    columns: {initial: token, many: token, kind: {method: fixed, value: x}, lone: token, loud: token}\n  \
         login: {columns: {name: {method: token, equal: true}}}\n  session: {columns: {login: {method: token, equal: true}}}\n  \
         split: {columns: {id: token}}\n  folder: delete\n  paper: delete\n",
    );
    let shapes = "SELECT count(*) FROM person WHERE initial ~ '^[0-9a-f]$' AND many ~ '^[0-9a-f]{16}$' AND kind = 'x'; \
        SELECT count(*) FROM session JOIN login ON name = login; SELECT count(*) FROM split_0, split_1 HAVING count(*) > 0; \
        SELECT count(*) FROM split WHERE id LIKE 'id%'; SELECT count(*) FROM paper";
    stack.db(&["dump", "--anonymized", "shared.sql"]).well();
    stack.sql("postgres", "CREATE DATABASE other");
    stack.db(&["load", "--database", "other", "--yes", "shared.sql"]).well();
    stack.db(&["anonymize", "--yes"]).well();
    for database in ["other", "main"] {
        let found = stack.sql(database, shapes);
        let lines: Vec<&str> = found.lines().collect();
        assert!(lines[..2] == ["100", "20"] && lines[3..] == ["0", "0"], "{database}: {found}");
    }
}
