//! Generated fragments: docker compose reads them as it reads what we make of them, or both refuse.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::cases::on_all_cores;
use super::folder::Verdict;
use super::generator::folder;
use super::judge::{Judge, Question};

/// Compares the sets of these numbers; the share of those that both refuse must stay small, or nothing is tested.
fn compare(seeds: std::ops::Range<u64>, judges: &[Judge], questions: &[Question]) {
    let seeds: Vec<u64> = seeds.collect();
    let refused = AtomicUsize::new(0);
    let wrong = on_all_cores(&seeds, |seed| {
        let folder = folder(*seed);
        match folder.judge(judges, questions) {
            Verdict::Same => None,
            Verdict::Refused(_) => {
                refused.fetch_add(1, Ordering::Relaxed);
                None
            }
            Verdict::Different(why) => Some(format!("## set {seed}: {why}\n{}", folder.shown())),
        }
    });
    let refused = refused.into_inner();
    println!("{} sets, {refused} refused by both, {} differ", seeds.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {} sets:\n\n{}", wrong.len(), seeds.len(), wrong.join("\n\n"));
    assert!(refused * 2 < seeds.len(), "{refused} of {} sets are refused by both", seeds.len());
}

#[test]
fn generated_fragments_read_the_same_merged() {
    compare(0..60, &[Judge::installed()], &[Question::Everything]);
}

#[test]
#[ignore = "long: thousands of sets"]
fn thousands_of_generated_fragments_read_the_same_merged() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (first, sets) = (number("LAPSTRAKE_SEED", 1_000), number("LAPSTRAKE_SETS", 2_000));
    compare(first..first + sets, &[Judge::installed()], &[Question::Everything]);
}
