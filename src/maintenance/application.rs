//! The application's own work on a database, in a one-off container of its service.

use super::session::Session;
use crate::app::Failure;
use crate::database::{DatabaseError, Name};
use crate::docker::{Command, Input, Mending, interrupted};
use crate::exit::Exit;
use crate::report::{Diagnostic, Secret};
use crate::settings::Format;

/// Where a one-off container finds the administrator's new password.
const PASSWORD: &str = "/run/lapstrake-password";

/// What the application is to do.
pub(crate) struct Task<'t> {
    /// Its arguments, as the role has them.
    pub(crate) arguments: &'t [&'t str],
    /// The database it works on.
    pub(crate) database: &'t Name,
    /// What stands for `{modules}`.
    pub(crate) modules: &'t [String],
    /// The administrator's new password, if it is to set one.
    pub(crate) password: Option<&'t Secret>,
    /// What it does, as a noun.
    pub(crate) doing: &'t str,
}

/// Has the application do something. The deployment is written first: the container is made from what the layers say
/// now.
pub(crate) fn run(session: &Session<'_>, task: &Task<'_>) -> Result<(), Failure> {
    let application = session.application()?;
    session.context.write(session.configured)?;
    let secret = match (task.password, application.password_file) {
        (Some(password), Some(variable)) => Some((session.state.keep_secret(password)?, variable)),
        _ => None,
    };
    let compose = session.configured.compose().quietly();
    let mut command = compose.command("run").args(["--rm", "--no-deps", "-T"]);
    for label in session.server.labels() {
        command = command.args(["--label", &label]);
    }
    // libpq's own variable: the sessions of the container are found and ended with this command.
    command = command.args(["--env", &format!("PGAPPNAME={}", session.server.application_name())]);
    if let Some((file, variable)) = &secret {
        let mut mount = file.path().into_os_string();
        mount.push(format!(":{PASSWORD}:ro"));
        command = command.arg("--volume").arg(mount).args(["--env", &format!("{variable}={PASSWORD}")]);
    }
    let command = command.arg(application.service).args(arguments(task)).input(Input::Nothing).apart();
    // Orphans are none of our business here.
    run_command(session, &command.env("COMPOSE_IGNORE_ORPHANS", "true"), task.doing)
}

fn run_command(session: &Session<'_>, command: &Command, doing: &str) -> Result<(), Failure> {
    let context = session.context;
    // What the application says goes to people; scripts get it when it fails.
    let (ended, complaint) = if context.printer.is_quiet() || session.settings.report == Format::Json {
        let told = context.runner.capture(command)?;
        (told.ended, Some(told.complaint()))
    } else {
        (context.runner.run(command)?, None)
    };
    if interrupted() && !Mending::is_underway() {
        return Err(DatabaseError::Interrupted.into());
    }
    if ended.well() {
        return Ok(());
    }
    let problem = format!("{doing} failed: the application ended with exit code {}", ended.code);
    let problem = Diagnostic::error("application", problem);
    let last_lines = complaint.map(|text| {
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    });
    let noted = last_lines.into_iter().filter(|text| !text.is_empty()).fold(problem, Diagnostic::with_note);
    Err(Failure::new(Exit::Failed, noted))
}

fn arguments(task: &Task<'_>) -> Vec<String> {
    let one = |argument: &&str| match *argument {
        "{modules}" => task.modules.to_vec(),
        other => vec![other.replace("{database}", task.database.as_str())],
    };
    task.arguments.iter().flat_map(one).collect()
}
