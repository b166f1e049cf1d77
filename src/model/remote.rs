//! Addresses of compose files that docker compose fetches: git repositories and OCI artifacts.

use std::path::Path;

use crate::report::Diagnostic;

/// Whether a path is an address, and no local file has that name.
pub fn is_remote(path: &str, folder: &Path) -> bool {
    (is_fetched(path) || path.contains("://")) && !folder.join(path).exists()
}

/// Whether docker compose fetches what has this address (buildkit's `ParseGitRef`, and `oci://`).
fn is_fetched(path: &str) -> bool {
    let repository = path.split_once('#').map_or(path, |(repository, _)| repository);
    let scheme = repository.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("git" | "ssh") => true,
        Some("http" | "https") => repository.ends_with(".git"),
        Some("oci") => path.starts_with("oci://"),
        Some(_) => false,
        None => path.starts_with("github.com/") || is_scp(repository),
    }
}

/// `git@example.org:group/project.git`
fn is_scp(repository: &str) -> bool {
    let is_user = |user: &str| {
        !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    repository
        .split_once('@')
        .is_some_and(|(user, rest)| is_user(user) && rest.split_once(':').is_some_and(|(host, _)| !host.is_empty()))
}

/// What is said about an address.
pub fn refusal(address: &str) -> Diagnostic {
    if is_fetched(address) {
        Diagnostic::error("remote", format!("remote compose files are not supported: {address}"))
            .with_help("fetch it first (`git clone`, `oras pull`), and name the local copy")
    } else {
        Diagnostic::error("remote", format!("docker compose reads no compose file from {address}"))
            .with_help("download the file, and name the local copy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_docker_compose_fetches() {
        for address in [
            "git://h/x.git",
            "git://h/x",
            "https://h/x.git",
            "https://h/x.git#main:sub",
            "ssh://git@h/x",
            "git@h:o/r.git",
            "github.com/a/b",
            "oci://h/x:1",
        ] {
            assert!(is_fetched(address), "{address}");
        }
        for path in ["https://h/c.yml", "OCI://x", "file:///x", "h.org/a/b.git", "x.git", "./a@b:c", "a/git@h:x"] {
            assert!(!is_fetched(path), "{path}");
        }
    }
}
