//! Hooks and tools of the project that could not be run.

use std::fs;
use std::path::Path;

use super::Finding;
use crate::app::fault_of;
use crate::app::is_hook;
use crate::files;
use crate::project::{Project, is_executable};

const CHECK: &str = "programs";

pub(super) fn look(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in ["hooks", "tools"] {
        for folder in project.folders(kind) {
            let mut paths: Vec<_> =
                fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            paths.sort();
            let programs = paths.iter().filter(|path| if kind == "hooks" { is_named(path) } else { is_program(path) });
            findings.extend(programs.filter_map(|path| judge(path, &project.name_of(path))));
        }
    }
    findings
}

/// A hook of another name is told with the configuration.
fn is_named(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(is_hook)
}

/// What a tool reads may lie beside it.
fn is_program(path: &Path) -> bool {
    is_executable(path) || files::read_start(path).is_ok_and(|start| start.starts_with(b"#!"))
}

fn judge(path: &Path, name: &str) -> Option<Finding> {
    if !path.is_file() {
        let finding = Finding::failure(CHECK, format!("{name} is no file, and is not run"));
        return (!path.is_dir()).then(|| finding.mended_by(format!("rm {}", super::quoted(name))));
    }
    let fault = fault_of(path)?;
    let finding = Finding::failure(CHECK, format!("{name} {}", fault.what));
    let finding = finding.because(if fault.why.is_empty() { "it is not run" } else { fault.why });
    Some(finding.mended_by((fault.mend)(name)))
}
