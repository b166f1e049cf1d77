//! The files that a project is set up with.

use std::path::{Path, PathBuf};

use crate::environment::{assignment, is_secret};
use crate::fragments::discover;
use crate::machine::Subnet;
use crate::project::Project;
use crate::report::Report;

use super::answers::Answers;

/// A file to be written.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) mode: u32,
    about: &'static str,
}

/// The files to be written, in order.
pub(super) struct Texts {
    pub(super) files: Vec<File>,
}

const OWN_HEAD: &str = "\
# This machine's own values, and all secrets: git does not track this file, and only its owner can read it.
# It wins over custom/env.custom. Form: NAME=value, as in a shell; env.custom.sample explains every name.
# What counts in the end: `lapstrake env --changed`.
";

const CUSTOM_HEAD: &str = "\
# The values of this environment, for every machine that runs it. No secrets: they are in env.custom at the root.
# Form: NAME=value, as in a shell; env.custom.sample explains every name.
";

const OVERRIDE: &str = "\
# The last word: merged over everything else, in docker compose's own language. An example:
#
# services:
#   coog:
#     ports: [\"127.0.0.1:8000:8000\"]
";

const GITIGNORE: &str = "\
# Secrets do not belong here: env.custom at the root of the project holds them, and stays on its machine.
*.key
*.pem
acme.json
.env
";

const README: &str = "\
# This environment

What differs from the bundled stack, for every machine that runs this environment. Keep this folder under git.

- `env.custom`: values. No secrets: those are in `env.custom` at the root of the project, on each machine.
- `disabled_services`: the fragments that are left out (`lapstrake services disable NAME --custom`).
- `override.yml`: merged last, the last word.
- `compose/`: services of your own.
- `env/NAME.env`: read instead of `defaults/env/NAME.env` (`lapstrake customize NAME`).
- `hooks/`, `tools/`: programs that `lapstrake` runs before and after its work, and as `lapstrake tools NAME`.
";

impl Texts {
    pub(super) fn of(answers: &Answers<'_>) -> Self {
        let project = answers.project;
        let custom = project.custom();
        let has_custom = custom.join("env.custom").symlink_metadata().is_ok();
        let belongs_here = |name: &str, value: &str| has_custom || is_secret(name) || is_of_machine(name, value);
        let file = |path: PathBuf, text: String, mode, about| File { path, text, mode, about };
        let (own, shared) = (
            section(answers, OWN_HEAD, &belongs_here),
            section(answers, CUSTOM_HEAD, &|name, value| !belongs_here(name, value)),
        );
        let files = vec![
            file(
                project.root().join("env.custom"),
                own,
                0o600,
                ": this machine's values and the secrets, for you alone",
            ),
            file(custom.join("env.custom"), shared, 0o644, ": the environment's values"),
            file(custom.join("disabled_services"), disabled(project), 0o644, ": nothing is left out yet"),
            file(custom.join("override.yml"), OVERRIDE.to_owned(), 0o644, ": the last word, still empty"),
            file(custom.join("README.md"), README.to_owned(), 0o644, ""),
            file(custom.join(".gitignore"), GITIGNORE.to_owned(), 0o644, ""),
        ];
        Self { files }
    }

    /// What a file is, in words for the user.
    pub(super) fn about(&self, path: &Path) -> &'static str {
        self.files.iter().find(|file| file.path == path).map_or("", |file| file.about)
    }
}

/// Whether a value means this machine: its folders, its ports, its networks.
fn is_of_machine(name: &str, value: &str) -> bool {
    value.starts_with('/') || name.ends_with("PORT") || Subnet::read(value).is_some() || value.contains("://")
}

fn section(answers: &Answers<'_>, head: &str, belongs: &dyn Fn(&str, &str) -> bool) -> String {
    let mut text = head.to_owned();
    for (name, value) in answers.values.iter().filter(|(name, value)| belongs(name, value)) {
        text.push('\n');
        for line in answers.sample.explanation(name).into_iter().flat_map(str::lines) {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str(&assignment(name, value));
    }
    text
}

fn disabled(project: &Project) -> String {
    let mut text = "# One fragment a line, by its path below compose/. What is written here is left out.\n# A line without its # leaves one out:\n\n".to_owned();
    let fragments = discover(project, &mut Report::default());
    for fragment in fragments.iter().filter(|fragment| !fragment.is_common() && fragment.name.contains('/')) {
        text.push_str(&format!("#{}\n", fragment.name));
    }
    text
}
