//! A copy of a value outside of its cell: none is left, or the run is refused and says where it stands.

use super::super::stack::Stack;

/// A trigger that keeps old rows, and a materialised view.
const CORP: &str = "
CREATE TABLE party_party(id int primary key, name text, email text);
INSERT INTO party_party SELECT g,'Secret'||g,'secret'||g||'@corp.example' FROM generate_series(1,50) g;
CREATE TABLE audit(tab text, old_row text);
CREATE FUNCTION aud() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.audit VALUES (TG_TABLE_NAME, OLD::text); RETURN NEW; END$$;
CREATE TRIGGER a AFTER UPDATE ON party_party FOR EACH ROW EXECUTE FUNCTION aud();
CREATE MATERIALIZED VIEW party_search AS SELECT id,name,email FROM party_party;
";

const RULES: &str = "tables:\n  party_party:\n    columns:\n      name: token\n      email: email\n";

fn stack(sql: &str, rules: &str) -> Stack {
    let stack = Stack::up();
    stack.write("defaults/anonymize.yml", "tables: {}\n");
    stack.write("anonymize.yml", rules);
    stack.sql("main", sql);
    stack
}

/// What a dump made by pg_dump itself holds.
fn dumped(stack: &Stack) -> String {
    super::super::stack::docker(&["exec", &stack.container("db"), "pg_dump", "-U", "chief", "main"])
}

fn is_clean(text: &str) -> bool {
    !text.to_lowercase().contains("secret")
}

#[test]
fn nothing_of_the_old_rows_is_left() {
    let stack = stack(CORP, RULES);
    let before = dumped(&stack);
    let told = stack.db(&["dump", "--anonymized", "shared.sql"]).well();
    let shared = std::fs::read_to_string(stack.path("shared.sql")).expect("the dump");
    assert!(is_clean(&shared), "{shared}");
    assert!(told.stderr.contains("party_party"), "{}", told.stderr);
    let words = |text: &str| text.replace("\\restrict", "").replace("\\unrestrict", "").len();
    assert_eq!(words(&dumped(&stack)), words(&before), "the database was only to be read");
    assert_eq!(stack.sql("main", "SELECT count(*) FROM audit"), "0");
    stack.sql("postgres", "CREATE DATABASE other");
    stack.db(&["load", "--database", "other", "--yes", "shared.sql"]).well();
    let shapes = "SELECT count(*) FROM party_search WHERE name ~ '^[0-9a-f]{16}$' AND email ~ '^[0-9a-f]{16}@example.org$'";
    assert_eq!(stack.sql("other", shapes), "50");

    stack.db(&["anonymize", "--yes", "--no-vacuum"]).well();
    assert!(is_clean(&dumped(&stack)), "{}", dumped(&stack));
    assert_eq!(stack.sql("main", "SELECT count(*) FROM audit"), "0");
    assert_eq!(stack.sql("main", shapes), "50", "the view shows the new rows");
    assert_eq!(stack.sql("main", "SELECT tgenabled FROM pg_trigger WHERE tgname = 'a'"), "O", "the trigger acts again");
    stack.assert_tidy();
}

#[test]
fn a_copy_that_was_there_before_is_refused_with_its_place() {
    let stack = stack(&format!("{CORP}UPDATE party_party SET name = name;"), RULES);
    for command in [&["dump", "--anonymized", "shared.sql"][..], &["anonymize", "--yes"]] {
        let told = stack.db(command);
        assert_eq!(told.code, 1, "{told:?}");
        assert!(told.stderr.contains("`audit.old_row`") && told.stderr.contains("`party_party.name`"), "{}", told.stderr);
        assert!(!told.stderr.to_lowercase().contains("secret"), "{}", told.stderr);
    }
    assert!(!stack.path("shared.sql").exists());
    assert_eq!(stack.sql("main", "SELECT count(*) FROM party_party WHERE name LIKE 'Secret%'"), "50");
    stack.write("anonymize.yml", format!("{RULES}  audit: delete\n"));
    stack.db(&["dump", "--anonymized", "shared.sql"]).well();
    assert!(is_clean(&std::fs::read_to_string(stack.path("shared.sql")).expect("the dump")));
    stack.db(&["anonymize", "--yes"]).well();
    assert!(is_clean(&dumped(&stack)));
}
