//! Files of somebody else where the deployment is to be written: they are not overwritten.

use std::io::ErrorKind;
use std::path::Path;

use super::Configured;
use super::plan::FIRST_LINE;
use crate::environment::HEADER;
use crate::files::{self, shell_word};
use crate::report::Diagnostic;

/// What coog-docker's `.env` begins with; it is made from the same layers, and taken over.
const COOG_DOCKER: &str = "# AUTO GENERATED, DO NOT MODIFY MANUALLY";

/// A problem for each of the two files that somebody else wrote: it is not empty, and does not begin as ours do.
#[must_use]
pub fn foreign(configured: &Configured) -> Vec<Diagnostic> {
    let compose = is_foreign(&configured.compose_file, &[FIRST_LINE]);
    let env = is_foreign(&configured.env_file, &[HEADER.trim_end(), COOG_DOCKER]);
    let problems = [
        compose.map(|why| {
            problem("compose.yaml", &why, &configured.compose_file)
                .with_help("its services can go on as a fragment: `mv compose.yaml compose/services.yml`")
        }),
        env.map(|why| {
            problem(".env", &why, &configured.env_file)
                .with_help("its values can go on as a layer: add its lines to `env.custom`, and remove it")
        }),
    ];
    problems.into_iter().flatten().collect()
}

/// Why a file is not ours to overwrite.
fn is_foreign(path: &Path, ours: &[&str]) -> Option<String> {
    let bytes = match files::read_start(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        // What may not be read, writing will say.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return None,
        Err(error) => return Some(error.source.to_string()),
    };
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).trim_ascii_start();
    let is_ours = text.is_empty() || ours.iter().any(|line| text.starts_with(line.as_bytes()));
    (!is_ours).then(|| "it does not begin with lapstrake's first line".to_owned())
}

fn problem(name: &str, why: &str, path: &Path) -> Diagnostic {
    let path = path.display().to_string();
    let (from, to) = (shell_word(path.as_ref()), shell_word(format!("{path}.old").as_ref()));
    Diagnostic::error("foreign-file", format!("`{name}` is there, and was not written by lapstrake: {why}"))
        .with_help(format!("move it away: `mv {from} {to}`"))
}
