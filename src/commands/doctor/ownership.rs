//! Files of the project that its owner cannot use, because a command was run as another user once.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Finding, as_root, quoted};
use crate::project::{JOURNAL, Project};

const CHECK: &str = "ownership";

/// What is written for the project's owner.
const WRITTEN: [&str; 8] =
    [".env", "compose.yaml", "env.custom", "disabled_services", "override.yml", "log", JOURNAL, "log/databases"];

pub(super) fn look(project: &Project) -> Vec<Finding> {
    let Ok(folder) = fs::metadata(project.root()) else { return Vec::new() };
    let own = WRITTEN.iter().map(|name| project.root().join(name));
    let custom = ["env.custom", "disabled_services", "override.yml"].iter().map(|name| project.custom().join(name));
    let databases = fs::read_dir(project.root().join("log/databases")).into_iter().flatten().flatten();
    let all = own.chain(custom).chain(databases.map(|entry| entry.path()));
    let closed: Vec<PathBuf> = all.filter(|path| is_closed_to(folder.uid(), path)).collect();
    if closed.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = closed.iter().map(|path| project.name_of(path)).collect();
    let finding =
        Finding::failure(CHECK, format!("user {}, whose project it is, cannot use {}", folder.uid(), names.join(", ")));
    let finding = finding.because("a command was run as another user, and what it wrote is that user's");
    let paths: Vec<String> = closed.iter().map(|path| quoted(&path.to_string_lossy())).collect();
    let owner = format!("{}:{}", folder.uid(), folder.gid());
    vec![finding.mended_by(format!("{}chown -R {owner} {}", as_root(), paths.join(" ")))]
}

/// Whether it belongs to another user, and is not open to all. Root can use everything.
fn is_closed_to(user: u32, path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|there| user != 0 && there.uid() != user && there.mode() & 0o006 != 0o006)
}
