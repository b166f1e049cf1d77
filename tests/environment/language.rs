//! What a file means: the same to us and to bash.

use std::collections::BTreeMap;
use std::path::Path;

use lapstrake::report::Severity;
use tempfile::TempDir;

use super::bash::{self, Answer};
use super::generator::{self, PROCESS};
use super::project::TestProject;
use super::random::Random;

/// What we make of a file, under bash's conditions: nothing where there is an error.
pub(super) fn our_answer(project: &TestProject, text: &str) -> Answer {
    project.write("env.custom", text);
    let loaded = project.load(&PROCESS);
    if loaded.report.has_errors() {
        return None;
    }
    let mut values: BTreeMap<String, String> =
        PROCESS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.extend(loaded.values());
    Some(values)
}

fn bash_answers(texts: &[String]) -> Vec<Answer> {
    let folder = TempDir::new().expect("a temporary folder");
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(number.to_string()), text).expect("a file");
    }
    let mut answers = bash::evaluate(folder.path(), &PROCESS);
    answers.truncate(texts.len());
    assert_eq!(answers.len(), texts.len(), "bash went through all files");
    answers
}

/// The first problem's title: what a difference is about, where we refuse and bash does not.
fn complaint(project: &TestProject, text: &str) -> Option<String> {
    project.write("env.custom", text);
    let loaded = project.load(&PROCESS);
    loaded.report.diagnostics().iter().find(|problem| problem.severity == Severity::Error).map(|p| p.title.clone())
}

/// Refused on purpose although bash has an answer: somebody's home folder (bash knows whether there is such a person),
/// and quotes that are mixed in a way nobody can read.
fn is_meant(project: &TestProject, text: &str) -> bool {
    let titles = ["home folder", "mixture of quotes", "start of a pattern"];
    complaint(project, text).is_some_and(|complaint| titles.iter().any(|title| complaint.contains(title)))
}

/// The shortest text found that differs in the same way.
fn reduced(project: &TestProject, text: &str) -> String {
    let complaint_of = |text: &str| complaint(project, text);
    let first = complaint_of(text);
    let differs =
        |text: &str| complaint_of(text) == first && our_answer(project, text) != bash_answers(&[text.to_owned()])[0];
    let mut best: Vec<char> = text.chars().collect();
    let mut size = best.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < best.len() {
            let mut shorter = best.clone();
            shorter.drain(at..(at + size).min(best.len()));
            if differs(&shorter.iter().collect::<String>()) {
                best = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    best.into_iter().collect()
}

fn compare(texts: &[String]) -> usize {
    let project = TestProject::new();
    let mut accepted = 0;
    for (text, theirs) in texts.iter().zip(bash_answers(texts)) {
        let ours = our_answer(&project, text);
        accepted += usize::from(ours.is_some());
        if ours != theirs && !is_meant(&project, text) {
            let reduced = reduced(&project, text);
            let ours = our_answer(&project, &reduced);
            let said = project.load(&PROCESS).drawn();
            let theirs = &bash_answers(std::slice::from_ref(&reduced))[0];
            panic!(
                "bash differs\n--- file\n{text}\n--- shortest\n{reduced}\n--- ours\n{ours:?}\n{said}\n--- bash\n{theirs:?}"
            );
        }
    }
    accepted
}

fn generated(seeds: std::ops::Range<u64>) {
    let texts: Vec<String> = seeds.map(|seed| generator::file(&mut Random::new(seed))).collect();
    let accepted = compare(&texts);
    println!("{accepted} of {} files were free of errors", texts.len());
    assert!(accepted * 3 > texts.len(), "most files should be valid: {accepted} of {}", texts.len());
}

fn chaotic(seeds: std::ops::Range<u64>) {
    let project = TestProject::new();
    let all = seeds.map(|seed| generator::chaos(&mut Random::new(seed)));
    let accepted: Vec<String> = all.filter(|text| our_answer(&project, text).is_some()).collect();
    println!("{} files were accepted", accepted.len());
    compare(&accepted);
}

#[test]
fn generated_files_mean_what_bash_says() {
    generated(0..300);
}

#[test]
fn what_is_accepted_of_chaos_means_what_bash_says() {
    chaotic(0..1_000);
}

#[test]
#[ignore = "long: ./bin/test --all"]
fn ten_thousand_generated_files_mean_what_bash_says() {
    generated(10_000..20_000);
    chaotic(10_000..40_000);
}

/// Folders below `tests/cases/env` with a file `f`: cases that once failed, and corners worth keeping.
#[test]
fn kept_cases_mean_what_bash_says() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/env");
    let mut texts: Vec<_> = std::fs::read_dir(cases)
        .expect("the folder of cases")
        .filter_map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).ok())
        .collect();
    texts.sort();
    assert!(!texts.is_empty());
    compare(&texts);
}
