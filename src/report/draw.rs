//! Drawing problems the way compilers do. The only file that knows the drawing crate.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};

use super::source::Excerpt;
use super::{Diagnostic, Label, Severity, Sources, Span};

/// How a drawing is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With colour and box characters (a terminal) or plain (a pipe, a log).
    pub colour: bool,
    /// Longer source lines are cut around their marks, so that the terminal breaks none.
    pub width: Option<usize>,
}

/// What is longer is cut: nobody reads further.
const LONGEST_MESSAGE: usize = 2_000;
/// More places than that are only counted.
const MOST_PLACES: usize = 20;
/// Lines, in bytes, that are drawn as one piece. A single line that is longer is named and not drawn.
const LONGEST_EXCERPT: usize = 16 << 10;

/// Draws one problem: title, each place with its line and a mark under it, notes, advice. No line end after the last.
///
/// What it takes does not grow with the texts: only the lines in question are looked at.
#[must_use]
pub fn draw(sources: &Sources, diagnostic: &Diagnostic, look: Look) -> String {
    let mut group = Group::with_title(level(diagnostic.severity).primary_title(cut(&diagnostic.title)));
    for (at, piece) in pieces(sources, &diagnostic.labels).iter().enumerate() {
        let name = sources.name(piece.first.source);
        let is_short = sources.extent(piece.first, piece.last) <= LONGEST_EXCERPT;
        if !is_short || !sources.may_be_drawn(piece.first.source) {
            let place = sources.place(piece.first);
            group = group.element(Origin::path(name).line(place.line).char_column(place.column));
            let told = piece.labels.iter().filter(|label| !label.text.is_empty());
            group = group.elements(told.map(|label| Level::NOTE.message(cut(&label.text))));
            continue;
        }
        let excerpt = sources.excerpt(piece.first, piece.last);
        let mut snippet = Snippet::source(excerpt.text.clone()).line_start(excerpt.line).path(name).fold(true);
        for (order, label) in piece.labels.iter().enumerate() {
            let kind = if at == 0 && order == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let mark = kind.span(clip(&excerpt, label.span));
            snippet = snippet.annotation(if label.text.is_empty() { mark } else { mark.label(cut(&label.text)) });
        }
        group = group.element(snippet);
    }
    if let Some(more) = diagnostic.labels.len().checked_sub(MOST_PLACES).filter(|more| *more > 0) {
        group = group.element(Level::NOTE.message(format!("and {more} places more")));
    }
    group = group.elements(diagnostic.notes.iter().map(|note| Level::NOTE.message(cut(note))));
    group = group.elements(diagnostic.helps.iter().map(|help| Level::HELP.message(cut(help))));
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = match look.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{} …", &text[..end]).into(),
        None => text.into(),
    }
}

/// Lines of one text that are drawn together.
struct Piece<'a> {
    first: Span,
    last: Span,
    labels: Vec<&'a Label>,
}

/// The labels by what is drawn together, the main one first.
fn pieces<'a>(sources: &Sources, labels: &'a [Label]) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    for label in labels.iter().take(MOST_PLACES) {
        let span = label.span;
        let near = |piece: &&mut Piece<'_>| {
            piece.first.source == span.source
                && sources.extent(piece.first.min(span), piece.last.max(span)) <= LONGEST_EXCERPT
        };
        match pieces.iter_mut().find(near) {
            Some(piece) => {
                (piece.first, piece.last) = (piece.first.min(span), piece.last.max(span));
                piece.labels.push(label);
            }
            None => pieces.push(Piece { first: span, last: span, labels: vec![label] }),
        }
    }
    pieces
}

/// The span's range in the excerpt, moved onto characters and cut at the end of its first line.
fn clip(excerpt: &Excerpt, span: Span) -> std::ops::Range<usize> {
    let text = &excerpt.text;
    let on_character = |offset: u32| {
        let mut offset = (offset as usize).saturating_sub(excerpt.start).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = on_character(span.start);
    let end = on_character(span.end).max(start);
    let line_end = text[start..end].find('\n').map_or(end, |newline| start + newline);
    start..line_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_in_two_files_is_one_drawing() {
        let mut sources = Sources::default();
        let one = sources.add("compose/a.yml", "/p/compose/a.yml", "services:\n  web:\n    image: a\n");
        let two = sources.add("override.yml", "/p/override.yml", "services:\n  web: [1]\n");
        let diagnostic = Diagnostic::error("type", "cannot override `services.web` with a list")
            .at(Span::new(two, 17..20), "a list here")
            .at(Span::new(one, 16..19), "a mapping there")
            .with_help("write a mapping");
        insta::assert_snapshot!(draw(&sources, &diagnostic, Look::default()), @"
        error: cannot override `services.web` with a list
         --> override.yml:2:8
          |
        2 |   web: [1]
          |        ^^^ a list here
          |
         ::: compose/a.yml:2:7
          |
        2 |   web:
          |       - a mapping there
          |
          = help: write a mapping
        ");
    }

    #[test]
    fn a_very_long_line_is_named_and_not_drawn() {
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/p/a.yml", format!("a: 1\nb: {}\n", "é".repeat(20_000)));
        let diagnostic = Diagnostic::error("type", "this is wrong")
            .at(Span::new(id, 8..9), "here")
            .at(Span::new(id, 0..1), "because of this");
        insta::assert_snapshot!(draw(&sources, &diagnostic, Look::default()), @"
        error: this is wrong
         --> a.yml:2:4
          = note: here
          |
         ::: a.yml:1:1
          |
        1 | a: 1
          | - because of this
        ");
    }

    #[test]
    fn of_very_many_places_the_rest_is_counted() {
        let mut sources = Sources::default();
        let id = sources.add("a.yml", "/p/a.yml", "a\n".repeat(100_000));
        let places = (0..1_000).map(|at| Span::new(id, at * 200..at * 200 + 1));
        let diagnostic = places.fold(Diagnostic::error("a", "x".repeat(9_000)), |one, place| one.at(place, "here"));
        let drawn = draw(&sources, &diagnostic, Look::default());
        assert!(drawn.contains("and 980 places more"));
        assert!(drawn.len() < 5_000, "{drawn}");
    }

    #[test]
    fn a_problem_without_a_place_is_its_words() {
        let diagnostic = Diagnostic::warning("weak", "the passphrase is empty").with_note("sessions are not encrypted");
        insta::assert_snapshot!(draw(&Sources::default(), &diagnostic, Look::default()), @"
        warning: the passphrase is empty
         |
         = note: sessions are not encrypted
        ");
    }
}
