//! Which fragment a name means: its whole name, or its last part where only one has it.

use super::Fragment;
use crate::report::{Diagnostic, nearest};

/// More proposals than that nobody reads.
const MOST_PROPOSALS: usize = 10;
/// A pattern with more of them is none that people write.
const MOST_STARS: usize = 3;

/// Whether `word` means `fragment`, one of `fragments`.
#[must_use]
pub fn means(fragments: &[Fragment], word: &str, fragment: &Fragment) -> bool {
    fragment.answers_to(word)
        || (fragment.file_name() == word && find(fragments, word).is_some_and(|found| std::ptr::eq(found, fragment)))
}

/// The fragment that `word` means, if it is clear.
#[must_use]
pub fn find<'f>(fragments: &'f [Fragment], word: &str) -> Option<&'f Fragment> {
    if let Some(fragment) = candidates(fragments).find(|fragment| fragment.answers_to(word)) {
        return Some(fragment);
    }
    let mut same_end = candidates(fragments).filter(|fragment| fragment.file_name() == word);
    same_end.next().filter(|_| same_end.next().is_none())
}

/// A word that means no fragment, or several: what is wrong with it, and what may have been meant.
pub fn refusal(problem: impl Fn(String) -> Diagnostic, fragments: &[Fragment], word: &str) -> Diagnostic {
    let names = |is_meant: &dyn Fn(&Fragment) -> bool| -> Vec<&str> {
        candidates(fragments).filter(|fragment| is_meant(fragment)).map(|fragment| fragment.name.as_str()).collect()
    };
    let several = names(&|fragment| fragment.file_name() == word);
    if several.len() > 1 {
        return problem(format!("`{word}` may be {}", listed(&several, " or ")));
    }
    if !is_name(word) {
        return problem("this is not the name of a fragment".to_owned());
    }
    let problem = problem(format!("`{word}` is no fragment"));
    if (1..=MOST_STARS).contains(&word.matches('*').count()) {
        let meant = names(&|fragment| matches(word.as_bytes(), fragment.name.as_bytes()));
        return match meant.as_slice() {
            [] => problem.with_help("write the fragments' names, one a line"),
            meant => problem.with_help(format!("a line names one fragment: {}", listed(meant, ", "))),
        };
    }
    let bare = bare(word);
    let same = names(&|fragment| {
        fragment.name.eq_ignore_ascii_case(&bare) || fragment.file_name().eq_ignore_ascii_case(&bare)
    });
    match same.as_slice() {
        [] => {
            let known = candidates(fragments).flat_map(|fragment| [fragment.name.as_str(), fragment.file_name()]);
            problem.with_nearest(nearest(word, known))
        }
        [one] => problem.with_nearest(Some(one)),
        several => problem.with_help(format!("it may be {}", listed(several, " or "))),
    }
}

/// The fragments that can be left out: what is only there to be extended takes no part anyway.
fn candidates(fragments: &[Fragment]) -> impl Iterator<Item = &Fragment> {
    fragments.iter().filter(|fragment| !fragment.is_common())
}

/// The name in a path: `compose/back/cron.yml` is `back/cron`.
fn bare(word: &str) -> String {
    let word = word.trim_start_matches("./").trim_start_matches('/');
    let word = word.strip_prefix("custom/").unwrap_or(word);
    let word = word.strip_prefix("compose/").unwrap_or(word);
    let word = word.strip_suffix(".yml").or_else(|| word.strip_suffix(".yaml")).unwrap_or(word);
    word.trim_end_matches('/').to_owned()
}

/// Whether a text may have been meant to be a name; what is not is nobody's business to repeat.
fn is_name(word: &str) -> bool {
    word.len() <= 200 && word.chars().all(|each| each.is_alphanumeric() || "_-./*@+ ".contains(each))
}

/// Whether a pattern with `*` covers a name.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, name) || name.split_first().is_some_and(|(_, name)| matches(pattern, name))
        }
        (Some((one, pattern)), Some((other, name))) if one == other => matches(pattern, name),
        _ => false,
    }
}

fn listed(names: &[&str], between: &str) -> String {
    let shown: Vec<String> = names.iter().take(MOST_PROPOSALS).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > MOST_PROPOSALS { ", …" } else { "" };
    shown.join(between) + more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(word: &str) -> String {
        let fragment =
            |name: &str| Fragment { name: name.to_owned(), path: name.into(), custom: name == "mine/jaeger" };
        let names = ["back/common", "back/cron", "back/celery", "back/init", "b2c/init", "front/portal", "mine/jaeger"];
        let fragments = names.map(fragment);
        match find(&fragments, word) {
            Some(found) => {
                let meant: Vec<_> = fragments.iter().filter(|fragment| means(&fragments, word, fragment)).collect();
                assert_eq!(meant, [found]);
                found.name.clone()
            }
            None => {
                let Diagnostic { title, helps, .. } =
                    refusal(|title| Diagnostic::warning("x", title), &fragments, word);
                format!("{title}; {}", helps.join("; "))
            }
        }
    }

    #[test]
    fn a_unique_last_part_is_enough_and_the_rest_is_proposed() {
        assert_eq!(said("back/cron"), "back/cron");
        assert_eq!(said("cron"), "back/cron");
        assert_eq!(said("custom/mine/jaeger"), "mine/jaeger");
        assert_eq!(said("init"), "`init` may be `back/init` or `b2c/init`; ");
        assert_eq!(said("common"), "`common` is no fragment; ");
        for word in [
            "BACK/CRON",
            "Cron",
            "compose/back/cron",
            "compose/back/cron.yml",
            "./back/cron",
            "/back/cron",
            "back/cron.yaml",
            "bak/cron",
        ] {
            assert_eq!(said(word), format!("`{word}` is no fragment; did you mean `back/cron`?"));
        }
        assert_eq!(
            said("custom/compose/mine/jaeger.yml"),
            "`custom/compose/mine/jaeger.yml` is no fragment; did you mean `mine/jaeger`?"
        );
        assert_eq!(said("back/c*"), "`back/c*` is no fragment; a line names one fragment: `back/cron`, `back/celery`");
        assert_eq!(said("INIT"), "`INIT` is no fragment; it may be `back/init` or `b2c/init`");
        assert_eq!(said("root:$6$salt:1"), "this is not the name of a fragment; ");
    }
}
