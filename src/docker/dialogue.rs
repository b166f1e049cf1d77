//! A program that keeps running while lines are written to it and read from it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Command, RunError};

/// How long the program may take to exit once its input is closed.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);
/// How much of standard error is kept.
const KEPT: u64 = 16 << 10;

/// A running program with its input and its output. Signals that end other programs leave it alone: it ends with its
/// input, that is when this is dropped or this process dies.
#[derive(Debug)]
pub struct Dialogue {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    complaint: Arc<Mutex<Vec<u8>>>,
}

impl Dialogue {
    /// Starts the program.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(command: &Command) -> Result<Self, RunError> {
        let mut prepared = command.clone().apart().to_std();
        prepared.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = prepared.spawn().map_err(|error| RunError::new(command, error))?;
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                lines.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
            });
        }
        let complaint = Arc::new(Mutex::new(Vec::new()));
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&complaint);
            std::thread::spawn(move || keep(stderr, &kept));
        }
        let input = child.stdin.take();
        Ok(Self { child, input, lines, complaint })
    }

    /// Writes to the program.
    ///
    /// # Errors
    /// When the program has exited.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(bytes)?;
        input.flush()
    }

    /// Reads a line. Returns `None` when the program has exited or wrote nothing for `patience`.
    #[must_use]
    pub fn line(&self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }

    /// Whether the program has exited.
    pub fn has_exited(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Returns what the program has written to standard error so far, at most 16 KiB.
    #[must_use]
    pub fn complaint(&self) -> String {
        let kept = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim().to_owned()
    }
}

/// Keeps the beginning, and reads on, so that the program is never stopped by a full pipe.
fn keep(mut stderr: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if (kept.len() as u64) < KEPT {
            kept.extend_from_slice(&buffer[..length]);
        }
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        drop(self.input.take());
        let closed = Instant::now();
        while closed.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        // Nothing depends on how it ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_in_and_come_out_until_the_input_is_closed() {
        let mut dialogue = Dialogue::start(&Command::new("cat")).unwrap();
        for line in ["one", "two"] {
            dialogue.write(format!("{line}\n").as_bytes()).unwrap();
            assert_eq!(dialogue.line(PATIENCE).as_deref(), Some(line));
        }
        let began = Instant::now();
        drop(dialogue);
        assert!(began.elapsed() < PATIENCE);
    }

    #[test]
    fn a_program_that_has_exited_has_no_more_lines() {
        let dialogue = Dialogue::start(&Command::new("sh").args(["-c", "echo reason >&2"])).unwrap();
        assert_eq!(dialogue.line(PATIENCE), None);
        while dialogue.complaint().is_empty() {
            std::thread::sleep(PAUSE);
        }
        assert_eq!(dialogue.complaint(), "reason");
    }
}
