//! The environment of the calling process, as a value.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// Names and values that the caller brings, taken once at the start so that nothing below asks the system.
#[derive(Clone, Debug, Default)]
pub struct ProcessEnvironment(BTreeMap<String, OsString>);

impl ProcessEnvironment {
    /// Returns the environment of this process. Where nobody set `PWD` it is the working directory, as it is to bash and
    /// to docker compose.
    #[must_use]
    pub fn of_this_process() -> Self {
        let mut variables: Self = std::env::vars_os().collect();
        if variables.get("PWD").is_none()
            && let Ok(folder) = std::env::current_dir()
        {
            variables.0.insert("PWD".to_owned(), folder.into_os_string());
        }
        variables
    }

    /// The value of a name, which may be no text.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// The value of a name where it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(OsStr::to_str)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for ProcessEnvironment {
    /// A name that is no text can be asked for by nobody, and is left out.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let named = |(name, value): (K, V)| Some((name.into().into_string().ok()?, value.into()));
        Self(variables.into_iter().filter_map(named).collect())
    }
}
