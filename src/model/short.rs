//! The short syntaxes of volumes and ports.

use crate::yaml::Node;

/// A volume in short syntax, split as compose-go's `format.ParseVolume` does it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShortVolume<'a> {
    /// What is mounted: a path or a volume's name; nothing for an anonymous volume.
    pub(super) source: Option<&'a str>,
    /// Where it is mounted, without a trailing slash.
    pub(super) target: &'a str,
}

impl<'a> ShortVolume<'a> {
    /// Splits at `:`, but not behind a single letter (a Windows drive). A text of one or two characters is a target.
    pub(super) fn parse(text: &'a str) -> Self {
        let mut parts = volume_parts(text).into_iter();
        match (parts.next(), parts.next()) {
            (Some(source), Some(target)) if text.chars().count() > 2 => {
                Self { source: Some(source), target: without_slash(target) }
            }
            _ => Self { source: None, target: without_slash(text) },
        }
    }

    /// Whether the source is a path on the host, not a volume's name.
    pub(super) fn is_bind(&self) -> bool {
        self.source.is_some_and(|source| {
            let drive = source.as_bytes().get(1) == Some(&b':') && source.as_bytes()[0].is_ascii_alphabetic();
            source.starts_with(['.', '/', '~']) || source.starts_with("\\\\") || drive
        })
    }
}

/// The path on the host that a mount brings into a container, in its short or its long form, as it is written.
#[must_use]
pub fn bind_source(mount: &Node) -> Option<&str> {
    match mount.as_word() {
        Some(short) => {
            let volume = ShortVolume::parse(short);
            volume.source.filter(|_| volume.is_bind())
        }
        None => {
            let word = |key: &str| mount.get(key).and_then(Node::as_word);
            word("source").filter(|_| word("type") == Some("bind"))
        }
    }
}

fn without_slash(target: &str) -> &str {
    let trimmed = target.trim_end_matches('/');
    if trimmed.is_empty() { target } else { trimmed }
}

fn volume_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        let part = &text[start..at];
        if part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic() {
            continue;
        }
        parts.push(part);
        start = at + 1;
    }
    parts.push(&text[start..]);
    parts
}

/// What makes a port of short syntax the same as another: address, published port, target, protocol. Ranges have none:
/// docker compose takes them apart when it loads.
pub(super) fn port_key(text: &str) -> Option<String> {
    let (rest, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (rest, target) = rest.rsplit_once(':').map_or((None, rest), |(rest, target)| (Some(rest), target));
    let (ip, published) = match rest {
        None => ("", ""),
        Some(rest) => match rest.rsplit_once(':') {
            Some((ip, published)) => (ip.trim_start_matches('[').trim_end_matches(']'), published),
            None => ("", rest),
        },
    };
    if target.contains('-') {
        return None;
    }
    Some(port_identity(ip, published, target, protocol))
}

/// The identity of a port in long syntax.
pub(super) fn port_identity(ip: &str, published: &str, target: &str, protocol: &str) -> String {
    let ip = if ip.is_empty() { "0.0.0.0" } else { ip };
    let protocol = if protocol.is_empty() { "tcp" } else { protocol };
    format!("{ip}:{published}:{target}/{}", protocol.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_split_as_docker_compose_does() {
        let split = |text| {
            let volume = ShortVolume::parse(text);
            (volume.source, volume.target, volume.is_bind())
        };
        assert_eq!(split("./a:/b/:ro"), (Some("./a"), "/b", true));
        assert_eq!(split("name:/b"), (Some("name"), "/b", false));
        assert_eq!(split("/only"), (None, "/only", false));
        assert_eq!(split("n:/data"), (None, "n:/data", false));
        assert_eq!(split("C:\\x:/y"), (Some("C:\\x"), "/y", true));
    }

    #[test]
    fn ports_are_the_same_whatever_their_spelling() {
        assert_eq!(port_key("8080:80"), Some("0.0.0.0:8080:80/tcp".into()));
        assert_eq!(port_key("0.0.0.0:8080:80/TCP"), port_key("8080:80"));
        assert_eq!(port_key("80"), Some("0.0.0.0::80/tcp".into()));
        assert_eq!(port_key("[::1]:80:80"), Some("::1:80:80/tcp".into()));
        assert_eq!(port_key("8000-8001:80-81"), None);
    }
}
