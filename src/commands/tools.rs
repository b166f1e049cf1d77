//! `tools`: programs of the project, and looks into the running application as the project declares them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::{Context, Failure, hooks};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Diagnostic, nearest};
use crate::settings::Tool;
use crate::terminal::Table;
use crate::yaml::{Map, Node};

pub(super) fn run(context: &Context<'_>, tool: &Tool) -> Result<Exit, Failure> {
    let project = context.project()?;
    let programs = project.tools();
    let configured = context.settle(context.plan(&project))?;
    let tools = configured.model.find(&["x-lapstrake", "tools"]).and_then(Node::as_map);
    let declared = || tools.into_iter().flat_map(Map::keys).map(|key| &**key);
    let Some(name) = tool.name.as_deref() else {
        return list(context, &project, &programs, declared());
    };
    if let Some(program) = programs.get(name) {
        let command = hooks::with_variables(program, &project, &configured.environment).args(&tool.arguments);
        return context.outcome(context.runner.replace(&command));
    }
    let arguments = &tool.arguments;
    let Some(tool) = tools.and_then(|tools| tools.get(name)).map(|entry| &entry.value) else {
        let known = declared().chain(programs.keys().map(String::as_str));
        let problem = Diagnostic::error("unknown-tool", format!("this project has no tool `{name}`"));
        return Err(Failure::new(Exit::Usage, problem.with_nearest(nearest(name, known))));
    };
    if let Some(needs) = tool.get("needs").and_then(Node::as_word)
        && configured.environment.get(needs).is_none_or(|variable| variable.value != "1")
    {
        let problem =
            Diagnostic::error("tool-is-off", format!("the application does not offer this: {needs} is not 1"))
                .with_help(format!("set {needs}=1 in env.custom, and run `lapstrake up -d`"));
        return Err(Failure::new(Exit::Usage, problem));
    }
    let command: Vec<&str> =
        tool.get("command").and_then(Node::as_list).into_iter().flatten().filter_map(Node::as_word).collect();
    let Some(service) = tool.get("service").and_then(Node::as_word).filter(|_| !command.is_empty()) else {
        let problem =
            Diagnostic::error("incomplete-tool", format!("the tool `{name}` does not say what it runs where"))
                .with_help(format!("`x-lapstrake.tools.{name}` takes `service`, `command`, and `needs`"));
        return Err(Failure::new(Exit::Usage, problem));
    };
    context.hand_over(&configured.compose().command("exec").args(["-T", service]).args(command).args(arguments))
}

fn list<'n>(
    context: &Context<'_>,
    project: &Project,
    programs: &BTreeMap<String, PathBuf>,
    declared: impl Iterator<Item = &'n str>,
) -> Result<Exit, Failure> {
    let mut table = Table::default();
    for (name, path) in programs {
        table.row([name.clone(), project.name_of(path)]);
    }
    for name in declared.filter(|name| !programs.contains_key(*name)) {
        table.row([name, "in the running application"]);
    }
    context.printer.data(&table.to_string())?;
    Ok(Exit::Done)
}
