//! What can be set, from `env.custom.sample` and `env.base`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lapstrake::environment::{ProcessEnvironment, Sample, load};
use lapstrake::project::Project;
use lapstrake::report::{Report, Sources};

pub(super) fn page() -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("env.custom.sample")).expect("the sample");
    let sample = Sample::parse(&text);
    let is_secret = secrets(&sample);
    let mut page = String::from(
        "# Variables\n\nWhat may be set in `custom/env.custom` and `env.custom`. The second wins, and both win over the \
         caller's environment. `{NAME}` in a default stands for the value of `NAME`. The value of a *secret* is never \
         shown, and `compose.yaml` refers to it.\n",
    );
    let titles = text.lines().filter_map(title);
    let sections: Vec<&str> = text.split("\n# --- ").skip(1).collect();
    for (title, section) in titles.zip(sections) {
        let _ = write!(page, "\n## {title}\n\n");
        for name in Sample::parse(section).names() {
            let default = match sample.value(name) {
                _ if title == "Required" => ", required".to_owned(),
                Some(value) => format!(" = `{value}`"),
                None => ", not set".to_owned(),
            };
            let secret = if is_secret(name) { ", *secret*" } else { "" };
            let explanation = sample.explanation(name).unwrap_or_default().replace('\n', " ");
            let explanation = explanation.replace('{', "`{").replace('}', "}`");
            let _ = writeln!(page, "- **`{name}`**{default}{secret}  \n  {explanation}");
        }
    }
    page
}

/// `# --- Networks -----`
fn title(line: &str) -> Option<&str> {
    Some(line.strip_prefix("# --- ")?.trim_end_matches('-').trim_end())
}

/// Which names are secret, once they have a value.
fn secrets(sample: &Sample) -> impl Fn(&str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    lapstrake::stack::unpack(folder.path()).expect("the stack");
    let values: String = sample.names().map(|name| format!("{name}=value\n")).collect();
    fs::write(folder.path().join("env.custom"), values).expect("values");
    let project = Project::at(folder.path(), Path::new("custom")).expect("a project");
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let environment = load(&project, &ProcessEnvironment::default(), &mut sources, &mut report);
    move |name| environment.get(name).is_some_and(|variable| variable.secret)
}
