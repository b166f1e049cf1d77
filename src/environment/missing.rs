//! Names that are asked for and not there: one problem each, however often they are asked for.

use indexmap::IndexMap;

use super::syntax::Word;
use super::{Layer, Sample, Variable, VariableId};
use crate::report::{Diagnostic, Sources, Span, nearest};

/// More names than anybody reads of: the rest is only counted.
const MOST_SAID: usize = 100;

/// What was missing so far.
#[derive(Debug, Default)]
pub(super) struct Missing {
    names: IndexMap<String, Wanted>,
}

/// One missing name.
#[derive(Debug)]
struct Wanted {
    why: Why,
    places: Vec<Span>,
    /// What gave it an empty value, where empty is not enough.
    empty: Option<VariableId>,
    /// What the `?` says.
    message: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// `${X:?}`
    Required,
    /// `$X`
    Unset,
    /// The shell would have a value of its own.
    Preset,
    /// The calling process has it, and it is not text.
    NotText,
}

impl Missing {
    pub(super) fn unset(&mut self, name: &str, span: Span) {
        self.want(name, Why::Unset, span);
    }

    pub(super) fn preset(&mut self, name: &str, span: Span) {
        self.want(name, Why::Preset, span);
    }

    pub(super) fn not_text(&mut self, name: &str, span: Span) {
        self.want(name, Why::NotText, span);
    }

    /// `found` is what holds an empty value; `message` is the word behind the `?`.
    pub(super) fn required(&mut self, name: &str, span: Span, found: Option<VariableId>, message: &Word) {
        let wanted = self.want(name, Why::Required, span);
        wanted.empty = wanted.empty.or(found);
        if wanted.message.is_none() {
            let mut whole: Option<Span> = None;
            message.each_text(&mut |text| whole = Some(whole.map_or(text, |first| first.to(text))));
            wanted.message = whole.filter(|_| message.literal().is_some_and(|text| !text.trim().is_empty()));
        }
    }

    fn want(&mut self, name: &str, why: Why, span: Span) -> &mut Wanted {
        let wanted = self.names.entry(name.to_owned()).or_insert_with(|| Wanted {
            why,
            places: Vec::new(),
            empty: None,
            message: None,
        });
        if why == Why::Required && wanted.why == Why::Unset {
            wanted.why = why;
        }
        if !wanted.places.contains(&span) {
            // Three places say enough.
            if wanted.places.len() < 3 {
                wanted.places.push(span);
            }
        }
        wanted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// One problem per name. `base` is the text of `env.base`: what is missing there, people are to set elsewhere.
    pub(super) fn diagnostics(&self, known: &Known<'_>) -> Vec<Diagnostic> {
        let said = self.names.iter().take(MOST_SAID).map(|(name, wanted)| wanted.diagnostic(name, known));
        let counted = self.names.keys().skip(MOST_SAID).map(|name| Diagnostic::error("unset", name));
        said.chain(counted).collect()
    }
}

/// What helps to say something useful about a missing name.
pub(super) struct Known<'k> {
    pub(super) sources: &'k Sources,
    pub(super) sample: &'k Sample,
    pub(super) variables: &'k [Variable],
    /// The names that the layers assign.
    pub(super) names: &'k [&'k str],
    pub(super) layer_of: &'k dyn Fn(Span) -> Layer,
}

impl Wanted {
    fn diagnostic(&self, name: &str, known: &Known<'_>) -> Diagnostic {
        match self.why {
            Why::Required => self.is_required(name, known),
            Why::Unset => self.is_unset(name, known),
            Why::Preset => self
                .at_places(
                    Diagnostic::error("not-in-language", format!("`{name}` is the shell's own, and no shell is there")),
                    "it is not in the environment of this process",
                )
                .with_help(format!(
                    "write the value itself, under a name of your own, or `export {name}` before you call"
                )),
            Why::NotText => self.at_places(
                Diagnostic::error("not-utf8", format!("`{name}` of the calling process is not UTF-8 text")),
                "read here",
            ),
        }
    }

    fn is_required(&self, name: &str, known: &Known<'_>) -> Diagnostic {
        let state = if self.empty.is_some() { "empty" } else { "not set" };
        let mut diagnostic = Diagnostic::error("required", format!("`{name}` is required and {state}"));
        diagnostic = self.at_places(diagnostic, "required here");
        if let Some(empty) = self.empty.map(|id| &known.variables[id.index()]) {
            diagnostic = match empty.origin.span {
                Some(span) => diagnostic.at(span, "an empty value does not count"),
                None => diagnostic.with_note("the environment of the calling process has it, with an empty value"),
            };
        }
        // The sample says it at length.
        if let Some(message) = self.message.filter(|_| known.sample.explanation(name).is_none()) {
            diagnostic = diagnostic.with_note(known.sources.slice(message).trim_matches(['"', '\'']));
        }
        self.with_explanation(diagnostic, name, known)
    }

    fn is_unset(&self, name: &str, known: &Known<'_>) -> Diagnostic {
        let diagnostic = Diagnostic::error("unset", format!("`{name}` is used and not set"));
        let diagnostic = self.at_places(diagnostic, "used here");
        if name == "HOME" {
            return diagnostic.with_note("`~` is the home folder of the calling process, which has none");
        }
        if self.places.iter().any(|place| (known.layer_of)(*place) == Layer::Base) {
            return self.with_explanation(diagnostic, name, known);
        }
        diagnostic
            .with_nearest(nearest(name, known.names.iter().copied()))
            .with_help(format!("set `{name}` on a line before, or say what to do without it: `${{{name}:-}}`"))
    }

    fn with_explanation(&self, mut diagnostic: Diagnostic, name: &str, known: &Known<'_>) -> Diagnostic {
        if let Some(explanation) = known.sample.explanation(name) {
            diagnostic = diagnostic.with_note(explanation);
        }
        let misspelt = nearest(name, known.names.iter().copied()).filter(|near| {
            known.variables.iter().any(|variable| variable.name == *near && variable.origin.layer.is_custom())
                && !known.sample.has(near)
        });
        diagnostic.with_nearest(misspelt).with_help(format!("set `{name}` in `env.custom`"))
    }

    fn at_places(&self, diagnostic: Diagnostic, label: &str) -> Diagnostic {
        self.places.iter().enumerate().fold(diagnostic, |diagnostic, (order, place)| {
            diagnostic.at(*place, if order == 0 { label } else { "and here" })
        })
    }
}
