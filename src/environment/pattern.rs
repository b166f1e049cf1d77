//! The shell's patterns, as `${NAME%pattern}` takes them off a value.
//!
//! All possible lengths are followed at once, so that time grows with value times pattern and never explodes.

use super::syntax::End;

/// A compiled pattern.
pub(super) struct Pattern {
    items: Vec<Item>,
}

enum Item {
    /// `*`
    Anything,
    /// `?`
    One,
    Character(char),
    /// `[…]`
    Set {
        negated: bool,
        members: Vec<Member>,
    },
}

enum Member {
    Range(char, char),
    Class(fn(char) -> bool),
}

/// A bracket whose meaning depends on the shell's language.
pub(super) struct Unreadable;

impl Pattern {
    /// Compiles a pattern; quoted characters have a backslash before them.
    pub(super) fn compile(pattern: &str) -> Result<Self, Unreadable> {
        let characters: Vec<char> = pattern.chars().collect();
        let mut items = Vec::new();
        let mut at = 0;
        while let Some(&character) = characters.get(at) {
            at += 1;
            items.push(match character {
                '*' => Item::Anything,
                '?' => Item::One,
                '[' => match set(&characters[at..])? {
                    Some((item, length)) => {
                        at += length;
                        item
                    }
                    None => Item::Character('['),
                },
                '\\' if at < characters.len() => {
                    at += 1;
                    Item::Character(characters[at - 1])
                }
                plain => Item::Character(plain),
            });
        }
        items.dedup_by(|next, item| matches!((next, item), (Item::Anything, Item::Anything)));
        Ok(Self { items })
    }

    /// How much work matching against `value` is.
    pub(super) fn work(&self, value: &str) -> usize {
        value.len().saturating_mul(self.items.len()) / 8
    }

    /// What is left of `value` when the pattern is taken off one end.
    pub(super) fn trim<'v>(&self, value: &'v str, end: End, longest: bool) -> &'v str {
        let length = match end {
            End::Front => matched(self.items.iter(), value.chars(), longest),
            End::Back => matched(self.items.iter().rev(), value.chars().rev(), longest),
        };
        match (length, end) {
            (None, _) => value,
            (Some(length), End::Front) => &value[length..],
            (Some(length), End::Back) => &value[..value.len() - length],
        }
    }
}

/// How many bytes of `value` the items match from its start: the fewest or the most.
fn matched<'i>(
    items: impl Iterator<Item = &'i Item>,
    value: impl Iterator<Item = char>,
    longest: bool,
) -> Option<usize> {
    let items: Vec<&Item> = items.collect();
    let end = items.len();
    let mut found = None;
    let mut length = 0;
    // `states[n]`: the first n items match what was seen.
    let mut states = vec![false; end + 1];
    states[0] = true;
    skip_anything(&items, &mut states);
    let mut value = value;
    loop {
        if states[end] {
            found = Some(length);
            if !longest {
                return found;
            }
        }
        let Some(character) = value.next() else { return found };
        length += character.len_utf8();
        states[end] = false;
        for at in (0..end).rev() {
            // `*` takes the character and stays.
            if !matches!(items[at], Item::Anything) && std::mem::take(&mut states[at]) && items[at].takes(character) {
                states[at + 1] = true;
            }
        }
        skip_anything(&items, &mut states);
        if !states.contains(&true) {
            return found;
        }
    }
}

/// `*` also matches nothing.
fn skip_anything(items: &[&Item], states: &mut [bool]) {
    for (at, item) in items.iter().enumerate() {
        if states[at] && matches!(item, Item::Anything) {
            states[at + 1] = true;
        }
    }
}

impl Item {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Anything | Self::One => true,
            Self::Character(own) => *own == character,
            Self::Set { negated, members } => members.iter().any(|member| member.holds(character)) != *negated,
        }
    }
}

impl Member {
    fn holds(&self, character: char) -> bool {
        match self {
            Self::Range(first, last) => (*first..=*last).contains(&character),
            Self::Class(holds) => holds(character),
        }
    }
}

/// The set behind a `[`, and its length; none where the bracket means itself.
fn set(characters: &[char]) -> Result<Option<(Item, usize)>, Unreadable> {
    let negated = matches!(characters.first(), Some('!' | '^'));
    let mut at = usize::from(negated);
    let first = at;
    let mut members = Vec::new();
    loop {
        match characters.get(at) {
            None => return Ok(None),
            Some(']') if at > first => return Ok(Some((Item::Set { negated, members }, at + 1))),
            Some('[') if matches!(characters.get(at + 1), Some('=' | '.')) => return Err(Unreadable),
            Some('[') if characters.get(at + 1) == Some(&':') => {
                let rest = &characters[at + 2..];
                let Some(length) = rest.windows(2).position(|pair| pair == [':', ']']) else { return Err(Unreadable) };
                members.push(Member::Class(class(&rest[..length].iter().collect::<String>())?));
                at += length + 4;
            }
            Some(_) => {
                let Some(low) = member(characters, &mut at) else { return Ok(None) };
                let is_range = characters.get(at) == Some(&'-') && !matches!(characters.get(at + 1), None | Some(']'));
                if is_range {
                    at += 1;
                    let Some(high) = member(characters, &mut at) else { return Ok(None) };
                    members.push(Member::Range(low, high));
                } else {
                    members.push(Member::Range(low, low));
                }
            }
        }
    }
}

/// One character of a set, with a backslash before it or not.
fn member(characters: &[char], at: &mut usize) -> Option<char> {
    if characters.get(*at) == Some(&'\\') {
        *at += 1;
    }
    let character = characters.get(*at).copied();
    *at += 1;
    character
}

fn class(name: &str) -> Result<fn(char) -> bool, Unreadable> {
    Ok(match name {
        "alnum" => char::is_alphanumeric,
        "alpha" => char::is_alphabetic,
        "blank" => |character| character == ' ' || character == '\t',
        "cntrl" => char::is_control,
        "digit" => |character| character.is_ascii_digit(),
        "graph" => |character| !character.is_whitespace() && !character.is_control(),
        "lower" => char::is_lowercase,
        "print" => |character| !character.is_control(),
        "punct" => |character| character.is_ascii_punctuation(),
        "space" => char::is_whitespace,
        "upper" => char::is_uppercase,
        "xdigit" => |character| character.is_ascii_hexdigit(),
        _ => return Err(Unreadable),
    })
}
