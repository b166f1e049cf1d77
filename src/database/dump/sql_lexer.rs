//! What psql takes the bytes of a script for: statements, what stands in quotes, comments, rows, commands of its own.

/// Where in the script the lexer is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In a statement, or between two.
    Sql,
    /// In `'…'`; a backslash escapes in `E'…'`.
    Text { escapes: bool },
    /// Behind a `'` that ends the text unless it is doubled.
    TextEnd { escapes: bool },
    /// Behind a backslash in `E'…'`.
    Escaped,
    /// In `"…"`.
    Name,
    /// In the tag of `$tag$`.
    Tag,
    /// Between two `$tag$`; so much of the second one was seen.
    Dollar { seen: usize },
    /// Behind `--`.
    Line,
    /// In `/* … */`, which nests; the byte before.
    Block { depth: usize, before: u8 },
}

/// What a byte meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Meaning {
    /// It is part of whatever it stands in.
    Inside,
    /// It ended a word; the word can be asked for.
    Word,
    /// It ends a statement.
    End,
    /// It begins a command of psql.
    Command,
    /// It ended a comment of one line; its text can be asked for.
    Comment,
    /// It makes a tag longer than any that a dump has.
    TooLong,
}

/// Reads a script byte by byte.
#[derive(Debug)]
pub(in crate::database) struct Lexer {
    place: Place,
    before: u8,
    word: Vec<u8>,
    tag: Vec<u8>,
    comment: Vec<u8>,
    escapes_everywhere: bool,
}

/// Longer words and comments tell nothing.
const LONGEST: usize = 128;
/// pg_dump's tags are a few bytes long.
const LONGEST_TAG: usize = 1024;

impl Lexer {
    pub(in crate::database) fn new() -> Self {
        Self {
            place: Place::Sql,
            before: b'\n',
            word: Vec::new(),
            tag: Vec::new(),
            comment: Vec::new(),
            escapes_everywhere: false,
        }
    }

    /// The word that has just ended.
    pub(in crate::database) fn word(&self) -> String {
        String::from_utf8_lossy(&self.word).into_owned()
    }

    /// Forgets the word: the next one begins.
    pub(in crate::database) fn next_word(&mut self) {
        self.word.clear();
    }

    /// The comment that has just ended, from its `--` on.
    pub(in crate::database) fn comment(&self) -> String {
        format!("--{}", String::from_utf8_lossy(&self.comment).trim_end())
    }

    /// Whether nothing is open.
    pub(in crate::database) fn is_between(&self) -> bool {
        matches!(self.place, Place::Sql | Place::Line)
    }

    /// Whether a backslash escapes in every text from now on (`standard_conforming_strings = off`).
    pub(in crate::database) fn escape_everywhere(&mut self, escapes: bool) {
        self.escapes_everywhere = escapes;
    }

    /// The byte that ends what is being read, where nothing else matters: the way there can be skipped.
    pub(in crate::database) fn awaited(&self) -> Option<u8> {
        match self.place {
            Place::Text { escapes: false } => Some(b'\''),
            Place::Name => Some(b'"'),
            Place::Dollar { seen: 0 } => Some(b'$'),
            _ => None,
        }
    }

    pub(in crate::database) fn read(&mut self, byte: u8) -> Meaning {
        let mut meaning = Meaning::Inside;
        self.place = match std::mem::replace(&mut self.place, Place::Sql) {
            Place::Sql => return self.read_sql(byte),
            Place::Text { escapes: true } if byte == b'\\' => Place::Escaped,
            Place::Text { escapes } if byte == b'\'' => Place::TextEnd { escapes },
            Place::Escaped => Place::Text { escapes: true },
            Place::TextEnd { escapes } if byte == b'\'' => Place::Text { escapes },
            Place::TextEnd { .. } => return self.read_sql(byte),
            Place::Name if byte == b'"' => Place::Sql,
            Place::Tag if byte == b'$' => Place::Dollar { seen: 0 },
            Place::Tag if is_of_word(byte) => {
                self.tag.push(byte);
                if self.tag.len() > LONGEST_TAG {
                    meaning = Meaning::TooLong;
                }
                Place::Tag
            }
            // `$1` and the like: no tag after all.
            Place::Tag => return self.read_sql(byte),
            Place::Dollar { seen } => self.in_dollar(byte, seen),
            // psql ends a comment at either of them.
            Place::Line if byte == b'\n' || byte == b'\r' => {
                meaning = Meaning::Comment;
                Place::Sql
            }
            Place::Line => {
                if self.comment.len() < LONGEST {
                    self.comment.push(byte);
                }
                Place::Line
            }
            Place::Block { depth, before } => {
                let place = in_block(byte, depth, before);
                // The `/` that ends a comment begins no other one.
                self.before = b' ';
                return self.within(place);
            }
            same @ (Place::Text { .. } | Place::Name) => same,
        };
        self.before = byte;
        meaning
    }

