//! Arbitrary text as YAML: never a panic, never a hang, and what is written reads the same.
#![no_main]

use lapstrake::report::{Look, Report, Sources, draw};
use lapstrake::yaml::{Kind, emit, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mut sources, mut report) = (Sources::default(), Report::default());
    let id = sources.add("a.yml", "a.yml", String::from_utf8_lossy(bytes));
    let documents = parse(&sources, id, &mut report);
    report.diagnostics().iter().for_each(|problem| _ = draw(&sources, problem, Look::default()));
    assert_eq!(documents.is_none(), report.has_errors());
    for document in documents.into_iter().flatten() {
        if matches!(document.kind, Kind::Scalar(_)) {
            continue;
        }
        let id = sources.add("b.yml", "b.yml", emit(&document));
        let again = parse(&sources, id, &mut report).expect("what is written can be read").remove(0);
        assert!(document.means_the_same(&again), "{}", sources.text(id));
    }
});
