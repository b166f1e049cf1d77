//! From texts to variables: assignments in order, each remembering what it beat and what it was made from.

use std::collections::HashMap;
use std::ffi::OsStr;

use indexmap::IndexMap;

use super::expand::Output;
use super::missing::Missing;
use super::names::BASE_PATH;
use super::syntax::{Assignment, File, Mark, Part, Word};
use super::{Layer, Name, Origin, ProcessEnvironment, Used, Variable, VariableId, variable::Shape};
use crate::report::{Diagnostic, Span, is_secret_name, is_secret_value};

/// The longest value: Linux starts no program with a longer variable.
const LONGEST_VALUE: usize = 128 * 1024;

/// How much may be copied and compared altogether; a few lines of doubling would otherwise fill the memory.
const MOST_WORK: usize = 256 << 20;

/// Nobody reads more problems than this.
const MOST_PROBLEMS: usize = 100;

/// The shell that isn't there: names and what they hold while the layers are read.
pub(super) struct Evaluator<'p> {
    pub(super) process: &'p ProcessEnvironment,
    pub(super) layer: Layer,
    pub(super) variables: Vec<Variable>,
    /// What each name holds now.
    current: HashMap<Name, VariableId>,
    pub(super) missing: Missing,
    pub(super) problems: Vec<Diagnostic>,
    work: usize,
    exhausted: bool,
}

impl<'p> Evaluator<'p> {
    /// Before the first layer: the process environment, and the project's folder as `BASE_PATH`.
    pub(super) fn new(process: &'p ProcessEnvironment, base_path: &str) -> Self {
        let mut evaluator = Self {
            process,
            layer: Layer::Project,
            variables: Vec::new(),
            current: HashMap::new(),
            missing: Missing::default(),
            problems: Vec::new(),
            work: 0,
            exhausted: false,
        };
        let origin = evaluator.origin(BASE_PATH, None, Vec::new());
        evaluator.bind(&Name::from(BASE_PATH), base_path.to_owned(), origin, Shape::Literal, false);
        evaluator
    }

    /// Begins with a layer.
    pub(super) fn enter(&mut self, layer: Layer) {
        self.layer = layer;
    }

    /// Evaluates a file; the result tells which variable each of its assignments gave, in order.
    pub(super) fn run(&mut self, file: &File) -> Vec<VariableId> {
        let mut given = Vec::with_capacity(file.assignments.len());
        for statement in file.assignments.chunk_by(|_, next| next.together) {
            if let [assignment] = statement {
                let result = self.value_of(assignment);
                given.push(self.assign(assignment, result));
                continue;
            }
            let results: Vec<_> = statement.iter().map(|assignment| self.value_of(assignment)).collect();
            for (assignment, result) in statement.iter().zip(results) {
                given.push(self.assign(assignment, result));
            }
        }
        for name in &file.lost {
            self.poison(name, None);
        }
        given
    }

    fn value_of(&mut self, assignment: &Assignment) -> (Output, Vec<Used>) {
        let mut output = Output::default();
        let mut used = Vec::new();
        output.poisoned = assignment.broken;
        if !assignment.broken {
            self.expand(&assignment.value, &mut output, &mut used);
        }
        if output.text.len() > LONGEST_VALUE {
            self.complain(
                Diagnostic::error("too-long", format!("the value of `{}` is longer than 128 KiB", assignment.name))
                    .at(assignment.name_span, "no program can be started with such a variable")
                    .with_help("keep the text in a file, and its path in the variable"),
            );
            output.fail();
        }
        (output, used)
    }

    fn assign(&mut self, assignment: &Assignment, (output, used): (Output, Vec<Used>)) -> VariableId {
        if &*assignment.name == BASE_PATH {
            self.complain(
                Diagnostic::warning("fixed-name", "`BASE_PATH` is always the project's folder")
                    .at(assignment.name_span, "this assignment has no effect")
                    .with_help("remove it, or choose another name"),
            );
            return self.current[BASE_PATH];
        }
        let shape = shape_of(&assignment.value);
        let secret = match assignment.mark {
            Some(Mark::Secret) => Some(true),
            Some(Mark::Public) => Some(false),
            None => None,
        };
        let origin = self.origin(&assignment.name, Some(assignment.span), used);
        let id = self.bind(&assignment.name, output.text, origin, shape, output.poisoned);
        if let Some(secret) = secret {
            self.variables[id.index()].secret = secret;
        }
        id
    }

