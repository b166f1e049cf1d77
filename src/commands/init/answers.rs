//! What must be known, and what was answered.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::app::{Context, Failure};
use crate::environment::{Environment, Layer, ProcessEnvironment, Sample, Variable, assignment, evaluate};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources, can_be_made_up, nearest, read_optional};
use crate::terminal;

/// The variable that gives the docker compose project its name.
const PROJECT_NAME: &str = "COMPOSE_PROJECT_NAME";
/// An answer may ask for another; so many rounds are enough for any chain that people write.
const ROUNDS: usize = 10;

/// The values so far, by their names, in the order in which they came.
pub(super) struct Answers<'a> {
    pub(super) project: &'a Project,
    pub(super) sample: Sample,
    pub(super) values: IndexMap<String, String>,
    process: ProcessEnvironment,
    caller: &'a ProcessEnvironment,
}

impl<'a> Answers<'a> {
    pub(super) fn new(context: &Context<'a>, project: &'a Project) -> Result<Self, Failure> {
        // What the calling shell happens to hold must not decide: the next one may not.
        let home = context.process.get("HOME").map(|home| ("HOME", home));
        let process = home.into_iter().collect();
        let sample = Sample::read(project);
        let answers = Self { project, sample, values: IndexMap::new(), process, caller: context.process };
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let environment = answers.evaluate(&mut sources, &mut report);
        if environment.iter().next().is_none() {
            context.printer.report(&sources, &report, "nothing was written");
            return Err(Failure::said(Exit::Invalid));
        }
        Ok(answers)
    }

    /// The variables as these values make them.
    pub(super) fn environment(&self) -> Environment {
        self.evaluate(&mut Sources::default(), &mut Report::default())
    }

    fn evaluate(&self, sources: &mut Sources, report: &mut Report) -> Environment {
        let project = self.project;
        let own: String = self.values.iter().map(|(name, value)| assignment(name, value)).collect();
        let custom = read_optional(sources, report, "custom/env.custom", &project.custom().join("env.custom"));
        let root = sources.add("env.custom", project.root().join("env.custom"), own);
        let base = read_optional(sources, report, "env.base", &project.root().join("env.base"));
        let layers = [(Layer::Custom, custom), (Layer::Root, Some(root)), (Layer::Base, base)];
        let layers: Vec<_> = layers.into_iter().filter_map(|(layer, source)| Some((layer, source?))).collect();
        let sample = || self.sample.clone();
        evaluate(&layers, &project.root().to_string_lossy(), &self.process, &sample, sources, report)
    }

    /// Takes values that were given. A name that nobody knows is refused.
    pub(super) fn take(&mut self, given: &[(String, String)]) -> Result<(), Failure> {
        let environment = self.environment();
        // What custom/env.custom sets may be read by its own fragments.
        let set = environment.iter().map(|(name, _)| name);
        let known: HashSet<&str> = environment.known_names().chain(self.sample.names()).chain(set).collect();
        if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(name.as_str())) {
            let near = nearest(name, known.iter().copied());
            let problem = Diagnostic::error("unknown-name", format!("nothing reads `{name}`"));
            return Err(Failure::new(Exit::Usage, problem.with_nearest(near)));
        }
        self.values.extend(given.iter().cloned());
        Ok(())
    }

    /// Asks for what is still missing, secrets aside.
    pub(super) fn ask(&mut self, defaults_will_do: bool) -> Result<(), Failure> {
        if self.is_unset(PROJECT_NAME) {
            let default = self.folder_name();
            self.ask_for(PROJECT_NAME, default, defaults_will_do, &mut Vec::new())?;
        }
        let mut unanswered = Vec::new();
        for _ in 0..ROUNDS {
            let required = self.required();
            let open: Vec<_> = required.into_iter().filter(|name| !unanswered.contains(name)).collect();
            if open.is_empty() {
                break;
            }
            for name in open {
                let default = self.default_of(&name);
                self.ask_for(&name, default, defaults_will_do, &mut unanswered)?;
            }
        }
        if unanswered.is_empty() {
            return Ok(());
        }
        let options: Vec<_> = unanswered.iter().map(|name| format!("--set {name}=…")).collect();
        let problem = Diagnostic::error("no-answer", "a required value is missing")
            .with_help(format!("lapstrake init --yes {}", options.join(" ")));
        let explained = |name: &String| Some(format!("{name}: {}", self.sample.explanation(name)?.replace('\n', " ")));
        let problem = unanswered.iter().filter_map(explained).fold(problem, Diagnostic::with_note);
        Err(Failure::new(Exit::Refused, problem))
    }

    fn ask_for(
        &mut self,
        name: &str,
        default: Option<String>,
        defaults_will_do: bool,
        unanswered: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let answer = match default {
            Some(default) if defaults_will_do => Some(default),
            _ if defaults_will_do => None,
            default => {
                let about = self.sample.explanation(name).map(in_lines).unwrap_or_default();
                match terminal::text(&format!("\n{about}{name}:"), default.as_deref()) {
                    Ok(answer) => Some(answer),
                    Err(terminal::NoAnswer::NotATerminal) => None,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        match answer {
            Some(answer) => drop(self.values.insert(name.to_owned(), answer)),
            None => unanswered.push(name.to_owned()),
        }
        Ok(())
    }

    fn is_unset(&self, name: &str) -> bool {
        self.environment()
            .get(name)
            .is_some_and(|variable| variable.origin.expansions.iter().all(|used| used.found.is_none()))
    }

    /// The names that must be set and are not, without secrets.
    fn required(&self) -> Vec<String> {
        let environment = self.environment();
        required(&environment).into_iter().filter(|name| !can_be_made_up(name)).collect()
    }

    /// What the caller's environment holds, or, for a folder, one in the project.
    fn default_of(&self, name: &str) -> Option<String> {
        let of_caller = self.caller.text(name).map(str::to_owned);
        let is_folder = ["ROOT", "FOLDER", "DIR"].iter().any(|end| name.ends_with(end));
        of_caller.or_else(|| is_folder.then(|| self.project.root().join("data").display().to_string()))
    }

    /// The folder's name as docker compose allows it for a project.
    fn folder_name(&self) -> Option<String> {
        let name = self.project.root().file_name()?.to_string_lossy().to_lowercase();
        let known = |each: &char| each.is_ascii_lowercase() || each.is_ascii_digit() || matches!(each, '-' | '_');
        let name: String = name.chars().filter(known).collect();
        Some(name.trim_start_matches(['-', '_']).to_owned()).filter(|name| !name.is_empty())
    }
}

/// A text as people read it on a terminal of the usual width.
fn in_lines(text: &str) -> String {
    const WIDTH: usize = 78;
    terminal::wrapped(text, WIDTH).iter().map(|line| format!("{line}\n")).collect()
}

/// The names that expressions ask for in vain. A variable that lacks one is poisoned without being made from another
/// that is, and the last name it looked at in vain is the one.
pub(super) fn required(environment: &Environment) -> Vec<String> {
    let is_poisoned = |variable: &Variable| variable.poisoned;
    let lacks = |variable: &Variable| {
        let mut used = variable.origin.expansions.iter();
        !used.any(|used| used.found.is_some_and(|id| is_poisoned(environment.variable(id))))
    };
    let wanted = environment.iter().filter(|(_, variable)| is_poisoned(variable) && lacks(variable));
    let last = |variable: &Variable| variable.origin.expansions.iter().rev().find(|used| used.found.is_none()).cloned();
    let mut names: Vec<String> = wanted.filter_map(|(_, variable)| Some(last(variable)?.name.to_string())).collect();
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
