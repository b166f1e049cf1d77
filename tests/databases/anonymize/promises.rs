//! What holds for any database: all or nothing, asked before and proven after.

use std::time::Duration;

use super::super::stack::{Stack, told, within};

const RULES: &str = "
tables:
  person:
    columns:
      name: token
      mail: {method: email, equal: true}
      note: null
      kind: {method: fixed, value: person}
      born: null
  letter:
    columns:
      recipient: {method: email, equal: true}
";

const PEOPLE: &str = "
CREATE TABLE person (id serial PRIMARY KEY, name varchar(10) NOT NULL, mail text, note text NOT NULL, kind text, born date,
  shown text GENERATED ALWAYS AS (name || '!') STORED);
CREATE TABLE letter (recipient text);
INSERT INTO person (name, mail, note, kind, born) SELECT 'old ' || n, 'old-' || n % 100 || '@old.example', 'old note', 'old', '2000-01-01'
  FROM generate_series(1, {rows}) n;
INSERT INTO letter SELECT mail FROM person WHERE id <= 50;
";

fn people(rows: u32) -> Stack {
    let stack = Stack::up();
    stack.sql("main", &PEOPLE.replace("{rows}", &rows.to_string()));
    stack.write("custom/anonymize.yml", RULES);
    stack
}

const SUM: &str = "SELECT count(*), sum(hashtext(p::text)::bigint) FROM person p";

#[test]
fn values_are_hidden_and_joins_survive() {
    let stack = people(12_000);
    let told = stack.db(&["anonymize", "--yes", "--report", "json"]).well();
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
    let person = &report["tables"][0];
    assert_eq!(person["columns"][0]["rows"], 12_000, "{report}");
    let proven = person["columns"][0]["proven"].as_u64().expect("a number");
    assert!((9_000..12_000).contains(&proven), "{proven} rows of a sample of about 10000");
    assert!(
        told.stderr.lines().any(|line| line.contains(" party_party") && line.ends_with("there is no such table")),
        "{}",
        told.stderr
    );
    let shapes = "SELECT count(*) FROM person WHERE name ~ '^[0-9a-f]{10}$' AND mail ~ '^[0-9a-f]{16}@example.org$' \
        AND note = '' AND kind = 'person' AND born IS NULL AND shown = name || '!'";
    assert_eq!(stack.sql("main", shapes), "12000");
    assert_eq!(stack.sql("main", "SELECT count(DISTINCT mail) FROM person"), "100");
    assert_eq!(stack.sql("main", "SELECT count(*) FROM letter WHERE recipient IN (SELECT mail FROM person)"), "50");
    assert!(stack.is_running("app"));
    stack.assert_tidy();
}

#[test]
fn nothing_happens_unasked() {
    let stack = people(10);
    let before = stack.sql("main", SUM);
    let told = stack.db(&["anonymize"]);
    assert_eq!(told.code, 5);
    assert!(told.stderr.contains("Anonymise database `main` on db"), "{}", told.stderr);
    let told = stack.db(&["anonymize", "--dry-run"]).well();
    assert!(
        told.stdout.contains("-- person: rows changed: name 10, mail 10, note 10, kind 10, born 10\n"),
        "{}",
        told.stdout
    );
    assert!(told.stdout.contains("UPDATE \"public\".\"person\" t SET"), "{}", told.stdout);
    let told = stack.db(&["anonymize", "--yes", "--strict"]);
    assert_eq!(told.code, 3);
    assert!(told.stderr.contains("the database has no `party_party`"), "{}", told.stderr);
    stack.write("env.base", include_str!("../stack/env.base").to_owned() + "ENVIRONMENT=production\n");
    let told = stack.db(&["anonymize", "--yes"]);
    assert_eq!(told.code, 5);
    assert!(told.stderr.contains("ENVIRONMENT=production"), "{}", told.stderr);
    assert_eq!(stack.sql("main", SUM), before);
    stack.db(&["anonymize", "--yes", "--production"]).well();
    assert_ne!(stack.sql("main", SUM), before);
}

