//! What plain scalars mean: go-yaml v3's resolver, as docker compose uses it (each row measured with 2.40.3).

use super::node::Meaning;

/// The meaning of a plain scalar's text.
pub(super) fn meaning(text: &str) -> Meaning<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "true" | "True" | "TRUE" => return Meaning::Bool(true),
        "false" | "False" | "FALSE" => return Meaning::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Meaning::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Meaning::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Meaning::Float(f64::NAN),
        _ => {}
    }
    if !matches!(text.as_bytes()[0], b'+' | b'-' | b'.' | b'0'..=b'9') {
        return Meaning::Text(text);
    }
    if is_timestamp(text) {
        return Meaning::Timestamp;
    }
    let digits = text.replace('_', "");
    if let Some(number) = int(&digits) {
        return Meaning::Int(number);
    }
    if is_float(&digits)
        && let Ok(number) = digits.parse()
    {
        return Meaning::Float(number);
    }
    Meaning::Text(text)
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`, then `0b` and `0o` with a sign: base by prefix, `0` alone is octal.
fn int(text: &str) -> Option<i128> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let lower = rest.to_ascii_lowercase();
    let (base, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if !digits.starts_with(|first: char| first.is_digit(base)) {
        return None;
    }
    let number = sign * i128::from_str_radix(digits, base).ok()?;
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number).then_some(number)
}

/// go-yaml's `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    mantissa_fits && exponent_fits
}

/// `2006-1-2`, alone or followed by `T`, `t` or a blank and a time. Only what starts with four digits and `-` can be one.
fn is_timestamp(text: &str) -> bool {
    let number = |text: &str, most: u32| {
        (1..=2).contains(&text.len()) && text.parse::<u32>().is_ok_and(|number| number >= 1 && number <= most)
    };
    let Some((year, rest)) = text.split_once('-') else { return false };
    let Some((month, rest)) = rest.split_once('-') else { return false };
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) || !number(month, 12) {
        return false;
    }
    match rest.find(['T', 't', ' ']) {
        None => number(rest, 31),
        Some(at) => number(&rest[..at], 31) && is_time(&rest[at + 1..]),
    }
}

/// `15:4:5`, with fraction and zone.
fn is_time(text: &str) -> bool {
    let mut parts = text.trim_start().splitn(3, ':');
    let (Some(hour), Some(minute), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let digits = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = rest.find(|character: char| !character.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    digits(hour) && digits(minute) && digits(seconds)
}

/// Whether a text needs quotes to be read back as a string where it stands in block style.
pub(super) fn needs_quotes(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return true };
    if !matches!(meaning(text), Meaning::Text(_)) || text == "=" || text == "<<" {
        return true;
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) || text.ends_with(':') {
        return true;
    }
    let indicator = matches!(
        first,
        '-' | '?'
            | ':'
            | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '#'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '\''
            | '"'
            | '%'
            | '@'
            | '`'
    );
    // A `-` in front is safe only before a character that cannot make it a list item or a document mark.
    let safe_dash = first == '-' && text.chars().nth(1).is_some_and(|second| second.is_ascii_alphanumeric());
    if indicator && !safe_dash {
        return true;
    }
    text.contains(": ") || text.contains(" #") || text.chars().any(|character| !is_plain(character))
}

/// Characters that may stand in a plain scalar of one line, here kept to what every reader agrees on.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a1}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
        && !matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_docker_compose_reads() {
        let int = Meaning::Int;
        for (text, expected) in [
            ("012", int(10)),
            ("0o17", int(15)),
            ("0x1F", int(31)),
            ("0b11", int(3)),
            ("+1", int(1)),
            ("08", Meaning::Float(8.0)),
            ("1_000", int(1000)),
            ("1.10", Meaning::Float(1.1)),
            ("1e3", Meaning::Float(1000.0)),
            ("yes", Meaning::Text("yes")),
            ("22:22", Meaning::Text("22:22")),
            ("2024-01-01", Meaning::Timestamp),
            ("2024-01-01T10:00:00Z", Meaning::Timestamp),
            ("2024-01-01x", Meaning::Text("2024-01-01x")),
            ("1.2.3", Meaning::Text("1.2.3")),
            ("-", Meaning::Text("-")),
            ("0x", Meaning::Text("0x")),
            ("", Meaning::Null),
        ] {
            assert_eq!(meaning(text), expected, "{text}");
        }
    }

    #[test]
    fn what_would_be_read_otherwise_needs_quotes() {
        for text in
            ["", "yes: no", "a #b", "- a", "1_000", "~", "2024-01-01", "a:", "{a", "@x", "a\nb", " a", "é\u{85}"]
        {
            assert!(needs_quotes(text), "{text:?}");
        }
        for text in ["yes", "a b", "-it", "postgres:16-alpine", "http://x/#y", "é", "a'b"] {
            assert!(!needs_quotes(text), "{text:?}");
        }
    }
}
