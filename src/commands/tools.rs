//! `tools`: a look into the running application.

use super::{Context, Failure, roles};
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::settings::Tool;

/// A tool: the variable that must be 1 for the application to offer it, and what is run beside the application.
struct Recipe {
    variable: &'static str,
    command: &'static [&'static str],
}

const UWSGI_STATS: Recipe =
    Recipe { variable: "COOG_UWSGI_STATS", command: &["uwsgi", "--connect-and-read", "/tmp/uwsgi_stats"] };

const UWSGI_TRACEBACKS: Recipe = Recipe {
    variable: "COOG_UWSGI_TRACEBACKER",
    // How many sockets there are is known inside the container only: one for each worker.
    command: &["sh", "-c", r#"for socket in /tmp/uwsgi_tracebacker*; do uwsgi --connect-and-read "$socket"; done"#],
};

pub(super) fn run(context: &Context<'_>, tool: Tool) -> Result<Exit, Failure> {
    let Recipe { variable, command } = match tool {
        Tool::UwsgiStats => UWSGI_STATS,
        Tool::UwsgiTracebacks => UWSGI_TRACEBACKS,
    };
    let configured = context.settle(context.plan(&context.project()?))?;
    if configured.environment.get(variable).is_none_or(|found| found.value != "1") {
        let problem =
            Diagnostic::error("tool-is-off", format!("the application does not offer this: {variable} is not 1"))
                .with_help(format!("set {variable}=1 in env.custom, and run `lapstrake up -d`"));
        return Err(Failure::new(Exit::Usage, problem));
    }
    let Some(service) = roles::application(&configured.model) else {
        let problem = Diagnostic::error("no-application", "no service is the application here")
            .with_help("declare one under `x-lapstrake.application.service`");
        return Err(Failure::new(Exit::Usage, problem));
    };
    context.hand_over(&configured.compose().command("exec").args(["-T", service]).args(command.iter().copied()))
}
