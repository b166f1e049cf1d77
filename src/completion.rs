//! What can be typed next: names that the project knows, found without starting anything.
//!
//! Whoever asks has pressed a key: it is quick, and where something is wrong there is nothing to offer.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::deployment::{self, Configured};
use crate::environment::{ProcessEnvironment, Sample, load};
use crate::fragments::{Disabled, Fragment, Reason, discover, select};
use crate::project::{JOURNAL, Project};
use crate::report::{Report, Sources, read_optional};
use crate::roles::Database;
use crate::yaml::{Map, Node, parse};

/// The names of a project.
#[derive(Debug)]
pub struct Names {
    project: Project,
    process: ProcessEnvironment,
}

impl Names {
    /// Those of the project that a command line means, or of the one around us.
    #[must_use]
    pub fn of(words: &[OsString]) -> Option<Self> {
        let process: ProcessEnvironment = std::env::vars_os().collect();
        let home = process.text("HOME").unwrap_or_default().to_owned();
        let custom = value_of(words, "--custom").unwrap_or_else(|| "custom".into());
        let project = match value_of(words, "-C") {
            // A shell that completes has not yet replaced the tilde.
            Some(root) => {
                Project::at(&root.strip_prefix("~").map_or(root.clone(), |rest| Path::new(&home).join(rest)), &custom)
            }
            None => Project::find(&std::env::current_dir().ok()?, &custom),
        };
        Some(Self { project: project.ok()?, process })
    }

    /// The services of the model, or of the last deployment while the configuration is broken.
    #[must_use]
    pub fn services(&self) -> Vec<String> {
        match self.configured() {
            Some(configured) => keys(configured.model.get("services")),
            None => self.deployed_services(),
        }
    }

    /// The fragments that take part, or those that could.
    #[must_use]
    pub fn fragments(&self, taking_part: bool) -> Vec<String> {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let environment = load(&self.project, &self.process, &mut sources, &mut report);
        let disabled = Disabled::read(&self.project, &mut sources, &mut report);
        let switch = |name: &str| environment.get(name).map(|variable| variable.value.as_str());
        let selection = select(discover(&self.project, &mut report), &disabled, switch, &mut report);
        let left_out = selection.left_out.into_iter().filter(|one| !matches!(one.reason, Reason::Common));
        let name = |fragment: Fragment| fragment.name;
        if taking_part {
            selection.chosen.into_iter().map(name).collect()
        } else {
            left_out.map(|one| name(one.fragment)).collect()
        }
    }

    /// The databases that the configuration names.
    #[must_use]
    pub fn databases(&self) -> Vec<String> {
        let configured = self.configured();
        let role = configured.as_ref().and_then(|configured| Database::of(&configured.model));
        let names: BTreeSet<&str> = role.into_iter().flat_map(|role| role.names.into_iter().chain(role.name)).collect();
        names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// The modules that were updated here before, as the journal has them.
    #[must_use]
    pub fn modules(&self) -> Vec<String> {
        let journal = crate::files::read_text(&self.project.root().join(JOURNAL)).unwrap_or_default();
        let updates = journal.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let updates = updates.filter(|entry| entry["verb"] == "update" && entry["outcome"] == "done");
        let modules = updates.flat_map(|entry| {
            entry["details"].as_str().unwrap_or_default().split(' ').map(str::to_owned).collect::<Vec<_>>()
        });
        modules.chain(["ir".to_owned()]).filter(|name| !name.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The variables.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        let environment = load(&self.project, &self.process, &mut Sources::default(), &mut Report::default());
        environment.iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// What can be set: the names of the sample.
    #[must_use]
    pub fn settings(&self) -> Vec<String> {
        Sample::read(&self.project).names().map(str::to_owned).collect()
    }

    /// The service env files that come with the project.
    #[must_use]
    pub fn env_files(&self) -> Vec<String> {
        self.project.default_env_files()
    }

    /// The tools, those of the application included.
    #[must_use]
    pub fn tools(&self) -> Vec<String> {
        let configured = self.configured();
        let declared = configured.as_ref().and_then(|configured| configured.model.find(&["x-lapstrake", "tools"]));
        self.project.tools().into_keys().chain(keys(declared)).collect()
    }

    fn configured(&self) -> Option<Configured> {
        deployment::plan(&self.project, &self.process, &mut Sources::default(), &mut Report::default())
    }

    fn deployed_services(&self) -> Vec<String> {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let path = self.project.root().join("compose.yaml");
        let text = read_optional(&mut sources, &mut report, "compose.yaml", &path);
        let documents = text.and_then(|id| parse(&sources, id, &mut report)).unwrap_or_default();
        documents.iter().flat_map(|document| keys(document.get("services"))).collect()
    }
}

fn keys(node: Option<&Node>) -> Vec<String> {
    node.and_then(Node::as_map).into_iter().flat_map(Map::keys).map(ToString::to_string).collect()
}

/// The last value that a command line gives an option: `-C DIR`, `-CDIR`, `--custom=DIR`.
fn value_of(words: &[OsString], option: &str) -> Option<PathBuf> {
    let given = words.iter().enumerate().rev().filter_map(|(at, word)| match word.to_str()?.strip_prefix(option)? {
        "" => words.get(at + 1).map(PathBuf::from),
        attached => Some(attached.trim_start_matches('=').into()),
    });
    given.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_an_option_counts() {
        let words: Vec<OsString> = ["lapstrake", "-C", "/a", "-C/b", "--custom=c", "ps"].map(Into::into).into();
        assert_eq!(value_of(&words, "-C"), Some("/b".into()));
        assert_eq!(value_of(&words, "--custom"), Some("c".into()));
        assert_eq!(value_of(&words, "--other"), None);
    }
}
