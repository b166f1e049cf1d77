//! `services enable` and `disable`: the right `disabled_services` is edited, and keeps its comments.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::app::{Context, Failure};
use crate::exit::Exit;
use crate::files;
use crate::fragments::{Disabled, Fragment, discover, find, leaves_out, means, refusal, with, without};
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources};

pub(super) fn run(context: &Context<'_>, names: &[String], on: bool, shared: bool) -> Result<Exit, Failure> {
    let project = context.project()?;
    let mut report = Report::default();
    let fragments = discover(&project, &mut report);
    if report.has_errors() {
        context.printer.report(&Sources::default(), &report, "nothing was written");
        return Ok(Exit::Failed);
    }
    let unknown = |name: &str| {
        let problem = refusal(|title| Diagnostic::error("unknown-fragment", title), &fragments, name);
        Failure::new(Exit::Usage, problem.with_help("`lapstrake services` lists them"))
    };
    let meant = |name: &String| find(&fragments, name).ok_or_else(|| unknown(name));
    let meant = names.iter().map(meant).collect::<Result<Vec<_>, _>>()?;
    let [custom, root] = Disabled::files(&project);
    let mut texts = Texts { custom: Text::read(custom)?, root: Text::read(root)?, fragments: &fragments };
    for fragment in &meant {
        if on { texts.enable(fragment, shared) } else { texts.disable(fragment, shared) }
    }
    let written = [texts.custom.write(&project)?, texts.root.write(&project)?];
    let mut exit = Exit::Done;
    for fragment in meant {
        let changed = written.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
        exit = if tell(context, &project, &texts, fragment, on, &changed) { exit } else { Exit::Failed };
    }
    Ok(exit)
}

/// One `disabled_services`.
struct Text {
    path: PathBuf,
    before: String,
    now: String,
}

impl Text {
    fn read(path: PathBuf) -> Result<Self, Failure> {
        let text = match files::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { path, now: text.clone(), before: text })
    }

    fn says(&self, fragments: &[Fragment], fragment: &Fragment) -> Option<bool> {
        leaves_out(&self.now, &|name| means(fragments, name, fragment))
    }

    /// Takes every line about a fragment out.
    fn forget(&mut self, fragments: &[Fragment], fragment: &Fragment) {
        let about = |word: &str| means(fragments, word.strip_prefix('!').unwrap_or(word).trim_start(), fragment);
        self.now = without(&self.now, &about);
    }

    fn add(&mut self, entry: &str) {
        self.now = with(&self.now, entry);
    }

    /// Writes it if it has changed; the name it goes by then.
    fn write(&self, project: &Project) -> Result<Option<String>, Failure> {
        if self.now == self.before {
            return Ok(None);
        }
        let name = project.name_of(&self.path);
        self.path.parent().map_or(Ok(()), |folder| files::create_folders(folder, 0o755))?;
        files::replace(&self.path, &self.now, 0o644)?;
        Ok(Some(name))
    }
}

/// Both, as they are to be. The root's lines come last.
struct Texts<'f> {
    custom: Text,
    root: Text,
    fragments: &'f [Fragment],
}

impl Texts<'_> {
    fn left_out(&self, fragment: &Fragment) -> bool {
        self.root.says(self.fragments, fragment).or_else(|| self.custom.says(self.fragments, fragment)).unwrap_or(false)
    }

    fn enable(&mut self, fragment: &Fragment, shared: bool) {
        if shared {
            return self.custom.forget(self.fragments, fragment);
        }
        if self.root.says(self.fragments, fragment) == Some(true) {
            self.root.forget(self.fragments, fragment);
        }
        if self.left_out(fragment) {
            self.root.add(&format!("!{}", fragment.name));
        }
    }

    fn disable(&mut self, fragment: &Fragment, shared: bool) {
        let text = if shared { &mut self.custom } else { &mut self.root };
        if text.says(self.fragments, fragment) == Some(false) {
            text.forget(self.fragments, fragment);
        }
        let done =
            if shared { self.custom.says(self.fragments, fragment) == Some(true) } else { self.left_out(fragment) };
        if !done {
            let text = if shared { &mut self.custom } else { &mut self.root };
            text.add(&fragment.name);
        }
    }
}

/// Says what came of it; whether it is as it was asked for.
fn tell(
    context: &Context<'_>,
    project: &Project,
    texts: &Texts<'_>,
    fragment: &Fragment,
    on: bool,
    changed: &str,
) -> bool {
    let name = &fragment.name;
    if texts.left_out(fragment) == on {
        let problem = Diagnostic::error(
            "not-switched",
            if on {
                format!("`{name}` is still left out: `disabled_services` at the root says so")
            } else {
                format!("`{name}` still takes part: `disabled_services` at the root brings it back")
            },
        );
        let verb = if on { "enable" } else { "disable" };
        context
            .printer
            .diagnostic(&Sources::default(), &problem.with_help(format!("lapstrake services {verb} {name}")));
        return false;
    }
    if on && let Some(problem) = switched_off(context, project, fragment) {
        context.printer.diagnostic(&Sources::default(), &problem);
        return false;
    }
    match (on, changed.is_empty()) {
        (true, true) => context.printer.say(&format!("{name} takes part already.")),
        (false, true) => context.printer.say(&format!("{name} is left out already.")),
        (true, false) => {
            context.printer.good(&format!("{name} takes part ({changed}); `lapstrake up -d` starts it."));
        }
        (false, false) => {
            context.printer.good(&format!("{name} is left out ({changed}); `lapstrake up -d` stops it."));
        }
    }
    true
}

/// A variable may leave a fragment out too.
fn switched_off(context: &Context<'_>, project: &Project, fragment: &Fragment) -> Option<Diagnostic> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = crate::environment::load(project, context.process, &mut sources, &mut report);
    let name = fragment.switch();
    let off = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off");
    environment.get(&name).is_some_and(|variable| off(&variable.value)).then(|| {
        Diagnostic::error("switched-off", format!("`{}` is still left out: {name} is off", fragment.name))
            .with_help(format!("set {name}=true in env.custom: `lapstrake edit {name}`"))
    })
}
