//! How docker compose is called.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::Command;
use crate::files::{self, FileError};

/// The oldest docker compose that we work with.
///
/// - 2.20 reads `depends_on.*.required`, which the merged model may hold, and knows `--progress` for every verb.
pub const MINIMUM_VERSION: (u32, u32) = (2, 20);

/// The verbs of docker compose that are its own business: they are passed through. `up` and `down` are ours too.
pub const VERBS: &[&str] = &[
    "attach", "bridge", "build", "commit", "config", "convert", "cp", "create", "events", "exec", "export", "images",
    "kill", "logs", "ls", "pause", "port", "ps", "publish", "pull", "push", "restart", "rm", "run", "scale", "start",
    "stats", "stop", "top", "unpause", "version", "volumes", "wait", "watch",
];

/// What would make docker compose look for another project than the one we name.
const MISLEADING: &[&str] = &[
    "COMPOSE_DISABLE_ENV_FILE",
    "COMPOSE_ENV_FILES",
    "COMPOSE_FILE",
    "COMPOSE_PATH_SEPARATOR",
    "COMPOSE_PROJECT_NAME",
];

/// What programs need for themselves, whatever the project calls its variables. That a deployment holds the name too
/// does no harm: only secrets are still looked up when docker compose reads it.
const PROGRAMS_OWN: &[&str] = &["HOME", "LANG", "PATH", "TERM", "TMPDIR", "USER"];

/// docker compose for one project.
#[derive(Clone, Debug)]
pub struct Compose {
    options: Vec<OsString>,
    hidden: Vec<String>,
}

impl Compose {
    /// For a deployment: its folder, its two files, and the names of the variables in the first of them. None of these
    /// variables reaches docker compose from our own environment, where it would win over the file.
    pub fn of<'a>(root: &Path, env_file: &Path, compose_file: &Path, names: impl IntoIterator<Item = &'a str>) -> Self {
        let options: [&std::ffi::OsStr; 6] = [
            "--project-directory".as_ref(),
            root.as_ref(),
            "--env-file".as_ref(),
            env_file.as_ref(),
            "-f".as_ref(),
            compose_file.as_ref(),
        ];
        let hidden = names.into_iter().filter(|name| !is_programs_own(name)).map(str::to_owned).collect();
        Self { options: options.map(OsString::from).into(), hidden }
    }

    /// For the deployment that lies in `root`, without a look at what it was made from; `None` if there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn deployed(root: &Path) -> Result<Option<Self>, FileError> {
        let (env_file, compose_file) = (root.join(".env"), root.join("compose.yaml"));
        if !compose_file.is_file() {
            return Ok(None);
        }
        match files::read_text(&env_file) {
            Ok(text) => Ok(Some(Self::of(root, &env_file, &compose_file, names(&text)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// For the containers that carry a project's name, where there is no deployment.
    #[must_use]
    pub fn named(project: &str) -> Self {
        Self { options: vec!["-p".into(), project.into()], hidden: Vec::new() }
    }

    /// The same with its progress kept to itself.
    #[must_use]
    pub fn quietly(mut self) -> Self {
        self.options.extend(["--progress", "quiet"].map(OsString::from));
        self
    }

    /// The command `docker compose VERB`.
    #[must_use]
    pub fn command(&self, verb: &str) -> Command {
        let command = Command::new("docker").arg("compose").args(&self.options).arg(verb);
        let hidden = MISLEADING.iter().copied().chain(self.hidden.iter().map(String::as_str));
        hidden.fold(command, Command::without_env)
    }
}

fn is_programs_own(name: &str) -> bool {
    PROGRAMS_OWN.contains(&name) || name.starts_with("DOCKER_") || name.starts_with("XDG_")
}

/// The names that a `.env` of ours assigns. A line within a quoted value may look like an assignment too: a name too
/// many is hidden then, which nobody reads.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_ours_is_shadowed_and_programs_keep_what_they_need() {
        let names = names("# made by us\nTOKEN='a b'\nPATH=x\nLONG=\"one\ntwo three=4\"\nDOCKER_HOST=\n");
        let compose = Compose::of(Path::new("/p"), Path::new("/p/.env"), Path::new("/p/compose.yaml"), names);
        insta::assert_snapshot!(
            format!("{:?}", compose.command("ps").arg("-a")),
            @"-COMPOSE_DISABLE_ENV_FILE -COMPOSE_ENV_FILES -COMPOSE_FILE -COMPOSE_PATH_SEPARATOR -COMPOSE_PROJECT_NAME -TOKEN -LONG docker compose --project-directory /p --env-file /p/.env -f /p/compose.yaml ps -a"
        );
    }

    #[test]
    fn a_deployment_is_two_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Compose::deployed(folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join("compose.yaml"), "services: {}").unwrap();
        assert!(Compose::deployed(folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join(".env"), "A=1\n").unwrap();
        assert_eq!(Compose::deployed(folder.path()).unwrap().unwrap().hidden, ["A"]);
    }
}
