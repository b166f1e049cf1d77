//! Texts that stand for numbers, bools, durations and sizes, as Go's standard library and docker read them.

use crate::yaml::Meaning;

/// What docker compose converts a text into before it checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Cast {
    /// `true`, `yes`, `on`, `y` and their opposites, in any case.
    Bool,
    /// Digits with or without a sign.
    Whole,
    /// Any number.
    Number,
}

impl Cast {
    /// What the text means, if it converts.
    pub(in super::super) fn convert(self, text: &str) -> Option<Meaning<'static>> {
        match self {
            Self::Bool => bool(text).map(Meaning::Bool),
            Self::Whole => whole(text).map(|number| Meaning::Int(number.into())),
            Self::Number => number(text).map(Meaning::Float),
        }
    }
}

/// A bool in one of docker compose's spellings.
pub(in super::super) fn bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Some(true),
        "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Go's `strconv.Atoi`.
pub(in super::super) fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Go's `strconv.ParseFloat`, but for hexadecimal ones: `_` may stand between digits.
pub(in super::super) fn number(text: &str) -> Option<f64> {
    let is_digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let well_placed = text.match_indices('_').all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    if well_placed { text.replace('_', "").parse().ok() } else { None }
}

/// A size in bytes: a number, a blank or none, and `b`, `k`, `kb`, `kib`, … up to `p`.
pub(in super::super) fn size(text: &str) -> Option<f64> {
    let last = text.rfind(|character: char| character.is_ascii_digit() || matches!(character, '.' | ' '))?;
    let digits = if text.as_bytes()[last] == b' ' { &text[..last] } else { &text[..=last] };
    let size = number(digits).filter(|size| *size >= 0.0)?;
    let power = match text[last + 1..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    Some(size * 1024f64.powi(power))
}

/// Seconds of a duration like `1h30m`, `1.5s` or `1d`; a lone `0` needs no unit.
pub(in super::super) fn seconds(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0.0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let unit_at = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let amount: f64 = rest[..unit_at].parse().ok()?;
        let after = &rest[unit_at..];
        let end = after.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(after.len());
        total += amount * unit(&after[..end])?;
        rest = &after[end..];
    }
    // Go counts nanoseconds in 64 bits.
    (total < 9_223_372_036.0).then_some(total)
}

fn unit(text: &str) -> Option<f64> {
    Some(match text {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_what_docker_takes() {
        for text in ["5", "64m", "1.5g", "1 gb", "1GiB", ".5m", "5.m", "1e3", "1_000", "5p", "+5"] {
            assert!(size(text).is_some(), "{text}");
        }
        for text in ["", "abc", "-1", "1x", "5 m b", " 5m", "5m ", "5e", "5Ki", "5bb", "inf", "0x10", "1.2.3m"] {
            assert!(size(text).is_none(), "{text}");
        }
        assert_eq!(size("64m"), Some(67_108_864.0));
    }

    #[test]
    fn durations_are_what_docker_compose_takes() {
        for text in ["1m30s", "1h1m1s1ms1us1ns", "1w2d", "-1s", "1.5h", ".5s", "5.s", "0", "-0", "1s1m", "1µs"] {
            assert!(seconds(text).is_some(), "{text}");
        }
        for text in ["", "5", "1M", "1y", "10000000h", " 1s", "1s 2s", ".", "s", "10 s", "-"] {
            assert!(seconds(text).is_none(), "{text}");
        }
    }
}
