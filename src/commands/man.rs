//! `man`: the manual's pages, for whoever packages or installs.

use std::fs;
use std::path::Path;

use super::{Context, Failure};
use crate::exit::Exit;
use crate::report::Diagnostic;
use crate::{cli, files};

pub(super) fn run(context: &Context<'_>, folder: &Path) -> Result<Exit, Failure> {
    let pages = cli::pages()?;
    write(folder, &pages).map_err(|error| {
        let problem = format!("cannot write the manual to {}: {error}", folder.display());
        Failure::new(Exit::Failed, Diagnostic::error("not-written", problem))
    })?;
    context.printer.good(&format!("{} pages in {}", pages.len(), folder.display()));
    Ok(Exit::Done)
}

fn write(folder: &Path, pages: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    pages.iter().try_for_each(|(name, page)| files::replace(&folder.join(name), &String::from_utf8_lossy(page), 0o644))
}
