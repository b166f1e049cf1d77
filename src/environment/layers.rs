//! Which texts are read, and what is forgiven before they are parsed.

use std::path::{Path, PathBuf};

use super::Layer;
use super::parse::parse;
use super::syntax::File;
use crate::project::Project;
use crate::report::{Diagnostic, Report, SourceId, Sources, Span, read, read_optional};

/// A layer's text, parsed.
pub(super) struct LayerFile {
    pub(super) layer: Layer,
    pub(super) source: SourceId,
    pub(super) file: File,
}

/// Reads the layers, lowest first. None when there is nothing to go on with, which was reported.
pub(super) fn read_layers(
    project: &Project,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<Vec<(Layer, SourceId)>> {
    let places = [
        (Layer::Custom, project.custom().join("env.custom")),
        (Layer::Root, project.root().join("env.custom")),
        (Layer::Base, project.root().join("env.base")),
    ];
    let is_there = |path: &PathBuf| path.symlink_metadata().is_ok();
    if !places.iter().any(|(layer, path)| layer.is_custom() && is_there(path)) {
        report.push(no_custom_file(project));
        return None;
    }
    let mut complete = true;
    let mut files = Vec::new();
    for (layer, path) in places {
        let name = project.name_of(&path);
        let errors = report.has_errors();
        let source = match layer {
            Layer::Base => read(sources, report, &name, &path),
            _ => read_optional(sources, report, &name, &path),
        };
        match source {
            Some(source) => files.push((layer, source)),
            None => complete &= errors == report.has_errors() && layer != Layer::Base,
        }
    }
    complete.then_some(files)
}

fn no_custom_file(project: &Project) -> Diagnostic {
    let custom = project.name_of(&project.custom().join("env.custom"));
    let diagnostic = Diagnostic::error("no-env-custom", format!("there is neither `env.custom` nor `{custom}`"))
        .with_note("they hold what only you can know: versions, folders, secrets");
    if project.root().join("env.custom.sample").is_file() {
        diagnostic.with_help("copy `env.custom.sample` to `env.custom` and fill it in")
    } else {
        diagnostic.with_help("write `env.custom`, with a line `NAME=value` for each variable that is required")
    }
}

/// Parses a layer's text, and hides what its lines write out of secrets that could not be understood.
pub(super) fn parse_layer(layer: Layer, source: SourceId, sources: &mut Sources, report: &mut Report) -> LayerFile {
    let source = forgive(source, sources, report);
    let file = parse(source, sources.text(source));
    for mask in &file.masks {
        sources.mask(*mask);
    }
    for problem in &file.problems {
        report.push(problem.diagnostic());
    }
    LayerFile { layer, source, file }
}

/// Takes off a byte order mark and the carriage returns of Windows line ends, which bash would keep in every value.
fn forgive(source: SourceId, sources: &mut Sources, report: &mut Report) -> SourceId {
    let text = sources.text(source);
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = unmarked.contains("\r\n") || unmarked.ends_with('\r');
    if !lines && unmarked.len() == text.len() {
        return source;
    }
    let cleaned = if lines { unmarked.replace("\r\n", "\n") } else { unmarked.to_owned() };
    let cleaned = cleaned.strip_suffix('\r').map_or_else(|| cleaned.clone(), str::to_owned);
    let has_mark = unmarked.len() != text.len();
    let (name, path) = (sources.name(source).to_owned(), Path::to_owned(sources.path(source)));
    if has_mark {
        report.push(byte_order_mark(&name));
    }
    let first_line = cleaned.find('\n').unwrap_or(cleaned.len());
    let source = sources.add(name.as_str(), path, cleaned);
    if lines {
        report.push(windows_lines(&name, Span::new(source, first_line..first_line)));
    }
    source
}

fn windows_lines(name: &str, end_of_first: Span) -> Diagnostic {
    Diagnostic::warning("line-endings", format!("`{name}` has the line ends of Windows"))
        .at(end_of_first, "a carriage return stands before the line's end")
        .with_note("a shell would keep it in every value; here it is left out")
        .with_help(format!("convert the file: `sed -i 's/\\r$//' {name}`"))
}

fn byte_order_mark(name: &str) -> Diagnostic {
    Diagnostic::warning("byte-order-mark", format!("`{name}` begins with a byte order mark"))
        .with_note("a shell would take it for a part of the first name; here it is left out")
        .with_help("save the file as UTF-8 without it")
}
