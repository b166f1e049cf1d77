//! The last touch before a model is written: one spelling for what people read most.

use super::shapes::{keys_and_values, replace_with};
use crate::report::{Diagnostic, Report};
use crate::yaml::Node;

/// Attributes of a service that are written as mappings, in whatever form they came.
const MAPPINGS: &[&[&str]] = &[
    &["environment"],
    &["labels"],
    &["annotations"],
    &["sysctls"],
    &["build", "args"],
    &["build", "labels"],
    &["deploy", "labels"],
];

/// Attributes in whose lists docker compose takes no blank behind a name. In the mappings that are written it would, so
/// it has to be said here.
const WITHOUT_BLANKS: &[&[&str]] = &[&["environment"], &["build", "args"]];

/// Says which names of a service end with a blank.
pub(super) fn check_names(service: &Node, report: &mut Report) {
    let lists = WITHOUT_BLANKS.iter().filter_map(|path| service.find(path)?.as_list());
    for item in lists.flatten() {
        let name = item.as_text().map(|text| text.split_once('=').map_or(text, |(name, _)| name));
        if let Some(name) = name.filter(|name| name.ends_with(char::is_whitespace)) {
            report.push(
                Diagnostic::error("trailing-blank", format!("the name `{name}` ends with a blank"))
                    .at(item.span, "docker compose takes none before the `=`"),
            );
        }
    }
}

/// Writes lists of `KEY=VALUE` as mappings, so that each value can be named by its path.
pub fn settle(model: &mut Node) {
    let Some(services) = model.get_mut("services").and_then(Node::as_map_mut) else { return };
    for entry in services.values_mut() {
        for path in MAPPINGS {
            let found = path.iter().try_fold(&mut entry.value, |node, key| node.get_mut(key));
            if let Some(node) = found {
                replace_with(node, keys_and_values);
            }
        }
    }
    for section in ["networks", "volumes"] {
        if let Some(map) = model.get_mut(section).and_then(Node::as_map_mut) {
            map.values_mut().filter_map(|entry| entry.value.get_mut("labels")).for_each(|labels| {
                replace_with(labels, keys_and_values);
            });
        }
    }
}
