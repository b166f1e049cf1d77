//! Layers written out in a test, and what is said of them.

mod limits;
mod problems;
mod refused_expansions;
mod refused_lines;
mod refused_values;
mod values;

use super::{Environment, Layer, ProcessEnvironment, Sample, evaluate};
use crate::report::{Diagnostic, Look, Report, SourceId, Sources, draw};

/// Layers before they are evaluated.
#[derive(Default)]
struct Layers {
    sources: Sources,
    layers: Vec<(Layer, SourceId)>,
    process: Vec<(&'static str, &'static str)>,
    sample: String,
}

/// What evaluating them gave.
struct Told {
    environment: Environment,
    sources: Sources,
    sample: Sample,
    report: Report,
}

impl Layers {
    fn custom(self, text: &str) -> Self {
        self.with(Layer::Custom, "custom/env.custom", text)
    }

    fn root(self, text: &str) -> Self {
        self.with(Layer::Root, "env.custom", text)
    }

    fn base(self, text: &str) -> Self {
        self.with(Layer::Base, "env.base", text)
    }

    fn process(mut self, variables: &[(&'static str, &'static str)]) -> Self {
        self.process = variables.to_vec();
        self
    }

    fn sample(mut self, text: &str) -> Self {
        self.sample = text.to_owned();
        self
    }

    fn with(mut self, layer: Layer, name: &str, text: &str) -> Self {
        self.layers.push((layer, self.sources.add(name, name, text)));
        self
    }

    fn load(mut self) -> Told {
        let process: ProcessEnvironment = self.process.into_iter().collect();
        let sample = Sample::parse(&self.sample);
        let mut report = Report::default();
        let told = || sample.clone();
        let environment = evaluate(&self.layers, "/project", &process, &told, &mut self.sources, &mut report);
        Told { environment, sources: self.sources, sample, report }
    }
}

impl Told {
    fn value(&self, name: &str) -> &str {
        self.environment.get(name).map_or("(none)", |variable| &variable.value)
    }

    /// All problems as they are drawn, an empty line between two.
    fn drawn(&self) -> String {
        self.draw_all(self.report.diagnostics())
    }

    fn draw_all(&self, problems: &[Diagnostic]) -> String {
        let drawn = problems.iter().map(|problem| draw(&self.sources, problem, Look::default()));
        drawn.collect::<Vec<_>>().join("\n\n")
    }
}

/// What is said of one text as `env.custom`.
fn drawn(text: &str) -> String {
    Layers::default().root(text).load().drawn()
}
