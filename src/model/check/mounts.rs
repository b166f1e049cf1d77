//! Where things are mounted in a container: no two at one place.

use std::collections::HashMap;
use std::path::Path;

use super::super::paths;
use super::super::short::ShortVolume;
use crate::report::{Diagnostic, Report, Span};
use crate::yaml::Node;

/// Checks the mounts of a service.
pub(super) fn check(name: &str, service: &Node, report: &mut Report) {
    let mut there: HashMap<String, (Span, bool)> = HashMap::new();
    for (target, span, is_short) in tmpfs(service).chain(volumes(service)) {
        // Of two short volumes docker compose takes the later one.
        let Some((before, _)) =
            there.insert(target.clone(), (span, is_short)).filter(|(_, short)| !(*short && is_short))
        else {
            continue;
        };
        report.push(
            Diagnostic::error("mounted-twice", format!("service `{name}` mounts two things at `{target}`"))
                .at(span, "the second")
                .at(before, "the first")
                .with_help("remove one of them, or mount it elsewhere"),
        );
    }
}

/// Targets of `tmpfs`, which docker compose takes as they are written.
fn tmpfs(service: &Node) -> impl Iterator<Item = (String, Span, bool)> {
    let value = service.get("tmpfs");
    let items = value.map_or(&[][..], |value| value.as_list().unwrap_or(std::slice::from_ref(value)));
    items.iter().filter_map(|item| {
        let text = item.as_text()?;
        Some((text.split_once(':').map_or(text, |(target, _)| target).to_owned(), item.span, false))
    })
}

fn volumes(service: &Node) -> impl Iterator<Item = (String, Span, bool)> {
    let items = service.get("volumes").and_then(Node::as_list).unwrap_or_default();
    items.iter().filter_map(|item| match item.as_text() {
        Some(text) => Some((clean(ShortVolume::parse(text).target), item.span, true)),
        None => {
            let target = item.get("target")?;
            Some((clean(target.as_text()?), target.span, false))
        }
    })
}

/// A target without detours: docker compose compares it so.
fn clean(target: &str) -> String {
    paths::clean(Path::new(target)).to_string_lossy().into_owned()
}
