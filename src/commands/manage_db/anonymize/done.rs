//! The work itself, and what is told of it.

use std::io;
use std::time::Instant;

use serde_json::json;

use super::rules::Read;
use crate::app::Failure;
use crate::database::anonymize::{Outcome, Plan, Vacuumed, anonymize, vacuum};
use crate::database::{Name, facts};
use crate::maintenance::application::{self, Task};
use crate::maintenance::operation::seconds;
use crate::maintenance::session::Session;
use crate::report::{Diagnostic, Secret, Sources};
use crate::settings::Format;
use crate::terminal::Table;

/// What was done.
pub(super) struct Done {
    outcome: Outcome,
    /// What was written anew, if that was asked for.
    vacuumed: Option<Vacuumed>,
    kept: Option<Name>,
}

/// Does the transaction.
pub(super) fn change(
    session: &Session<'_>,
    database: &Name,
    version: u32,
    plan: &Plan,
    read: &Read,
) -> Result<Done, Failure> {
    let live = session.context.printer.live();
    live.show("anonymising".to_owned());
    let outcome = anonymize(&session.server, database, version, plan, &read.rules)?;
    Ok(Done { outcome, vacuumed: None, kept: None })
}

/// Gives the administrator the password that everybody knows, with the application's own command.
pub(super) fn set_password(session: &Session<'_>, database: &Name, read: &Read) -> Result<(), Failure> {
    let Some(application) = session.application.as_ref().filter(|application| !application.set_password.is_empty())
    else {
        return Ok(());
    };
    let Some(password) = read.rules.password(&crate::database::anonymize::catalogue(&session.server, database)?) else {
        return Ok(());
    };
    let task = Task {
        arguments: &application.set_password,
        database,
        modules: &[],
        password: Some(&Secret::new(password)),
        doing: "the change of the administrator's password",
    };
    application::run(session, &task)
}

impl Done {
    /// Nothing was done to the database: this went into a dump.
    pub(super) fn streamed(outcome: Outcome) -> Self {
        Self { outcome, vacuumed: None, kept: None }
    }

    /// Writes the tables anew.
    pub(super) fn vacuumed(self, session: &Session<'_>, database: &Name, plan: &Plan) -> Result<Self, Failure> {
        let live = session.context.printer.live();
        live.show("writing the tables anew".to_owned());
        let space = session.server.disk_space(session.role.data)?;
        let tablespace = facts(&session.server, database)?.map(|facts| facts.tablespace).unwrap_or_default();
        let fits = |bytes| space.as_ref().is_none_or(|space| space.lacks(bytes, &tablespace).is_none());
        let vacuumed = vacuum(&session.server, database, plan, fits)?;
        drop(live);
        if !vacuumed.left_out.is_empty() {
            let tables = vacuumed.left_out.join(", ");
            let warning = format!("no disk space to write these tables anew: {tables}");
            let warning = Diagnostic::warning("disk-space", warning)
                .with_note("old values lie on the server's disk until they are")
                .with_help("free disk space on the server, then run VACUUM FULL on them");
            session.context.printer.diagnostic(&Sources::default(), &warning);
        }
        Ok(Self { vacuumed: Some(vacuumed), ..self })
    }

    /// The former database is kept.
    pub(super) fn kept(self, kept: Option<Name>) -> Self {
        Self { kept, ..self }
    }

    /// Tells everything: a table for people, an object for scripts.
    pub(super) fn tell(&self, session: &Session<'_>, verb: &str, began: Instant) -> io::Result<()> {
        let printer = session.context.printer;
        if session.settings.report == Format::Json {
            return printer.data(&format!("{}\n", self.json(session, verb, began)));
        }
        printer.data(&self.table().to_string())?;
        self.conclude(session, verb, began);
        Ok(())
    }

    /// The same for people only, beside data that goes to standard output.
    pub(super) fn say(&self, session: &Session<'_>) {
        for line in self.table().to_string().lines() {
            session.context.printer.say(line);
        }
    }

    /// The tables as JSON.
    pub(super) fn tables(&self) -> serde_json::Value {
        let column = |column: &crate::database::anonymize::ColumnOutcome| json!({ "column": column.column, "method": column.method, "rows": column.changed, "proven": column.proven });
        let tables = self.outcome.tables.iter().map(|table| {
            let columns: Vec<_> = table.columns.iter().map(column).collect();
            json!({ "table": table.table, "seconds": rounded(table.seconds), "columns": columns })
        });
        tables.collect()
    }

    fn json(&self, session: &Session<'_>, verb: &str, began: Instant) -> serde_json::Value {
        json!({
            "verb": verb,
            "database": session.name.as_str(),
            "seconds": seconds(began),
            "tables": self.tables(),
            "vacuumed": self.vacuumed.is_some(),
            "checkpoint": self.vacuumed.as_ref().is_some_and(|vacuumed| vacuumed.checkpoint),
            "not_vacuumed": self.vacuumed.as_ref().map(|vacuumed| &vacuumed.left_out),
            "kept": self.kept.as_ref().map(Name::as_str),
        })
    }

    fn table(&self) -> Table {
        let mut table = Table::default();
        table.row(["table", "column", "method", "rows", "proven", "seconds"]);
        for outcome in &self.outcome.tables {
            for (number, column) in outcome.columns.iter().enumerate() {
                let seconds = if number == 0 { format!("{}", rounded(outcome.seconds)) } else { String::new() };
                let name = column.column.clone().unwrap_or_default();
                let (changed, proven) = (column.changed.to_string(), column.proven.to_string());
                table.row([outcome.table.clone(), name, column.method.to_owned(), changed, proven, seconds]);
            }
        }
        table
    }

    fn conclude(&self, session: &Session<'_>, verb: &str, began: Instant) {
        let printer = session.context.printer;
        let columns = || self.outcome.tables.iter().flat_map(|table| &table.columns);
        let (changed, proven): (u64, u64) =
            (columns().map(|column| column.changed).sum(), columns().map(|column| column.proven).sum());
        printer
            .say(&format!("{proven} of {changed} changed values were looked at: no old one stands at its old place"));
        printer.say(match self.vacuumed.as_ref().map(|vacuumed| vacuumed.checkpoint) {
            Some(true) => "the tables were written anew; the write-ahead log keeps old values until it is recycled",
            Some(false) => {
                "the tables were written anew; we may not order a checkpoint, so their old files go at the next one, \
                 and the write-ahead log keeps old values until it is recycled"
            }
            None => "old values lie on the server's disk until the tables are vacuumed, and in the write-ahead log",
        });
        let kept = self.kept.as_ref().map(|kept| format!(", the former one is kept as `{kept}`")).unwrap_or_default();
        printer.good(&format!("{verb} of `{}`: {} s{kept}", session.name, seconds(began)));
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
