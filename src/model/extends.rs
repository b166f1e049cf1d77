//! `extends`: a service that starts from another one, of the same document or of another file.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::assemble::{Scope, Workshop, outline};
use super::merge::Merge;
use super::paths::{clean, rebase_service, relative};
use super::remote;
use super::schema::Ports;
use super::tags::Cleared;
use crate::report::{Diagnostic, Span, nearest};
use crate::yaml::{Map, Node, Trail};

/// Services that can be extended: those of one document, or of a file that was loaded for its services.
pub(super) struct Family<'a> {
    /// The services as written, `extends` not yet resolved.
    pub(super) services: &'a Map,
    /// What the tags of their file clear.
    pub(super) cleared: &'a Cleared,
    /// Their file.
    pub(super) path: &'a Path,
}

/// A file that was loaded for its services: merged, interpolated, its paths seen from the project.
pub(super) struct Extended {
    services: Map,
    cleared: Cleared,
}

/// Who extends whom, to find circles.
type Chain = Vec<(PathBuf, String, Span)>;

/// How many services may extend one another: each is resolved on the thread's stack.
const LONGEST_CHAIN: usize = 100;

impl Workshop<'_> {
    /// Resolves every `extends` of a document.
    pub(super) fn extend(&mut self, document: &mut Node, cleared: &Cleared, path: &Path, scope: &Scope<'_>) {
        let Some(services) = document.get("services").and_then(Node::as_map) else { return };
        let family = Family { services, cleared, path };
        let extended: Vec<_> = services
            .iter()
            .filter(|(_, entry)| entry.value.get("extends").is_some())
            .map(|(name, _)| (name.clone(), self.with_base(name, &family, scope, &mut Vec::new())))
            .collect();
        let Some(services) = document.get_mut("services").and_then(Node::as_map_mut) else { return };
        for (name, service) in extended {
            match (service, services.get_mut(&name)) {
                (Some(service), Some(entry)) => entry.value = service,
                // What went wrong was said; the service goes on without its base.
                (None, Some(entry)) => drop(entry.value.as_map_mut().map(|map| map.shift_remove("extends"))),
                _ => {}
            }
        }
    }

    /// A service together with all that it extends.
    fn with_base(&mut self, name: &str, family: &Family<'_>, scope: &Scope<'_>, chain: &mut Chain) -> Option<Node> {
        let service = &family.services.get(name)?.value;
        let Some(extends) = service.get("extends") else { return Some(service.clone()) };
        let reference = self.reference(extends)?;
        if chain.iter().any(|(path, other, _)| path == family.path && other == name) {
            return self.circle(name, chain, extends.span);
        }
        if self.report.is_full() {
            return None;
        }
        if chain.len() == LONGEST_CHAIN {
            let problem = format!("more than {LONGEST_CHAIN} services extend one another");
            self.report.push(Diagnostic::error("extends", problem).at(extends.span, "the chain reaches this one"));
            return None;
        }
        if let Some((path, by, _)) = chain.last()
            && path == family.path
            && family.cleared.touches_service(name)
        {
            self.report.push(by_chance(name, by, extends.span));
        }
        chain.push((family.path.to_owned(), name.to_owned(), extends.span));
        let base = match reference.file {
            None => self.member(&reference, name, family, scope, chain),
            Some(file) if remote::is_remote(file.as_text()?, &scope.folder) => {
                let problem = remote::refusal(file.as_text()?).at(file.span, "it is extended here");
                if !self.report.blames(file.span) {
                    self.report.push(problem);
                }
                return None;
            }
            Some(file) => {
                let path = clean(&scope.folder.join(file.as_text()?));
                let extended = self.extended_file(&path, file.span, scope)?;
                let family = Family { services: &extended.services, cleared: &extended.cleared, path: &path };
                self.member(&reference, name, &family, scope, chain)
            }
        };
        chain.pop();
        let mut base = base?;
        let mut own = service.clone();
        own.as_map_mut()?.shift_remove("extends");
        if base.is_null() {
            return Some(own);
        }
        family.cleared.apply_to_service(name, &mut base);
        let section = Trail::root("services");
        let mut merge = Merge { report: self.report, beaten: &mut self.beaten };
        merge.merge(&mut base, own, &section.then(name));
        base.span = service.span;
        Some(base)
    }

    fn member(
        &mut self,
        reference: &Reference<'_>,
        name: &str,
        family: &Family<'_>,
        scope: &Scope<'_>,
        chain: &mut Chain,
    ) -> Option<Node> {
        if family.services.contains_key(reference.service) {
            return self.with_base(reference.service, family, scope, chain);
        }
        let near = nearest(reference.service, family.services.keys().map(|key| &**key));
        let file = family.path.strip_prefix(&scope.folder).unwrap_or(family.path);
        self.report.push(
            Diagnostic::error(
                "extends",
                format!(
                    "cannot extend service `{name}`: service `{}` not found in {}",
                    reference.service,
                    file.display()
                ),
            )
            .at(reference.span, "it is looked for in that file only, not in other fragments")
            .with_nearest(near),
        );
        None
    }

    fn reference<'n>(&mut self, extends: &'n Node) -> Option<Reference<'n>> {
        let service = if extends.as_map().is_some() { extends.get("service") } else { Some(extends) };
        let file = extends.get("file").filter(|file| !file.is_null());
        if let Some(file) = file.filter(|file| file.as_text().is_none()) {
            self.report.push(
                Diagnostic::error("extends", "`extends.file` must be a text")
                    .at(file.span, format!("{} here", file.sort())),
            );
            return None;
        }
        if let Some(service_node) = service
            && let Some(service) = service_node.as_text()
        {
            return Some(Reference { service, file, span: service_node.span });
        }
        self.report.push(
            Diagnostic::error("extends", "`extends` does not say which service")
                .at(extends.span, "a name, or a mapping with `service` (and `file`)"),
        );
        None
    }

    fn circle(&mut self, name: &str, chain: &Chain, span: Span) -> Option<Node> {
        if self.report.blames(span) {
            // It was shown when another of its services was resolved.
            return None;
        }
        let mut names: Vec<&str> = chain.iter().map(|(_, name, _)| name.as_str()).collect();
        names.push(name);
        let mut problem =
            Diagnostic::error("extends-cycle", format!("circular reference: {}", names.join(" extends ")))
                .at(span, "this closes the circle");
        for (_, _, other) in chain.iter().filter(|(_, _, other)| *other != span) {
            problem = problem.at(*other, "");
        }
        self.report.push(problem);
        None
    }

    /// Loads a file for its services: no includes, no checks, paths seen from the project.
    fn extended_file(&mut self, path: &Path, span: Span, scope: &Scope<'_>) -> Option<Rc<Extended>> {
        let key = (scope.id, path.to_owned());
        if let Some(extended) = self.extended.get(&key) {
            return extended.clone();
        }
        let extended = self.load_extended(path, span, scope).map(Rc::new);
        self.extended.insert(key, extended.clone());
        extended
    }

    fn load_extended(&mut self, path: &Path, span: Span, scope: &Scope<'_>) -> Option<Extended> {
        let (documents, _) = self.documents(path, Some(span))?;
        let mut model = Node::map(Map::new(), span);
        let mut all = Cleared::default();
        for mut document in documents {
            let cleared = Cleared::take(&mut document);
            self.interpolate(&mut document, scope);
            cleared.apply(&mut model);
            let touched = outline(&document);
            self.merge_document(&mut model, document);
            self.shape(&mut model, &touched);
            all.join(cleared);
        }
        let services = model.as_map_mut()?.shift_remove("services");
        let mut services = services
            .and_then(|entry| if let crate::yaml::Kind::Map(map) = entry.value.kind { Some(map) } else { None })?;
        let folder = relative(&scope.folder, path.parent().unwrap_or(path));
        for (name, entry) in &mut services {
            self.check_ports(name, &entry.value);
            rebase_service(&mut entry.value, &folder, self.report);
        }
        Some(Extended { services, cleared: all })
    }

    /// docker compose takes the ports of every service apart that such a file has, and says what is wrong with them.
    fn check_ports(&mut self, name: &str, service: &Node) {
        let Some(ports) = service.get("ports") else { return };
        let mut refuse = |span: Span, why: String| {
            let title = format!("`services.{name}.ports`: docker compose cannot read this");
            self.report.push(Diagnostic::error("invalid-value", title).at(span, why));
        };
        if ports.as_list().is_none() {
            refuse(ports.span, format!("a list is wanted, and this is {}", ports.sort()));
        }
        for item in ports.as_list().into_iter().flatten() {
            if let Some(Err(why)) = item.as_word().map(Ports::parse) {
                refuse(item.span, why);
            }
        }
    }
}

/// Measured with docker compose 2.40.3: in one of five runs or so the tags did not act.
fn by_chance(name: &str, by: &str, span: Span) -> Diagnostic {
    let title =
        format!("what `!reset` and `!override` of `{name}` mean for `{by}` is left to chance by docker compose");
    Diagnostic::warning("extends-by-chance", title)
        .at(span, format!("`{name}` extends here, and is extended by `{by}`"))
        .with_help("here they act on both; move the tags, or what is extended, to another file")
}

/// What `extends` names.
struct Reference<'a> {
    service: &'a str,
    file: Option<&'a Node>,
    span: Span,
}
