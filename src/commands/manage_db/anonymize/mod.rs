//! `manage_db anonymize`: a database that may be handed on. All of it in one transaction, or on a copy.

mod done;
mod dump;
mod proposals;
mod rules;
mod shown;

use std::time::Instant;

use done::Done;
pub(super) use dump::{from_copy, stream};
use rules::Read;

use crate::app::Failure;
use crate::database::Replacement;
use crate::database::anonymize::{Plan, count, followers, size_of_tables};
use crate::exit::Exit;
use crate::maintenance::session::Session;
use crate::maintenance::{confirm, operation};
use crate::report::Diagnostic;
use crate::settings::{Aim, Anonymize};

const VERB: &str = "anonymize";

pub(super) fn run(session: &Session<'_>, settings: &Anonymize) -> Result<Exit, Failure> {
    session.must_be_ours()?;
    let rules = rules::read(session)?;
    if settings.aim == Aim::Done && !settings.production {
        must_not_be_production(session)?;
    }
    let version = session.version()?;
    if let Aim::Proposals | Aim::Verdict = settings.aim {
        session.facts()?;
        return proposals::tell(session, &rules, settings.aim);
    }
    if settings.aim == Aim::Shown {
        session.facts()?;
        let plan = rules::plan(session, &rules, &session.name, settings.strict)?;
        return shown::tell(session, &plan);
    }
    let held = session.lock(VERB)?;
    let facts = session.facts()?;
    let plan = rules::plan(session, &rules, &session.name, settings.strict)?;
    followers(&session.server, &session.name)?.iter().for_each(|line| session.context.printer.say(line));
    confirm::agree(session.context, session.settings, || {
        let counts = count(&session.server, &session.name, &plan)?;
        let connected = session.foreign_connections()?;
        Ok(question(session, settings, &(shown::rows(&plan, &counts) + &connected), facts.connections))
    })?;
    // Each changed row is written a second time, beside the old one; a copy comes on top.
    let copied = if settings.keep_old { facts.size.unwrap_or_default() } else { 0 };
    let needed = copied + size_of_tables(&session.server, &session.name, &plan)?;
    session.must_have_space(needed, &facts.tablespace, ("the work", "free disk space on the server"))?;
    let began = Instant::now();
    let done = operation::perform(session, &held, "", |work| {
        work.stop_services()?;
        if settings.keep_old {
            session.context.printer.say("copying the database");
            let replacement = Replacement::copy(&held.lock)?;
            let mut done = None;
            let kept = work.replace(&replacement, true, |database| {
                let changed = done::change(session, database, version, &plan, &rules)?;
                done::set_password(session, database, &rules)?;
                // Whoever takes the copy as it is finds nothing old in it.
                done = Some(if settings.vacuum { changed.vacuumed(session, database, &plan)? } else { changed });
                Ok(())
            })?;
            return done.map(|done| done.kept(kept)).ok_or_else(|| Failure::said(Exit::Failed));
        }
        let changed = done::change(session, &session.name, version, &plan, &rules)?;
        afterwards(session, settings, changed, &plan, &rules)
    })?;
    done.tell(session, VERB, began)?;
    Ok(Exit::Done)
}

/// What comes after the transaction. Whatever fails here, the data are anonymised: that is said, and what is to be done.
fn afterwards(
    session: &Session<'_>,
    settings: &Anonymize,
    changed: Done,
    plan: &Plan,
    rules: &Read,
) -> Result<Done, Failure> {
    let told = |failure: Failure, advice: &str| {
        let Failure { exit, unsaid } = failure;
        let unsaid = unsaid.map(|problem| {
            Box::new(problem.with_note("the data are anonymised, and that is committed").with_help(advice))
        });
        Failure { exit, unsaid }
    };
    let password = done::set_password(session, &session.name, rules);
    let done = if settings.vacuum {
        let done = changed.vacuumed(session, &session.name, plan);
        done.map_err(|failure| {
            told(failure, "run it again, or VACUUM FULL the tables: old values lie on the disk until then")
        })?
    } else {
        changed
    };
    password.map_err(|failure| told(failure, "set the password with `manage_db change_admin_password`"))?;
    Ok(done)
}

fn must_not_be_production(session: &Session<'_>) -> Result<(), Failure> {
    let environment = session.configured.environment.get("ENVIRONMENT");
    if !environment.is_some_and(|variable| is_production(&variable.value)) {
        return Ok(());
    }
    let problem = Diagnostic::error("production", "this is a production environment (ENVIRONMENT=production)");
    let problem = problem.with_help("`dump --anonymized` leaves the database as it is");
    Err(Failure::new(Exit::Refused, problem.with_help("pass `--production` to proceed")))
}

/// Whether a value of ENVIRONMENT says that it is production, in any spelling.
fn is_production(value: &str) -> bool {
    matches!(value.trim().to_lowercase().as_str(), "production" | "prod" | "prd" | "live")
}

fn question(session: &Session<'_>, settings: &Anonymize, rows: &str, connections: u64) -> String {
    let (name, server) = (&session.name, session.server_name());
    let fate = if settings.keep_old {
        "The former one is kept under a dated name."
    } else {
        "What was there is lost; --keep-old keeps it."
    };
    format!("{rows}Anonymise database `{name}` on {server} ({connections} connections)? {fate}")
}

#[cfg(test)]
mod tests {
    use super::is_production;

    #[test]
    fn production_is_known_in_any_spelling() {
        for value in ["production", "Production", "PRODUCTION", "prod", " Prod ", "PRD"] {
            assert!(is_production(value), "{value}");
        }
        for value in ["", "test", "preproduction", "pre-prod", "development", "non-production"] {
            assert!(!is_production(value), "{value}");
        }
    }
}
