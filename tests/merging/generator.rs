//! Sets of fragments that are the same in every run: services in short and long forms, variables, anchors, tags,
//! `extends`, `include`.

use std::fmt::Write as _;

use super::folder::Folder;
use super::grammar::{ATTRIBUTES, GRAMMAR};
use crate::environment::random::Random;

const VARIABLES: &[(&str, &str)] = &[
    ("ONE", "one"),
    ("TWO", "2"),
    ("THREE", "3"),
    ("EMPTY", ""),
    ("ON", "true"),
    ("TOKEN", "t$k'n\"x"),
    ("IP", "127.0.0.1"),
    ("PORT", "8080"),
    ("DATA", "./data"),
    ("WHOLE", "v2:/whole:ro"),
    ("A", "from the process"),
];

/// The set of fragments of a number.
pub(super) fn folder(seed: u64) -> Folder {
    let mut writer = Writer { random: Random::new(Random::new(seed).next()) };
    let number = 2 + writer.random.below(3);
    let files: Vec<String> =
        ["a.yml", "b.yml", "c.yml", "d.yml"].iter().take(number).map(|&name| name.into()).collect();
    let mut folder = Folder::new(files.clone());
    VARIABLES.iter().for_each(|(name, value)| folder.set(name, value));
    for (at, file) in files.iter().enumerate() {
        folder.write(file, writer.fragment(at == 0));
    }
    folder.write("a.env", "A=a\nF=1\n");
    folder.write("b.env", "A=b\nG=\"$F\"\n");
    folder.write("lib/a.env", "A=lib\n");
    folder.write("lib/b.env", "A=libb\n");
    folder.write("part/a.env", "A=part\n");
    folder.write("part/b.env", "A=partb\n");
    folder.write("part/.env", "INNER=inner\nONE=no\n");
    folder.write("lib/base.yml", writer.library());
    folder.write("part/a.yml", writer.part());
    folder
}

struct Writer {
    random: Random,
}

impl Writer {
    /// A fragment; the first has all that others need.
    fn fragment(&mut self, first: bool) -> String {
        let mut text = String::new();
        let anchor = self.random.once_in(3);
        if anchor {
            let attributes = self.attributes(2, "  ", false);
            write!(text, "x-anchor: &anchor\n{attributes}").expect("text grows");
        }
        let includes = !first && self.random.once_in(6);
        if includes {
            text += "include: [part/a.yml]\n";
        }
        text += "services:\n";
        if first {
            text += "  t1: {image: \"i:1\"}\n  t2: {image: \"i:2\"}\n  s1: {image: \"i:3\"}\n";
        }
        let names: &[&str] = match (first, includes) {
            (true, _) => &["web", "worker", "third"],
            (false, true) => &["web", "worker", "third", "s1"],
            (false, false) => &["web", "worker", "third", "s1", "inner"],
        };
        let mut some = false;
        for &name in names {
            if first || self.random.once_in(2) || (name == "third" && !some) {
                some = true;
                text += &self.service(name, first, anchor);
            }
        }
        // What is included must not stand beside it in another form.
        if includes { text } else { text + &self.sections(first) }
    }

    fn service(&mut self, name: &str, first: bool, anchor: bool) -> String {
        let mut text = format!("  {name}:\n");
        if anchor && self.random.once_in(2) {
            text += "    <<: *anchor\n";
        }
        let extends = if first { 4 } else { 9 };
        if self.random.once_in(extends) {
            text += self.random.pick(&[
                "    extends: {file: lib/base.yml, service: base}\n",
                "    extends: {file: lib/base.yml, service: mid}\n",
                "    extends: {file: ./lib/base.yml, service: \"${UNSET:-base}\"}\n",
            ]);
        } else if first && name != "web" && self.random.once_in(3) {
            text += "    extends: web\n";
        }
        let number = 2 + self.random.below(5);
        // Tags in a service that is extended in its own file act by chance.
        let attributes = self.attributes(number, "    ", !(first && name == "web"));
        let image = !attributes.contains("    image:") && (first || name == "inner");
        text + if image { "    image: \"i:${TWO}\"\n" } else { "" } + &attributes
    }

