//! All variables, for people and for programs.

use super::dotenv::spell;
use super::evaluate::Evaluator;
use super::parse::parse;
use super::{Environment, Layer, ProcessEnvironment};
use crate::report::{Place, Sources};

/// What is shown in place of a secret.
pub const HIDDEN: &str = "***";

/// One variable of a listing.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The value must not be shown.
    pub secret: bool,
    /// Which layer gave it.
    pub layer: Layer,
    /// Where it stands, when in a file.
    pub place: Option<Place>,
}

impl Line {
    /// The value as it may be shown.
    #[must_use]
    pub fn shown(&self, show_secrets: bool) -> &str {
        if self.secret && !show_secrets { HIDDEN } else { &self.value }
    }
}

/// How a listing is written for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `NAME=value`, as in `.env`.
    Dotenv,
    /// `export NAME=value`, for any shell to read.
    Shell,
    /// One object: name to value, `secret`, `layer` and `place`.
    Json,
}

impl Environment {
    /// All variables, or only those whose value is another than `env.base` alone would give.
    #[must_use]
    pub fn listing(&self, sources: &Sources, only_changed: bool) -> Vec<Line> {
        let defaults = only_changed.then(|| self.defaults(sources));
        self.iter()
            .filter(|(name, variable)| {
                let default = |defaults: &Environment| {
                    defaults.get(name).is_some_and(|default| !default.poisoned && default.value == variable.value)
                };
                !defaults.as_ref().is_some_and(default)
            })
            .map(|(name, variable)| Line {
                name: name.to_owned(),
                value: variable.value.clone(),
                secret: variable.secret,
                layer: variable.origin.layer,
                place: variable.origin.span.map(|span| sources.place(span)),
            })
            .collect()
    }

    /// What `env.base` alone makes of nothing but the home folder.
    fn defaults(&self, sources: &Sources) -> Environment {
        let home = self.process.get("HOME").map(|home| ("HOME", home));
        let process: ProcessEnvironment = home.into_iter().collect();
        let base_path = self.get(super::names::BASE_PATH).map_or("", |variable| &variable.value);
        let mut evaluator = Evaluator::new(&process, base_path);
        if let Some(base) = self.base {
            evaluator.enter(Layer::Base);
            evaluator.run(&parse(base, sources.text(base)));
        }
        let names = evaluator.names();
        Environment { names, variables: evaluator.variables, ..Environment::default() }
    }
}

/// A listing as a text for programs.
#[must_use]
pub fn spelled(lines: &[Line], spelling: Spelling, show_secrets: bool) -> String {
    match spelling {
        Spelling::Dotenv => lines.iter().map(|line| assignment("", line, show_secrets)).collect(),
        Spelling::Shell => lines.iter().map(|line| assignment("export ", line, show_secrets)).collect(),
        Spelling::Json => json(lines, show_secrets),
    }
}

fn assignment(before: &str, line: &Line, show_secrets: bool) -> String {
    let value = line.shown(show_secrets);
    // What docker compose cannot read, a shell still can.
    let value = spell(value).unwrap_or_else(|_| format!("'{}'", value.replace('\'', "'\\''")));
    format!("{before}{}={value}\n", line.name)
}

fn json(lines: &[Line], show_secrets: bool) -> String {
    let object: serde_json::Map<String, serde_json::Value> = lines
        .iter()
        .map(|line| {
            let value = serde_json::json!({
                "value": line.shown(show_secrets),
                "secret": line.secret,
                "layer": line.layer.to_string(),
                "place": line.place.as_ref().map(ToString::to_string),
            });
            (line.name.clone(), value)
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Object(object))
}

/// A value as one line of a terminal.
pub(super) fn shown(value: &str, hidden: bool) -> String {
    if hidden && !value.is_empty() {
        return HIDDEN.to_owned();
    }
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    value
        .chars()
        .flat_map(|each| if each.is_control() { each.escape_default().collect() } else { vec![each] })
        .collect()
}
