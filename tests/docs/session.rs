//! A shell that follows the pages of the book.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use super::page::Step;
use super::pattern::fits;

/// Stands alone on a line of the shell's output, before the answer of a command and, with its exit code, behind it.
const MARK: &str = "@@@@";

/// What a page says that is not so.
pub(super) fn follow(shell: &mut Command, steps: &[Step], neutral: impl Fn(&str) -> String) -> Vec<String> {
    let output =
        shell.arg("-c").arg(script(steps)).stdin(Stdio::null()).stderr(Stdio::inherit()).output().expect("bash");
    let text = neutral(&String::from_utf8_lossy(&output.stdout));
    let mark = format!("\n{MARK} ");
    let mut told = text.split(&mark).skip(1).map(|part| part.split_once('\n').unwrap_or((part, "")));
    let runs: Vec<_> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Run { command, answer } => Some((command, answer)),
            Step::Write { .. } => None,
        })
        .collect();
    let mut wrong = Vec::new();
    for (at, (command, answer)) in runs.iter().enumerate() {
        let Some(((_, said), (code, _))) = told.next().zip(told.next()) else {
            wrong.push(format!("$ {command}\nwas not reached:\n{text}"));
            break;
        };
        // A page that shows the exit code says that the command fails.
        let may_fail = runs.get(at + 1).is_some_and(|(next, _)| *next == "echo $?");
        if code != "0" && !may_fail {
            wrong.push(format!("$ {command}\n{said}\nexit code {code}"));
        }
        let shown: Vec<&str> = answer.iter().map(String::as_str).collect();
        let lines: Vec<&str> = said.trim_end().lines().collect();
        if !shown.is_empty() && !fits(&shown, &lines) {
            wrong.push(format!("$ {command}\n--- shown\n{}\n--- said\n{}", shown.join("\n"), lines.join("\n")));
        }
    }
    wrong
}

/// One script for the whole page, so that a later command finds what an earlier one left: folder, variables, `$?`.
fn script(steps: &[Step]) -> String {
    let mut script = String::from("exec 2>&1\nlast=0\n");
    for step in steps {
        match step {
            Step::Write { path, text, adds } => {
                let sign = if *adds { ">>" } else { ">" };
                let _ =
                    writeln!(script, "mkdir -p \"$(dirname '{path}')\"\ncat {sign} '{path}' <<'{MARK}'\n{text}{MARK}");
            }
            Step::Run { command, .. } => {
                let _ = writeln!(script, "printf '\\n{MARK} begin\\n'\n(exit $last)\n{command}");
                let _ = writeln!(script, "last=$?\nprintf '\\n{MARK} %s\\n' $last");
            }
        }
    }
    script
}
