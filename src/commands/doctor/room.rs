//! Room on the disks.

use std::path::Path;

use super::{Finding, Patient};
use crate::docker::{Command, Input};
use crate::machine::room;

const CHECK: &str = "room";

const GIB: u64 = 1 << 30;
/// With less, databases stop in the middle of their work.
const NOT_ENOUGH: u64 = GIB;
/// With less, an update of the images may fill the disk.
const LITTLE: u64 = 5 * GIB;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.has_docker || !patient.is_here {
        return Vec::new();
    }
    let command = Command::new("docker").args(["info", "--format", "{{.DockerRootDir}}"]).input(Input::Nothing);
    let told = patient.context.runner.capture(&command).map(|told| told.text()).unwrap_or_default();
    let docker = Path::new(told.trim());
    let places = [Some(docker).filter(|path| path.is_absolute()), Some(patient.configured.root.as_path())];
    let mut findings: Vec<Finding> = Vec::new();
    for (path, bytes) in places.into_iter().flatten().filter_map(|path| Some((path, room(path)?))) {
        let finding = judge(path, bytes);
        // Two folders on one disk have the same to say.
        if findings.iter().all(|other| other.what.split(" in ").next() != finding.what.split(" in ").next()) {
            findings.push(finding);
        }
    }
    findings
}

fn judge(path: &Path, bytes: u64) -> Finding {
    let (whole, tenth) = (bytes / GIB, bytes % GIB * 10 / GIB);
    let what = format!("{whole}.{tenth} GiB are free in {}", path.display());
    match bytes {
        ..NOT_ENOUGH => Finding::failure(CHECK, what)
            .because("databases stop when the disk is full")
            .mended_by("docker image prune --all --filter until=720h"),
        NOT_ENOUGH..LITTLE => Finding::warning(CHECK, what)
            .because("new images may need more")
            .mended_by("docker image prune --all --filter until=720h"),
        _ => Finding::good(CHECK, what),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Weight;
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_hardly_any_a_failure() {
        let weight = |bytes| judge(Path::new("/srv"), bytes).weight;
        assert_eq!(weight(GIB / 2), Weight::Failure);
        assert_eq!(weight(2 * GIB), Weight::Warning);
        assert_eq!(weight(50 * GIB), Weight::Good);
        assert_eq!(judge(Path::new("/srv"), 3 * GIB / 2).what, "1.5 GiB are free in /srv");
    }
}
