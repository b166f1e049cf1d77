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
    let shapes =
        "SELECT count(*) FROM party_search WHERE name ~ '^[0-9a-f]{16}$' AND email ~ '^[0-9a-f]{16}@example.org$'";
    assert_eq!(stack.sql("other", shapes), "50");

    stack.db(&["dump", "--anonymized", "--format", "bin", "shared.bin"]).well();
    stack.db(&["load", "--database", "other", "--yes", "shared.bin"]).well();
    assert_eq!(stack.sql("other", shapes), "50", "of a copy that was anonymised");
    assert_eq!(stack.sql("other", "SELECT count(*) FROM audit"), "0");

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
        assert!(
            told.stderr.contains("`audit.old_row`") && told.stderr.contains("`party_party.name`"),
            "{}",
            told.stderr
        );
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

/// Everything that keeps a copy, and rules for what it is a copy of.
fn everything() -> Stack {
    stack(include_str!("copies.sql"), include_str!("copies.yml"))
}

/// What must hold of a database from which everything was hidden.
const SHAPES: &str = r#"
SELECT count(*) FROM "Odd.Näme"."Per""son" WHERE "Full.Näme" ~ '^[0-9a-f]{16}$' AND shown = '* ' || "Full.Näme"
  AND mail ~ '^[0-9a-f]{16}@example.org$' AND array_length(tags, 1) = 3 AND tags[1] ~ '^[0-9a-f]{16}$' AND tags[2] IS NULL
  AND tags[3] = '' AND home IS NULL AND document IS NULL AND words IS NULL AND alias ~ '^[0-9a-f]{16}$' AND span = 'empty'
  AND names[1] ~ '^[0-9a-f]{16}$' AND extra = '{}' AND short ~ '^[0-9a-f]{3}$';
SELECT count(*) FROM "Odd.Näme"."Per""son" p JOIN "Odd.Näme"."Per""son__history" h USING (id, "Full.Näme", mail);
SELECT count(*) FROM visit WHERE name ~ '^[0-9a-f]{16}$';
SELECT count(*) FROM note WHERE body ~ '^[0-9a-f]{16}$';
SELECT count(*), min(name) FROM long_note, middle WHERE pages = 7 GROUP BY 'x'::text HAVING min(name) ~ '^[0-9a-f]{16}$';
SELECT count(*) FROM reading r, mark m WHERE r.id = 2 AND (m.id, m.reading) IN ((1, NULL), (2, 2)) OR m.reading IS NULL AND m.file IS NULL;
SELECT count(*) FROM session JOIN token USING (id, login) JOIN login ON login = name WHERE name ~ '^[0-9a-f]{16}$';
SELECT string_agg(convert_from(lo_get(oid), 'UTF8'), ' ') FROM pg_largeobject_metadata;
SELECT count(*) FROM audit;
"#;

#[test]
fn whatever_keeps_a_copy_a_dump_has_none() {
    let stack = everything();
    let before = dumped(&stack);
    assert!(before.contains("canary") && before.contains("Canary"));
    for format in ["sql", "zst", "zip"] {
        let file = format!("shared.{format}");
        stack.db(&["dump", "--anonymized", "--format", format, &file]).well();
        stack.sql("postgres", "DROP DATABASE IF EXISTS other");
        stack.sql("postgres", "CREATE DATABASE other");
        stack.db(&["load", "--database", "other", "--yes", &file]).well();
        assert_hidden(&stack, "other");
    }
    let shared = std::fs::read_to_string(stack.path("shared.sql")).expect("the dump");
    assert!(!shared.to_lowercase().contains("canary"), "{shared}");
    let hexadecimal = "63616e617279";
    assert!(!shared.contains(hexadecimal) && before.contains(hexadecimal), "{shared}");
    assert_eq!(shared.matches("SET client_encoding").count(), 1);
    assert_eq!(dumped(&stack).len(), before.len(), "the database was only to be read");
    stack.assert_tidy();
}

