//! Plays `docker` in tests: writes down how it was called, and answers from a script.
//!
//! The folder named by `FAKE_DOCKER` holds the script, `answers.json`: a list of answers. An answer fits a call whose
//! arguments contain its `words` in this order, and is used `times` times (always, where that is not said); the first
//! that fits is given. A call that none fits ends well without a word. Calls are appended to `calls.jsonl`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    words: Vec<String>,
    times: Option<usize>,
    exit: u8,
    stdout: String,
    stderr: String,
    milliseconds: u64,
}

#[derive(Deserialize, Serialize)]
struct Call {
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    input: String,
    /// Which answer was given.
    answer: Option<usize>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::var("FAKE_DOCKER")?;
    let answers: Vec<Answer> = serde_json::from_reader(File::open(Path::new(&folder).join("answers.json"))?)?;
    let mut call = Call {
        arguments: std::env::args().skip(1).collect(),
        environment: std::env::vars().collect(),
        input: String::new(),
        answer: None,
    };
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    call.input = String::from_utf8_lossy(&input).into_owned();
    let answer = record(&Path::new(&folder).join("calls.jsonl"), &answers, &mut call)?;
    let silence = Answer::default();
    let answer = answer.unwrap_or(&silence);
    std::io::stdout().write_all(answer.stdout.as_bytes())?;
    std::io::stderr().write_all(answer.stderr.as_bytes())?;
    std::thread::sleep(Duration::from_millis(answer.milliseconds));
    Ok(ExitCode::from(answer.exit))
}

/// Appends the call to the log, and finds its answer. One call at a time: what was used up is read from the log.
fn record<'a>(log: &Path, answers: &'a [Answer], call: &mut Call) -> Result<Option<&'a Answer>, Box<dyn Error>> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(log)?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut used = vec![0; answers.len()];
    for line in text.lines() {
        if let Some(answer) = serde_json::from_str::<Call>(line)?.answer {
            used[answer] += 1;
        }
    }
    let is_left = |number: usize, answer: &Answer| answer.times.is_none_or(|times| used[number] < times);
    let found = answers
        .iter()
        .enumerate()
        .find(|(number, answer)| is_left(*number, answer) && contains(&call.arguments, &answer.words));
    call.answer = found.map(|(number, _)| number);
    writeln!(file, "{}", serde_json::to_string(call)?)?;
    Ok(found.map(|(_, answer)| answer))
}

fn contains(arguments: &[String], words: &[String]) -> bool {
    let mut rest = arguments.iter();
    words.iter().all(|word| rest.any(|argument| argument == word))
}
