//! bash as a judge: one process evaluates many files, each in a subshell.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What bash made of a file: its variables, or nothing where it stopped.
pub(super) type Answer = Option<BTreeMap<String, String>>;

/// Evaluates the files `0`, `1`, … of a folder with `set -au` and `process` as the whole environment.
pub(super) fn evaluate(folder: &Path, process: &[(&str, &str)]) -> Vec<Answer> {
    // The number goes through a positional parameter, so that no name of ours meets one of the files'.
    let script = r#"
        one() { set -au; . "./$1" || exit; env -0; printf 'complete\0'; }
        cd "$1" || exit 9
        set -- 0
        while [ -e "$1" ]; do
            ( one "$1" ) 2>/dev/null
            printf 'next file\0'
            set -- $(($1 + 1))
        done
    "#;
    let output = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", script, "bash"])
        .arg(folder)
        .env_clear()
        .envs(process.iter().copied())
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "bash: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").split("next file\0").map(answer).collect()
}

fn answer(printed: &str) -> Answer {
    let variables = printed.strip_suffix("complete\0")?;
    let shells_own = ["PATH", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"];
    let pairs = variables.split_terminator('\0').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, _)| !shells_own.contains(name));
    Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
