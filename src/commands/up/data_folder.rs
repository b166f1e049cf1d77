//! Data of another major version of the database than its image has: found before anything is written or started.

use std::path::{Path, PathBuf};

use crate::commands::roles::Database;
use crate::deployment::Configured;
use crate::docker::{Command, Input, Runner};
use crate::report::{Diagnostic, Report};
use crate::yaml::Node;

/// Reports a data folder that was written by another major version than the image's.
pub(super) fn check(runner: &dyn Runner, configured: &Configured, report: &mut Report) {
    let Some(found) = mismatch(runner, configured) else { return };
    let Mismatch { service, image, folder, written_by, runs } = found;
    let title = format!("the data in {} was written by PostgreSQL {written_by}, the image is {runs}", folder.display());
    let image_text = image.as_word().unwrap_or_default();
    report.push(
        Diagnostic::error("data-of-another-major", title)
            .at(image.span, format!("service `{service}` runs {image_text}"))
            .with_note("PostgreSQL does not start on the data of another major version")
            .with_help(format!(
                "to keep the old version: pin the image of `{service}` to one of PostgreSQL {written_by}"
            ))
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
    // A folder that we may not look into is the server's own affair.
    let written_by = std::fs::read_to_string(folder.join("PG_VERSION")).ok()?.trim().to_owned();
    let image = definition.get("image")?;
    let runs = image_major(runner, image.as_word()?)?;
    (written_by != runs).then_some(Mismatch { service, image, folder, written_by, runs })
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
