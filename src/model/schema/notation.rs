//! Values with a notation of their own: what they must look like, and in which words that is said.

use super::number::{bool, number, seconds, size, whole};
use super::short;
use crate::yaml::{Meaning, Node};

pub(super) use super::number::Cast;

/// A notation that a value may have to follow.
pub(super) struct Notation {
    /// What such a value is: `a duration`.
    pub(super) called: &'static str,
    /// What to write, with an example.
    pub(super) advice: &'static str,
    /// What is wrong with a value in particular; an empty text where there is no more to say.
    pub(super) refuse: fn(&Node) -> Option<String>,
}

const fn notation(called: &'static str, advice: &'static str, refuse: fn(&Node) -> Option<String>) -> Notation {
    Notation { called, advice, refuse }
}

/// A refusal without particulars, unless the value is as wanted.
fn unless(fits: bool) -> Option<String> {
    (!fits).then(String::new)
}

fn text(node: &Node, fits: impl Fn(&str) -> bool) -> Option<String> {
    unless(node.as_text().is_some_and(fits))
}

/// `yes`, `no`, `true`, …
pub(super) const BOOL: &Notation =
    &notation("true or false", "write `true` or `false`", |node| text(node, |text| bool(text).is_some()));

/// `1m30s`
pub(super) const DURATION: &Notation =
    &notation("a duration", "write it like `30s`, `1m30s` or `1d`", |node| text(node, |text| seconds(text).is_some()));

/// `64m`
pub(super) const SIZE: &Notation =
    &notation("a size", "write it like `1024`, `64m` or `1.5gb`", |node| text(node, |text| size(text).is_some()));

/// A text that is a number.
pub(super) const NUMBER: &Notation =
    &notation("a number", "write it like `0.5`", |node| text(node, |text| number(text).is_some()));

/// A text that is a whole number.
pub(super) const WHOLE: &Notation =
    &notation("a whole number", "write it like `5`", |node| text(node, |text| whole(text).is_some()));

/// A number that is an integer, not a float.
pub(super) const INTEGER: &Notation = &notation("a whole number", "write it like `5`", |node| {
    unless(matches!(node.as_scalar().map(|scalar| scalar.meaning()), Some(Meaning::Int(_))))
});

/// A number, or a text that stands for one, that is not below zero.
pub(super) const NATURAL: &Notation = &notation("a number that is not below zero", "write it like `5`", |node| {
    unless(match node.as_scalar().map(|scalar| scalar.meaning()) {
        Some(Meaning::Int(number)) => number >= 0,
        Some(Meaning::Float(number)) => number >= 0.0,
        Some(Meaning::Text(text)) => whole(text).is_some_and(|number| number >= 0),
        _ => false,
    })
});

/// A number as a mode has it; docker compose takes no text there.
pub(super) const BITS: &Notation = &notation("a mode", "write it as a number, like `0o1777`", |node| {
    unless(match node.as_scalar().map(|scalar| scalar.meaning()) {
        Some(Meaning::Int(number)) => number >= 0,
        Some(Meaning::Float(number)) => number >= 0.0,
        _ => false,
    })
});

/// A weight of block device access.
pub(super) const WEIGHT: &Notation = &notation("a weight", "write a whole number from 10 to 1000", |node| {
    unless(match node.as_scalar().map(|scalar| scalar.meaning()) {
        Some(Meaning::Int(number)) => number >= 0 && number <= u16::MAX.into(),
        Some(Meaning::Float(number)) => number >= 0.0 && number <= u16::MAX.into(),
        _ => false,
    })
});

/// The mode of a mounted file.
pub(super) const MODE: &Notation = &notation("a file mode", "write it in octal, like `\"0440\"`", |node| {
    text(node, |text| i64::from_str_radix(text, 8).is_ok())
});

/// How many devices.
pub(super) const COUNT_OR_ALL: &Notation = &notation("a count of devices", "write `all` or a number", |node| {
    text(node, |text| text == "all" || whole(text).is_some())
});

/// How an env file is written.
pub(super) const ENV_FORMAT: &Notation = &notation("a format of env files", "write `raw`, or leave it out", |node| {
    text(node, |text| matches!(text, "" | "raw"))
});

