//! Finding the fragments.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::report::{Diagnostic, Report};

/// One YAML file that brings services, called by its path without ending: `back/coog`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Its path below `compose/` or `custom/compose/`, without ending.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Whether it lies in `custom/`.
    pub custom: bool,
}

impl Fragment {
    /// The last part of its name: `coog` of `back/coog`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Whether it is only there to be extended: `common` is part of its file name.
    #[must_use]
    pub fn is_common(&self) -> bool {
        self.file_name().contains("common")
    }

    /// The variable that leaves it out when set to a false value: `ENABLE_SFTP` for `tools/sftp`.
    #[must_use]
    pub fn switch(&self) -> String {
        format!("ENABLE_{}", self.file_name().to_ascii_uppercase().replace(['-', '.'], "_"))
    }

    /// Whether `disabled_services` means it: by its name, or one in `custom/` as `custom/NAME` (coog-docker's).
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || (self.custom && name.strip_prefix("custom/") == Some(self.name.as_str()))
    }
}

/// The fragments of a project in the order they are merged: `docker-compose.yml` at the root, then those below
/// `compose/`, then those below `custom/compose/`, sorted by path, at any depth. A file reached twice counts once.
pub fn discover(project: &Project, report: &mut Report) -> Vec<Fragment> {
    let mut finder = Finder { project, report, seen: HashSet::new(), found: Vec::new(), beyond: 0 };
    let base = ["docker-compose.yml", "docker-compose.yaml"].into_iter().map(|name| project.root().join(name));
    let base = base.into_iter().find(|path| path.is_file());
    let base = base.map(|path| Fragment { name: "docker-compose".to_owned(), path, custom: false });
    // What lies in `custom/` is its own, also where a link below `compose/` leads there: it is looked at first.
    finder.folder(&project.custom().join("compose"), "", true, false);
    let custom = std::mem::take(&mut finder.found);
    finder.folder(&project.root().join("compose"), "", false, false);
    base.into_iter().chain(finder.found).chain(custom).collect()
}

/// More folders than that are no collection of fragments, but another part of the machine.
const MOST_FOLDERS: usize = 2_000;

struct Finder<'a> {
    project: &'a Project,
    report: &'a mut Report,
    seen: HashSet<PathBuf>,
    found: Vec<Fragment>,
    /// How many folders were looked at that a link led to, and those below them.
    beyond: usize,
}

impl Finder<'_> {
    /// `beyond` tells that a link has led here.
    fn folder(&mut self, folder: &Path, prefix: &str, custom: bool, beyond: bool) {
        // Links may lead in circles: a folder is entered once, under its real name.
        let Ok(real) = folder.canonicalize() else { return };
        if beyond && !self.may_follow(folder, &real) || !self.seen.insert(real) {
            return;
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(folder, &error),
        };
        let mut names: Vec<_> = entries.flatten().map(|entry| (entry.file_name(), entry)).collect();
        names.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, entry) in names {
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
            let path = entry.path();
            let kind = entry.file_type();
            let is_link = kind.as_ref().is_ok_and(fs::FileType::is_symlink);
            let is_folder = if is_link { path.is_dir() } else { kind.is_ok_and(|kind| kind.is_dir()) };
            let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
            match stem {
                Some(stem) => self.file(path, is_link, format!("{prefix}{stem}"), custom),
                None if is_folder => self.folder(&path, &format!("{prefix}{name}/"), custom, beyond || is_link),
                None => {}
            }
        }
    }

    /// Whether a link leads to a folder of fragments. One that leads to a folder around the project does not, and of one
    /// that leads to half of the machine the rest is left alone.
    fn may_follow(&mut self, folder: &Path, real: &Path) -> bool {
        let name = self.project.name_of(folder);
        if self.project.root().starts_with(real) {
            self.report.push(
                Diagnostic::warning(
                    "link",
                    format!("the link `{name}` is not followed: it leads to {}", real.display()),
                )
                .with_note("the project itself lies in there")
                .with_help("have it lead to the folder with the fragments, or remove it"),
            );
            return false;
        }
        self.beyond += 1;
        if self.beyond == MOST_FOLDERS {
            self.report.push(
                Diagnostic::error(
                    "link",
                    format!("more than {MOST_FOLDERS} folders lie behind links below `compose/`"),
                )
                .with_note(format!("the last that was looked at is `{name}`, which is {}", real.display()))
                .with_help("have links lead to folders with fragments alone"),
            );
        }
        self.beyond < MOST_FOLDERS
    }

    fn file(&mut self, path: PathBuf, is_link: bool, name: String, custom: bool) {
        // A file that is no link is met once, for its folder is.
        let real = if is_link { path.canonicalize().unwrap_or_else(|_| path.clone()) } else { path.clone() };
        if self.seen.insert(real) {
            self.found.push(Fragment { name, path, custom });
        }
    }

    fn unreadable(&mut self, folder: &Path, error: &std::io::Error) {
        let name = self.project.name_of(folder);
        self.report.push(Diagnostic::error("unreadable", format!("cannot read the folder `{name}`: {error}")));
    }
}
