//! "Did you mean …?"

/// The known name that `word` most likely is a slip of, if one is near enough.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the word's length, and at least 1.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter(|name| *name != word)
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let known = ["back/cron", "back/coog", "database/mongo"];
        assert_eq!(nearest("bak/cron", known), Some("back/cron"));
        assert_eq!(nearest("CUSTOM_REDI_PORT", ["CUSTOM_REDIS_PORT"]), Some("CUSTOM_REDIS_PORT"));
        assert_eq!(nearest("elsewhere", known), None);
    }
}
