//! A runner for tests: it runs nothing, records every command, and answers as it was told.

use std::io::{Read, Write};
use std::sync::{Mutex, PoisonError};

use super::{Captured, Command, Dialogue, Ended, RunError, Runner, Verdict};

type Answer = dyn Fn(&str) -> (u8, String) + Sync;

/// Records commands as they would be typed; the answer to each is its exit code and its standard output.
pub(crate) struct Recording {
    commands: Mutex<Vec<String>>,
    answer: Box<Answer>,
}

impl Recording {
    pub(crate) fn new(answer: impl Fn(&str) -> (u8, String) + Sync + 'static) -> Self {
        Self { commands: Mutex::default(), answer: Box::new(answer) }
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn record(&self, command: &Command) -> Captured {
        let typed = command.to_string();
        let (code, stdout) = (self.answer)(&typed);
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).push(typed);
        Captured { ended: Ended { code }, stdout: stdout.into_bytes(), stderr: Vec::new() }
    }
}

impl Runner for Recording {
    fn replace(&self, command: &Command) -> Result<Ended, RunError> {
        Ok(self.record(command).ended)
    }

    fn run(&self, command: &Command) -> Result<Ended, RunError> {
        Ok(self.record(command).ended)
    }

    fn run_watched(&self, command: &Command, _: &mut dyn FnMut() -> Verdict) -> Result<Ended, RunError> {
        Ok(self.record(command).ended)
    }

    fn capture(&self, command: &Command) -> Result<Captured, RunError> {
        Ok(self.record(command))
    }

    fn stream(
        &self,
        command: &Command,
        _: Option<&mut (dyn Read + Send)>,
        to: &mut dyn Write,
    ) -> Result<Captured, RunError> {
        let captured = self.record(command);
        to.write_all(&captured.stdout).map_err(RunError::Streams)?;
        Ok(captured)
    }

    fn open(&self, command: &Command) -> Result<Dialogue, RunError> {
        self.record(command);
        Dialogue::start(&Command::new("true"))
    }
}