#[test]
fn whatever_keeps_a_copy_the_database_has_none() {
    let stack = everything();
    stack.db(&["anonymize", "--yes", "--no-vacuum"]).well();
    assert_hidden(&stack, "main");
    let states = "SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname, tgrelid) FROM pg_trigger \
        WHERE NOT tgisinternal; SELECT string_agg(ev_enabled::text, '') FROM pg_rewrite WHERE rulename = 'copying'";
    assert_eq!(
        stack.sql("main", states),
        "alwaysA before_rowO lateO neverD of_cascadeO of_partO of_partsO of_partsO of_partsO of_partsO of_replicaR transitionO\nOO"
    );
    let comment = "SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'of login'";
    assert_eq!(stack.sql("main", comment), "kept comment");
    let updates =
        "SELECT string_agg(conname || confupdtype::text, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'";
    assert!(stack.sql("main", updates).contains("session_login_fkeyc"), "{}", stack.sql("main", updates));
    stack.assert_tidy();
}

#[track_caller]
fn assert_hidden(stack: &Stack, database: &str) {
    let shapes = stack.sql(database, SHAPES);
    let lines: Vec<&str> = shapes.lines().collect();
    assert_eq!(lines[..4], ["60", "60", "60", "2"], "{shapes}");
    assert!(lines[4].starts_with("60|"), "{shapes}");
    assert_eq!(lines[6..], ["20", "kept object", "0"], "{shapes}");
    let container = stack.container("db");
    let all = super::super::stack::docker(&["exec", &container, "pg_dump", "-U", "chief", database]);
    assert!(!all.to_lowercase().contains("canary"), "{all}");
    let statistics = "SELECT count(*) FROM pg_stats WHERE s::text ILIKE '%canary%'; \
        SELECT count(*) FROM pg_statistic_ext_data d, pg_mcv_list_items(d.stxdmcv) m WHERE m::text ILIKE '%canary%'";
    let statistics = statistics.replace("pg_stats WHERE", "pg_stats s WHERE");
    assert_eq!(stack.sql(database, &statistics), "0\n0");
}

#[test]
fn a_client_that_writes_meanwhile_does_not_disturb() {
    let stack = stack(
        "CREATE TABLE hidden (id int, name text); CREATE TABLE open (id int, name text); CREATE SEQUENCE turn;
         INSERT INTO hidden SELECT n, 'old ' || n FROM generate_series(1, 50000) n; INSERT INTO open SELECT * FROM hidden;",
        "tables:\n  hidden: {columns: {name: token}}\n  open: {columns: {name: keep}}\n",
    );
    let container = stack.container("db");
    let turn = "BEGIN; INSERT INTO hidden VALUES (nextval('turn'), 'x'); INSERT INTO open VALUES (currval('turn'), 'x'); COMMIT;";
    let script = format!("while psql -qXU chief -c \"{turn}\" main; do :; done");
    let mut writer =
        std::process::Command::new("docker").args(["exec", &container, "sh", "-c", &script]).spawn().expect("docker");
    for number in 0..3 {
        let before = stack.sql("main", "SELECT count(*) FROM open");
        let file = format!("shared-{number}.sql");
        stack.db(&["dump", "--anonymized", &file]).well();
        assert_ne!(stack.sql("main", "SELECT count(*) FROM open"), before, "nobody wrote meanwhile");
        stack.sql("postgres", "DROP DATABASE IF EXISTS other");
        stack.sql("postgres", "CREATE DATABASE other");
        stack.db(&["load", "--database", "other", "--yes", &file]).well();
        let apart =
            "SELECT count(*) FROM hidden FULL JOIN open USING (id) WHERE hidden.name IS NULL OR open.name IS NULL";
        assert_eq!(stack.sql("other", apart), "0");
    }
    stack.sql("main", "ALTER TABLE hidden RENAME TO gone");
    let _ = writer.wait();
}

#[test]
fn what_holds_copies_of_words_is_proposed() {
    let stack = stack(include_str!("copies.sql"), "tables: {}\n");
    let proposed = stack.db(&["anonymize", "--suggest"]).well().stdout;
    for line in [
        "document: null  # 60 of 60 values refer to large objects",
        "words: null  # it holds",
        "mail: email",
        "holder:",
    ] {
        assert!(proposed.contains(line), "{line} in {proposed}");
    }
    assert_eq!(stack.db(&["anonymize", "--check"]).code, 1);
}

#[test]
fn who_follows_the_changes_is_named() {
    let stack = stack(
        "CREATE TABLE person (id int PRIMARY KEY, name text); CREATE PUBLICATION all_of_it FOR ALL TABLES",
        "tables: {}\n",
    );
    let told = stack.db(&["anonymize", "--yes"]).well();
    assert!(told.stderr.contains("publication `all_of_it`"), "{}", told.stderr);
}
