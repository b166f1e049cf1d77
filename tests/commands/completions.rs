//! What shells are offered, asked as they ask.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::Workspace;

fn asking() -> Workspace {
    Workspace::new()
        .variable("LAPSTRAKE_COMPLETE", "fish")
        .file("project/env.custom.sample", "# How it is counted.\n#STATS=1\n")
        .file("project/compose/tools/sftp.yml", "services: { sftp: { image: example/sftp } }\n")
        .file("project/disabled_services", "tools/sftp\n")
        .file("project/defaults/env/back.env", "A=1\n")
        .file(
            "project/log/lapstrake.log",
            "{\"verb\":\"update\",\"outcome\":\"done\",\"details\":\"claim loan\"}\nbroken\n",
        )
}

/// What is offered for the last of some words, without the options that follow when nothing was typed yet.
fn offered(workspace: &Workspace, words: &[&str]) -> String {
    let asked: Vec<&str> = ["--", "lapstrake"].iter().chain(words).copied().collect();
    let output = workspace.run(&asked);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output}");
    let names = output.stdout.lines().map(|line| line.split('\t').next().unwrap_or_default());
    names.filter(|name| !name.starts_with('-')).collect::<Vec<_>>().join(" ")
}

#[test]
fn names_come_from_the_project() {
    let workspace = asking();
    let asks: &[(&[&str], &str)] = &[
        (&["conf"], "configure config"),
        (&["up", "-d", "w"], "web"),
        (&["down", "d"], "db"),
        (&["logs", "-f", ""], "db init other web"),
        (&["explain", "S"], "STATS"),
        (&["explain", "ot"], "other"),
        (&["services", "enable", ""], "tools/sftp"),
        (&["services", "enable", "sf"], "tools/sftp"),
        (&["services", "disable", "--shared", ""], "web"),
        (&["manage_db", "--database", ""], "absent app"),
        (&["manage_db", "copy", "a"], "absent app"),
        (&["db", "update", ""], "claim ir loan"),
        (&["tools", "uw"], "uwsgi_stats"),
        (&["customize", ""], "back"),
        (&["edit", "ST"], "STATS"),
        (&["edit", "ov"], "override.yml"),
        (&["init", "--set", ""], "STATS="),
        (&["env", "--format", "d"], "dotenv"),
        (&["completions", ""], "bash zsh fish"),
    ];
    for (words, names) in asks {
        assert_eq!(offered(&workspace, words), *names, "{words:?}");
    }
    assert_eq!(workspace.calls().len(), 0, "nothing is started");
}

#[test]
fn the_project_may_be_elsewhere_or_nowhere_or_broken() {
    let workspace = asking();
    let root = workspace.root().display().to_string();
    let run = |words: &[&str]| workspace.run_in(&workspace.path("home"), words).stdout;
    assert_eq!(run(&["--", "lapstrake", "-C", &root, "logs", "w"]), "web\n");
    assert_eq!(run(&["--", "lapstrake", "-C", "~/../project", "logs", "w"]), "web\n");
    assert_eq!(run(&["--", "lapstrake", "logs", "w"]), "");
    assert_eq!(run(&["--", "lapstrake", "-C", "/nowhere", "explain", "w"]), "");

    let broken = workspace.file("project/compose/broken.yml", "services: [\n");
    assert_eq!(offered(&broken, &["logs", "w"]), "");
    let deployed = broken.file("project/compose.yaml", "services: { web: {}, former: {} }\n");
    assert_eq!(offered(&deployed, &["logs", ""]), "former web");
}

#[test]
fn a_strange_shell_gets_no_complaint() {
    let workspace = Workspace::new().variable("LAPSTRAKE_COMPLETE", "tcsh");
    let output = workspace.run(&["--", "lapstrake", ""]);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (0, "", ""));
}

#[test]
fn an_answer_is_instant() {
    let workspace = asking();
    let quickest = (0..20).map(|_| {
        let began = Instant::now();
        offered(&workspace, &["logs", ""]);
        began.elapsed()
    });
    assert!(quickest.min().is_some_and(|time| time < Duration::from_millis(50)), "completion takes too long");
}

#[test]
fn bash_completes() {
    let workspace = Workspace::new();
    let script = workspace.run(&["completions", "bash"]).stdout;
    fs::write(workspace.path("script"), script).expect("the script");
    // What bash does at a TAB.
    let typed = "source \"$1\"
        COMP_WORDS=(lapstrake services disable w) COMP_CWORD=3 COMP_TYPE=9
        $(complete -p lapstrake | sed 's/.*-F \\([^ ]*\\) .*/\\1/') lapstrake w disable
        printf '%s|' \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["--norc", "-c", typed, "bash"])
        .arg(workspace.path("script"))
        .current_dir(workspace.root())
        .output()
        .expect("bash");
    // The function sets what only an interactive shell knows; it must not fail for that.
    assert_eq!(String::from_utf8_lossy(&output.stdout), "web|", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_shell_has_a_script() {
    let workspace = Workspace::new();
    for (shell, sign) in [
        ("bash", "complete -o"),
        ("zsh", "#compdef lapstrake"),
        ("zsh", "$funcstack[1]"),
        ("fish", "complete --keep-order"),
    ] {
        let output = workspace.run(&["completions", shell]);
        assert!(output.code == 0 && output.stdout.contains(sign), "{output}");
    }
    assert_eq!(workspace.run(&["completions", "tcsh"]).code, 2);
}