#[test]
fn rules_are_refused_with_their_place() {
    let stack = people(10);
    let before = stack.sql("main", SUM);
    stack.write(
        "anonymize.yml",
        "tables:\n  person:\n    colums:\n      name: tokn\n    only: t.a; DROP TABLE person\n",
    );
    let told = stack.db(&["anonymize", "--yes"]);
    assert_eq!(told.code, 3);
    for part in ["anonymize.yml:3:5", "did you mean `columns`?", "anonymize.yml:5:11", "not several statements"] {
        assert!(told.stderr.contains(part), "{part} in {}", told.stderr);
    }
    stack.write("anonymize.yml", "tables:\n  person:\n    columns:\n      born: token\n");
    let told = stack.db(&["anonymize", "--yes"]);
    assert_eq!(told.code, 3);
    assert!(told.stderr.contains("has type `date`, which does not take a text"), "{}", told.stderr);
    assert_eq!(stack.sql("main", SUM), before);
}

#[test]
fn what_is_not_proven_is_not_committed() {
    let stack = people(100);
    // Whoever is born early keeps his name, whatever one does: a trigger that cannot be made to stand still.
    stack.sql(
        "main",
        "
        CREATE FUNCTION stubborn() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN IF new.id = 7 THEN new.name := old.name; END IF; RETURN new; END $$;
        CREATE TRIGGER stubborn BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION stubborn();
        CREATE FUNCTION again() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
          IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stubborn' AND tgenabled = 'D') THEN
            ALTER TABLE person ENABLE TRIGGER stubborn; END IF; END $$;
        CREATE EVENT TRIGGER again ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION again();",
    );
    let before = stack.sql("main", SUM);
    let told = stack.db(&["anonymize", "--yes"]);
    assert_eq!(told.code, 1);
    assert!(told.stderr.contains("`person.name`: 1 of 100 values are still there"), "{}", told.stderr);
    assert_eq!(stack.sql("main", SUM), before);
    stack.sql(
        "main",
        "DROP EVENT TRIGGER again; DROP TRIGGER stubborn ON person; ALTER TABLE person ADD CHECK (kind = 'old')",
    );
    let told = stack.db(&["anonymize", "--yes"]);
    assert_eq!(told.code, 3);
    assert!(told.stderr.contains("100 new values would not"), "{}", told.stderr);
    assert_eq!(stack.sql("main", SUM), before);
    stack.assert_tidy();
}

#[test]
fn killed_in_the_middle_it_leaves_the_database_as_it_was() {
    let stack = people(200_000);
    let before = stack.sql("main", SUM);
    let at_work = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lapstrake%' AND query LIKE '%UPDATE \"public\".\"person\"%'";
    let ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lapstrake%'";
    for _ in 0..2 {
        let mut child = stack.start_db(&["anonymize", "--yes"]);
        within(Duration::from_secs(60), "it does not begin", || stack.sql("postgres", at_work) != "0");
        child.kill().expect("a kill");
        told(child);
        within(Duration::from_secs(60), "the server goes on", || stack.sql("postgres", ours) == "0");
        assert_eq!(stack.sql("main", SUM), before);
    }
    stack.db(&["anonymize", "--yes"]).well();
    assert_ne!(stack.sql("main", SUM), before);
    assert!(stack.is_running("app"), "what the killed one stopped is started by the next");
    stack.assert_tidy();
}

#[test]
fn what_looks_personal_is_proposed() {
    let stack = people(30);
    stack.sql("main", "
        CREATE TABLE more (id int PRIMARY KEY, last_name text, iban text, free jsonb, code text, amount numeric, phone varchar(20));
        INSERT INTO more SELECT n, 'x', 'FR76300060000112345678901' || 10 + n, '{\"to\": \"a@b.example\"}', 'A' || n, n, NULL
          FROM generate_series(1, 30) n;");
    assert_eq!(stack.db(&["anonymize", "--check"]).code, 1);
    let proposed = stack.db(&["anonymize", "--suggest"]).well().stdout;
    for line in [
        "  more:\n",
        "      last_name: token  # its name speaks of",
        "      iban: token  # 30 of 30",
        "      free: empty  # 30",
    ] {
        assert!(proposed.contains(line), "{line} in {proposed}");
    }
    assert!(!proposed.contains("code") && !proposed.contains("person:") && !proposed.contains("phone"), "{proposed}");
    stack.write("anonymize.yml", proposed);
    stack.db(&["anonymize", "--check"]).well();
    stack.db(&["anonymize", "--yes"]).well();
}
