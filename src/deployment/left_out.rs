//! The services that do not take part, and why.

use std::collections::HashMap;

use crate::environment::Environment;
use crate::fragments::{self, Reason, Selection};
use crate::model::LeftOut;
use crate::project::Project;
use crate::report::{Report, Sources};
use crate::yaml::{Map, Node, parse};

/// The services of the fragments that are left out; their texts are read, but not interpolated.
pub(super) fn services(
    project: &Project,
    selection: &Selection,
    environment: &Environment,
    sources: &mut Sources,
) -> HashMap<String, LeftOut> {
    let mut found = HashMap::new();
    for left_out in &selection.left_out {
        if matches!(left_out.reason, Reason::Common) {
            continue;
        }
        // What is wrong with a fragment that is left out is nobody's business.
        let mut ignored = Report::default();
        let name = project.name_of(&left_out.fragment.path);
        let Some(id) = crate::report::read(sources, &mut ignored, &name, &left_out.fragment.path) else { continue };
        for document in parse(sources, id, &mut ignored).unwrap_or_default() {
            let services = document.get("services").and_then(Node::as_map);
            for service in services.into_iter().flat_map(Map::keys) {
                found.entry(service.to_string()).or_insert_with(|| why(left_out, environment, sources));
            }
        }
    }
    found
}

fn why(left_out: &fragments::LeftOut, environment: &Environment, sources: &Sources) -> LeftOut {
    let name = &left_out.fragment.name;
    match &left_out.reason {
        Reason::Disabled(span) => {
            LeftOut { why: format!("`{name}` is disabled in {}", sources.place(*span)), place: Some(*span) }
        }
        Reason::SwitchedOff(switch) => {
            let place = environment.get(switch).and_then(|variable| variable.origin.span);
            LeftOut { why: format!("{switch} is off"), place }
        }
        Reason::Common => LeftOut { why: format!("`{name}` is only there to be extended"), place: None },
    }
}
