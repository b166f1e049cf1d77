//! What `env.custom.sample` says about each variable.

use std::path::Path;

use indexmap::IndexMap;

use super::Name;
use super::cursor::Cursor;
use crate::project::Project;
use crate::report::{Report, Sources, read_optional};

/// Explanations by name. A project may have none.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    entries: IndexMap<Name, Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    explanation: String,
    value: String,
}

impl Sample {
    /// Reads the project's `env.custom.sample`. It is documentation: where it cannot be read, nothing is explained.
    #[must_use]
    pub fn read(project: &Project) -> Self {
        let path = project.root().join("env.custom.sample");
        let (mut sources, mut report) = (Sources::default(), Report::default());
        read_optional(&mut sources, &mut report, "env.custom.sample", Path::new(&path))
            .map(|source| Self::parse(sources.text(source)))
            .unwrap_or_default()
    }

    /// The comment directly above `NAME=` or `#NAME=` explains it, and so does one behind it; names on lines that
    /// follow each other share what is above the first.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut entries: IndexMap<Name, Entry> = IndexMap::new();
        let mut above: Vec<&str> = Vec::new();
        let mut after_name = false;
        for line in text.lines().map(str::trim) {
            if let Some((name, value, behind)) = named(line) {
                let lines = above.iter().copied().chain(behind).filter(|line| !line.is_empty());
                let explanation = lines.collect::<Vec<_>>().join("\n");
                entries.entry(name).or_insert(Entry { explanation, value });
                after_name = true;
            } else if let Some(comment) = line.strip_prefix('#') {
                if std::mem::take(&mut after_name) {
                    above.clear();
                }
                above.push(comment.trim_matches(['#', ' ']));
            } else {
                above.clear();
                after_name = false;
            }
        }
        Self { entries }
    }

    /// What the sample says about a name; lines are kept.
    #[must_use]
    pub fn explanation(&self, name: &str) -> Option<&str> {
        self.entries.get(name).map(|entry| entry.explanation.as_str()).filter(|text| !text.is_empty())
    }

    /// Whether the sample speaks of a name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Every name it speaks of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|name| &**name)
    }

    /// The value that the sample shows for a name, as it is written there.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.entries.get(name).map(|entry| entry.value.as_str()).filter(|value| !value.is_empty())
    }
}

/// `NAME=value  # comment` or the same commented out: name, value, comment.
fn named(line: &str) -> Option<(Name, String, Option<&str>)> {
    let line = line.strip_prefix('#').map_or(line, str::trim_start);
    let mut cursor = Cursor::new(line.strip_prefix("export ").unwrap_or(line));
    let name = cursor.take_name();
    if name.is_empty() || !cursor.eat(b'=') {
        return None;
    }
    let start = cursor.at();
    cursor.take_until(|_| false);
    let rest = cursor.since(start);
    let (value, comment) = match rest.find(" #").or_else(|| rest.find("\t#")) {
        Some(at) => (&rest[..at], Some(rest[at + 2..].trim())),
        None => (rest, None),
    };
    // A sentence that begins with something like an assignment is a sentence.
    if value.trim().contains(' ') && !value.contains(['"', '\'']) {
        return None;
    }
    Some((name, value.trim().trim_matches(['"', '\'']).to_owned(), comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_above_a_name_explains_it() {
        let sample = Sample::parse(
            "# Minimum\n\n# The version to load. Will be the default for all components,\n# but each can be set \
             separately\nIMAGE_VERSION_COOG=coog-1\n\n## Ports\n#CUSTOM_A_PORT=80\n# CUSTOM_B_PORT=  # defaults to 81\n\
             # X=1 is not a variable but a sentence\nCUSTOM_C='a b'\n\nBARE=\n",
        );
        assert_eq!(
            sample.explanation("IMAGE_VERSION_COOG"),
            Some("The version to load. Will be the default for all components,\nbut each can be set separately")
        );
        assert_eq!(sample.explanation("CUSTOM_A_PORT"), Some("Ports"));
        assert_eq!(sample.explanation("CUSTOM_B_PORT"), Some("Ports\ndefaults to 81"));
        assert_eq!(sample.explanation("CUSTOM_C"), Some("X=1 is not a variable but a sentence"));
        assert_eq!((sample.explanation("BARE"), sample.has("BARE")), (None, true));
        assert_eq!(
            (sample.value("CUSTOM_C"), sample.value("BARE"), sample.value("CUSTOM_B_PORT")),
            (Some("a b"), None, None)
        );
    }
}
