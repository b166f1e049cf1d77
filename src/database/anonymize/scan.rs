//! Copies of hidden values outside of their cells: a sample of old values is looked for in everything that goes out.

use std::collections::HashSet;
use std::io::{self, Write};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use indexmap::IndexMap;
use memchr::{memchr_iter, memmem, memrchr};

use super::sample::{Sample, Strength};
use crate::database::DatabaseError;

/// So much is looked through at once.
const BLOCK: usize = 128 << 10;
/// A line that is longer is looked through in pieces.
const LONGEST_LINE: usize = 8 << 20;
/// What of a piece is looked at again with the next one: the longest value, twice for digits.
const OVERLAP: usize = 1 << 10;
/// A weak value alone may stand somewhere by chance: so many different ones do not.
const WEAK: usize = 3;
/// How many bytes to look for are few.
const FEW: usize = 64 << 10;
const END_OF_DATA: &[u8] = b"\\.\n";

/// Whether the values of a column were judged already: it has a rule, or is said to hold nothing personal.
pub(super) type Judged<'j> = dyn Fn(&str, &str, &str) -> bool + 'j;

/// Passes on a dump, and looks through it.
pub(super) struct Scanner<'s, W> {
    to: W,
    judged: &'s Judged<'s>,
    samples: &'s [Sample],
    /// None where there is nothing to look for.
    automaton: Option<AhoCorasick>,
    /// The sample of each pattern.
    patterns: Vec<usize>,
    held: Vec<u8>,
    place: Place,
    /// How many fields of an unfinished line were looked through already.
    fields: usize,
    found: IndexMap<(String, usize), HashSet<usize>>,
}

/// Where in the dump it is.
enum Place {
    /// Between data: the last object that a comment named.
    Statements(String),
    /// In the data of a table: its columns, with the judged ones left out.
    Data(Vec<Option<String>>),
}

impl<'s, W: Write> Scanner<'s, W> {
    pub(super) fn new(to: W, samples: &'s [Sample], judged: &'s Judged<'s>) -> Result<Self, DatabaseError> {
        let (mut texts, mut patterns) = (Vec::new(), Vec::new());
        for (number, sample) in samples.iter().enumerate() {
            texts.push(sample.text.clone().into_bytes());
            patterns.push(number);
            if sample.strength == Strength::Strong {
                // As bytes are written.
                texts.push(crate::database::digits(sample.text.as_bytes()).into_bytes());
                patterns.push(number);
            }
        }
        let automaton = if texts.is_empty() { None } else { Some(automaton(&texts)?) };
        let place = Place::Statements(String::new());
        let (held, found) = (Vec::new(), IndexMap::new());
        Ok(Self { to, judged, samples, automaton, patterns, held, place, fields: 0, found })
    }

    /// What was found, where; nothing where the dump is clean.
    pub(super) fn finish(mut self) -> Vec<String> {
        let rest = std::mem::take(&mut self.held);
        self.look_through(&rest);
        let mut of_origin: IndexMap<usize, usize> = IndexMap::new();
        for sample in self.samples {
            *of_origin.entry(sample.origin).or_default() += 1;
        }
        let told = self.found.iter().filter_map(|((place, origin), found)| {
            let sampled = of_origin.get(origin).copied().unwrap_or_default();
            let is_strong = found.iter().any(|number| self.samples[*number].strength == Strength::Strong);
            let is_told = is_strong || (found.len() >= WEAK && found.len() * 4 >= sampled);
            let name = &self.samples[*found.iter().next()?].column;
            is_told.then(|| format!("{place}: {} of {sampled} sampled old values of `{name}` stand there", found.len()))
        });
        told.collect()
    }

    fn look_through(&mut self, mut block: &[u8]) {
        while !block.is_empty() {
            let length = match &self.place {
                Place::Data(_) => self.data(block),
                Place::Statements(_) => self.statement(block),
            };
            block = &block[length..];
        }
    }

