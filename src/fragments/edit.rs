//! Changing a text of `disabled_services` without losing what people wrote in it.

/// The text without the lines that say `entry`. A line with a comment stays as a comment.
#[must_use]
pub fn without(text: &str, entry: &dyn Fn(&str) -> bool) -> String {
    let keep = |line: &str| match word(line) {
        found if !entry(found) => line.to_owned(),
        _ if line.contains('#') => format!("#{line}"),
        _ => String::new(),
    };
    text.split_inclusive('\n').map(keep).collect()
}

/// The text with a line that says `entry`: one that was made a comment comes back, else it is the last one.
#[must_use]
pub fn with(text: &str, entry: &str) -> String {
    let was = |line: &str| line.trim_start().strip_prefix('#').is_some_and(|rest| word(rest) == entry);
    if let Some(line) = text.split_inclusive('\n').find(|line| was(line)) {
        let back = line.trim_start().trim_start_matches('#').trim_start();
        return text.replacen(line, back, 1);
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let before = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{before}{entry}{end}")
}

/// What a text says about a fragment: its last line about it leaves it out (`true`), or brings it back (`false`).
#[must_use]
pub fn leaves_out(text: &str, is_meant: &dyn Fn(&str) -> bool) -> Option<bool> {
    text.lines().rev().map(word).find_map(|word| match word.strip_prefix('!') {
        Some(name) => is_meant(name.trim_start()).then_some(false),
        None => is_meant(word).then_some(true),
    })
}

/// What a line says, without its comment.
fn word(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim_matches(|each: char| each.is_whitespace() || each == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Not here\nback/cron # the other machine has it\n  tools/sftp\n!back/bus";

    #[test]
    fn comments_stay() {
        let less = without(TEXT, &|word| ["back/cron", "tools/sftp"].contains(&word));
        assert_eq!(less, "# Not here\n#back/cron # the other machine has it\n!back/bus");
        assert_eq!(with(&less, "back/cron"), "# Not here\nback/cron # the other machine has it\n!back/bus");
        assert_eq!(without(TEXT, &|word| word == "!back/bus"), TEXT.trim_end_matches("!back/bus"));
    }

    #[test]
    fn a_new_line_is_the_last_one_and_ends_as_the_others() {
        assert_eq!(with("", "a"), "a\n");
        assert_eq!(with("b", "a"), "b\na\n");
        assert_eq!(with("b\r\nc", "a"), "b\r\nc\r\na\r\n");
        assert_eq!(with("# a is not wanted\n", "a"), "# a is not wanted\na\n");
    }
}
