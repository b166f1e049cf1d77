//! The rules of Coog on the real schema of Tryton, with a value to find in every column that they cover.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::stack::{Stack, docker, within};

const DATA: &str = include_str!("coog.sql");

/// What Python says to the application, with a password in `{password}`.
const LOGIN: &str = "
import json, urllib.request
body = json.dumps({'id': 0, 'method': 'common.db.login', 'params': ['admin', {'password': '{password}'}, 'en']})
request = urllib.request.Request('http://127.0.0.1:8000/main/', body.encode(), {'Content-Type': 'application/json'})
print(urllib.request.urlopen(request).read().decode())
";

/// What must look the same before and after.
const KEPT: &str = "
SELECT code, first_name, siren FROM party_party WHERE code IN ('BANK', 'INSURER') ORDER BY code;
SELECT insurance_fund_number FROM health_party_complement WHERE insurance_fund_number LIKE 'kept%';
SELECT name, login, email FROM res_user WHERE login IN ('admin', 'kept-login') ORDER BY login;
SELECT name, login, email FROM res_user__history WHERE login IN ('admin', 'kept-login') ORDER BY login;
SELECT name FROM res_group ORDER BY name;
SELECT count(*), sum(id), sum(hashtext(code)) FROM party_party;
";

/// The application's own database, with `parties` parties.
fn filled(parties: u32) -> Stack {
    let stack = Stack::new();
    stack.write("compose/stack.yml", include_str!("tryton.yml"));
    stack.write("env.custom", format!("COMPOSE_PROJECT_NAME={}\nSERVER_PASSWORD=simple\n", stack.name()));
    stack.write("password", "before\n");
    stack.lap(&["up", "-d", "-q", "db"]).well();
    stack.db(&["reset", "--yes", "--admin-password-file", "password"]).well();
    let parties = format!("parties={parties}");
    let container = stack.container("db");
    let mut psql = Command::new("docker")
        .args(["exec", "-i", &container, "psql", "-U", "chief", "-Xq", "-v", "ON_ERROR_STOP=1", "-v", &parties, "main"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("docker");
    psql.stdin.take().expect("a pipe").write_all(DATA.as_bytes()).expect("the data go in");
    assert!(psql.wait().expect("psql").success());
    stack
}

/// How many lines of what a shell in the server's container finds.
fn found(stack: &Stack, script: &str) -> String {
    docker(&["exec", "--user", "root", &stack.container("db"), "bash", "-c", script])
}

fn logs_in(stack: &Stack, password: &str) -> bool {
    let script = LOGIN.replace("{password}", password);
    let told = Command::new("docker").args(["exec", &stack.container("app"), "python3", "-c", &script]).output();
    String::from_utf8_lossy(&told.expect("docker").stdout).contains("\"result\"")
}

fn nothing_is_left(parties: u32) {
    let stack = filled(parties);
    let kept = stack.sql("main", KEPT);
    let dumped = "pg_dump -U chief main | grep -ac canary || true";
    let before = found(&stack, dumped);
    assert!(before.parse::<u32>().expect("a number") > parties, "{before}");

    let copy = stack.db(&["dump", "--anonymized", "shared.sql"]).well();
    assert!(copy.stderr.contains("no old") || copy.stderr.contains("party_party"), "{}", copy.stderr);
    let shared = std::fs::read_to_string(stack.path("shared.sql")).expect("the dump");
    assert!(!shared.contains("canary") && shared.contains("kept bank"), "the dump shows what it must not");
    assert_eq!(found(&stack, dumped), before, "the database was only to be read");
    stack.assert_tidy();

    // Strictly: each table and column that the rules speak of is there.
    let told = stack.db(&["anonymize", "--yes", "--strict", "--report", "json"]).well();
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
    let tables = report["tables"].as_array().expect("tables");
    let columns = || tables.iter().filter_map(|table| table["columns"].as_array()).flatten();
    assert!(columns().all(|column| column["rows"].as_u64() > Some(0)), "a column without a canary: {report}");
    for former in ["party_party__history", "party_address__history", "res_user__history"] {
        assert!(tables.iter().any(|table| table["table"] == former), "{former} is left out: {report}");
    }
    println!(
        "{parties} parties: {} s in all, {} s in the transaction's changes",
        report["seconds"],
        tables.iter().filter_map(|table| table["seconds"].as_f64()).sum::<f64>()
    );

    assert_eq!(found(&stack, dumped), "0");
    let oid = stack.sql("postgres", "SELECT oid FROM pg_database WHERE datname = 'main'");
    assert_eq!(found(&stack, &format!("grep -rla canary /var/lib/postgresql/data/base/{oid} | wc -l")), "0");
    assert_eq!(stack.sql("main", KEPT), kept);
    let wrong_keys = "SELECT count(*) FROM party_party WHERE ssn IS NOT NULL \
        AND 97 - left(ssn, 13)::bigint % 97 <> right(ssn, 2)::int";
    assert_eq!(stack.sql("main", wrong_keys), "0");
    assert_eq!(
        stack.sql("main", "SELECT count(ssn) FROM party_party WHERE length(ssn) = 15"),
        (parties / 3).to_string()
    );

    stack.lap(&["up", "-d", "-q", "app"]).well();
    within(Duration::from_secs(60), "the application does not let the administrator in", || logs_in(&stack, "admin"));
    assert!(!logs_in(&stack, "before"));

    // What was dumped is loaded: its foreign keys hold, and the password is the one that the rules have stored.
    stack.sql("main", "UPDATE res_user SET password_hash = 'none'");
    stack.db(&["load", "--yes", "shared.sql"]).well();
    assert_eq!(found(&stack, dumped), "0");
    assert_eq!(stack.sql("main", KEPT), kept);
    assert_eq!(stack.sql("main", "SELECT count(*) FROM res_user WHERE password_hash = 'x'"), "0");
    within(Duration::from_secs(60), "the application does not let the administrator in", || logs_in(&stack, "admin"));
}

#[test]
#[ignore = "minutes long: part of ./bin/test --all"]
fn nothing_is_left_of_what_is_covered() {
    nothing_is_left(5_000);
}

#[test]
#[ignore = "minutes long: part of ./bin/test --all"]
fn nothing_is_left_of_a_hundred_thousand_parties() {
    nothing_is_left(100_000);
}

#[test]
#[ignore = "minutes long: part of ./bin/test --all"]
fn companies_stay_when_asked_for() {
    let stack = filled(100);
    stack.write("custom/anonymize.yml", "settings: {companies: keep}\n");
    stack.write("anonymize.yml", "settings:\n  company_names: keep\n");
    stack.db(&["anonymize", "--yes", "--keep-old"]).well();
    let companies = "SELECT count(*) FROM party_party WHERE NOT is_person AND name LIKE 'canary%'";
    assert_eq!(stack.sql("main", companies), "12", "ten companies, a bank and an insurer");
    let hidden = "SELECT count(*) FROM party_party WHERE NOT is_person AND first_name LIKE 'canary%' OR name LIKE 'canary-both%'";
    assert_eq!(stack.sql("main", hidden), "10", "whoever subscribes a contract is hidden all the same");
    assert_eq!(stack.sql("main", "SELECT count(*) FROM party_party WHERE is_person AND name LIKE 'canary%'"), "0");
    stack.db(&["undo", "--yes"]).well();
    assert_eq!(stack.sql("main", "SELECT count(*) FROM party_party WHERE name LIKE 'canary%'"), "103");
}