    /// Looks through data up to their end or the block's; tells how far it came.
    fn data(&mut self, block: &[u8]) -> usize {
        let end = if block.starts_with(END_OF_DATA) && self.fields == 0 {
            Some(0)
        } else {
            memmem::find(block, b"\n\\.\n").map(|end| end + 1)
        };
        self.search(&block[..end.unwrap_or(block.len())]);
        match end {
            None => block.len(),
            Some(end) => {
                self.place = Place::Statements(String::new());
                end + END_OF_DATA.len()
            }
        }
    }

    /// Looks through one line of statements; tells its length.
    fn statement(&mut self, block: &[u8]) -> usize {
        let length = memchr::memchr(b'\n', block).map_or(block.len(), |end| end + 1);
        let line = &block[..length];
        if let Some(name) = line.strip_prefix(b"-- Name: ").or_else(|| line.strip_prefix(b"-- Data for Name: ")) {
            self.place = Place::Statements(String::from_utf8_lossy(name).trim_end().to_owned());
        }
        self.search(line);
        if let Some((schema, relation, columns)) = header(line) {
            let table = if schema == "public" { relation.clone() } else { format!("{schema}.{relation}") };
            let column = |name: &String| {
                let is_judged = (self.judged)(&schema, &relation, name);
                (!is_judged).then(|| format!("`{table}.{name}`"))
            };
            self.place = Place::Data(columns.iter().map(column).collect());
        }
        length
    }

    fn search(&mut self, text: &[u8]) {
        let Some(automaton) = &self.automaton else { return };
        for found in automaton.find_iter(text) {
            let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
            let (start, end) = (found.start(), found.end());
            let before = start.checked_sub(1).and_then(|at| text.get(at));
            let sample = self.patterns[found.pattern().as_usize()];
            let is_whole = end - start == self.samples[sample].text.len();
            if is_whole && (is_word(before) || is_word(text.get(end))) {
                continue;
            }
            let place = match &self.place {
                Place::Statements(name) => Some(format!("the definition of `{name}`")),
                Place::Data(columns) => {
                    let line = memrchr(b'\n', &text[..start]);
                    let fields = memchr_iter(b'\t', &text[line.map_or(0, |line| line + 1)..start]).count();
                    let field = fields + if line.is_none() { self.fields } else { 0 };
                    columns.get(field).cloned().flatten()
                }
            };
            if let Some(place) = place {
                self.found.entry((place, self.samples[sample].origin)).or_default().insert(sample);
            }
        }
    }

    /// Looks through what is held as far as its lines are whole.
    fn look(&mut self) {
        let held = std::mem::take(&mut self.held);
        match memrchr(b'\n', &held) {
            Some(end) => {
                self.look_through(&held[..=end]);
                self.fields = 0;
                self.held = held[end + 1..].to_vec();
            }
            None if held.len() > LONGEST_LINE => {
                let end = held.len() - OVERLAP;
                self.search(&held);
                self.fields += memchr_iter(b'\t', &held[..end]).count();
                self.held = held[end..].to_vec();
            }
            None => self.held = held,
        }
    }
}

impl<W: Write> Write for Scanner<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        if self.automaton.is_some() {
            let before = self.held.len() / BLOCK;
            self.held.extend_from_slice(&bytes[..length]);
            if self.held.len() / BLOCK > before {
                self.look();
            }
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn automaton(texts: &[Vec<u8>]) -> Result<AhoCorasick, DatabaseError> {
    let length: usize = texts.iter().map(Vec::len).sum();
    // The fastest one, as long as it is small.
    let kind = (length < FEW).then_some(AhoCorasickKind::DFA);
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).kind(kind);
    builder.build(texts).map_err(|error| crate::docker::RunError::Streams(io::Error::other(error)).into())
}

