//! A look at what docker needs, without running anything.
//!
//! It is allowed to err on one side only: where everything looks usual we become docker compose at once. Where
//! something is unusual we stay beside it, to explain a failure in words of ours.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

const SOCKET: &str = "/var/run/docker.sock";
const PLUGIN_FOLDERS: &[&str] = &[
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
];

/// Whether docker has its compose plugin where it usually is, and an engine seems to listen where docker will look.
#[must_use]
pub fn look_usual() -> bool {
    let own = configuration_folder();
    has_plugin(own.as_deref()) && engine_may_listen(own.as_deref())
}

fn configuration_folder() -> Option<PathBuf> {
    let named = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    named.or_else(|| std::env::home_dir().map(|home| home.join(".docker")))
}

fn has_plugin(own: Option<&Path>) -> bool {
    let own = own.map(|folder| folder.join("cli-plugins"));
    let folders = own.into_iter().chain(PLUGIN_FOLDERS.iter().map(PathBuf::from));
    folders.into_iter().any(|folder| folder.join("docker-compose").exists())
}

fn engine_may_listen(own: Option<&Path>) -> bool {
    match std::env::var("DOCKER_HOST") {
        Ok(host) if !host.is_empty() => host.strip_prefix("unix://").is_some_and(|socket| answers(Path::new(socket))),
        // What is elsewhere may not be there.
        _ => !uses_a_context(own) && answers(Path::new(SOCKET)),
    }
}

/// A context says elsewhere where the engine is; docker knows.
fn uses_a_context(own: Option<&Path>) -> bool {
    let named = std::env::var_os("DOCKER_CONTEXT").is_some_and(|context| !context.is_empty());
    named || own.is_some_and(|folder| names_a_context(&folder.join("config.json")))
}

fn names_a_context(configuration: &Path) -> bool {
    std::fs::read_to_string(configuration).is_ok_and(|text| text.contains("\"currentContext\""))
}

fn answers(socket: &Path) -> bool {
    match UnixStream::connect(socket) {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::PermissionDenied | ErrorKind::NotADirectory
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_answers_while_somebody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        assert!(!answers(&path));
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(answers(&path));
        drop(listener);
        assert!(!answers(&path));
    }

    #[test]
    fn a_plugin_of_the_users_own_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("cli-plugins")).unwrap();
        std::fs::write(folder.path().join("cli-plugins/docker-compose"), "").unwrap();
        assert!(has_plugin(Some(folder.path())));
    }
}
