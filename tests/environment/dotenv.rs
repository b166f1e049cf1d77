//! `.env` reads the same to bash and to docker compose.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lapstrake::environment::dotenv;
use tempfile::TempDir;

use super::generator;
use super::language::our_answer;
use super::project::TestProject;
use super::random::Random;
use super::{bash, compose};

/// Characters that mean something to one of the readers.
const ODD: &[&str] = &[
    " ", "#", "$", "'", "\"", "\\", "\n", "\t", "`", "a", "b", "n", "t", "x", "0", "é", "★", "{", "}", "(", ")", "=",
    ":", "-", "~", "!", "*", "?", "&", ";", "|", "<", ">", "%", "export ", "${X:-y}", "$X", "\\n", "\\'", "\\\"",
    "\\$", " #", "\r", "\u{a0}", "\u{85}", "\u{2028}", "\u{feff}", "\u{7f}", "\u{1}", "😀", "A=", "\\\\", "$$", "\n\n",
    "  ",
];

fn odd_value(random: &mut Random) -> String {
    (0..random.below(7)).map(|_| random.pick(ODD)).collect()
}

/// `env.custom` that gives these values, spelled for the shell.
fn spelled(values: &[String]) -> String {
    let mut text = String::new();
    for (number, value) in values.iter().enumerate() {
        writeln!(text, "V{number}='{}'", value.replace('\'', "'\\''")).expect("text grows");
    }
    text
}

/// Which values `.env` cannot carry.
fn is_unwritable(value: &str) -> bool {
    value.contains("\r\n") || value.contains('`') && (value.contains('\'') || value.ends_with('\\'))
}

/// Writes `.env` with all values and lets both readers read it.
fn round_trip(values: &[String]) {
    let project = TestProject::new().with("env.custom", spelled(values));
    let loaded = project.load(&[]);
    assert!(!loaded.report.has_errors(), "{}", loaded.drawn());
    let text = match dotenv(&loaded.environment) {
        Ok(text) => text,
        Err(problems) => panic!("{} values cannot be written", problems.len()),
    };

    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("0");
    std::fs::write(&file, &text).expect("a file");
    let by_bash: BTreeMap<String, String> =
        bash::evaluate(folder.path(), &[]).swap_remove(0).expect("bash reads it to the end");
    let names: Vec<String> = (0..values.len()).map(|number| format!("V{number}")).collect();
    let by_compose = compose::read(folder.path(), &file, &names);
    for ((name, value), by_compose) in names.iter().zip(values).zip(by_compose) {
        assert_eq!(loaded.environment.get(name).map(|variable| &variable.value), Some(value), "read by us");
        assert_eq!(by_bash.get(name), Some(value), "read by bash");
        assert_eq!(&by_compose, value, "read by docker compose");
    }
}

fn odd_values(seeds: std::ops::Range<u64>) -> Vec<String> {
    let values = seeds.map(|seed| odd_value(&mut Random::new(seed)));
    values.filter(|value| !is_unwritable(value)).collect()
}

/// The values of generated files.
fn generated_values(seeds: std::ops::Range<u64>) -> Vec<String> {
    let project = TestProject::new();
    let files = seeds.filter_map(|seed| our_answer(&project, &generator::file(&mut Random::new(seed))));
    let values = files.flat_map(BTreeMap::into_values).filter(|value| !is_unwritable(value));
    values.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[test]
fn both_readers_read_the_same() {
    round_trip(&odd_values(0..400));
    round_trip(&generated_values(0..200));
}

#[test]
#[ignore = "long: ./bin/test --all"]
fn both_readers_read_the_same_from_ten_thousand_files() {
    for start in (10_000..30_000).step_by(2_000) {
        round_trip(&odd_values(start..start + 2_000));
    }
    for start in (10_000..20_000).step_by(2_000) {
        round_trip(&generated_values(start..start + 2_000));
    }
}

#[test]
fn what_no_spelling_carries_is_refused_with_its_place() {
    let text = "A='a`b'\\''c'\nB='`\\'\nR='\r'\nC=\"$R\nx\"\n";
    let loaded = TestProject::new().with("env.custom", text).load(&[]);
    let problems = dotenv(&loaded.environment).expect_err("three are refused");
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|problem| problem.labels.len() == 1));
}
