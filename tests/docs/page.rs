//! What a page of the book asks its reader to do.

/// Something to do, in the order of the page.
#[derive(Debug)]
pub(super) enum Step {
    /// A file to write (`` `path`: `` above a block), or to add to (``In `path`:``).
    Write { path: String, text: String, adds: bool },
    /// A command to run: a line with `$ ` in a block of the language `console`, and what it is said to answer.
    Run { command: String, answer: Vec<String> },
}

/// The steps of a page.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut above = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match written(above) {
                _ if language == "console" => steps.extend(commands(&block)),
                Some((path, adds)) => {
                    steps.push(Step::Write { path: path.to_owned(), text: block.join("\n") + "\n", adds });
                }
                None => {}
            }
        }
        if !line.trim().is_empty() {
            above = line;
        }
    }
    steps
}

/// The file that the line above a block gives it to.
fn written(above: &str) -> Option<(&str, bool)> {
    let named = above.strip_suffix("`:")?;
    match named.strip_prefix("In `") {
        Some(path) => Some((path, true)),
        None => named.strip_prefix('`').map(|path| (path, false)),
    }
}

fn commands(block: &[&str]) -> Vec<Step> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command.to_owned(), Vec::new())),
            // A long command goes on behind a backslash.
            (None, Some((command, answer))) if command.ends_with('\\') && answer.is_empty() => {
                command.push('\n');
                command.push_str(line);
            }
            (None, Some((_, answer))) => answer.push((*line).to_owned()),
            (None, None) => panic!("a console block begins with `$ `: {line}"),
        }
    }
    found.into_iter().map(|(command, answer)| Step::Run { command, answer }).collect()
}

#[test]
fn a_page_is_read_as_its_reader_does() {
    let page = "# A\n\nIn `env.custom`:\n\n```sh\nA=1\n```\n\n`x.yml`:\n\n```yaml\na: 1\n```\n\nSee:\n\n```text\nno\n```\n\n\
                ```console\n$ one \\\n    two\nsaid\n$ three\n```\n";
    let told: Vec<String> = steps(page).iter().map(|step| format!("{step:?}")).collect();
    assert_eq!(
        told,
        [
            r#"Write { path: "env.custom", text: "A=1\n", adds: true }"#,
            r#"Write { path: "x.yml", text: "a: 1\n", adds: false }"#,
            r#"Run { command: "one \\\n    two", answer: ["said"] }"#,
            r#"Run { command: "three", answer: [] }"#,
        ]
    );
}
