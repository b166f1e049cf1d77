//! Commands on databases that were killed and have not been cleaned up since.

use super::Finding;
use crate::maintenance::{Underway, interrupted};
use crate::project::Project;

const CHECK: &str = "interrupted";

pub(super) fn look(project: &Project) -> Vec<Finding> {
    let one = |underway: Underway| {
        Finding::failure(CHECK, underway.describe("was interrupted"))
            .because("its services are down and its database may be closed to clients until the next command cleans up")
            .mended_by("lapstrake manage_db list")
    };
    interrupted(project.root()).into_iter().map(one).collect()
}
