//! "Did you mean …?"

const LONGEST_NAME: usize = 200;

/// The known name that `word` most likely is a slip of, if one is near enough.
///
/// Near means that at most a third of its characters, and at least 1, are wrong, missing, too many or swapped with
/// their neighbour. What is longer than any name is no slip.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let most = (length / 3).max(1);
    if length > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|name| *name != word && name.len().abs_diff(word.len()) <= most * 4)
        .map(|name| (strsim::osa_distance(word, name), name))
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
