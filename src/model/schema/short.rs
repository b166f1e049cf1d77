//! The short syntaxes: what docker compose refuses in them, and the ports they stand for.

use std::net::IpAddr;
use std::ops::RangeInclusive;

/// The ports that one entry in short syntax publishes.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Ports<'a> {
    /// The address of the machine they are bound to; none: every one.
    pub(in super::super) address: Option<IpAddr>,
    /// The ports of the machine; none: docker chooses.
    pub(in super::super) published: Option<RangeInclusive<u16>>,
    /// The ports of the container.
    pub(in super::super) target: RangeInclusive<u16>,
    /// `tcp`, `udp` or `sctp`, as written.
    pub(in super::super) protocol: &'a str,
}

impl<'a> Ports<'a> {
    /// Reads `[[ip:]host:]container[/protocol]`, or says in docker compose's words what is wrong with it.
    pub(in super::super) fn parse(text: &'a str) -> Result<Self, String> {
        let (rest, protocol) = match text.split_once('/') {
            Some((rest, protocol)) => (rest, protocol.split('/').next().unwrap_or(protocol)),
            None => (text, ""),
        };
        let (rest, target) = rest.rsplit_once(':').map_or((None, rest), |(rest, target)| (Some(rest), target));
        let (address, published) = match rest.map(|rest| rest.rsplit_once(':').ok_or(rest)) {
            None => ("", ""),
            Some(Ok((address, published))) => (address, published),
            Some(Err(published)) => ("", published),
        };
        if target.is_empty() {
            return Err("no container port in it".to_owned());
        }
        let address = read_address(address)?;
        let target = range(target).ok_or_else(|| format!("invalid container port: {target}"))?;
        if *target.start() == 0 {
            return Err("0 is no container port".to_owned());
        }
        let published = match published {
            "" => None,
            _ => Some(range(published).ok_or_else(|| format!("invalid host port: {published}"))?),
        };
        if let Some(published) = &published
            && published.len() != target.len()
            && target.len() != 1
        {
            return Err("the ranges of host and container are of different lengths".to_owned());
        }
        match protocol.to_ascii_lowercase().as_str() {
            "" | "tcp" | "udp" | "sctp" => Ok(Self { address, published, target, protocol }),
            _ => Err(format!("invalid protocol: {protocol}")),
        }
    }
}

fn read_address(text: &str) -> Result<Option<IpAddr>, String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if bare.is_none() && text.contains(':') {
        return Err(format!("too many colons in address {text}; put an IPv6 address in brackets"));
    }
    match bare.unwrap_or(text) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("invalid ip address: {text}")),
    }
}

/// Whether it is an ip address, as Go reads them.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// A port, or a range of them.
pub(in super::super) fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let port = |text: &str| if text.starts_with('+') { None } else { text.parse::<u16>().ok() };
    match text.split_once('-') {
        None => port(text).map(|port| port..=port),
        Some((first, last)) => Some(port(first)?..=port(last)?).filter(|range| !range.is_empty()),
    }
}

/// What is wrong with a volume in short syntax. A colon behind a single letter belongs to a Windows path.
pub(super) fn refuse_volume(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("invalid empty volume");
    }
    if text.chars().count() <= 2 {
        return None;
    }
    let mut parts = 0;
    let mut part = 0;
    for (at, character) in text.char_indices().chain([(text.len(), ':')]) {
        let last = at == text.len();
        if character != ':' {
            part += 1;
        } else if part == 0 {
            return Some("empty section between colons");
        } else if last || !is_drive(&text[..at], part) {
            parts += 1;
            part = 0;
            if parts == 3 && !last {
                return Some("too many colons");
            }
        } else {
            part += 1;
        }
    }
    None
}

/// Whether the last part of the text, `length` characters long, may be a Windows drive.
fn is_drive(text: &str, length: usize) -> bool {
    length == 1 && text.ends_with(|character: char| character.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_what_docker_compose_takes() {
        for text in [
            "80",
            "80:80",
            "8000-8001:80-81",
            "8000-8010:80",
            "80-81",
            "80-81:80",
            "1.2.3.4:80:80",
            "1.2.3.4::80",
            "[::1]:80:80",
            "80:80/TCP",
            "80:80/sctp",
            "80:80/",
            "0:80",
            ":80",
            "[::1]::80",
            "80:80/tcp/udp",
            "08:80",
        ] {
            assert!(Ports::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "8000-8001:80-82",
            "1.2.3.4:80",
            "localhost:80:80",
            "::1:80:80",
            "80:80/foo",
            "99999:80",
            "80:99999",
            "80:0",
            "-1:80",
            "80-:80",
            "81-80:80-81",
            "80:",
            "a:80",
            " 80:80",
            "80:80 ",
            "80:80:80",
            "80/80",
            "+80:80",
            "/tcp",
        ] {
            assert!(Ports::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn volumes_are_what_docker_compose_takes() {
        for text in ["/a", "a", "a:/b", "./a:/b:foo", "a:b:c:d:e", ":", "a:", "n:/data", "C:\\x:/y", "::", "ab", "a:b"]
        {
            assert_eq!(refuse_volume(text), None, "{text}");
        }
        for text in ["", ":/b", "/a:", "./a::ro", "a:/b:", "./a:/b:ro:x", "ab:"] {
            assert!(refuse_volume(text).is_some(), "{text}");
        }
    }
}
