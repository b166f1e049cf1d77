//! A runner for tests: it runs nothing, records every command, and answers as it was told.

use std::cell::RefCell;
use std::io::{Read, Write};

use super::{Captured, Command, Ended, RunError, Runner, Verdict};

type Answer = dyn Fn(&str) -> (u8, String);

/// Records commands as they would be typed; the answer to each is its exit code and its standard output.
pub(crate) struct Recording {
    commands: RefCell<Vec<String>>,
    answer: Box<Answer>,
}

impl Recording {
    pub(crate) fn new(answer: impl Fn(&str) -> (u8, String) + 'static) -> Self {
        Self { commands: RefCell::default(), answer: Box::new(answer) }
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.borrow().clone()
    }

    fn record(&self, command: &Command) -> Captured {
        let typed = command.to_string();
        let (code, stdout) = (self.answer)(&typed);
        self.commands.borrow_mut().push(typed);
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
}
