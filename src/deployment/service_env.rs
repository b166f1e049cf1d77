//! Service env files: `env/NAME.env` in any spelling is looked up in `env/`, then `custom/env/`, then `defaults/env/`.

use std::path::Path;

use crate::model::{clean, relative};
use crate::project::Project;
use crate::yaml::{Kind, Node, Scalar};

/// Points every `env_file` that resolves to `<project>/env/NAME.env` at the file that is there. Nothing is copied.
pub(super) fn look_up(model: &mut Node, project: &Project) {
    let Some(services) = model.get_mut("services").and_then(Node::as_map_mut) else { return };
    for entry in services.values_mut() {
        let Some(Kind::List(items)) = entry.value.get_mut("env_file").map(|node| &mut node.kind) else { continue };
        for item in items {
            let path = if item.as_map().is_some() { item.get_mut("path") } else { Some(item) };
            if let Some(path) = path
                && let Some(found) = path.as_text().and_then(|text| look_up_one(text, project))
                && let Kind::Scalar(scalar) = &mut path.kind
            {
                *scalar = Scalar::text(found);
            }
        }
    }
}

/// The places where `env/NAME.env` is looked for, if `path` is one of that kind.
pub(super) fn candidates(path: &str, project: &Project) -> Option<[std::path::PathBuf; 3]> {
    let full = clean(&project.root().join(path));
    let name = full.strip_prefix(project.root().join("env")).ok()?;
    let plain = name.components().count() == 1 && name.extension().is_some_and(|ending| ending == "env");
    plain.then(|| {
        [full.clone(), project.custom().join("env").join(name), project.root().join("defaults/env").join(name)]
    })
}

fn look_up_one(path: &str, project: &Project) -> Option<String> {
    let found = candidates(path, project)?.into_iter().find(|candidate| candidate.is_file())?;
    Some(spelled(&found, project.root()))
}

/// A path as it is written: relative to the project where it lies inside, so that the folder can be moved.
fn spelled(path: &Path, root: &Path) -> String {
    if path.starts_with(root) { format!("./{}", relative(root, path)) } else { path.to_string_lossy().into_owned() }
}
