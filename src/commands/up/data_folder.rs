//! Data of another major version of the database than its image has: found before anything is written or started.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::deployment::Configured;
use crate::docker::{Command, Container, Input, Runner, containers};
use crate::environment::Environment;
use crate::files;
use crate::report::{Diagnostic, Report, Sources};
use crate::roles::Database;
use crate::yaml::Node;

/// Reports a data folder that was written by another major version than the image's.
pub(super) fn check(runner: &dyn Runner, configured: &Configured, sources: &Sources, report: &mut Report) {
    let Some(found) = mismatch(runner, configured) else { return };
    let Mismatch { service, image, folder, written_by, runs } = found;
    let title = format!("the data in {} was written by PostgreSQL {written_by}, the image is {runs}", folder.display());
    let pin = match knob(image, sources, &configured.environment) {
        Some(name) => format!("set {name} to an image of PostgreSQL {written_by}"),
        None => format!("give service `{service}` an image of PostgreSQL {written_by}"),
    };
    report.push(
        Diagnostic::error("data-of-another-major", title)
            .at(image.span, format!("service `{service}` runs {}", image.as_word().unwrap_or_default()))
            .with_note("PostgreSQL does not start on the data of another major version")
            .with_help(format!("to stay with the old version: {pin}"))
            .with_help("to move on: dump with the old version, move the data folder away, load with the new one"),
    );
}

struct Mismatch<'m> {
    service: &'m str,
    image: &'m Node,
    folder: PathBuf,
    written_by: String,
    runs: String,
}

fn mismatch<'m>(runner: &dyn Runner, configured: &'m Configured) -> Option<Mismatch<'m>> {
    let database = Database::of(&configured.model)?;
    let service = database.service?;
    let definition = configured.model.find(&["services", service])?;
    let folder = host_folder(definition, database.data?, &configured.root)?;
    let image = definition.get("image")?;
    let name = image.as_word()?;
    let written_by = match files::read_text(&folder.join("PG_VERSION")) {
        Ok(text) => text,
        // It belongs to the server's user. One that runs has shown that it can.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let runs = |container: &Container| container.service == service && container.state.status == "running";
            let running = containers(runner, &configured.project_name).ok()?.iter().any(runs);
            if running { None } else { read_inside(runner, name, &folder) }?
        }
        Err(_) => return None,
    };
    let written_by = written_by.trim().to_owned();
    let runs = image_major(runner, name)?;
    (written_by != runs).then_some(Mismatch { service, image, folder, written_by, runs })
}

/// What `PG_VERSION` says to a container, which may read what we may not.
fn read_inside(runner: &dyn Runner, image: &str, folder: &Path) -> Option<String> {
    let mount = format!("type=bind,readonly,target=/data,source={}", folder.to_str()?);
    let command = Command::new("docker").args(["run", "--rm", "--pull", "never", "--network", "none", "--user", "0"]);
    let command = command.args(["--mount", &mount, "--entrypoint", "cat", image, "/data/PG_VERSION"]);
    let told = runner.capture(&command.input(Input::Nothing)).ok()?;
    told.ended.well().then(|| told.text())
}

/// The variable that people set to choose the image: the first that the one in the fragment looks at, or that one.
fn knob(image: &Node, sources: &Sources, environment: &Environment) -> Option<String> {
    let written = sources.slice(image.span).trim_matches(['"', '\'']).strip_prefix("${")?.strip_suffix('}')?;
    let name = written.split([':', '-', '?']).next()?;
    let looks_at = environment.get(name)?.origin.expansions.first();
    Some(looks_at.map_or(name, |used| used.name.as_str()).to_owned())
}

/// The folder of this machine that holds `data` inside the container, if a bind mount does.
fn host_folder(service: &Node, data: &str, root: &Path) -> Option<PathBuf> {
    let mounts = service.get("volumes")?.as_list()?.iter().filter_map(|mount| bind(mount, root));
    mounts
        .filter_map(|(source, target)| {
            let below = Path::new(data).strip_prefix(&target).ok()?;
            Some((target.components().count(), source.join(below).components().collect()))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, folder)| folder)
}

/// Source and target of a bind mount, in its short or its long form.
fn bind(mount: &Node, root: &Path) -> Option<(PathBuf, PathBuf)> {
    let (source, target) = match mount.as_word() {
        Some(short) => {
            let mut parts = short.split(':');
            (parts.next()?, parts.next()?)
        }
        None => {
            let word = |key| mount.get(key).and_then(Node::as_word);
            word("type").is_none_or(|kind| kind == "bind").then_some(())?;
            (word("source")?, word("target")?)
        }
    };
    let is_path = source.starts_with(['/', '.', '~']);
    is_path.then(|| (root.join(source), PathBuf::from(target)))
}

/// The major version that an image of this machine has; its name says nothing reliable.
fn image_major(runner: &dyn Runner, image: &str) -> Option<String> {
    let look = Command::new("docker").args(["image", "inspect", "--format", "{{json .Config.Env}}", image]);
    let told = runner.capture(&look.input(Input::Nothing)).ok().filter(|told| told.ended.well())?;
    let variables: Vec<String> = serde_json::from_slice(&told.stdout).ok()?;
    variables.iter().find_map(|variable| variable.strip_prefix("PG_MAJOR=").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Sources;

    fn folder(service: &str, data: &str) -> Option<PathBuf> {
        let (mut sources, mut report) = (Sources::default(), Report::default());
        let id = sources.add("m.yml", "/m.yml", service);
        let service = crate::yaml::parse(&sources, id, &mut report).unwrap().pop().unwrap();
        host_folder(&service, data, Path::new("/p"))
    }

    #[test]
    fn the_deepest_mount_holds_the_data() {
        let data = "/var/lib/postgresql/data";
        let found = |service| folder(service, data);
        assert_eq!(found("volumes: ['/srv/pg:/var/lib/postgresql/data:rw']"), Some("/srv/pg".into()));
        assert_eq!(found("volumes: ['./pg:/var/lib/postgresql', 'x:/y']"), Some("/p/pg/data".into()));
        assert_eq!(
            found(
                "volumes: [{type: bind, source: /a, target: /var/lib}, {type: bind, source: /b, target: /var/lib/postgresql}]"
            ),
            Some("/b/data".into())
        );
        assert_eq!(found("volumes: ['pgdata:/var/lib/postgresql/data']"), None);
        assert_eq!(found("volumes: [{type: volume, source: pg, target: /var/lib/postgresql/data}]"), None);
        assert_eq!(found("image: x"), None);
    }
}