    fn attributes(&mut self, number: usize, indent: &str, tags: bool) -> String {
        let mut text = String::new();
        let mut there: Vec<&str> = Vec::new();
        for _ in 0..number {
            let name = self.random.pick(ATTRIBUTES);
            if there.contains(&name) {
                continue;
            }
            there.push(name);
            let value = self.expand(name);
            let value = match self.random.below(40) {
                0 if tags => "!reset null".to_owned(),
                1 if tags => format!("!override {value}"),
                2 if tags && self.random.once_in(12) => "~".to_owned(),
                3 if tags && value.starts_with('{') => value.replacen(": ", ": !reset ", 1),
                _ => value,
            };
            writeln!(text, "{indent}{name}: {value}").expect("text grows");
        }
        text
    }

    fn sections(&mut self, first: bool) -> String {
        let mut text = String::new();
        let sections: [(&str, &str, [&str; 2]); 4] = [
            ("networks", "network", ["n1", "n2"]),
            ("volumes", "volume", ["v1", "v2"]),
            ("secrets", "secret", ["sec1", "sec2"]),
            ("configs", "config", ["cfg1", "cfg2"]),
        ];
        for (section, symbol, names) in sections {
            if !first && !self.random.once_in(5) {
                continue;
            }
            writeln!(text, "{section}:").expect("text grows");
            for name in names {
                let value = match symbol {
                    "secret" if first => "{file: ./s.txt}".to_owned(),
                    "config" if first => "{content: x}".to_owned(),
                    _ => self.expand(symbol),
                };
                writeln!(text, "  {name}: {value}").expect("text grows");
            }
        }
        if self.random.once_in(4) {
            writeln!(text, "x-own: {}", self.expand("x-own")).expect("text grows");
        }
        text
    }

    /// A file that is only there to be extended.
    fn library(&mut self) -> String {
        let (base, mid) = (self.attributes(4, "    ", true), self.attributes(3, "    ", true));
        format!("services:\n  base:\n    working_dir: /lib\n{base}  mid:\n    extends: base\n    user: mid\n{mid}")
            .replace("    working_dir: /lib\n    working_dir", "    working_dir")
    }

    /// A file to be included.
    fn part(&mut self) -> String {
        let attributes: Vec<&str> =
            vec!["environment", "volumes", "labels", "ports", "build", "env_file", "healthcheck"];
        let mut text = "services:\n  inner:\n    image: \"i:${INNER}\"\n".to_owned();
        for name in attributes {
            if self.random.once_in(2) {
                let value = self.expand(name);
                writeln!(text, "    {name}: {value}").expect("text grows");
            }
        }
        text + "volumes: {v1: , v2: }\nsecrets: {sec1: {file: ./s}, sec2: {file: ./s}}\n"
    }

    /// What a symbol stands for this time.
    fn expand(&mut self, symbol: &str) -> String {
        let alternatives = GRAMMAR.iter().find(|(name, _)| *name == symbol).map(|(_, alternatives)| *alternatives);
        let text = self.random.pick(alternatives.unwrap_or_else(|| panic!("no symbol `{symbol}`")));
        let mut parts = text.split('@');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|each: char| !each.is_ascii_lowercase() && each != '_').unwrap_or(part.len());
            match part[end..].strip_prefix('+') {
                Some(rest) => out += &(self.several(&part[..end]) + rest),
                None => out += &(self.expand(&part[..end]) + &part[end..]),
            }
        }
        out
    }

    /// One to four of a symbol, no key twice.
    fn several(&mut self, symbol: &str) -> String {
        let mut items: Vec<String> = Vec::new();
        let key = |item: &str| item.split(": ").next().unwrap_or_default().trim_end_matches(':').to_owned();
        for _ in 0..=self.random.below(4) {
            let item = self.expand(symbol);
            if items.iter().all(|other| key(other) != key(&item)) {
                items.push(item);
            }
        }
        items.join(", ")
    }
}