    fn within(&mut self, place: Place) -> Meaning {
        self.place = place;
        Meaning::Inside
    }

    fn read_sql(&mut self, byte: u8) -> Meaning {
        let before = std::mem::replace(&mut self.before, byte);
        let in_word = !self.word.is_empty();
        if is_of_word(byte) || byte == b'$' && in_word {
            if self.word.len() < LONGEST {
                self.word.push(byte);
            }
            return Meaning::Inside;
        }
        let mut meaning = if in_word { Meaning::Word } else { Meaning::Inside };
        match byte {
            b'\'' => {
                let escapes = self.escapes_everywhere || self.word.eq_ignore_ascii_case(b"e");
                self.place = Place::Text { escapes };
            }
            b'"' => {
                self.place = Place::Name;
                if !in_word {
                    self.word.push(b'"');
                    meaning = Meaning::Word;
                }
            }
            b'$' => {
                self.tag.clear();
                self.place = Place::Tag;
            }
            b'-' if before == b'-' => {
                self.comment.clear();
                self.place = Place::Line;
                // So that `--` is not seen a second time.
                self.before = b' ';
            }
            b'*' if before == b'/' => self.place = Place::Block { depth: 1, before: b' ' },
            b'\\' => meaning = Meaning::Command,
            b';' => meaning = Meaning::End,
            _ => {}
        }
        meaning
    }

    fn in_dollar(&self, byte: u8, seen: usize) -> Place {
        // The end is `$`, the tag, `$`.
        let expected = if seen == 0 || seen == self.tag.len() + 1 { b'$' } else { self.tag[seen - 1] };
        let seen = if byte == expected { seen + 1 } else { usize::from(byte == b'$') };
        if seen == self.tag.len() + 2 { Place::Sql } else { Place::Dollar { seen } }
    }
}

fn in_block(byte: u8, depth: usize, before: u8) -> Place {
    match (before, byte) {
        (b'*', b'/') if depth == 1 => Place::Sql,
        (b'*', b'/') => Place::Block { depth: depth - 1, before: b' ' },
        (b'/', b'*') => Place::Block { depth: depth + 1, before: b' ' },
        _ => Place::Block { depth, before: byte },
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements of a script, by where they end, and its commands.
    fn ends(script: &str) -> (Vec<usize>, Vec<usize>) {
        let (mut lexer, mut ends, mut commands) = (Lexer::new(), Vec::new(), Vec::new());
        for (index, byte) in script.bytes().enumerate() {
            match lexer.read(byte) {
                Meaning::Command => commands.push(index),
                _ if lexer.place == Place::Sql && byte == b';' => ends.push(index),
                _ => {}
            }
            if !is_of_word(byte) {
                lexer.next_word();
            }
        }
        (ends, commands)
    }

    #[test]
    fn what_stands_in_quotes_ends_nothing() {
        for script in [
            r"SELECT 'a;b''\;c';",
            r"SELECT E'a\';\\b''c;' ;",
            "SELECT \"a;\\b\"\"c;\";",
            "SELECT $$ ; \\! $ $$;",
            "SELECT $a$ ; $$ ; $b$ $a $a$;",
            "SELECT 1 -- ; \\!\n;",
            "SELECT 1 /* ; /* \\! */ ; */;",
            "SELECT $1, a$b$c + 2 - -1;",
            "SELECT e'\\'' || 'e' || U&'\\0041';",
            "SELECT 1 /**/* 2 --;\r;",
        ] {
            assert_eq!(ends(script), (vec![script.len() - 1], vec![]), "{script}");
        }
    }

    #[test]
    fn a_backslash_outside_of_quotes_is_a_command() {
        for (script, place) in [("\\! rm", 0), ("SELECT 1 \\gexec", 9), ("SELECT '\\'; \\q", 12), ("/**/\\q", 4)] {
            assert_eq!(ends(script).1, [place], "{script}");
        }
    }
}
