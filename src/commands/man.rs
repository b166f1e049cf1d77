//! `man`: the manual's pages, for whoever packages or installs.

use std::path::Path;

use crate::app::{Context, Failure};
use crate::cli;
use crate::exit::Exit;
use crate::files::{self, FileError};

pub(super) fn run(context: &Context<'_>, folder: &Path) -> Result<Exit, Failure> {
    let pages = cli::pages()?;
    write(folder, &pages)?;
    context.printer.good(&format!("{} pages in {}", pages.len(), folder.display()));
    Ok(Exit::Done)
}

fn write(folder: &Path, pages: &[(String, Vec<u8>)]) -> Result<(), FileError> {
    files::create_folders(folder, 0o755)?;
    pages.iter().try_for_each(|(name, page)| files::replace(&folder.join(name), &String::from_utf8_lossy(page), 0o644))
}
