//! Whether an answer is what the book shows: `…` stands for anything in a line, and alone on a line for any lines.

/// Whether the lines fit.
pub(super) fn fits(shown: &[&str], said: &[&str]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((&"…", rest)) => (0..=said.len()).any(|skipped| fits(rest, &said[skipped..])),
        Some((line, rest)) => said.first().is_some_and(|other| line_fits(line, other)) && fits(rest, &said[1..]),
    }
}

fn line_fits(shown: &str, said: &str) -> bool {
    let (shown, said) = (shown.trim_end(), said.trim_end());
    let Some((before, rest)) = shown.split_once('…') else { return shown == said };
    let Some(said) = said.strip_prefix(before) else { return false };
    let starts = said.char_indices().map(|(at, _)| at).chain([said.len()]);
    starts.into_iter().any(|at| line_fits(rest, &said[at..]))
}

#[test]
fn dots_stand_for_anything() {
    assert!(fits(&["a", "…", "c"], &["a", "b", "b", "c"]));
    assert!(fits(&["…"], &[]));
    assert!(fits(&["took … s (…)"], &["took 12 s (slow)"]));
    assert!(!fits(&["took … s"], &["took 12 m"]));
    assert!(!fits(&["a"], &["a", "b"]));
}
