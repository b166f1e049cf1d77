//! Which file decides about a name, and what it is to begin with.

use std::path::{Path, PathBuf};

use crate::app::{Context, Failure};
use crate::environment::setter;
use crate::environment::{Layer, ProcessEnvironment, Sample, assignment, evaluate, load};
use crate::exit::Exit;
use crate::files;
use crate::project::Project;
use crate::report::{Diagnostic, Report, Sources, nearest};

/// The files that go by their own name, at the root or among what the operators keep.
const FILES: [&str; 3] = ["env.custom", "disabled_services", "override.yml"];

/// A file to be edited.
pub(super) struct Subject {
    pub(super) path: PathBuf,
    /// What the editor begins with.
    pub(super) text: String,
    /// Whether nobody has to write any more.
    pub(super) is_finished: bool,
}

impl Subject {
    /// What `edit SUBJECT` means; nothing: `env.custom`.
    pub(super) fn find(
        context: &Context<'_>,
        project: &Project,
        subject: Option<&str>,
        shared: bool,
    ) -> Result<Self, Failure> {
        let folder = if shared { project.custom() } else { project.root() };
        let subject = subject.unwrap_or(FILES[0]);
        if let Some((name, value)) = subject.split_once('=') {
            can_be_set(context, project, name)?;
            return assign(&folder.join("env.custom"), name, value);
        }
        if FILES.contains(&subject) {
            return Ok(Self::of(folder.join(subject)));
        }
        let below = project.root().join(subject);
        if below.is_file() && below.canonicalize().is_ok_and(|real| real.starts_with(project.root())) {
            return Ok(Self::of(below));
        }
        if let Some(subject) = service_env(project, subject) {
            return Ok(subject);
        }
        variable(context, project, subject, shared)
    }

    fn of(path: PathBuf) -> Self {
        let text = files::read_text(&path).unwrap_or_default();
        Self { path, text, is_finished: false }
    }
}

/// A service env file: the one that is read, or a copy of the default among what the operators keep.
fn service_env(project: &Project, name: &str) -> Option<Subject> {
    let bare = name.strip_suffix(".env").unwrap_or(name);
    project.default_env_files().iter().any(|known| known == bare).then_some(())?;
    let file = format!("env/{bare}.env");
    let own = [project.root().join(&file), project.custom().join(&file)];
    if let Some(path) = own.iter().find(|path| path.is_file()) {
        return Some(Subject::of(path.clone()));
    }
    let [_, path] = own;
    let text = files::read_text(&project.root().join("defaults").join(&file)).ok()?;
    Some(Subject { path, text, is_finished: false })
}

/// The file that gives a variable its value. Where that is `env.base`, a line is proposed that changes it.
fn variable(context: &Context<'_>, project: &Project, name: &str, shared: bool) -> Result<Subject, Failure> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(project, context.process, &mut sources, &mut report);
    let sample = Sample::read(project);
    let known = environment.get(name).is_some() || environment.known_names().any(|known| known == name);
    if !known && !sample.has(name) {
        let title = format!("`{name}` is neither a variable, nor a service env file, nor a file of the project");
        let near = nearest(name, environment.known_names().chain(sample.names()));
        return Err(Failure::new(Exit::Usage, Diagnostic::error("unknown-subject", title).with_nearest(near)));
    }
    let key = match environment.get(name) {
        None => name.to_owned(),
        Some(_) => match setter(&environment, name) {
            Some(key) => key,
            // Whatever is written elsewhere it overwrites.
            None => return Ok(Subject::of(project.root().join("env.base"))),
        },
    };
    let decides = environment.get(&key).or_else(|| environment.get(name)).map(|variable| variable.origin.layer);
    let of_custom = shared || decides == Some(Layer::Custom);
    let folder = if of_custom { project.custom() } else { project.root() };
    let mut subject = Subject::of(folder.join("env.custom"));
    let is_set = matches!(decides, Some(Layer::Custom | Layer::Root)) && !shared;
    if !is_set && !subject.text.contains(&key) {
        let about = sample.explanation(&key).map(|about| about.replace('\n', "\n# ")).unwrap_or_default();
        let about = if about.is_empty() { about } else { format!("# {about}\n") };
        let value = environment.get(name).filter(|variable| !variable.secret).map_or("", |variable| &variable.value);
        let lines = format!("\n{about}#{}", assignment(&key, value));
        let end = line_end(&subject.text);
        subject.text.push_str(&lines.replace('\n', end));
    }
    Ok(subject)
}

/// Refuses a name that `env.base` overwrites without reading it.
fn can_be_set(context: &Context<'_>, project: &Project, name: &str) -> Result<(), Failure> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(project, context.process, &mut sources, &mut report);
    let key = match environment.get(name).map(|_| setter(&environment, name)) {
        None => return Ok(()),
        Some(Some(key)) if key == name => return Ok(()),
        Some(key) => key,
    };
    let problem =
        Diagnostic::error("overwritten", format!("`env.base` sets `{name}`, and overwrites what other files set"));
    Err(Failure::new(
        Exit::Usage,
        match key {
            Some(key) => problem.with_help(format!("set {key}: lapstrake edit {key}=VALUE")),
            None => problem.with_help("change the line in env.base: lapstrake edit env.base"),
        },
    ))
}

/// The file with a name set to a value: in its place where it stands there, else in a last line.
fn assign(path: &Path, name: &str, value: &str) -> Result<Subject, Failure> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name || name.starts_with(|first: char| first.is_ascii_digit()) {
        let problem = Diagnostic::error("not-a-name", format!("`{name}` cannot be the name of a variable"));
        return Err(Failure::new(Exit::Usage, problem));
    }
    let mut subject = Subject { is_finished: true, ..Subject::of(path.to_owned()) };
    let line = assignment(name, value);
    match place_of(&subject.text, path, name) {
        Some(place) => subject.text.replace_range(place, line.trim_end()),
        None => {
            let end = line_end(&subject.text);
            let before = if subject.text.is_empty() || subject.text.ends_with('\n') { "" } else { end };
            subject.text.push_str(&format!("{before}{}{end}", line.trim_end()));
        }
    }
    Ok(subject)
}

/// How the lines of a text end.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Where the last assignment of a name stands in a text.
fn place_of(text: &str, path: &Path, name: &str) -> Option<std::ops::Range<usize>> {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let id = sources.add("env.custom", path, without_marks(text));
    let nobody = ProcessEnvironment::default();
    let environment = evaluate(&[(Layer::Root, id)], "", &nobody, &Sample::default, &mut sources, &mut report);
    let range = environment.get(name)?.origin.span.filter(|span| span.source == id)?.range();
    Some(with_marks(text, range.start)..with_marks(text, range.end))
}

const MARK: char = '\u{feff}';

/// A text as it is parsed: without the mark at its beginning and the line ends of Windows.
fn without_marks(text: &str) -> String {
    let text = text.strip_prefix(MARK).unwrap_or(text).replace("\r\n", "\n");
    text.strip_suffix('\r').map_or_else(|| text.clone(), str::to_owned)
}

/// Where in a text the character stands that has this offset in the text without its marks.
fn with_marks(text: &str, offset: usize) -> usize {
    let start = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
    let mut seen = 0;
    for (at, each) in text[start..].char_indices() {
        if seen >= offset {
            return start + at;
        }
        let is_mark = each == '\r' && matches!(text.as_bytes().get(start + at + 1), None | Some(b'\n'));
        seen += if is_mark { 0 } else { each.len_utf8() };
    }
    text.len()
}
