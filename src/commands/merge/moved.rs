//! A result that is written to another folder finds another `.env` there.

use std::path::Path;

use super::variables::ComposeVariables;
use crate::model::relative;
use crate::report::Diagnostic;
use crate::yaml::{Kind, Node, Piece};

/// Sections whose entries may take their content from a variable.
const CONTENTS: [&str; 2] = ["secrets", "configs"];

/// Returns a warning where the result needs variables that only the first folder's `.env` sets.
pub(super) fn check(model: &Node, variables: &ComposeVariables, output: &Path, here: &Path) -> Option<Diagnostic> {
    let file = variables.default_file.as_deref()?;
    let mut names = Vec::new();
    references(model, &mut names);
    for service in entries(model, "services") {
        passed_through(service.get("environment"), &mut names);
        passed_through(service.find(&["build", "args"]), &mut names);
    }
    let contents = CONTENTS.iter().flat_map(|section| entries(model, section));
    names.extend(contents.filter_map(|entry| entry.get("environment")?.as_text()));
    names.retain(|name| variables.is_from_file(name));
    names.sort_unstable();
    names.dedup();
    let (first, more) = names.split_first()?;
    let (file, output) = (relative(here, file), relative(here, output));
    let what = if more.is_empty() { format!("`{first}`") } else { format!("`{first}` and {} more", more.len()) };
    let problem = format!("{output} needs {what} from {file}, which docker compose does not read for it");
    let help = format!("call it with that file: docker compose --env-file {file} -f {output} …");
    Some(Diagnostic::warning("other-env-file", problem).with_help(help))
}

fn entries<'m>(model: &'m Node, section: &str) -> impl Iterator<Item = &'m Node> {
    model.get(section).and_then(Node::as_map).into_iter().flatten().map(|(_, entry)| &entry.value)
}

fn references<'m>(node: &'m Node, names: &mut Vec<&'m str>) {
    match &node.kind {
        Kind::Map(map) => map.values().for_each(|entry| references(&entry.value, names)),
        Kind::List(items) => items.iter().for_each(|item| references(item, names)),
        Kind::Scalar(scalar) => names.extend(
            scalar
                .template
                .iter()
                .flat_map(|pieces| pieces.iter())
                .filter_map(|piece| if let Piece::Reference(name) = piece { Some(name.as_str()) } else { None }),
        ),
    }
}

/// Names without a value: docker compose looks them up when it starts the service.
fn passed_through<'m>(pairs: Option<&'m Node>, names: &mut Vec<&'m str>) {
    match pairs.map(|pairs| &pairs.kind) {
        Some(Kind::Map(map)) => {
            names.extend(map.iter().filter(|(_, entry)| entry.value.is_null()).map(|(name, _)| &**name));
        }
        Some(Kind::List(items)) => {
            names.extend(items.iter().filter_map(Node::as_text).filter(|item| !item.contains('=')));
        }
        _ => {}
    }
}
