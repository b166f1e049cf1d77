//! What a run of lapstrake came to.

use std::fmt;

/// Exit code and both streams, without what differs from run to run.
#[must_use = "look at the exit code, or compare the whole"]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(super) fn new(output: &std::process::Output, folder: &str) -> Self {
        let text = |bytes: &[u8]| timeless(&String::from_utf8_lossy(bytes).replace(folder, "[FOLDER]"));
        Self { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}", self.code)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "\n--- {name}\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// Seconds that were measured become `N`: `after 2 s`, `(2 s)`.
fn timeless(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for at in 0..words.len().saturating_sub(1) {
        let digits = words[at].trim_start_matches('(');
        let measured = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if measured && (words[at + 1] == "s" || words[at + 1].starts_with("s)") || words[at + 1].starts_with("s\n")) {
            words[at] = words[at].replace(digits, "N");
        }
    }
    words.join(" ")
}