    /// `${NAME:=word}`: the name is set in the middle of a value.
    pub(super) fn assign_default(&mut self, name: &Name, span: Span, output: &Output, used: Vec<Used>, word: &Word) {
        let origin = self.origin(name, Some(span), used);
        self.bind(name, output.text.clone(), origin, shape_of(word), output.poisoned);
    }

    /// A name whose assignment could not be read.
    fn poison(&mut self, name: &Name, span: Option<Span>) {
        let origin = self.origin(name, span, Vec::new());
        self.bind(name, String::new(), origin, Shape::Literal, true);
    }

    fn origin(&mut self, name: &str, span: Option<Span>, expansions: Vec<Used>) -> Origin {
        Origin { layer: self.layer, span, beats: self.find(name), expansions }
    }

    fn bind(&mut self, name: &Name, value: String, origin: Origin, shape: Shape, poisoned: bool) -> VariableId {
        let tainted = origin
            .expansions
            .iter()
            .any(|used| used.contributes && used.found.is_some_and(|found| self.variables[found.index()].secret));
        let secret = tainted || is_secret_name(name) || is_secret_value(&value);
        let value = if poisoned { String::new() } else { value };
        self.add(Variable { name: Name::clone(name), value, secret, poisoned, origin, read: false, shape })
    }

    fn add(&mut self, variable: Variable) -> VariableId {
        let id = VariableId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        self.current.insert(Name::clone(&variable.name), id);
        self.variables.push(variable);
        id
    }

    /// What a name holds now; the process environment is asked where no layer set it.
    pub(super) fn find(&mut self, name: &str) -> Option<VariableId> {
        if let Some(id) = self.current.get(name) {
            return Some(*id);
        }
        let value = self.process.get(name)?.to_owned();
        Some(self.add_from_process(name, &value))
    }

    fn add_from_process(&mut self, name: &str, value: &OsStr) -> VariableId {
        let text = value.to_str().map(str::to_owned);
        let secret = is_secret_name(name) || text.as_deref().is_some_and(is_secret_value);
        let origin = Origin { layer: Layer::Process, span: None, beats: None, expansions: Vec::new() };
        let poisoned = text.is_none();
        let value = text.unwrap_or_default();
        let name = Name::from(name);
        self.add(Variable { name, value, secret, poisoned, origin, read: false, shape: Shape::Literal })
    }

    /// Whether `amount` more of work may be done; says once that it was too much.
    pub(super) fn may_work(&mut self, amount: usize, span: Span) -> bool {
        self.work = self.work.saturating_add(amount);
        if self.work > MOST_WORK && !self.exhausted {
            self.exhausted = true;
            self.problems.push(
                Diagnostic::error("too-much", "the expansion exceeds 256 MiB")
                    .at(span, "more than 256 MiB had been copied and compared by here")
                    .with_help("is there a line that doubles a value, many times over?"),
            );
        }
        !self.exhausted
    }

    fn is_first_of_layer(&self, variable: &Variable) -> bool {
        let beaten = variable.origin.beats.map(|beaten| self.variables[beaten.index()].origin.layer);
        beaten != Some(variable.origin.layer)
    }

    /// Notes a problem; of very many, only the first ones.
    pub(super) fn complain(&mut self, problem: Diagnostic) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Which names are assigned: those of `env.base` first.
    pub(super) fn names(&self) -> IndexMap<Name, VariableId> {
        let mut names = IndexMap::with_capacity(self.current.len());
        let ranks: [fn(Layer) -> bool; 3] =
            [|layer| layer == Layer::Project, |layer| layer == Layer::Base, Layer::is_custom];
        for is_of_rank in ranks {
            let of_rank = self.variables.iter().filter(|variable| is_of_rank(variable.origin.layer));
            for variable in of_rank.filter(|variable| self.is_first_of_layer(variable)) {
                if let Some(id) = self.current.get(&variable.name) {
                    names.insert(Name::clone(&variable.name), *id);
                }
            }
        }
        names
    }
}

/// What kind of text a value is.
fn shape_of(word: &Word) -> Shape {
    match word.parts.as_slice() {
        [Part::Expansion(_)] => Shape::HandedOn,
        parts if parts.iter().all(|part| matches!(part, Part::Text { .. })) => Shape::Literal,
        _ => Shape::Composed,
    }
}
