//! Files with a fault in them: docker compose refuses what we refuse, and reads the same in what it takes.
//!
//! Half of them are cases of `tests/cases/merge/`, half are generated; in each one value becomes something else: another
//! sort of value, nothing, twice the same, another name.

use std::sync::atomic::{AtomicUsize, Ordering};

use lapstrake::report::{Report, Sources, Span};
use lapstrake::yaml::{Entry, Kind, Map, Node, Scalar, emit, parse};

use super::cases::{on_all_cores, read_alike};
use super::folder::{Folder, Verdict};
use super::generator;
use super::judge::{Judge, Question};
use crate::environment::random::Random;

const TEXTS: &[&str] = &[
    "",
    "a",
    "a=b",
    "a:b",
    "/a:/b:c:d",
    "5",
    "1m",
    "64m",
    "default",
    "true",
    "-1",
    "a b",
    "service:web",
    "=",
    ":",
    "0.5",
];
const NUMBERS: &[&str] = &["0", "1", "-1", "80", "65536", "0.5", "-1.5", "1e30", "true", "false", "2024-01-01", "08"];
const KEYS: &[&str] = &["a", "x-a", "a b", "name", "driver", "external", "target", "source", "image", ""];

/// The set of files of a number, with one or two values changed; nothing where there is nothing to change.
fn mutant(seed: u64) -> Option<Folder> {
    let mut random = Random::new(Random::new(seed).next());
    let mut folder = if random.once_in(2) {
        let cases = read_alike();
        cases.get(random.below(cases.len()))?.open()
    } else {
        let mut folder = generator::folder(random.next());
        folder.files.truncate(1);
        folder
    };
    folder.options.retain(|option| !option.contains("profile"));
    let name = folder.files.get(random.below(folder.files.len()))?.clone();
    let mut sources = Sources::default();
    let id = sources.add("a.yml", "a.yml", folder.text(&name));
    let mut documents = parse(&sources, id, &mut Report::default())?;
    let document = documents.first_mut()?;
    for _ in 0..=usize::from(random.once_in(4)) {
        let mut left = 1 + random.below(count(document));
        change(document, &mut left, &mut random);
    }
    folder.write(&name, documents.iter().map(emit).collect::<Vec<_>>().join("---\n"));
    Some(folder)
}

/// How many values it is made of.
fn count(node: &Node) -> usize {
    1 + children(&mut node.clone()).into_iter().map(|child| count(child)).sum::<usize>()
}

fn children(node: &mut Node) -> Vec<&mut Node> {
    match &mut node.kind {
        Kind::Scalar(_) => Vec::new(),
        Kind::List(items) => items.iter_mut().collect(),
        Kind::Map(map) => map.values_mut().map(|entry| &mut entry.value).collect(),
    }
}

/// Changes the value that comes as the `left`th.
fn change(node: &mut Node, left: &mut usize, random: &mut Random) {
    if *left == 0 {
        *node = changed(node, random);
    }
    for child in children(node) {
        if let Some(fewer) = left.checked_sub(1) {
            *left = fewer;
            change(child, left, random);
        }
    }
}

fn changed(node: &Node, random: &mut Random) -> Node {
    let span = node.span;
    let plain = |text: &'static str| Node::scalar(Scalar::plain(text), span);
    let list = |items| Node::list(items, span);
    match (random.below(12), &node.kind) {
        (0, _) => plain(""),
        (1 | 2, _) => plain(random.pick(NUMBERS)),
        (3 | 4, _) => Node::scalar(Scalar::quoted(random.pick(TEXTS)), span),
        (5, Kind::List(items)) => list(items.iter().chain(items.first()).cloned().collect()),
        (6, Kind::Map(map)) => {
            Node::map(map.iter().skip(1).map(|(key, one)| (key.clone(), one.clone())).collect(), span)
        }
        (7, Kind::Map(map)) => {
            let mut map = map.clone();
            map.insert(random.pick(KEYS).into(), entry(plain("b"), span));
            Node::map(map, span)
        }
        (8, Kind::Map(map)) => list(map.keys().map(|key| Node::scalar(Scalar::quoted(&**key), span)).collect()),
        (8, Kind::List(items)) => {
            let named = items.iter().enumerate().map(|(at, item)| (format!("k{at}").into(), entry(item.clone(), span)));
            Node::map(named.collect(), span)
        }
        (5 | 6, _) => list(vec![node.clone()]),
        (7 | 8, _) => Node::map(Map::from_iter([("a".into(), entry(node.clone(), span))]), span),
        (9, _) => list(Vec::new()),
        (10, _) => Node::map(Map::new(), span),
        _ => list(vec![plain(random.pick(&["", "5", "a", "[]", "true"]))]),
    }
}

fn entry(value: Node, key: Span) -> Entry {
    Entry { key, value }
}

/// What docker compose prints in Go's own form into a text (`map[a:1]`, `<nil>`) we refuse. A variable called `x-…`
/// becomes one called `#extensions` to it, where two files have variables.
fn is_known(difference: &str) -> bool {
    let refused = difference.contains("we refuse what it reads");
    difference.contains("'#extensions': map[")
        || refused
            && ["a mapping here", "a list here", "nothing here", "must be a name and a value"]
                .iter()
                .any(|sort| difference.contains(sort))
}

fn compare(seeds: std::ops::Range<u64>) {
    let judges = [Judge::installed()];
    let seeds: Vec<u64> = seeds.collect();
    let refused = AtomicUsize::new(0);
    let wrong = on_all_cores(&seeds, |seed| {
        let folder = mutant(*seed)?;
        match folder.judge(&judges, &[Question::Running]) {
            Verdict::Same => None,
            Verdict::Refused(said) if said.contains("error: ") => {
                refused.fetch_add(1, Ordering::Relaxed);
                None
            }
            Verdict::Refused(said) => Some(format!("## set {seed}: refused without a word about it: {said}")),
            Verdict::Different(why) if is_known(&why) => None,
            Verdict::Different(why) => Some(format!("## set {seed}: {why}\n{}", folder.shown())),
        }
    });
    println!("{} sets, {} refused by both, {} differ", seeds.len(), refused.into_inner(), wrong.len());
    assert!(wrong.is_empty(), "{} of {} sets:\n\n{}", wrong.len(), seeds.len(), wrong.join("\n\n"));
}

#[test]
fn files_with_a_fault_are_refused_by_both() {
    compare(0..100);
}

#[test]
#[ignore = "long: thousands of sets"]
fn thousands_of_files_with_a_fault_are_refused_by_both() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (first, sets) = (number("LAPSTRAKE_SEED", 1_000), number("LAPSTRAKE_SETS", 2_000));
    compare(first..first + sets);
}
