//! A folder per case below `tests/cases/merge/`, judged by docker compose itself; no answer is stored.
//!
//! `in/` holds the files, `in/files` the names of the fragments in order, `about.txt` the rule in a line, `env` the
//! process environment, `options` other options for docker compose than `-p case`. The file `since-2.40` names the cases
//! that 2.26 reads otherwise or not at all: what is newer, and what it did not refuse yet. A case called `refused-…` is one that docker compose refuses, and so must we, with
//! a place; those of one file are files below `refused/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::folder::{Folder, Verdict};
use super::judge::{Judge, Question};

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/merge");

struct Case {
    name: String,
    folder: Folder,
}

impl Case {
    fn all() -> Vec<Self> {
        let place = PathBuf::from(PLACE);
        let folders =
            entries(&place).into_iter().filter(|path| path.join("in").is_dir()).map(|path| Self::folder(&path));
        let files = entries(&place.join("refused")).into_iter().map(|path| Self::file(&path));
        folders.chain(files).collect()
    }

    fn folder(path: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_default();
        let lines =
            |name: &str| text(name).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let mut folder = Folder::new(lines("in/files"));
        folder.copy(&path.join("in"));
        for line in lines("env") {
            let (name, value) = line.split_once('=').expect("NAME=VALUE");
            folder.set(name, value);
        }
        if path.join("options").exists() {
            folder.options = text("options").split_whitespace().map(str::to_owned).collect();
        }
        assert!(!text("about.txt").trim().is_empty(), "{} says nothing about itself", path.display());
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        Self { name, folder }
    }

    fn file(path: &Path) -> Self {
        let folder = Folder::new(vec!["a.yml".to_owned()]);
        folder.write("a.yml", fs::read(path).expect("a case"));
        let name = path.file_stem().expect("a name").to_string_lossy();
        Self { name: format!("refused-{name}"), folder }
    }

    /// What is wrong with it.
    fn judge(&self, judges: &[Judge], questions: &[Question]) -> Option<String> {
        let refused = self.name.starts_with("refused-");
        let questions = if refused { &[Question::Running] } else { questions };
        match (self.folder.judge(judges, questions), refused) {
            (Verdict::Same, false) => None,
            (Verdict::Refused(said), true) if said.contains("error: ") => None,
            (Verdict::Refused(said), true) => Some(format!("refused without a word about it:\n{said}")),
            (Verdict::Different(why), _) => Some(why),
            (Verdict::Same, true) => Some("nobody refuses it".to_owned()),
            (Verdict::Refused(said), false) => Some(format!("both refuse it:\n{said}")),
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).expect("cases").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// A case that docker compose reads, to be opened in a folder of its own.
pub(super) struct Readable(PathBuf);

impl Readable {
    pub(super) fn open(&self) -> Folder {
        Case::folder(&self.0).folder
    }
}

/// The cases that are not there to be refused.
pub(super) fn read_alike() -> Vec<Readable> {
    let is_case = |path: &PathBuf| path.join("in").is_dir() && !path.to_string_lossy().contains("/refused-");
    entries(&PathBuf::from(PLACE)).into_iter().filter(is_case).map(Readable).collect()
}

/// Does something with every item on all cores, and joins what was found wrong.
pub(super) fn on_all_cores<T: Sync>(items: &[T], work: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let wrong = work(item);
                    found.lock().expect("nobody panicked").extend(wrong);
                }
            });
        }
    });
    found.into_inner().expect("nobody panicked")
}

fn judge_all(judges: &[Judge], questions: &[Question], wanted: impl Fn(&Case) -> bool) {
    let cases: Vec<_> = Case::all().into_iter().filter(wanted).collect();
    let wrong = on_all_cores(&cases, |case| Some(format!("## {}: {}", case.name, case.judge(judges, questions)?)));
    assert!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn every_case_reads_the_same_merged() {
    judge_all(&[Judge::installed()], &[Question::Everything], |_| true);
}

#[test]
#[ignore = "long: what would run besides everything there is, and a second docker compose"]
fn every_case_and_every_question_for_every_docker_compose() {
    let newer = fs::read_to_string(Path::new(PLACE).join("since-2.40")).expect("the list");
    for judge in Judge::all() {
        let known = |case: &Case| judge.is_at_least("2.40") || newer.lines().all(|name| name != case.name);
        judge_all(std::slice::from_ref(&judge), &[Question::Running, Question::Everything], known);
    }
}
