//! The folder we work on.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where it is written who ran which verb on which database, relative to the project.
pub const JOURNAL: &str = "log/lapstrake.log";

/// A project: a folder with `env.base` and `compose/`, and the folder with what its operators keep (`custom/`).
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    custom: PathBuf,
}

/// Why there is no project to work on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Neither the folder nor one above it is a project.
    #[error("no project here: neither {} nor a folder above it has `env.base` and `compose/`", start.display())]
    NotFound {
        /// Where the search began.
        start: PathBuf,
    },
    /// The folder that was named is no project.
    #[error("{} is not a project: it has no {missing}", root.display())]
    Incomplete {
        /// The folder that was named.
        root: PathBuf,
        /// What it lacks.
        missing: &'static str,
    },
    /// The folder cannot be entered.
    #[error("cannot open {}: {source}", root.display())]
    Unreachable {
        /// The folder that was named.
        root: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Project {
    /// The project in the folder `root` itself (`-C`); `custom` is relative to it.
    ///
    /// # Errors
    /// When the folder does not exist or lacks what makes a project.
    pub fn at(root: &Path, custom: &Path) -> Result<Self, ProjectError> {
        let absolute =
            root.canonicalize().map_err(|source| ProjectError::Unreachable { root: root.to_owned(), source })?;
        match missing_part(&absolute) {
            Some(missing) => Err(ProjectError::Incomplete { root: root.to_owned(), missing }),
            None => Ok(Self { custom: absolute.join(custom), root: absolute }),
        }
    }

    /// The project in the nearest folder from `start` upwards.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(start: &Path, custom: &Path) -> Result<Self, ProjectError> {
        start
            .ancestors()
            .find(|folder| missing_part(folder).is_none())
            .ok_or_else(|| ProjectError::NotFound { start: start.to_owned() })
            .and_then(|root| Self::at(root, custom))
    }

    /// Its absolute folder (`BASE_PATH`).
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The absolute folder with what operators keep.
    #[must_use]
    pub fn custom(&self) -> &Path {
        &self.custom
    }

    /// `path` as messages name it: relative to the project where it lies inside.
    #[must_use]
    pub fn name_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The operators' folder of this name, then the project's.
    #[must_use]
    pub fn folders(&self, name: &str) -> [PathBuf; 2] {
        [self.custom.join(name), self.root.join(name)]
    }

    /// The executables in `custom/tools/` and `tools/`, by name; the root's come before the operators'.
    #[must_use]
    pub fn tools(&self) -> BTreeMap<String, PathBuf> {
        let entries = self.folders("tools").into_iter().filter_map(|folder| fs::read_dir(folder).ok());
        let paths = entries.flatten().flatten().map(|entry| entry.path()).filter(|path| is_executable(path));
        paths.filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path))).collect()
    }

    /// The names of the service env files that come with the project, sorted.
    #[must_use]
    pub fn default_env_files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.join("defaults/env")).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".env").map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }
}

/// Whether a file may be run by somebody.
#[must_use]
pub fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn missing_part(folder: &Path) -> Option<&'static str> {
    if !folder.join("env.base").is_file() {
        Some("`env.base`")
    } else if !folder.join("compose").is_dir() {
        Some("folder `compose/`")
    } else {
        None
    }
}
