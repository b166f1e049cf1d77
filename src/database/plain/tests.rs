//! What passes the filter, and what does not.

use super::*;

const END: &str = "--\n-- PostgreSQL database dump complete\n--\n\n";

fn plain<'a, R: Read>(from: R, target: &'a Target, database: Option<&'a str>) -> Plain<'a, R> {
    Plain::new(from, Reading { target, trusted: false, whole: true, from: database })
}

/// In one piece and byte by byte.
fn read(script: &str) -> Result<String, DumpFault> {
    read_from(script, None)
}

fn read_from(script: &str, database: Option<&str>) -> Result<String, DumpFault> {
    let target = Target { user: "chief".into(), ..Target::default() };
    struct Slowly<'a>(&'a [u8]);
    impl Read for Slowly<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut into[..1])
        }
    }
    let mut slow = String::new();
    let slowly = plain(Slowly(script.as_bytes()), &target, database).read_to_string(&mut slow).map(|_| slow);
    let mut fast = String::new();
    let fast = plain(script.as_bytes(), &target, database).read_to_string(&mut fast).map(|_| fast);
    let kept = |text: &io::Result<String>| text.as_ref().ok().map(|text| text.trim_start_matches("--\n").to_owned());
    assert_eq!(kept(&slowly), kept(&fast), "{script}");
    fast.map_err(DumpFault::from)
}

#[test]
fn rows_texts_and_bodies_are_not_looked_into() {
    let script = format!(
        "SET standard_conforming_strings = on;\n\
         CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$\n\\! rm\nSELECT 'GRANT x;' || E'\\';'\n$_$;\n\
         COPY public.t (a, b) FROM stdin;\n\\\\N\tGRANT x;\n\\.x\n;'\\connect\n\\.\n\
         INSERT INTO t VALUES ('a\\', 'b;\n\\connect x\n');\n{END}"
    );
    assert_eq!(read(&script).unwrap(), script);
}

#[test]
fn roles_are_left_out_and_lines_keep_their_numbers() {
    let script = format!(
        "\\restrict abc\n--\n-- Dumped from database version 15.20 (Debian)\n\nCREATE TABLE t (a int);\n\
         ALTER TABLE public.t OWNER TO \"some;body\";\nGRANT ALL ON TABLE t\n  TO x; SELECT 1;\n{END}\\unrestrict abc\n"
    );
    let expected = format!(
        "\n--\n-- Dumped from database version 15.20 (Debian)\n\nCREATE TABLE t (a int);\n\n\n SELECT 1;\n{END}\n"
    );
    assert_eq!(read(&script).unwrap(), expected);
    let target = Target::default();
    let mut plain = plain(script.as_bytes(), &target, None);
    io::copy(&mut plain, &mut io::sink()).unwrap();
    assert_eq!(plain.version(), Some("15.20"));
}

#[test]
fn what_goes_beyond_the_database_is_refused() {
    for (script, place) in [
        ("SELECT 1;\nDROP DATABASE coog;\n", "line 2 affects more than this database: `DROP DATABASE COOG`"),
        ("\n\n\\connect other\n", "line 3 is a command for psql, not SQL: `\\connect`"),
        ("SELECT 1 \\gexec\n", "line 1 is a command for psql, not SQL: `\\gexec`"),
        ("SELECT '\\'; \\! rm -rf /\n", "line 1 is a command for psql, not SQL: `\\!`"),
        ("CREATE ROLE x;\n", "line 1 affects more than this database: `CREATE ROLE X`"),
    ] {
        let fault = read(&format!("{script}{END}")).unwrap_err().to_string();
        assert!(fault.starts_with(place), "{fault}");
    }
}

#[test]
fn a_dump_that_is_cut_off_is_not_complete() {
    let whole = format!("COPY t (a) FROM stdin;\n1\n2\n\\.\nSELECT setval('t', 1);\n{END}");
    assert!(read(&whole).is_ok());
    let needed = whole.find("complete").unwrap() + "complete\n".len();
    for length in 0..needed {
        assert!(matches!(read(&whole[..length]), Err(DumpFault::CutOff)), "{length}");
    }
    assert!(matches!(read(&format!("{END}SELECT 1;\n")), Err(DumpFault::CutOff)));
}

#[test]
fn where_a_backslash_escapes_it_does() {
    let script = format!("SET standard_conforming_strings = off;\nSELECT 'it\\'s; \\! x';\n{END}");
    assert_eq!(read(&script).unwrap(), script);
}

#[test]
fn transactions_are_the_restores() {
    let script = format!("BEGIN;\nSELECT lo_open(1, 2);\nCOMMIT;\n{END}");
    assert_eq!(read(&script).unwrap(), format!("\nSELECT lo_open(1, 2);\n\n{END}"));
    let fault = read(&format!("\nROLLBACK;\n{END}")).unwrap_err().to_string();
    assert!(fault.starts_with("line 2 ends or divides the transaction"), "{fault}");
}

#[test]
fn what_psql_takes_for_a_line_end_ends_a_comment() {
    for script in ["--\rDROP DATABASE main;\n", "SELECT 1 /**/* 2; DROP DATABASE main;\n"] {
        assert!(matches!(read(&format!("{script}{END}")), Err(DumpFault::BeyondItsDatabase { .. })), "{script}");
    }
    let rows = "COPY t FROM stdin;\n1\n\\.\r\r\nDROP DATABASE main;\n\\.\n";
    assert_eq!(read(&format!("{rows}{END}")).unwrap(), format!("{rows}{END}"));
}

#[test]
fn nothing_grows_without_end() {
    let long = format!("\\restrict {}\n", "x".repeat(1 << 20));
    assert!(matches!(read(&format!("{long}{END}")), Err(DumpFault::Command { .. })));
    let long = format!("SELECT ${}$\n", "a".repeat(1 << 20));
    assert!(matches!(read(&format!("{long}{END}")), Err(DumpFault::Damaged(_))));
    let script = format!("SELECT 1;\n{}SELECT 2;\n{END}", "\n".repeat(1 << 20));
    let target = Target::default();
    let mut plain = plain(script.as_bytes(), &target, None);
    let mut output = String::new();
    plain.read_to_string(&mut output).unwrap();
    assert!(output.len() < 2048, "{}", output.len());
    let place = output.lines().position(|line| line == "SELECT 2;").unwrap() as u64 + 1;
    assert_eq!(plain.source_line(place), (1 << 20) + 2);
    assert_eq!(plain.source_line(1), 1);
}

#[test]
fn one_database_of_several_is_read() {
    let cluster = format!(
        "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE x;\n-- Database \"one\" dump\n\\connect one\n\
         COPY t FROM stdin;\n-- Database \"two\" dump\n\\.\nSELECT 1;\n{END}\
         -- Database \"two\" dump\nCREATE DATABASE two;\nALTER DATABASE two OWNER TO x;\n\\connect two\n\
         SELECT 2;\n{END}-- Database \"three\" dump\nSELECT 3;\n{END}-- PostgreSQL database cluster dump complete\n"
    );
    let two = read_from(&cluster, Some("two")).unwrap();
    assert_eq!(two.split_whitespace().filter(|word| *word != "--").collect::<String>(), "SELECT2;");
    let fault = read(&cluster).unwrap_err().to_string();
    assert!(fault.contains("one, two, three"), "{fault}");
    assert!(matches!(read_from(&cluster, Some("four")), Err(DumpFault::NotInCluster { .. })));
    let single = format!("CREATE DATABASE a;\n\\connect a\nSELECT 1;\n{END}");
    assert!(read_from(&single, Some("a")).unwrap().contains("SELECT 1;"));
}
