//! The station's work from one end to the other.

use std::collections::{HashMap, HashSet};

use super::evaluate::Evaluator;
use super::layers::{LayerFile, parse_layer, read_layers};
use super::missing::Known;
use super::syntax::{Assignment, Mark};
use super::{Environment, Layer, ProcessEnvironment, Sample, VariableId, checks, secrecy};
use crate::project::Project;
use crate::report::{Report, SourceId, Sources, Span, is_secret_value};

/// Reads the layers of a project, lowest first, and evaluates them.
///
/// Problems go to the report. A variable whose value could not be found out is there all the same, marked as
/// [`poisoned`](super::Variable::poisoned), so that nothing is said about it twice.
pub fn load(
    project: &Project,
    process: &ProcessEnvironment,
    sources: &mut Sources,
    report: &mut Report,
) -> Environment {
    match read_layers(project, sources, report) {
        Some(layers) => {
            let sample = || Sample::read(project);
            evaluate(&layers, &project.root().to_string_lossy(), process, &sample, sources, report)
        }
        None => Environment { process: process.clone(), ..Environment::default() },
    }
}

/// Evaluates texts that were read already, lowest layer first. `base_path` is what `BASE_PATH` is to hold; `sample` is
/// asked for when something is missing.
pub fn evaluate(
    layers: &[(Layer, SourceId)],
    base_path: &str,
    process: &ProcessEnvironment,
    sample: &dyn Fn() -> Sample,
    sources: &mut Sources,
    report: &mut Report,
) -> Environment {
    let layers: Vec<LayerFile> =
        layers.iter().map(|(layer, source)| parse_layer(*layer, *source, sources, report)).collect();
    let mut evaluator = Evaluator::new(process, base_path);
    let given = run(&mut evaluator, &layers);
    secrecy::spread(&mut evaluator.variables, &public_ones(&given));
    for (id, assignment) in &given {
        let variable = &mut evaluator.variables[id.index()];
        // What came of the value is not known; what is written there is.
        variable.secret |= variable.poisoned && is_secret_value(sources.slice(assignment.span));
        if variable.secret {
            secrecy::mask(sources, assignment);
        }
    }
    evaluator.problems.drain(..).for_each(|problem| report.push(problem));
    report_missing(&evaluator, &layers, sample, sources, report);
    let environment = Environment {
        names: evaluator.names(),
        variables: evaluator.variables,
        process: process.clone(),
        base: layers.iter().find(|file| file.layer == Layer::Base).map(|file| file.source),
    };
    checks::at_load(&environment, &given, report);
    environment
}

/// Near names are looked for among this many.
pub(super) const MOST_NAMES: usize = 5_000;

/// Each assignment of a file, with the variable that it gave.
pub(super) type Given<'f> = Vec<(VariableId, &'f Assignment)>;

fn run<'f>(evaluator: &mut Evaluator<'_>, layers: &'f [LayerFile]) -> Given<'f> {
    let mut given = Vec::new();
    for layer in layers {
        evaluator.enter(layer.layer);
        let ids = evaluator.run(&layer.file);
        given.extend(ids.into_iter().zip(&layer.file.assignments));
    }
    given
}

fn public_ones(given: &Given<'_>) -> HashSet<VariableId> {
    given.iter().filter(|(_, assignment)| assignment.mark == Some(Mark::Public)).map(|(id, _)| *id).collect()
}

fn report_missing(
    evaluator: &Evaluator<'_>,
    layers: &[LayerFile],
    sample: &dyn Fn() -> Sample,
    sources: &Sources,
    report: &mut Report,
) {
    if evaluator.missing.is_empty() {
        return;
    }
    let by_source: HashMap<SourceId, Layer> = layers.iter().map(|file| (file.source, file.layer)).collect();
    let names = evaluator.names();
    let known = Known {
        sources,
        sample: &sample(),
        variables: &evaluator.variables,
        names: &names.keys().map(|name| &**name).take(MOST_NAMES).collect::<Vec<_>>(),
        layer_of: &|span: Span| by_source.get(&span.source).copied().unwrap_or(Layer::Base),
    };
    evaluator.missing.diagnostics(&known).into_iter().for_each(|problem| report.push(problem));
}
