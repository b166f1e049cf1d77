//! Relative paths of files that lie in another folder than the project: where they point to, seen from the project.

use std::path::{Component, Path, PathBuf};

use super::short::ShortVolume;
use crate::report::{Diagnostic, Report};
use crate::yaml::{Entry, Kind, Node, Scalar};

/// Moves every relative path of a model from `folder` (relative to the project, or absolute) to the project.
pub fn rebase(model: &mut Node, folder: &str, report: &mut Report) {
    if let Some(services) = model.get_mut("services").and_then(Node::as_map_mut) {
        for entry in services.values_mut() {
            // docker compose takes a build without a context to be in the folder of its project.
            if let Some(build) = entry.value.get_mut("build").and_then(Node::as_map_mut)
                && !build.contains_key("context")
            {
                let context = Node::scalar(Scalar::plain("."), entry.key);
                build.insert("context".into(), Entry { key: entry.key, value: context });
            }
            rebase_service(&mut entry.value, folder, report);
        }
    }
    rebase_resources(model, folder, report);
}

/// Moves the relative paths of one service from `folder` (relative to the project, or absolute) to the project.
pub(super) fn rebase_service(service: &mut Node, folder: &str, report: &mut Report) {
    let mut move_to = Rebase { folder, report };
    if let Some(build) = service.get_mut("build") {
        if let Some(context) = build.get_mut("context") {
            move_to.context(context);
        }
        if let Some(contexts) = build.get_mut("additional_contexts").and_then(Node::as_map_mut) {
            contexts.values_mut().for_each(|entry| move_to.context(&mut entry.value));
        }
        if let Some(keys) = build.get_mut("ssh").and_then(Node::as_map_mut) {
            keys.values_mut().for_each(|entry| move_to.path(&mut entry.value));
        }
    }
    for key in ["env_file", "label_file"] {
        move_to.each(service.get_mut(key), |move_to, item| match item.get_mut("path") {
            Some(path) => move_to.path(path),
            None => move_to.path(item),
        });
    }
    if let Some(file) = service.get_mut("extends").and_then(|extends| extends.get_mut("file")) {
        move_to.path(file);
    }
    if let Some(develop) = service.get_mut("develop") {
        move_to.each(develop.get_mut("watch"), |move_to, item| {
            if let Some(path) = item.get_mut("path") {
                move_to.path(path);
            }
        });
    }
    move_to.each(service.get_mut("volumes"), Rebase::volume);
}

/// Moves the relative paths of everything but services: files of configs and secrets, folders of local volumes.
fn rebase_resources(model: &mut Node, folder: &str, report: &mut Report) {
    let mut move_to = Rebase { folder, report };
    for section in ["configs", "secrets"] {
        if let Some(map) = model.get_mut(section).and_then(Node::as_map_mut) {
            map.values_mut().filter_map(|entry| entry.value.get_mut("file")).for_each(|file| move_to.path(file));
        }
    }
    if let Some(map) = model.get_mut("volumes").and_then(Node::as_map_mut) {
        for entry in map.values_mut() {
            // Without a driver docker compose leaves the path to the engine.
            let local = entry.value.get("driver").and_then(Node::as_word) == Some("local");
            if let Some(options) = entry.value.get_mut("driver_opts")
                && local
                && options.get("o").and_then(Node::as_word) == Some("bind")
                && let Some(device) = options.get_mut("device")
            {
                move_to.path(device);
            }
        }
    }
}

struct Rebase<'a> {
    folder: &'a str,
    report: &'a mut Report,
}

impl Rebase<'_> {
    fn each(&mut self, list: Option<&mut Node>, change: fn(&mut Self, &mut Node)) {
        match list.map(|list| &mut list.kind) {
            Some(Kind::List(items)) => items.iter_mut().for_each(|item| change(self, item)),
            Some(Kind::Scalar(_)) | Some(Kind::Map(_)) | None => {}
        }
    }

    fn context(&mut self, node: &mut Node) {
        let remote = node.as_text().is_some_and(|text| {
            text.contains("://") || ["service:", "git@", "github.com/"].iter().any(|prefix| text.starts_with(prefix))
        });
        if !remote {
            self.path(node);
        }
    }

    fn path(&mut self, node: &mut Node) {
        let folder = self.folder;
        self.change(node, |text| moved(folder, text));
    }

    fn volume(&mut self, node: &mut Node) {
        if node.as_map().is_some() {
            if node.get("type").and_then(Node::as_word) == Some("bind")
                && let Some(source) = node.get_mut("source")
            {
                self.path(source);
            }
            return;
        }
        let folder = self.folder;
        self.change(node, |text| {
            let volume = ShortVolume::parse(text);
            let source = volume.source.filter(|_| volume.is_bind())?;
            let path = moved(folder, source)?;
            let rest = &text[source.len()..];
            Some(if path.starts_with(['.', '/', '~']) { format!("{path}{rest}") } else { format!("./{path}{rest}") })
        });
    }

    /// Puts a new text in place of the old; a reference to a secret cannot stay in it, and that is said.
    fn change(&mut self, node: &mut Node, new: impl Fn(&str) -> Option<String>) {
        let Some(text) = node.as_text().and_then(new) else { return };
        let Kind::Scalar(scalar) = &mut node.kind else { return };
        if scalar.template.is_some() {
            self.report.push(
                Diagnostic::warning("secret-baked", "a secret is written out here, into a path that had to be moved")
                    .at(node.span, "the path is relative to another folder than the project")
                    .with_help("make the path absolute (`${BASE_PATH}/…`), or keep secrets out of paths"),
            );
        }
        *scalar = Scalar { text, style: scalar.style, template: None, interpolated: true };
    }
}

/// `path` seen from the project, if it is relative to `folder` and has to change.
fn moved(folder: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('~') || Path::new(path).is_absolute() {
        return None;
    }
    Some(join(folder, path))
}

/// Go's `filepath.Join`: joined, then cleaned of `.` and `..`.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    clean(&Path::new(folder).join(path)).to_string_lossy().into_owned()
}

/// A path without `.`, and without `..` as far as there is something to go back from. No link is followed.
#[must_use]
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// The way from one absolute folder to another.
#[must_use]
pub fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (clean(from), clean(to));
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let mut way: PathBuf = std::iter::repeat_n("..", from.components().count() - common).collect();
    way.extend(to.components().skip(common));
    if way.as_os_str().is_empty() { ".".to_owned() } else { way.to_string_lossy().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_cleaned_as_go_does() {
        assert_eq!(join("compose/b2c", "../../env/x.env"), "env/x.env");
        assert_eq!(join("..", "./a/../b"), "../b");
        assert_eq!(join(".", "."), ".");
        assert_eq!(join("lib", "/abs"), "/abs");
        assert_eq!(relative(Path::new("/p/a"), Path::new("/p/b/c")), "../b/c");
        assert_eq!(relative(Path::new("/p"), Path::new("/p")), ".");
    }
}
