//! A command as a value: it can be printed, compared in tests, and run by a [`super::Runner`].

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;

use crate::files::shell_word;

/// What a command reads from its standard input.
#[derive(Clone, Default)]
pub enum Input {
    /// What we read ourselves.
    #[default]
    Inherited,
    /// Nothing.
    Nothing,
    /// These bytes. Secrets go this way, so they are never printed.
    Bytes(Vec<u8>),
}

/// A program, its arguments, and what it finds around it. It starts in our own working folder.
#[derive(Clone)]
pub struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, Option<OsString>)>,
    input: Input,
    apart: bool,
    folder: Option<PathBuf>,
    talking: bool,
}

impl Command {
    /// The bare program.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Input::Inherited,
            apart: false,
            folder: None,
            talking: false,
        }
    }

    /// Adds an argument. Secrets do not belong here: anybody on the machine can read them.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<T: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of its environment, which otherwise is ours.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), Some(value.into())));
        self
    }

    /// Keeps a variable of our environment from it.
    #[must_use]
    pub fn without_env(mut self, name: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), None));
        self
    }

    /// Has it start in this folder instead of ours.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Has what it writes to standard output go to standard error, beside what we say ourselves.
    #[must_use]
    pub fn talking(mut self) -> Self {
        self.talking = true;
        self
    }

    /// Sets what it reads.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// Keeps what is typed on the terminal from it (Ctrl-C): when it ends is for us to decide.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// Whether what is typed on the terminal does not reach it.
    pub(super) fn is_apart(&self) -> bool {
        self.apart
    }

    /// The program's name.
    #[must_use]
    pub fn program(&self) -> &OsStr {
        &self.program
    }

    /// Its arguments.
    #[must_use]
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// The bytes that it is given to read, if any.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        if let Input::Bytes(bytes) = &self.input { Some(bytes) } else { None }
    }

    /// The same for the standard library.
    pub(super) fn to_std(&self) -> std::process::Command {
        #[allow(clippy::disallowed_methods, reason = "the one place that makes a process of a command")]
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments);
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        if self.talking {
            // Without a standard error nobody is left to hear it.
            let talk = io::stderr().as_fd().try_clone_to_owned();
            command.stdout(talk.map_or_else(|_| Stdio::null(), Stdio::from));
        }
        if self.apart {
            command.process_group(0);
        }
        command.stdin(match &self.input {
            Input::Inherited => Stdio::inherit(),
            Input::Nothing => Stdio::null(),
            Input::Bytes(_) => Stdio::piped(),
        });
        command
    }
}

/// As it would be typed. Neither values of the environment nor the input are shown.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shell_word(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", shell_word(argument)))
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{}{} ", if value.is_some() { "" } else { "-" }, shell_word(name))?;
        }
        write!(f, "{self}")?;
        self.bytes().map_or(Ok(()), |bytes| write!(f, " <({} bytes)", bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_not_printed() {
        let command = Command::new("docker")
            .args(["compose", "exec", "it's", ""])
            .env("PGPASSFILE", "/secret")
            .without_env("TOKEN")
            .input(Input::Bytes(b"secret".to_vec()));
        assert_eq!(command.to_string(), r"docker compose exec 'it'\''s' ''");
        assert_eq!(format!("{command:?}"), r"PGPASSFILE -TOKEN docker compose exec 'it'\''s' '' <(6 bytes)");
    }
}
