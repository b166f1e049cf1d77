//! Text in lines of a terminal.

use textwrap::{Options, WordSplitter, wrap};

/// The text in lines of at most so many characters, broken at blanks; a word is not broken, nor is an option.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let at_blanks = Options::new(width).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    wrap(text, at_blanks).into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_at_blanks() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("load --keep-old", 12), ["load", "--keep-old"]);
    }
}
