//! `manage_db`: databases, of which none is ever lost.

mod anonymize;
mod change_admin_password;
mod copy;
mod create;
mod drop;
mod dump;
mod list;
mod load;
mod mongo;
mod psql;
mod reset;
mod undo;
mod update;
mod wait;

use crate::app::{Context, Failure, Planned};
use crate::exit::Exit;
use crate::maintenance::hooks::Frame;
use crate::maintenance::recover;
use crate::maintenance::session::Session;
use crate::settings::{DatabaseVerb, ManageDb};

pub(super) fn run(context: &Context<'_>, settings: &ManageDb) -> Result<Exit, Failure> {
    let project = context.project()?;
    let planned = context.plan(&project);
    // Warnings are for whoever configures; a backup at night has none to read them.
    let configured = match planned.configured {
        Some(configured) if !planned.report.has_errors() => configured,
        configured => context.settle(Planned { configured, ..planned })?,
    };
    let frame = Frame::of(context, &project, &settings.verb);
    match &settings.verb {
        DatabaseVerb::MongoDump { file, force } => {
            let session = mongo::Session::open(context, settings, &project, &configured)?;
            frame.around(|| session.dump(file.as_deref(), *force), || None)
        }
        DatabaseVerb::MongoRestore { file } => {
            let session = mongo::Session::open(context, settings, &project, &configured)?;
            frame.around(|| session.restore(file), || None)
        }
        verb => {
            let session = Session::open(context, settings, &project, &configured)?;
            recover(context, &project, &configured);
            let named_by_us = matches!(verb, DatabaseVerb::Dump(dump) if dump.file.is_none());
            let written = || session.state.last_dump().filter(|_| named_by_us).map(|dump| dump.file);
            frame.about(session.name.as_str()).around(|| relational(&session, verb), written)
        }
    }
}

fn relational(session: &Session<'_>, verb: &DatabaseVerb) -> Result<Exit, Failure> {
    match verb {
        DatabaseVerb::Reset { password_file, keep_old } => reset::run(session, password_file.as_deref(), *keep_old),
        DatabaseVerb::Update { modules, keep_old, in_place } => update::run(session, modules, *keep_old, *in_place),
        DatabaseVerb::Dump(dump) => dump::run(session, dump),
        DatabaseVerb::Load(load) => load::run(session, load),
        DatabaseVerb::Anonymize(settings) => anonymize::run(session, settings),
        DatabaseVerb::Undo { keep_old } => undo::run(session, *keep_old),
        DatabaseVerb::ChangeAdminPassword { password_file } => {
            change_admin_password::run(session, password_file.as_deref())
        }
        DatabaseVerb::Create => create::run(session),
        DatabaseVerb::Drop => drop::run(session),
        DatabaseVerb::List => list::run(session),
        DatabaseVerb::Copy { from, .. } => copy::run(session, from),
        DatabaseVerb::Psql { arguments } => psql::run(session, arguments),
        DatabaseVerb::Wait { patience } => wait::run(session, *patience),
        DatabaseVerb::MongoDump { .. } | DatabaseVerb::MongoRestore { .. } => Ok(Exit::Usage),
    }
}
