//! The way of a document into the model: see `PHASES.md`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::extends::Extended;
use super::interpolate::{Seen, Variables, interpolate};
use super::merge::{Beaten, Merge};
use super::schema;
use super::settle::check_names;
use super::shapes::{shape_external, shape_service};
use super::tags::Cleared;
use super::unique::{unique_network, unique_service, unique_texts};
use crate::report::{Diagnostic, Report, SourceId, Sources, Span, read_lossy, read_yaml};
use crate::yaml::{Entry, Map, Node, Scalar, Trail, parse};

/// Whose variables, folder and chain of includes a file is read with.
pub struct Scope<'a> {
    /// Where values come from.
    pub variables: &'a dyn Variables,
    /// The absolute folder that relative paths start from.
    pub folder: PathBuf,
    pub(super) chain: Vec<PathBuf>,
    pub(super) id: usize,
}

impl<'a> Scope<'a> {
    /// The scope of the project itself.
    #[must_use]
    pub fn project(variables: &'a dyn Variables, folder: &Path) -> Self {
        Self { variables, folder: folder.to_owned(), chain: Vec::new(), id: 0 }
    }
}

/// What is at hand while documents become a model.
pub struct Workshop<'a> {
    /// The texts.
    pub sources: &'a mut Sources,
    /// The problems.
    pub report: &'a mut Report,
    /// What was replaced by what.
    pub beaten: Beaten,
    /// What was seen of the variables.
    pub seen: Seen,
    root: PathBuf,
    texts: HashMap<PathBuf, Option<SourceId>>,
    pub(super) extended: HashMap<(usize, PathBuf), Option<Rc<Extended>>>,
    pub(super) scopes: usize,
}

impl<'a> Workshop<'a> {
    /// A workshop whose messages name files relative to `root`.
    pub fn new(sources: &'a mut Sources, report: &'a mut Report, root: &Path) -> Self {
        Self {
            sources,
            report,
            beaten: Beaten::new(),
            seen: Seen::default(),
            root: root.to_owned(),
            texts: HashMap::new(),
            extended: HashMap::new(),
            scopes: 0,
        }
    }

    /// Adds every document of a file to the model; `named` is where another file names it.
    pub fn add_file(&mut self, model: &mut Node, path: &Path, named: Option<Span>, scope: &Scope<'_>) {
        if let Some((documents, source)) = self.documents(path, named) {
            for document in documents {
                self.add_document(model, document, path, source, scope);
            }
        }
    }

    /// Adds every document of a text that was read already to the model.
    pub fn add_text(&mut self, model: &mut Node, path: &Path, source: SourceId, scope: &Scope<'_>) {
        self.texts.insert(path.to_owned(), Some(source));
        self.add_file(model, path, None, scope);
    }

    /// Adds one document to the model.
    pub fn add_document(
        &mut self,
        model: &mut Node,
        mut document: Node,
        path: &Path,
        source: SourceId,
        scope: &Scope<'_>,
    ) {
        if document.as_map().is_none() {
            let name = self.sources.name(source).to_owned();
            self.report.push(
                Diagnostic::error("not-a-mapping", format!("{name} is not a mapping of sections"))
                    .at(document.span, format!("this is {}", document.sort()))
                    .with_help("a compose file starts with `services:` or another section"),
            );
            return;
        }
        let cleared = Cleared::take(&mut document);
        self.interpolate(&mut document, scope);
        self.extend(&mut document, &cleared, path, scope);
        cleared.apply(model);
        self.include(&mut document, path, scope);
        let touched = outline(&document);
        self.merge_document(model, document);
        for_each_touched(model, &touched, "services", |service| check_names(service, self.report));
        schema::check(model, &touched, self.report);
        self.shape(model, &touched);
        if let Some(sections) = model.as_map_mut() {
            // It is obsolete, and docker compose drops it with every document.
            sections.shift_remove("version");
        }
    }

    /// The documents of a file. It is read once; what is wrong with it is said once.
    pub(super) fn documents(&mut self, path: &Path, named: Option<Span>) -> Option<(Vec<Node>, SourceId)> {
        let id = match self.texts.get(path) {
            Some(known) => (*known)?,
            None => match self.text(path, named) {
                Some(id) => id,
                None => return self.unusable(path),
            },
        };
        let Some(documents) = parse(self.sources, id, self.report) else { return self.unusable(path) };
        self.texts.insert(path.to_owned(), Some(id));
        Some((documents, id))
    }

