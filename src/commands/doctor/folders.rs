//! The folders of this machine that services keep data in: there, and writable for the users they run as.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Finding, Patient, as_root, quoted};
use crate::model::clean;
use crate::yaml::{Map, Node};

const CHECK: &str = "folders";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.is_here {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut seen = HashSet::new();
    let services = patient.configured.model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::iter);
    for (service, entry) in services {
        let Some(user) = user_of(patient, &entry.value) else { continue };
        for folder in folders(&entry.value, &patient.configured.root) {
            if seen.insert((folder.clone(), user.id)) {
                findings.extend(judge(service, user, &folder));
            }
        }
    }
    if findings.is_empty() && !seen.is_empty() {
        findings.push(Finding::good(CHECK, "the services may write to their folders"));
    }
    findings
}

/// Whom a service runs as.
#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

/// The user of the service, else of its image. Root may write everywhere, and a name is known inside the image only.
fn user_of(patient: &Patient<'_>, service: &Node) -> Option<User> {
    let own = service.get("user").and_then(Node::as_word);
    let image = service.get("image").and_then(Node::as_word);
    let text = own.or_else(|| patient.images.user(image?))?;
    let (user, group) = text.split_once(':').unwrap_or((text, text));
    let id: u32 = user.parse().ok().filter(|id| *id != 0)?;
    Some(User { id, group: group.parse().unwrap_or(id) })
}

/// The folders that a service mounts and may write to.
fn folders(service: &Node, root: &Path) -> Vec<PathBuf> {
    let mounts = service.get("volumes").and_then(Node::as_list).unwrap_or_default();
    mounts.iter().filter_map(|mount| writable_source(mount)).map(|source| clean(&root.join(source))).collect()
}

fn writable_source(mount: &Node) -> Option<&str> {
    let source = match mount.as_word() {
        Some(short) => {
            let mut parts = short.split(':');
            let (source, _target) = (parts.next()?, parts.next()?);
            (!parts.next().is_some_and(|options| options.split(',').any(|option| option == "ro"))).then_some(source)?
        }
        None => {
            let word = |key: &str| mount.get(key).and_then(Node::as_word);
            (word("type") == Some("bind") && word("read_only") != Some("true")).then_some(())?;
            word("source")?
        }
    };
    source.starts_with(['/', '.']).then_some(source)
}

fn judge(service: &str, user: User, folder: &Path) -> Option<Finding> {
    let shown = folder.display();
    let (owner, path) = (format!("{}:{}", user.id, user.group), quoted(&folder.to_string_lossy()));
    match fs::metadata(folder) {
        Ok(there) if !there.is_dir() || may_write(&there, user) => None,
        Ok(there) => {
            let what = format!("`{service}` may not write to {shown}");
            let why = format!("it runs as user {}, and the folder is user {}'s", user.id, there.uid());
            let mend = format!("{}chown -R {owner} {path}", as_root());
            Some(Finding::failure(CHECK, what).because(why).mended_by(mend))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = format!("there is no folder {shown}");
            let why = format!("docker would make it as root's, and `{service}`, user {}, could not write", user.id);
            let mend = format!("{}install -d -o {} -g {} {path}", as_root(), user.id, user.group);
            Some(Finding::failure(CHECK, what).because(why).mended_by(mend))
        }
        // What we may not see is not ours to judge.
        Err(_) => None,
    }
}

fn may_write(folder: &Metadata, user: User) -> bool {
    let mode = folder.mode();
    (folder.uid() == user.id && mode & 0o300 == 0o300)
        || (folder.gid() == user.group && mode & 0o030 == 0o030)
        || mode & 0o003 == 0o003
}
