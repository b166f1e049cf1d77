//! `!reset` and `!override`: what a document takes away from the model before it is merged into it.

use crate::yaml::{Kind, Node};

/// The places that a document's tags clear.
#[derive(Clone, Debug, Default)]
pub(super) struct Cleared {
    paths: Vec<Vec<Box<str>>>,
}

impl Cleared {
    /// Takes the tags out of a document: what is under `!reset` goes, what is under `!override` stays, untagged.
    ///
    /// Tags inside an `!override` value are not seen, and on an item of a list `!reset` only drops the item.
    pub(super) fn take(document: &mut Node) -> Self {
        let mut cleared = Self::default();
        cleared.walk(document, &mut Vec::new());
        cleared
    }

    fn walk(&mut self, node: &mut Node, path: &mut Vec<Box<str>>) {
        match &mut node.kind {
            Kind::Map(map) => {
                map.retain(|key, entry| {
                    path.push(key.clone());
                    let stays = self.visit(&mut entry.value, path);
                    path.pop();
                    stays
                });
            }
            Kind::List(items) => {
                let mut at = 0;
                items.retain_mut(|item| {
                    path.push(at.to_string().into());
                    at += 1;
                    let stays = self.visit(item, path);
                    path.pop();
                    stays
                });
            }
            Kind::Scalar(_) => {}
        }
    }

    /// Whether the node stays in its document.
    fn visit(&mut self, node: &mut Node, path: &mut Vec<Box<str>>) -> bool {
        match node.tag.as_deref() {
            Some("!reset") => {
                self.paths.push(path.clone());
                return false;
            }
            Some("!override") => {
                self.paths.push(path.clone());
                node.tag = None;
            }
            _ => self.walk(node, path),
        }
        true
    }

    /// Adds what another document of the same file clears.
    pub(super) fn join(&mut self, other: Self) {
        self.paths.extend(other.paths);
    }

    /// Clears the places in the model merged so far. Only keys of mappings are found, never items of lists.
    pub(super) fn apply(&self, model: &mut Node) {
        for path in &self.paths {
            clear(model, path);
        }
    }

    /// Whether something of a service is cleared.
    pub(super) fn touches_service(&self, name: &str) -> bool {
        self.paths.iter().any(|path| path.len() > 2 && &*path[0] == "services" && &*path[1] == name)
    }

    /// Clears the places in a copy of a service that `name` extends.
    pub(super) fn apply_to_service(&self, name: &str, service: &mut Node) {
        for path in &self.paths {
            if let [section, service_name, rest @ ..] = path.as_slice()
                && &**section == "services"
                && &**service_name == name
                && !rest.is_empty()
            {
                clear(service, rest);
            }
        }
    }
}

fn clear(node: &mut Node, path: &[Box<str>]) {
    let Some((last, way)) = path.split_last() else { return };
    let parent = way.iter().try_fold(node, |node, key| node.get_mut(key));
    if let Some(map) = parent.and_then(Node::as_map_mut) {
        map.shift_remove(last);
    }
}