    fn unusable<T>(&mut self, path: &Path) -> Option<T> {
        self.texts.insert(path.to_owned(), None);
        None
    }

    /// The text of a file; where it cannot be read, the place that names it is shown.
    fn text(&mut self, path: &Path, named: Option<Span>) -> Option<SourceId> {
        let name = self.found(path, named)?;
        read_yaml(self.sources, self.report, &name, path)
    }

    /// The text of an env file, whose bytes need not be UTF-8.
    pub(super) fn env_text(&mut self, path: &Path, named: Option<Span>) -> Option<SourceId> {
        let name = self.found(path, named)?;
        read_lossy(self.sources, self.report, &name, path)
    }

    /// The name of a file in messages, unless another file names it and it is not there.
    fn found(&mut self, path: &Path, named: Option<Span>) -> Option<String> {
        let name = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        let Some(span) = named else { return Some(name) };
        let why = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => format!("`{name}` is a folder, and a file is needed"),
            Ok(_) => return Some(name),
            Err(_) => format!("there is no file `{name}`"),
        };
        self.report.push(Diagnostic::error("unreadable", why).at(span, "it is named here"));
        None
    }

    pub(super) fn interpolate(&mut self, document: &mut Node, scope: &Scope<'_>) {
        interpolate(document, scope.variables, &mut self.seen, self.report);
    }

    /// Merges a document, each thing once in its list.
    pub(super) fn merge_document(&mut self, model: &mut Node, mut document: Node) {
        unique_texts(&mut document, &mut self.beaten);
        let touched = outline(&document);
        let crate::yaml::Kind::Map(sections) = document.kind else { return };
        let Some(root) = model.as_map_mut() else { return };
        let mut merge = Merge { report: self.report, beaten: &mut self.beaten };
        for (section, entry) in sections {
            match root.get_mut(&section) {
                Some(there) => merge.merge(&mut there.value, entry.value, &Trail::root(&section)),
                None => {
                    root.insert(section, entry);
                }
            }
        }
        self.unique(model, &touched);
    }

    fn unique(&mut self, model: &mut Node, touched: &Node) {
        for_each_touched(model, touched, "services", |service| unique_service(service, &mut self.beaten));
        for_each_touched(model, touched, "networks", |network| unique_network(network, &mut self.beaten));
    }

    /// Brings what a document touched into docker compose's shape, and again each thing once into its list. It comes
    /// after the check: what is of a wrong sort has no shape.
    pub(super) fn shape(&mut self, model: &mut Node, touched: &Node) {
        for_each_touched(model, touched, "services", shape_service);
        for section in ["networks", "volumes", "secrets", "configs"] {
            for_each_touched(model, touched, section, |resource| {
                if let Some(names) = shape_external(resource) {
                    self.report.push(two_names(names));
                }
            });
        }
        self.unique(model, touched);
    }
}

fn two_names((inner, name): (Span, Span)) -> Diagnostic {
    Diagnostic::error("two-names", "`name` and `external.name` are not the same")
        .at(inner, "this name")
        .at(name, "and that one")
        .with_help("write `external: true`, and the name at `name`")
}

fn for_each_touched(model: &mut Node, touched: &Node, section: &str, mut change: impl FnMut(&mut Node)) {
    let Some(names) = touched.get(section).and_then(Node::as_map) else { return };
    for name in names.keys() {
        if let Some(node) = model.get_mut(section).and_then(|section| section.get_mut(name)) {
            change(node);
        }
    }
}

/// The sections of a document and the names in them, without their values.
pub(super) fn outline(document: &Node) -> Node {
    let hollow = |node: &Node| Node::scalar(Scalar::plain(""), node.span);
    let names = |node: &Node| match node.as_map() {
        Some(map) => {
            let names: Map = map
                .iter()
                .map(|(name, entry)| (name.clone(), Entry { key: entry.key, value: hollow(&entry.value) }))
                .collect();
            Node::map(names, node.span)
        }
        None => hollow(node),
    };
    let sections = document.as_map().into_iter().flatten();
    let sections: Map = sections
        .map(|(section, entry)| (section.clone(), Entry { key: entry.key, value: names(&entry.value) }))
        .collect();
    Node::map(sections, document.span)
}
