//! The texts that were read, and places in them.

use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Names one text in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A piece of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text it is a piece of.
    pub source: SourceId,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

impl Span {
    /// The piece `range` of `source`. Texts of 4 GiB and more are refused when they are read, so nothing is cut here.
    #[must_use]
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: clip(range.start), end: clip(range.end) }
    }

    /// From the start of this piece to the end of `other`, which must be of the same text.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.start), ..self }
    }

    /// The empty piece at the start of this one.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The offsets as a range into the text.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people say it: `compose/back/coog.yml:12:5`. Line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name, relative to the project where it lies inside.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

#[derive(Debug)]
struct Source {
    name: String,
    path: PathBuf,
    text: String,
    masked: Vec<Range<usize>>,
    /// Where each line starts, once somebody asked for a place.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let behind = self.text.match_indices('\n').map(|(newline, _)| newline + 1);
            std::iter::once(0).chain(behind).collect()
        })
    }

    /// The line that an offset falls on, from 0.
    fn line_at(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len());
        self.lines().partition_point(|line| *line <= offset) - 1
    }
}

/// Some lines of a text.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Offset of its first byte in the whole text.
    pub(super) start: usize,
    /// The number of its first line, from 1.
    pub(super) line: usize,
}

/// Every text that was read, each under the name that messages use.
#[derive(Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// Adds a text under the name that messages use (relative to the project) and the path it was read from.
    pub fn add(&mut self, name: impl Into<String>, path: impl Into<PathBuf>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source {
            name: name.into(),
            path: path.into(),
            text: text.into(),
            masked: Vec::new(),
            lines: OnceLock::new(),
        });
        id
    }

    /// The text.
    #[must_use]
    pub fn text(&self, id: SourceId) -> &str {
        &self.sources[id.0 as usize].text
    }

    /// The name that messages use.
    #[must_use]
    pub fn name(&self, id: SourceId) -> &str {
        &self.sources[id.0 as usize].name
    }

    /// The path it was read from.
    #[must_use]
    pub fn path(&self, id: SourceId) -> &Path {
        &self.sources[id.0 as usize].path
    }

    /// The text below a span; empty where the span does not fall on characters.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.source).get(span.range()).unwrap_or("")
    }

    /// Returns the line on which a span starts, secrets included.
    #[must_use]
    pub fn line(&self, span: Span) -> &str {
        let source = &self.sources[span.source.0 as usize];
        let line = source.line_at(span.start);
        let end = source.lines().get(line + 1).copied().unwrap_or(source.text.len());
        &source.text[source.lines()[line]..end]
    }

    /// Marks a piece as secret: whoever draws a line of this text shows `*` in its place.
    pub fn mask(&mut self, span: Span) {
        self.sources[span.source.0 as usize].masked.push(span.range());
    }

    /// The lines from the one where `first` starts to the one where `last` starts, as they may be shown: secret pieces
    /// are replaced, byte for byte, so that offsets stay.
    pub(super) fn excerpt(&self, first: Span, last: Span) -> Excerpt {
        let source = &self.sources[first.source.0 as usize];
        let (one, two) = (source.line_at(first.start), source.line_at(last.start));
        let start = source.lines()[one];
        let end = source.lines().get(two + 1).copied().unwrap_or(source.text.len());
        let mut bytes = source.text.as_bytes()[start..end].to_vec();
        for range in source.masked.iter().filter(|range| range.start < end && range.end > start) {
            let piece = range.start.saturating_sub(start)..range.end.min(end) - start;
            bytes[piece].iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
        }
        Excerpt { text: String::from_utf8_lossy(&bytes).into_owned(), start, line: one + 1 }
    }

    /// Whether the lines of a text may be drawn. A link may have led out of the project, to a file that not everybody may
    /// read: what stands there is not for those who see our messages.
    pub(super) fn may_be_drawn(&self, id: SourceId) -> bool {
        let source = &self.sources[id.0 as usize];
        let Ok(real) = source.path.canonicalize() else { return true };
        let name = Path::new(&source.name);
        let home = source.path.ancestors().nth(name.components().count());
        let inside = |folder: &Path| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
        // The folder of the operators may itself be a link.
        let top = home.zip(name.components().next().filter(|_| name.components().count() > 1));
        let is_inside = name.is_absolute() && real == source.path
            || name.is_relative() && home.is_some_and(inside)
            || name.is_relative() && top.is_some_and(|(home, top)| inside(&home.join(top)));
        is_inside || real.metadata().is_ok_and(|file| file.mode() & 0o004 != 0)
    }

    /// How long, in bytes, an excerpt of these lines would be.
    pub(super) fn extent(&self, first: Span, last: Span) -> usize {
        let source = &self.sources[first.source.0 as usize];
        let end = source.lines().get(source.line_at(last.start) + 1).copied().unwrap_or(source.text.len());
        end - source.lines()[source.line_at(first.start)]
    }

    /// Where a span starts.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let source = &self.sources[span.source.0 as usize];
        let mut start = (span.start as usize).min(source.text.len());
        while !source.text.is_char_boundary(start) {
            start -= 1;
        }
        let line = source.line_at(span.start);
        Place {
            path: source.name.clone(),
            line: line + 1,
            column: source.text[source.lines()[line]..start].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/p/a.yml", "one\ntwé = three\n");
        assert_eq!(sources.place(Span::new(id, 0..1)).to_string(), "a.yml:1:1");
        assert_eq!(sources.place(Span::new(id, 9..10)).to_string(), "a.yml:2:5");
        assert_eq!(sources.place(Span::new(id, 900..901)).to_string(), "a.yml:3:1");
    }

    #[test]
    fn secret_pieces_are_not_shown_and_offsets_stay() {
        let mut sources = Sources::default();
        let id = sources.add("env.custom", "/p/env.custom", "TOKEN=é s\nB=1");
        sources.mask(Span::new(id, 6..10));
        assert_eq!(sources.excerpt(Span::new(id, 0..1), Span::new(id, 12..13)).text, "TOKEN=** *\nB=1");
    }
}
