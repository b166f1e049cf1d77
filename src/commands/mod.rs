//! One file or folder per verb. What several of them share has its rooms below.

mod completions;
mod configure;
mod customize;
mod doctor;
mod down;
mod edit;
mod env;
mod explain;
mod graph;
mod init;
mod man;
mod manage_db;
mod merge;
mod new;
mod passthrough;
mod services;
mod status;
mod tools;
mod up;
mod urls;
mod verify;

use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::report::Sources;
use crate::settings::Task;

/// The variable with the address under which browsers find the project.
const ADDRESS: &str = "BASE_URL";

/// Does what the settings ask for, and says what went wrong.
#[must_use]
pub fn run(context: &Context<'_>) -> Exit {
    match dispatch(context) {
        Ok(exit) => exit,
        Err(Failure { exit, unsaid }) => {
            if let Some(diagnostic) = unsaid {
                context.printer.diagnostic(&Sources::default(), &diagnostic);
            }
            exit
        }
    }
}

fn dispatch(context: &Context<'_>) -> Result<Exit, Failure> {
    match &context.settings.task {
        Task::Up(settings) => up::run(context, settings),
        Task::Down(arguments) => down::run(context, arguments),
        Task::ManageDb(settings) => manage_db::run(context, settings),
        Task::New(folder) => new::run(context, folder),
        Task::Init(settings) => init::run(context, settings),
        Task::Edit(settings) => edit::run(context, settings),
        Task::Status(format) => status::run(context, *format),
        Task::Urls(format) => urls::run(context, *format),
        Task::Doctor(format) => doctor::run(context, *format),
        Task::Services(settings) => services::run(context, settings),
        Task::Customize(names) => customize::run(context, names),
        Task::Tool(tool) => tools::run(context, tool),
        Task::Compose(verb, arguments) => passthrough::run(context, verb, arguments),
        Task::Configure(settings) => configure::run(context, *settings),
        Task::Merge(settings) => merge::run(context, settings),
        Task::Explain(settings) => explain::run(context, settings),
        Task::Env(settings) => env::run(context, *settings),
        Task::Completions(shell) => completions::run(context, *shell),
        Task::Manual(folder) => man::run(context, folder),
        Task::Graph(format) => graph::run(context, *format),
    }
}
