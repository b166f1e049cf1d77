//! The runner that really runs.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::signals::{Accompanied, accompany};
use super::{Captured, Command, Dialogue, Ended, RunError, Runner, Verdict};

/// Runs programs of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

/// How long a program that was asked to end may take before it is killed. docker compose, asked twice, kills too.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often we look whether a watched program has ended.
const GLANCE: Duration = Duration::from_millis(50);
/// How much of standard error is kept: its end, where the reason stands.
const KEPT: usize = 64 << 10;

impl Runner for System {
    fn replace(&self, command: &Command) -> Result<Ended, RunError> {
        Err(RunError::new(command, command.to_std().exec()))
    }

    fn run(&self, command: &Command) -> Result<Ended, RunError> {
        let (mut child, _signals) = start(command, &mut command.to_std())?;
        feed(&mut child, command);
        child.wait().map(Ended::from).map_err(|error| RunError::new(command, error))
    }

    fn run_watched(&self, command: &Command, watch: &mut dyn FnMut() -> Verdict) -> Result<Ended, RunError> {
        let (mut child, signals) = start(command, &mut command.to_std())?;
        feed(&mut child, command);
        let ended = loop {
            match child.try_wait() {
                Ok(None) if watch() == Verdict::Stop => break end(&mut child, &signals),
                Ok(None) => std::thread::sleep(GLANCE),
                Ok(Some(status)) => break Ok(status),
                Err(error) => break Err(error),
            }
        };
        ended.map(Ended::from).map_err(|error| RunError::new(command, error))
    }

    fn capture(&self, command: &Command) -> Result<Captured, RunError> {
        let mut stdout = Vec::new();
        let captured = self.stream(command, None, &mut stdout)?;
        Ok(Captured { stdout, ..captured })
    }

    fn stream(
        &self,
        command: &Command,
        from: Option<&mut (dyn Read + Send)>,
        to: &mut dyn Write,
    ) -> Result<Captured, RunError> {
        let mut prepared = command.to_std();
        if from.is_some() {
            prepared.stdin(Stdio::piped());
        }
        prepared.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, signals) = start(command, &mut prepared)?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (moved, complaint) = std::thread::scope(|scope| {
            let complaint = scope.spawn(|| stderr.map(tail).unwrap_or_default());
            let input = scope.spawn(move || match (stdin, from, command.bytes()) {
                (Some(stdin), Some(from), _) => pour(from, stdin),
                (Some(stdin), None, Some(bytes)) => pour(&mut &bytes[..], stdin),
                _ => Ok(()),
            });
            let output = stdout.map_or(Ok(()), |mut stdout| io::copy(&mut stdout, to).map(drop));
            if output.is_err() {
                // Nobody takes what it writes any more: without this it would wait for ever, and we for it.
                signals.terminate();
            }
            let input = input.join().unwrap_or_else(|_| Err(io::Error::other("the input could not be moved")));
            (output.and(input), complaint.join().unwrap_or_default())
        });
        let ended = child.wait().map(Ended::from).map_err(|error| RunError::new(command, error))?;
        moved.map_err(RunError::Streams)?;
        Ok(Captured { ended, stdout: Vec::new(), stderr: complaint })
    }

    fn open(&self, command: &Command) -> Result<Dialogue, RunError> {
        Dialogue::start(command)
    }
}

fn start(command: &Command, prepared: &mut std::process::Command) -> Result<(Child, Accompanied), RunError> {
    let child = prepared.spawn().map_err(|error| RunError::new(command, error))?;
    let signals = accompany(&child, command.is_apart());
    Ok((child, signals))
}

/// Gives a program the bytes it is to read; few enough for a pipe's buffer or read at once by whoever asked for them.
fn feed(child: &mut Child, command: &Command) {
    if let (Some(stdin), Some(bytes)) = (child.stdin.take(), command.bytes()) {
        // That it did not want them shows in how it ends.
        let _ = pour(&mut &bytes[..], stdin);
    }
}

/// Moves everything, then closes. A program that stops reading says why itself.
fn pour(from: &mut (impl Read + ?Sized), mut into: impl Write) -> io::Result<()> {
    match io::copy(from, &mut into) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// The end of what is read.
fn tail(mut from: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 8 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..length]);
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    kept
}

fn end(child: &mut Child, signals: &Accompanied) -> io::Result<std::process::ExitStatus> {
    signals.terminate();
    let asked = Instant::now();
    while asked.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(GLANCE);
    }
    child.kill()?;
    child.wait()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docker::Input;

    #[test]
    fn bytes_stream_through_a_program() {
        let mut written = Vec::new();
        let long = vec![b'x'; 3 << 20];
        let captured = System.stream(&Command::new("cat"), Some(&mut &long[..]), &mut written).unwrap();
        assert!(captured.ended.well());
        assert_eq!(written, long);
    }

    #[test]
    fn a_program_that_does_not_read_is_no_error_of_ours() {
        let long = vec![b'x'; 3 << 20];
        let captured = System.stream(&Command::new("false"), Some(&mut &long[..]), &mut Vec::new()).unwrap();
        assert_eq!(captured.ended.code, 1);
    }

    #[test]
    fn a_program_nobody_listens_to_is_ended() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = System.stream(&Command::new("yes"), None, &mut Full).unwrap_err();
        assert_eq!(error.to_string(), "full");
    }

    #[test]
    fn ends_are_told_as_shells_tell_them() {
        let run = |script: &str| System.run(&Command::new("sh").args(["-c", script])).unwrap().code;
        assert_eq!(run("exit 3"), 3);
        assert_eq!(run("kill -KILL $$"), 137);
        let missing = System.run(&Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(missing.to_string(), "there is no program `no-such-program-here`");
    }

    #[test]
    fn a_watched_program_is_stopped_when_told() {
        let sleeping = Command::new("sleep").arg("60").input(Input::Nothing);
        assert_eq!(System.run_watched(&sleeping, &mut || Verdict::Stop).unwrap().code, 143);
        let quick = Command::new("true");
        assert!(System.run_watched(&quick, &mut || Verdict::GoOn).unwrap().well());
    }

    #[test]
    fn only_the_end_of_a_long_complaint_is_kept() {
        let script = "yes complaint | head -c 1000000 >&2; echo 'the reason' >&2";
        let captured = System.capture(&Command::new("sh").args(["-c", script])).unwrap();
        assert!(captured.complaint().ends_with("the reason"));
        assert!(captured.stderr.len() <= 3 * KEPT);
    }
}
