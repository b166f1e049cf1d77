//! Arbitrary bytes as three layers: never a panic, never a hang, and what is written is what was read.
#![no_main]

use lapstrake::environment::{Layer, ProcessEnvironment, Sample, Spelling, dotenv, evaluate, spelled};
use lapstrake::report::{Look, Report, Sources, draw};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (mut sources, mut report) = (Sources::default(), Report::default());
    // A form feed parts the layers.
    let layers: Vec<_> = [Layer::Custom, Layer::Root, Layer::Base]
        .into_iter()
        .zip(text.splitn(3, '\u{c}'))
        .map(|(layer, text)| (layer, sources.add("layer", "layer", text)))
        .collect();
    let process: ProcessEnvironment = [("HOME", "/home"), ("P", "a*b\\"), ("API_TOKEN", "t")].into_iter().collect();
    let environment = evaluate(&layers, "/project", &process, &Sample::default, &mut sources, &mut report);

    let problems = report.diagnostics().iter().take(3);
    problems.for_each(|problem| _ = draw(&sources, problem, Look::default()));
    assert!(environment.iter().all(|(_, variable)| variable.value.len() <= 128 * 1024));
    for (name, _) in environment.iter().take(5) {
        environment.explain(name, &sources, &Sample::default()).map(|explanation| explanation.draw(true));
    }
    _ = spelled(&environment.listing(&sources, true), Spelling::Json, false);
    if let (Ok(written), false) = (dotenv(&environment), report.has_errors()) {
        let again = vec![(Layer::Base, sources.add(".env", ".env", written))];
        let read = evaluate(&again, "/project", &process, &Sample::default, &mut sources, &mut Report::default());
        for (name, variable) in environment.iter() {
            assert_eq!(Some(&variable.value), read.get(name).map(|variable| &variable.value), "{name}");
        }
    }
});
