//! Dumps of other shapes: other roles, other encodings, other versions, other packings.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::stack::{Stack, Told};

const END: &str = "\n--\n-- PostgreSQL database dump complete\n--\n";

fn load(stack: &Stack, file: &str) -> Told {
    stack.db(&["load", file, "--yes"])
}

/// Runs a program in the server's container.
fn run(stack: &Stack, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("docker").args(["exec", &stack.container("db")]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What a program of this machine makes of some bytes.
fn piped(program: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new(program[0]).args(&program[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap().unwrap();
    output
}

#[test]
fn roles_and_settings_that_are_not_there() {
    let stack = Stack::up();
    stack.sql(
        "main",
        "CREATE ROLE ghost; CREATE SCHEMA s AUTHORIZATION ghost; CREATE TABLE s.t (a int); \
         ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s.t TO ghost, chief USING (a > 0); \
         CREATE POLICY q ON s.t USING (a > 1); CREATE EXTENSION citext WITH SCHEMA s; \
         CREATE PUBLICATION pub FOR ALL TABLES; \
         CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION x WITH (connect = false, slot_name = NONE); \
         CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
         CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
    );
    for format in ["sql", "bin"] {
        stack.db(&["dump", &format!("d.{format}"), "--format", format]).well();
    }
    stack.sql("main", "DROP SUBSCRIPTION sub; DROP EVENT TRIGGER e");
    stack.sql("main", "DROP OWNED BY ghost CASCADE");
    stack.sql("postgres", "DROP ROLE ghost");
    for format in ["sql", "bin"] {
        let told = load(&stack, &format!("d.{format}")).well();
        for said in
            ["role `ghost`, which is not there", "1 event trigger", "1 publication", "1 subscription", "--trust"]
        {
            assert!(told.stderr.contains(said), "{format}: {said}: {}", told.stderr);
        }
        let policies = "SELECT string_agg(policyname || roles::text, ' ' ORDER BY policyname) FROM pg_policies";
        assert_eq!(stack.sql("main", policies), "p{chief} q{public}");
        assert_eq!(stack.sql("main", "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 's'"), "chief");
        assert_eq!(
            stack.sql("main", "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'citext'"),
            "s"
        );
    }
    // The same words by hand, and a schema that is there already.
    stack.write(
        "hand.sql",
        format!(
            "SET transaction_timeout = 0;\nSET default_tablespace = fast;\nCREATE SCHEMA public;\n\
             CREATE SCHEMA a AUTHORIZATION ghost;\nCREATE TABLE a.t (owner int, b text);\n\
             ALTER TABLE a.t RENAME COLUMN owner TO x;{END}"
        ),
    );
    let told = load(&stack, "hand.sql").well();
    for said in ["`transaction_timeout` is passed over", "tablespace `fast`"] {
        assert!(told.stderr.contains(said), "{said}: {}", told.stderr);
    }
    assert_eq!(
        stack.sql("main", "SELECT attname FROM pg_attribute WHERE attrelid = 'a.t'::regclass AND attnum = 1"),
        "x"
    );
    for (text, said) in [
        ("CREATE EXTENSION nosuch;", "extension `nosuch`, which the server does not have"),
        ("CREATE TABLE t (a text COLLATE \"xx_XX\");", "what the server does not have"),
    ] {
        stack.write("lacking.sql", format!("{text}{END}"));
        let told = load(&stack, "lacking.sql");
        assert!(told.code == 1 && told.stderr.contains(said) && told.stderr.contains("help"), "{told:?}");
    }
    let public = run(&stack, &["pg_dump", "-U", "chief", "-Fc", "-n", "public", "main"]);
    stack.write("public.bin", public);
    load(&stack, "public.bin").well();
    stack.assert_tidy();
}

#[test]
fn more_tables_than_one_transaction_can_lock() {
    let stack = Stack::new();
    stack.write(
        "override.yml",
        "services:\n  db:\n    command: postgres -c fsync=off -c max_connections=20 -c max_locks_per_transaction=10\n",
    );
    stack.lap(&["up", "-d", "-q"]).well();
    let tables: String =
        (0..1500).map(|number| format!("CREATE TABLE t{number} (a serial PRIMARY KEY, b text);\n")).collect();
    for whole in [tables.as_str(), "CREATE TABLE few (a int);\n"] {
        stack.write("d.sql", format!("{whole}{END}"));
        load(&stack, "d.sql").well();
        assert_eq!(stack.sql("main", "SELECT count(*) FROM pg_class WHERE relowner <> 'chief'::regrole"), "0");
    }
    stack.assert_tidy();
}

#[test]
fn text_in_another_encoding() {
    let stack = Stack::up();
    stack.sql("main", "CREATE TABLE kept AS SELECT 42 AS n");
    stack.sql("postgres", "CREATE DATABASE loose ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    stack.sql("loose", "CREATE TABLE t (a text); SET client_encoding = 'SQL_ASCII'; INSERT INTO t VALUES (convert_from('\\xe9', 'SQL_ASCII'))");
    for (name, more) in
        [("copy.sql", &["-Fp"][..]), ("inserts.sql", &["--inserts"]), ("custom.bin", &["-Fc"]), ("tar.bin", &["-Ft"])]
    {
        let dump = run(&stack, &[&["pg_dump", "-U", "chief"], more, &["loose"]].concat());
        stack.write(name, &dump);
        let told = load(&stack, name);
        assert_eq!(told.code, 1, "{name}: {told:?}");
        for said in ["SQL_ASCII", "iconv -f LATIN1"] {
            assert!(told.stderr.contains(said), "{name}: {}", told.stderr);
        }
        assert_eq!(stack.sql("main", "SELECT n FROM kept"), "42");
        // Where the database takes any bytes, it is as it was.
        stack.db(&["--database", "loose", "load", name, "--yes"]).well();
        assert_eq!(stack.sql("loose", "SELECT encode(a::bytea, 'hex') FROM t"), "e9");
    }
    for setting in ["SET client_encoding = 'UTF8';", "SELECT set_config('client_encoding', 'SQL_ASCII', false);"] {
        let mut dump = format!("{setting}\nCREATE TABLE t (a text);\nCOPY t FROM stdin;\n").into_bytes();
        dump.extend_from_slice(b"caf\xe9\n\\.\n");
        dump.extend_from_slice(END.as_bytes());
        stack.write("wrong.sql", &dump);
        let told = load(&stack, "wrong.sql");
        assert!(told.code == 1 && told.stderr.contains("not valid in the encoding"), "{setting}: {told:?}");
    }
    // What it says is what is done about it.
    let dump = fs::read(stack.path("copy.sql")).unwrap();
    stack.write(
        "right.sql",
        piped(
            &[
                "sh",
                "-c",
                "iconv -f LATIN1 -t UTF-8 | sed \"s/^SET client_encoding = .*/SET client_encoding = 'UTF8';/\"",
            ],
            &dump,
        ),
    );
    load(&stack, "right.sql").well();
    assert_eq!(stack.sql("main", "SELECT a FROM t"), "é");
    stack.db(&["copy", "main", "second"]).well();
    stack.assert_tidy();
}

#[test]
fn what_a_file_is() {
    let stack = Stack::up();
    let content =
        "CREATE TABLE t AS SELECT i, md5(i::text) AS a FROM generate_series(1, 1000) AS i; CREATE TABLE part (a text)";
    stack.sql("main", content);
    let answer = || stack.sql("main", "SELECT count(*), sum(hashtext(a)) FROM t");
    let before = answer();
    let sql = run(&stack, &["pg_dump", "-U", "chief", "main"]);
    let custom = run(&stack, &["pg_dump", "-U", "chief", "-Fc", "main"]);
    let tar = run(&stack, &["pg_dump", "-U", "chief", "-Ft", "main"]);
    let all = run(&stack, &["pg_dumpall", "-U", "chief"]);
    let gz = |bytes: &[u8]| piped(&["gzip", "-c"], bytes);
    let zst = |bytes: &[u8], level: &[&str]| piped(&[&["zstd", "-c", "-q"], level].concat(), bytes);
    let zip = |bytes: &[u8]| {
        stack.write("member", bytes);
        let _ = fs::remove_file(stack.path("made.zip"));
        let made = Command::new("python3")
            .args(["-m", "zipfile", "-c", "made.zip", "member"])
            .current_dir(stack.path(""))
            .status();
        assert!(made.unwrap().success());
        fs::read(stack.path("made.zip")).unwrap()
    };
    let mut files = vec![
        ("custom.gz", gz(&custom)),
        ("custom.zip", zip(&custom)),
        ("plain.tar", tar.clone()),
        ("tar.gz", gz(&tar)),
        ("twice.gz", gz(&gz(&sql))),
        ("inner.zip", zip(&gz(&sql))),
        ("marked.sql", [b"\xef\xbb\xbf", &sql[..]].concat()),
    ];
    if Command::new("zstd").arg("--version").output().is_ok() {
        files.push(("custom.zst", zst(&custom, &[])));
        files.push(("long.zst", zst(&sql, &["--long=27"])));
        files.push(("ultra.zst", zst(&sql, &["--ultra", "-22"])));
    }
    for (name, bytes) in files {
        stack.write(name, bytes);
        stack.sql("main", "DROP TABLE t");
        load(&stack, name).well();
        assert_eq!(answer(), before, "{name}");
    }
    stack.write("all.sql", &all);
    stack.sql("main", "DROP TABLE t");
    stack.db(&["load", "all.sql", "--yes", "--from", "main"]).well();
    assert_eq!(answer(), before);
    stack.write("created.sql", run(&stack, &["pg_dump", "-U", "chief", "-C", "main"]));
    stack.db(&["load", "created.sql", "--yes", "--from", "main"]).well();
    assert_eq!(answer(), before);

    fs::create_dir(stack.path("folder")).unwrap();
    stack.write("folder/toc.dat", "PGDMP");
    let stray = [b"pg_dump: warning: can't say more\n", &sql[..]].concat();
    let others = piped(&["tar", "-cf", "-", "-C", stack.path("").to_str().unwrap(), "created.sql"], b"");
    for (name, bytes, said) in [
        ("all.sql", Some(&all[..]), "its databases: template1, main"),
        ("created.sql", None, "--from NAME"),
        ("stray.sql", Some(&stray[..]), "tail -n +2"),
        ("utf16.sql", Some(b"\xff\xfe-\0-\0"), "iconv -f UTF-16"),
        ("others.tgz", Some(&gz(&others)), "the first of which is `created.sql`"),
        ("packed.xz", Some(b"\xfd7zXZ\0"), "xz -dc packed.xz | lapstrake manage_db load -"),
        ("folder", None, "pg_restore --file=- folder"),
    ] {
        bytes.into_iter().for_each(|bytes| stack.write(name, bytes));
        let told = load(&stack, name);
        assert!(told.code == 1 && told.stderr.contains(said), "{name}: {said}: {}", told.stderr);
    }
    let told = stack.db(&["load", "all.sql", "--yes", "--from", "absent"]);
    assert!(told.code == 1 && told.stderr.contains("holds no database `absent`"), "{told:?}");
    assert_eq!(answer(), before);
    stack.assert_tidy();
}
