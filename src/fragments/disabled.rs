//! `disabled_services`: the names of fragments that are left out, one a line.

use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::report::{Report, SourceId, Sources, Span, read_optional};

/// One line of a `disabled_services` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name, without `!`.
    pub name: String,
    /// Whether it brings back (`!name`) what another line leaves out.
    pub back: bool,
    /// Where the name stands.
    pub span: Span,
}

/// What both files say: `custom/disabled_services`, then the one at the root.
#[derive(Clone, Debug, Default)]
pub struct Disabled {
    /// The lines with a name, in order.
    pub lines: Vec<Line>,
}

impl Disabled {
    /// The two files, `custom/`'s first.
    #[must_use]
    pub fn files(project: &Project) -> [PathBuf; 2] {
        [project.custom().join("disabled_services"), project.root().join("disabled_services")]
    }

    /// Reads both files; one that is missing says nothing.
    pub fn read(project: &Project, sources: &mut Sources, report: &mut Report) -> Self {
        let mut disabled = Self::default();
        for path in Self::files(project) {
            if let Some(id) = read_one(project, &path, sources, report) {
                disabled.lines.extend(lines(id, sources.text(id)));
            }
        }
        disabled
    }
}

fn read_one(project: &Project, path: &Path, sources: &mut Sources, report: &mut Report) -> Option<SourceId> {
    read_optional(sources, report, &project.name_of(path), path)
}

/// The names in a text; blanks, comments and the line ends of Windows do not matter.
fn lines(id: SourceId, text: &str) -> Vec<Line> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let before_comment = line.split('#').next().unwrap_or_default();
        let word = before_comment.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
        if !word.is_empty() {
            let start = at + line.find(word).unwrap_or(0);
            let name = word.strip_prefix('!').unwrap_or(word).trim_start();
            let span = Span::new(id, start..start + word.len());
            found.push(Line { name: name.to_owned(), back: word.starts_with('!'), span });
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_and_line_ends_do_not_matter() {
        let text = "# all\r\n  front/app-b2c \r\n\n!back/cron # wanted here\nx";
        let id = Sources::default().add("disabled_services", "", text);
        let shown: Vec<_> = lines(id, text).iter().map(|line| (line.name.clone(), line.back)).collect();
        assert_eq!(
            shown,
            [("front/app-b2c".to_owned(), false), ("back/cron".to_owned(), true), ("x".to_owned(), false)]
        );
        assert_eq!(&text[lines(id, text)[1].span.range()], "!back/cron");
    }
}
