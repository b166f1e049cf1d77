//! Which services an `up` starts.

use std::collections::BTreeSet;

use super::up_arguments::Request;
use crate::yaml::Node;

/// The services that an `up` starts: those that were named with what they depend on, or all that no profile holds back.
#[derive(Debug)]
pub(crate) struct Selection(BTreeSet<String>);

impl Selection {
    /// `profiles` is what COMPOSE_PROFILES says.
    pub(crate) fn of(model: &Node, request: &Request, profiles: &str) -> Self {
        let Some(services) = model.get("services").and_then(Node::as_map) else { return Self::none() };
        let profiles: Vec<&str> = profiles.split(',').map(str::trim).collect();
        let mut waiting: Vec<&str> = if request.services.is_empty() {
            let active = services.iter().filter(|(_, entry)| is_active(&entry.value, &profiles));
            active.map(|(name, _)| &**name).collect()
        } else {
            request.services.iter().map(String::as_str).collect()
        };
        let mut selected = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if selected.insert(name.to_owned()) && request.with_dependencies {
                waiting.extend(services.get(name).into_iter().flat_map(|entry| needs(&entry.value)));
            }
        }
        Self(selected)
    }

    pub(crate) fn none() -> Self {
        Self(BTreeSet::new())
    }

    pub(crate) fn only(service: &str) -> Self {
        Self(BTreeSet::from([service.to_owned()]))
    }

    pub(crate) fn contains(&self, service: &str) -> bool {
        self.0.contains(service)
    }
}

fn is_active(service: &Node, active: &[&str]) -> bool {
    let own = service.get("profiles").and_then(Node::as_list).unwrap_or_default();
    own.is_empty() || own.iter().filter_map(Node::as_word).any(|profile| active.contains(&profile) || active == ["*"])
}

/// The services that docker compose starts with this one.
fn needs(service: &Node) -> Vec<&str> {
    let names = |key: &str| -> Vec<&str> {
        let node = service.get(key);
        let listed = node.and_then(Node::as_list).unwrap_or_default().iter().filter_map(Node::as_word);
        let keys = node.and_then(Node::as_map).into_iter().flat_map(|map| map.keys().map(|key| &**key));
        listed.chain(keys).collect()
    };
    let before_colon = |word: &'_ str| word.split(':').next().map(str::len).unwrap_or_default();
    let linked = ["links", "volumes_from"].into_iter().flat_map(names).map(|word| &word[..before_colon(word)]);
    let shared = ["network_mode", "ipc", "pid"].into_iter().filter_map(|key| service.get(key)?.as_word());
    let shared = shared.filter_map(|word| word.strip_prefix("service:"));
    names("depends_on").into_iter().chain(linked).chain(shared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sources};

    const MODEL: &str = "\
services:
  web: { depends_on: [init], links: ['cache:redis'] }
  init: { depends_on: { db: { condition: service_started } } }
  db: {}
  cache: {}
  side: { network_mode: 'service:web' }
  debug: { profiles: [debug], depends_on: [db] }
";

    fn selected(arguments: &[&str], profiles: &str) -> Vec<String> {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let id = sources.add("m.yml", "/m.yml", MODEL);
        let model = crate::yaml::parse(&sources, id, &mut report).unwrap().pop().unwrap();
        let arguments: Vec<_> = arguments.iter().map(std::ffi::OsString::from).collect();
        Selection::of(&model, &Request::read(&arguments), profiles).0.into_iter().collect()
    }

    #[test]
    fn a_service_comes_with_what_it_needs() {
        assert_eq!(selected(&["web"], ""), ["cache", "db", "init", "web"]);
        assert_eq!(selected(&["side"], ""), ["cache", "db", "init", "side", "web"]);
        assert_eq!(selected(&["--no-deps", "web"], ""), ["web"]);
    }

    #[test]
    fn without_names_it_is_all_that_no_profile_holds_back() {
        assert_eq!(selected(&[], ""), ["cache", "db", "init", "side", "web"]);
        assert_eq!(selected(&[], "x,debug"), ["cache", "db", "debug", "init", "side", "web"]);
        assert_eq!(selected(&["debug"], ""), ["db", "debug"]);
    }
}
