//! Hooks and tools of the project that could not be run.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Finding, quoted};
use crate::files;
use crate::project::Project;

const CHECK: &str = "programs";

pub(super) fn look(project: &Project) -> Vec<Finding> {
    let folders = [project.custom(), project.root()].map(|folder| [folder.join("hooks"), folder.join("tools")]);
    let mut findings = Vec::new();
    for folder in folders.iter().flatten() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            findings.extend(judge(&entry.path(), &project.name_of(&entry.path())));
        }
    }
    findings
}

fn judge(path: &Path, name: &str) -> Option<Finding> {
    let bytes = files::read(path).ok()?;
    bytes.starts_with(b"#!").then_some(())?;
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let file = quoted(name);
    if first.ends_with(b"\r") {
        let finding = Finding::failure(CHECK, format!("{name} has the line ends of Windows"));
        let finding = finding.because("the system looks for an interpreter whose name ends with a carriage return");
        return Some(finding.mended_by(format!("sed -i 's/\\r$//' {file}")));
    }
    let may_run = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
    let finding = Finding::warning(CHECK, format!("{name} is not executable"));
    (!may_run).then(|| finding.because("it is not run").mended_by(format!("chmod +x {file}")))
}
