//! Drawing problems the way compilers do. The only file that knows the drawing crate.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Diagnostic, Severity, Sources, Span};

/// How a drawing is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// With colour and box characters (a terminal) or plain (a pipe, a log).
    pub colour: bool,
}

/// Draws one problem: title, each place with its line and a mark under it, notes, advice. No line end after the last.
#[must_use]
pub fn draw(sources: &Sources, diagnostic: &Diagnostic, look: Look) -> String {
    let texts = presentable_texts(sources, diagnostic);
    let mut group = Group::with_title(level(diagnostic.severity).primary_title(diagnostic.title.as_str()));
    for (at, (source, text)) in texts.iter().enumerate() {
        let mut snippet = Snippet::source(text.as_str()).path(sources.name(*source)).fold(true);
        for (order, label) in diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == *source) {
            let kind = if at == 0 && order == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let mark = kind.span(clip(text, label.span));
            snippet = snippet.annotation(if label.text.is_empty() { mark } else { mark.label(label.text.as_str()) });
        }
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.helps {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// The texts that the labels speak of, main one first, with secrets hidden.
fn presentable_texts(sources: &Sources, diagnostic: &Diagnostic) -> Vec<(super::SourceId, String)> {
    let mut texts: Vec<(super::SourceId, String)> = Vec::new();
    for label in &diagnostic.labels {
        if !texts.iter().any(|(source, _)| *source == label.span.source) {
            texts.push((label.span.source, sources.presentable(label.span.source)));
        }
    }
    texts
}

/// The span's range, moved onto characters of the text and cut at the end of its first line.
fn clip(text: &str, span: Span) -> std::ops::Range<usize> {
    let on_character = |mut offset: usize| {
        offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = on_character(span.start as usize);
    let end = on_character(span.end as usize).max(start);
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
    fn a_problem_without_a_place_is_its_words() {
        let diagnostic = Diagnostic::warning("weak", "the passphrase is empty").with_note("sessions are not encrypted");
        insta::assert_snapshot!(draw(&Sources::default(), &diagnostic, Look::default()), @"
        warning: the passphrase is empty
         |
         = note: sessions are not encrypted
        ");
    }
}