/// The schema, the relation and the columns of `COPY s.t (a, b) FROM stdin;`.
fn header(line: &[u8]) -> Option<(String, String, Vec<String>)> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("COPY ")?.strip_suffix(" FROM stdin;\n")?;
    let mut rest = line;
    let schema = name(&mut rest)?;
    rest = rest.strip_prefix('.')?;
    let relation = name(&mut rest)?;
    let mut columns = Vec::new();
    if let Some(list) = rest.trim_start().strip_prefix('(') {
        rest = list;
        while let Some(column) = name(&mut rest) {
            columns.push(column);
            rest = rest.trim_start_matches([',', ' ']);
        }
    }
    Some((schema, relation, columns))
}

/// Takes a name, in quotes or without.
fn name(rest: &mut &str) -> Option<String> {
    let Some(mut quoted) = rest.strip_prefix('"') else {
        let end = rest.find(['.', ' ', ',', ')']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        *rest = after;
        return (!name.is_empty()).then(|| name.to_owned());
    };
    let mut name = String::new();
    loop {
        let (part, after) = quoted.split_once('"')?;
        name += part;
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                quoted = more;
            }
            None => {
                *rest = after;
                return Some(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str, strength: Strength) -> Sample {
        Sample { text: text.to_owned(), origin: 0, column: "p.name".to_owned(), strength }
    }

    fn found(samples: &[Sample], dump: &str, size: usize) -> Vec<String> {
        let judged = |_: &str, relation: &str, column: &str| relation == "p" && column == "name";
        let mut passed = Vec::new();
        let mut scanner = Scanner::new(&mut passed, samples, &judged).unwrap();
        dump.as_bytes().chunks(size).for_each(|piece| scanner.write_all(piece).unwrap());
        let found = scanner.finish();
        assert_eq!(passed, dump.as_bytes());
        found
    }

    #[test]
    fn a_copy_is_found_wherever_it_stands() {
        let samples = [sample("Secret17", Strength::Strong), sample("dupont", Strength::Weak)];
        for (dump, place) in [
            ("COPY public.p (id, name) FROM stdin;\n1\tSecret17\n\\.\n", None),
            ("COPY public.p (id, name, x) FROM stdin;\n1\tSecret17\t(1,Secret17)\n\\.\n", Some("`p.x`")),
            ("COPY \"a\".\"b \"\"c\" (id, \"d\"\"\") FROM stdin;\n1\t'secret17':1\n\\.\n", Some("`a.b \"c.d\"`")),
            (
                "COPY public.p (id, name) FROM stdin;\n\\.\n\n-- Name: c; Type: COMMENT\nIS 'Secret17';\n",
                Some("`c; Type"),
            ),
            ("COPY public.f (b) FROM stdin;\n\\\\x00536563726574313700\n\\.\n", Some("`f.b`")),
            ("COPY public.f (b) FROM stdin;\nSecret170 XSecret17\n\\.\n", None),
            ("COPY public.f (b) FROM stdin;\nM. Dupont\n\\.\n", None),
        ] {
            for size in [1, 9, 10_000] {
                let found = found(&samples, dump, size);
                assert_eq!(found.is_empty(), place.is_none(), "{dump}: {found:?}");
                assert!(found.iter().all(|one| place.is_some_and(|place| one.contains(place))), "{dump}: {found:?}");
            }
        }
    }

    #[test]
    fn many_weak_values_are_no_chance() {
        let samples: Vec<Sample> =
            ["dupont", "durand", "martin"].iter().map(|text| sample(text, Strength::Weak)).collect();
        let dump = "COPY public.v (n) FROM stdin;\nDupont\nDurand\n\\.\n";
        assert!(found(&samples, dump, 7).is_empty());
        assert_eq!(found(&samples, &dump.replace("\\.", "Martin\n\\."), 7).len(), 1);
    }

    #[test]
    fn a_line_without_end_is_looked_through_in_pieces() {
        let samples = [sample("Secret17", Strength::Strong)];
        let long = "x ".repeat(LONGEST_LINE);
        let dump = format!("COPY public.p (a, name, b) FROM stdin;\n{long}\tSecret17\t{long}Secret17\n\\.\n");
        let found = found(&samples, &dump, 100_000);
        assert_eq!(found, ["`p.b`: 1 of 1 sampled old values of `p.name` stand there"]);
    }
}
