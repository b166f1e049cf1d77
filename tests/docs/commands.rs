//! Each page that needs no engine is followed in a project of its own.

use std::fs;
use std::sync::Mutex;

use crate::support::Workspace;

use super::book::pages;
use super::engine;
use super::page::{Step, steps};
use super::session::follow;

#[test]
fn what_the_book_shows_is_so() {
    let queue = Mutex::new(pages().into_iter().filter(|(name, _)| !engine::PAGES.contains(&name.as_str())));
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some((name, text)) = { queue.lock().expect("the queue").next() } {
            let found = followed(&steps(&text));
            wrong.lock().expect("the list").extend(found.into_iter().map(|found| format!("{name}: {found}")));
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().expect("the list");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn followed(steps: &[Step]) -> Vec<String> {
    let Some(first) = steps.iter().find_map(|step| match step {
        Step::Run { command, .. } => Some(command),
        Step::Write { .. } => None,
    }) else {
        return Vec::new();
    };
    let workspace =
        Workspace::empty().file("home/.gitconfig", "[user]\nname = Operator\nemail = operator@example.org\n");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lapstrake"), workspace.path("bin/lapstrake")).expect("a link");
    let srv = workspace.path("srv");
    fs::create_dir(&srv).expect("a folder");
    let mut start = srv.clone();
    if !first.starts_with("lapstrake new") {
        start.push("coog");
        let data = format!("FILESYSTEM_ROOT={}", workspace.path("data").display());
        let set_up = ["init", "--yes", "--set", "IMAGE_VERSION_COOG=coog-2.13.2134", "--set", &data];
        assert_eq!(workspace.run_in(&srv, &["new", "coog"]).code, 0);
        let told = workspace.run_in(&start, &set_up);
        assert_eq!(told.code, 0, "{told}");
    }
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", workspace.path("bin").display());
    let mut shell = workspace.command("bash");
    shell.env("PATH", path).current_dir(&start);
    let folder = workspace.real_folder();
    follow(&mut shell, steps, |text| text.replace(&folder, ""))
}
