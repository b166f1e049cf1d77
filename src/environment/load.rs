//! The station's work from one end to the other.

use std::collections::HashMap;

use super::evaluate::Evaluator;
use super::layers::{LayerFile, read_layers};
use super::missing::Known;
use super::syntax::{Assignment, Mark};
use super::{Environment, Layer, ProcessEnvironment, Sample, VariableId, checks, secrecy};
use crate::project::Project;
use crate::report::{Report, SourceId, Sources, Span};

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
    let mut environment = Environment { process: process.clone(), ..Environment::default() };
    let Some(layers) = read_layers(project, sources, report) else { return environment };
    environment.base = layers.iter().find(|file| file.layer == Layer::Base).map(|file| file.source);

    let mut evaluator = Evaluator::new(process, &project.root().to_string_lossy());
    let given = evaluate(&mut evaluator, &layers);
    let public = public_ones(&given);
    secrecy::spread(&mut evaluator.variables, &public);
    for (id, assignment) in &given {
        let variable = &evaluator.variables[id.index()];
        if variable.secret {
            secrecy::mask(sources, assignment);
        }
    }
    evaluator.problems.drain(..).for_each(|problem| report.push(problem));
    report_missing(&evaluator, &layers, project, sources, report);
    environment.names = evaluator.names().collect();
    environment.variables = evaluator.variables;
    checks::at_load(&environment, &given, report);
    environment
}

/// Each assignment of a file, with the variable that it gave.
pub(super) type Given<'f> = Vec<(VariableId, &'f Assignment)>;

fn evaluate<'f>(evaluator: &mut Evaluator<'_>, layers: &'f [LayerFile]) -> Given<'f> {
    let mut given = Vec::new();
    for layer in layers {
        evaluator.enter(layer.layer);
        let ids = evaluator.run(&layer.file);
        let assignments = layer.file.statements.iter().flat_map(|statement| &statement.assignments);
        given.extend(ids.into_iter().zip(assignments));
    }
    given
}

fn public_ones(given: &Given<'_>) -> Vec<VariableId> {
    given.iter().filter(|(_, assignment)| assignment.mark == Some(Mark::Public)).map(|(id, _)| *id).collect()
}

fn report_missing(
    evaluator: &Evaluator<'_>,
    layers: &[LayerFile],
    project: &Project,
    sources: &Sources,
    report: &mut Report,
) {
    if evaluator.missing.is_empty() {
        return;
    }
    let by_source: HashMap<SourceId, Layer> = layers.iter().map(|file| (file.source, file.layer)).collect();
    let names: Vec<String> = evaluator.names().map(|(name, _)| name).collect();
    let known = Known {
        sources,
        sample: &Sample::read(project),
        variables: &evaluator.variables,
        names: &names.iter().map(String::as_str).collect::<Vec<_>>(),
        layer_of: &|span: Span| by_source.get(&span.source).copied().unwrap_or(Layer::Base),
    };
    evaluator.missing.diagnostics(&known).into_iter().for_each(|problem| report.push(problem));
}