/// A volume in long syntax.
pub(super) const MOUNT: &Notation = &notation("a volume", "give it a `source`: the path on the host", |node| {
    let is_bind = node.get("type").and_then(Node::as_text) == Some("bind");
    (is_bind && node.get("source").is_none()).then(|| "a bind mount without `source`".to_owned())
});

/// Devices that are asked for.
pub(super) const DEVICES: &Notation = &notation("devices", "keep one of them", |node| {
    let both = node.get("count").is_some() && node.get("device_ids").is_some();
    both.then(|| "both `count` and `device_ids`".to_owned())
});

/// Something.
pub(super) const NOT_EMPTY: &Notation =
    &notation("a text", "write what it is to be", |node| text(node, |text| !text.is_empty()));

/// An address of the machine.
pub(super) const ADDRESS: &Notation =
    &notation("an ip address", "write it like `127.0.0.1`; docker compose takes no host names here", |node| {
        text(node, short::is_address)
    });

/// `host=ip`
pub(super) const HOST: &Notation = &notation("a host and its address", "write it like `host=10.0.0.1`", |node| {
    text(node, |text| text.find(['=', ':']).is_some_and(|at| at > 0))
});

/// The hosts of a mapping.
pub(super) const HOST_NAMES: &Notation = &notation("a mapping of hosts", "write it like `host: 10.0.0.1`", |node| {
    unless(node.as_map().is_none_or(|map| map.keys().all(|host| !host.contains(['=', ':']))))
});

/// `key=value`
pub(super) const PAIR: &Notation =
    &notation("a name and a value", "write it like `name=value`", |node| text(node, |text| text.contains('=')));

/// `default` or `id=path`
pub(super) const AGENT: &Notation = &notation("an ssh key", "write `default` or `id=path`", |node| {
    text(node, |text| text == "default" || text.contains('='))
});

/// A mapping whose values are texts, or read as texts.
pub(super) const TEXT_VALUES: &Notation = &notation("a mapping of texts", "put the values in quotes", |node| {
    unless(node.as_map().is_none_or(|map| {
        map.values().all(|entry| {
            entry
                .value
                .as_scalar()
                .is_some_and(|scalar| matches!(scalar.meaning(), Meaning::Text(_) | Meaning::Int(_) | Meaning::Null))
        })
    }))
});

/// The name of a container. docker compose asks only that two allowed characters stand together somewhere.
pub(super) const CONTAINER_NAME: &Notation =
    &notation("a container name", "use letters, digits, `_`, `.` and `-`, two at least", |node| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        text(node, |text| text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_alphanumeric() && inner(pair[1])))
    });

/// When an image is pulled. docker compose looks for one of the words anywhere in the text.
pub(super) const PULL_POLICY: &Notation = &notation(
    "a pull policy",
    "write `always`, `never`, `build`, `missing`, `if_not_present`, `refresh`, `daily`, `weekly` or `every_12h`",
    |node| {
        let words = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"];
        text(node, |text| words.iter().any(|word| text.contains(word)) || is_every(text))
    },
);

fn is_every(text: &str) -> bool {
    text.match_indices("every_").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with(['w', 'd', 'h', 'm', 's'])
    })
}

/// `8080:80`
pub(super) const SHORT_PORT: &Notation =
    &notation("a port", "write it like `80`, `8080:80` or `127.0.0.1:8080:80/tcp`", |node| {
        node.as_word().and_then(|text| short::Ports::parse(text).err())
    });

/// `./data:/data:ro`
pub(super) const SHORT_VOLUME: &Notation =
    &notation("a volume", "write it like `./data:/data:ro` or `name:/data`", |node| {
        node.as_text().and_then(|text| short::refuse_volume(text).map(str::to_owned))
    });

/// `/dev/ttyUSB0:/dev/modem:rw`
pub(super) const SHORT_DEVICE: &Notation =
    &notation("a device", "write it like `/dev/ttyUSB0:/dev/modem:rw`, or in long form", |node| {
        text(node, |text| text.matches(':').count() < 3)
    });
