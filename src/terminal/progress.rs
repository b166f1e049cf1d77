//! Work that takes a while: a line that changes in place on a terminal, one line per stage anywhere else.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Printer;

/// A line that says what is going on right now. It is gone when dropped.
#[derive(Debug)]
pub struct Live {
    bar: ProgressBar,
}

/// A stage of work that moves bytes.
#[derive(Debug)]
pub struct Progress {
    printer: Printer,
    title: String,
    bar: ProgressBar,
    started: Instant,
}

impl Printer {
    /// A line for what is going on right now; invisible anywhere but on a terminal.
    #[must_use]
    pub fn live(&self) -> Live {
        let bar = self.bar(None, "{spinner} {wide_msg}");
        bar.enable_steady_tick(Duration::from_millis(120));
        Live { bar }
    }

    /// Begins a stage that moves bytes; with a known total the time that is left is estimated.
    #[must_use]
    pub fn progress(&self, title: &str, total: Option<u64>) -> Progress {
        let looks = match total {
            Some(_) => "{msg} {bar:24} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
            None => "{spinner} {msg} {bytes} {bytes_per_sec}",
        };
        let bar = self.bar(total, looks);
        bar.set_message(title.to_owned());
        Progress { printer: *self, title: title.to_owned(), bar, started: Instant::now() }
    }

    fn bar(&self, total: Option<u64>, looks: &str) -> ProgressBar {
        let target = if self.is_live() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        // A template that does not parse is shown by the tests below; the plain bar is good enough for anybody else.
        if let Ok(style) = ProgressStyle::with_template(looks) {
            bar.set_style(style);
        }
        bar
    }
}

impl Live {
    /// Changes the line.
    pub fn show(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Runs `speak` with the line out of the way.
    pub fn aside<T>(&self, speak: impl FnOnce() -> T) -> T {
        self.bar.suspend(speak)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress {
    /// Counts bytes that were moved.
    pub fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Ends the stage with a line of its figures.
    pub fn finish(self) {
        self.bar.finish_and_clear();
        self.printer.say(&figures(&self.title, self.bar.position(), self.started.elapsed()));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `restoring: 12.00 MiB in 3.0 s (4.00 MiB/s)`; ten seconds and more in words.
fn figures(title: &str, bytes: u64, took: Duration) -> String {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = HumanBytes(bytes.saturating_mul(1000) / milliseconds);
    let time =
        if took.as_secs() < 10 { format!("{:.1} s", took.as_secs_f64()) } else { HumanDuration(took).to_string() };
    format!("{title}: {} in {time} ({rate}/s)", HumanBytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_ends_with_its_figures() {
        assert_eq!(
            figures("restoring", 12 << 20, Duration::from_secs(3)),
            "restoring: 12.00 MiB in 3.0 s (4.00 MiB/s)"
        );
        assert!(figures("dumping", 1, Duration::from_secs(30)).contains(" in 30 seconds ("));
    }

    #[test]
    fn every_template_parses() {
        for looks in [
            "{spinner} {wide_msg}",
            "{msg} {bar:24} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
            "{spinner} {msg} {bytes} {bytes_per_sec}",
        ] {
            assert!(ProgressStyle::with_template(looks).is_ok(), "{looks}");
        }
    }
}
