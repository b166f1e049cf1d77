//! Arbitrary text as two compose files: never a panic, never a hang.
#![no_main]

use std::path::Path;

use lapstrake::model::{Options, Scope, Table, Workshop, check, settle};
use lapstrake::report::{Look, Report, Severity, Sources, Span, draw};
use lapstrake::yaml::{Map, Node, emit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (mut sources, mut report) = (Sources::default(), Report::default());
    // No file is read but these: nothing is there.
    let folder = Path::new("/nowhere");
    let variables = Table([("A", "a"), ("EMPTY", "")].map(|(name, value)| (name.into(), value.into())).into());
    let scope = Scope::project(&variables, folder);
    let mut model = Node::map(Map::new(), Span::new(sources.add("merge", folder, ""), 0..0));
    // A form feed parts the files.
    for (at, text) in text.splitn(2, '\u{c}').enumerate() {
        let path = folder.join(format!("{at}.yml"));
        let id = sources.add(format!("{at}.yml"), &path, text);
        Workshop::new(&mut sources, &mut report, folder).add_text(&mut model, &path, id, &scope);
    }
    let options = Options { profiles: &[], exists: &|_| true, overlaps: Severity::Warning };
    check(&model, &options, &mut report);
    settle(&mut model);
    report.diagnostics().iter().take(3).for_each(|problem| _ = draw(&sources, problem, Look::default()));
    _ = emit(&model);
});
