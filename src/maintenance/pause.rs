//! The services that use the database: they stop for as long as they must, and then go on.

use std::time::{Duration, Instant};

use super::session::Session;
use crate::app::Failure;
use crate::docker::{Command, Container, Input, Mending, interrupted};
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::yaml::Node;

/// How long a service that prepares the database may take.
const PATIENCE: Duration = Duration::from_secs(1800);
const PAUSE: Duration = Duration::from_millis(500);

/// Stops the services that use the database, after the one that prepares it has ended. What is stopped is remembered
/// first, so that it is started again whatever happens. Gives back the names of the services.
pub(crate) fn stop(session: &Session<'_>) -> Result<Vec<String>, Failure> {
    if !session.is_in_use() {
        return Ok(Vec::new());
    }
    await_preparation(session)?;
    let running: Vec<Container> = users(session)?.into_iter().filter(runs).collect();
    if running.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids = session.state.stopped();
    ids.extend(running.iter().map(|container| (container.id.clone(), container.service.clone())));
    ids.sort();
    ids.dedup();
    session.state.remember_stopped(&ids)?;
    let names = names(&running);
    session.context.printer.say(&format!("stopping {}", names.join(", ")));
    let stop = Command::new("docker").arg("stop").args(running.iter().map(|container| &container.id));
    docker(session, &stop, "cannot stop the services that use the database")?;
    Ok(names)
}

/// Starts again what we stopped, or what a killed run had stopped.
pub(crate) fn start(session: &Session<'_>) -> Result<(), Failure> {
    let ids = session.state.stopped();
    if ids.is_empty() {
        return Ok(());
    }
    let mut ours = session.containers()?;
    ours.retain(|one| ids.iter().any(|(id, _)| *id == one.id));
    let stopping: Vec<&Container> = ours.iter().filter(|container| runs(container)).collect();
    if !stopping.is_empty() {
        // Docker goes on stopping what a killed command had told it to stop: this waits for it.
        let stop = Command::new("docker").arg("stop").args(stopping.iter().map(|container| &container.id));
        docker(session, &stop, "cannot wait until the services have stopped")?;
    }
    // Those that others wait for come first, as the role lists them.
    let users = session.application.as_ref().map(|application| application.users.clone()).unwrap_or_default();
    ours.sort_by_key(|container| users.iter().position(|user| *user == container.service));
    if !ours.is_empty() {
        session.context.printer.say(&format!("starting {}", names(&ours).join(", ")));
        let start = Command::new("docker").arg("start").args(ours.iter().map(|container| &container.id));
        docker(session, &start, "cannot start the services again that were stopped")?;
    }
    session.state.remember_stopped(&[])?;
    Ok(())
}

/// A service that prepares the database at each start is left to end: stopped half-way it would fail.
fn await_preparation(session: &Session<'_>) -> Result<(), Failure> {
    let began = Instant::now();
    let mut said = false;
    loop {
        let preparing: Vec<Container> =
            users(session)?.into_iter().filter(|one| runs(one) && is_awaited(session, &one.service)).collect();
        if preparing.is_empty() {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            let problem = format!("`{}` is at work on the database and does not end", names(&preparing).join("`, `"));
            return Err(Failure::new(Exit::Failed, Diagnostic::error("busy", problem)));
        }
        if !std::mem::replace(&mut said, true) {
            session.context.printer.say(&format!("waiting for {} to end", names(&preparing).join(", ")));
        }
        std::thread::sleep(PAUSE);
        if interrupted() && !Mending::is_underway() {
            return Err(crate::database::DatabaseError::Interrupted.into());
        }
    }
}

/// Whether other services wait for this one to end.
fn is_awaited(session: &Session<'_>, service: &str) -> bool {
    let services = session.configured.model.get("services").and_then(Node::as_map);
    services.into_iter().flat_map(|services| services.values()).any(|other| {
        let condition = other.value.find(&["depends_on", service, "condition"]).and_then(Node::as_word);
        condition == Some("service_completed_successfully")
    })
}

fn users(session: &Session<'_>) -> Result<Vec<Container>, Failure> {
    let Some(application) = &session.application else { return Ok(Vec::new()) };
    let mut found = session.containers()?;
    found.retain(|container| application.users.contains(&container.service.as_str()));
    Ok(found)
}

fn runs(container: &Container) -> bool {
    matches!(container.state.status.as_str(), "running" | "restarting" | "paused")
}

fn names(containers: &[Container]) -> Vec<String> {
    let mut names: Vec<String> = containers.iter().map(|container| container.service.clone()).collect();
    names.dedup();
    names
}

fn docker(session: &Session<'_>, command: &Command, problem: &str) -> Result<(), Failure> {
    let told = session.context.runner.capture(&command.clone().input(Input::Nothing).apart())?;
    if told.ended.well() {
        return Ok(());
    }
    if interrupted() && !Mending::is_underway() {
        return Err(crate::database::DatabaseError::Interrupted.into());
    }
    Err(Failure::new(Exit::Failed, Diagnostic::error("services", problem).with_note(told.complaint())))
}
