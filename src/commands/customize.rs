//! `customize`: service env files are copied to where operators keep theirs, to be changed there.

use std::io::ErrorKind;
use std::path::Path;

use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::files;
use crate::project::Project;
use crate::report::{Diagnostic, nearest};

pub(super) fn run(context: &Context<'_>, names: &[String]) -> Result<Exit, Failure> {
    let project = context.project()?;
    let known = project.default_env_files();
    // All names are looked at before the first file is written.
    for name in names {
        let bare = bare(name);
        if !known.iter().any(|known| known == bare) {
            let problem = Diagnostic::error("unknown-env-file", format!("there is no `defaults/env/{bare}.env`"));
            let near = nearest(bare, known.iter().map(String::as_str));
            let problem = match near {
                Some(_) => problem.with_nearest(near),
                None => problem.with_help(format!("there are {}", known.join(", "))),
            };
            return Err(Failure::new(Exit::Usage, problem));
        }
    }
    for name in names {
        copy(context, &project, bare(name))?;
    }
    Ok(Exit::Done)
}

fn copy(context: &Context<'_>, project: &Project, name: &str) -> Result<(), Failure> {
    let from = project.root().join(format!("defaults/env/{name}.env"));
    let to = project.custom().join(format!("env/{name}.env"));
    let shown = project.name_of(&to);
    match files::create(&to, &files::read_text(&from)?, 0o644) {
        Ok(()) => {
            context.printer.good(&format!("{shown} is a copy of {}, and read instead of it.", project.name_of(&from)));
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            context.printer.say(&format!("{shown} is there already: nothing was changed."));
        }
        Err(error) => return Err(error.into()),
    }
    let nearer = format!("env/{name}.env");
    if project.root().join(&nearer).exists() {
        let problem = Diagnostic::warning("shadowed", format!("{nearer} at the root comes first: {shown} is not read"));
        context.printer.diagnostic(&crate::report::Sources::default(), &problem);
    }
    Ok(())
}

fn bare(name: &str) -> &str {
    let name = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
    name.strip_suffix(".env").unwrap_or(name)
}
