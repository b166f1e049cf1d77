//! docker compose's reader of `.env` as a judge: many probes in one `docker compose config`.

use std::path::Path;
use std::process::{Command, Stdio};

/// What docker compose reads for each name from `env_file`; no engine is needed for that.
pub(super) fn read(folder: &Path, env_file: &Path, names: &[String]) -> Vec<String> {
    use std::fmt::Write as _;
    let mut probes = String::from("services:\n  probe:\n    image: probe\n    environment:\n");
    for (number, name) in names.iter().enumerate() {
        writeln!(probes, "      PROBE_{number}: ${{{name}}}").expect("text grows");
    }
    let file = folder.join("probe.yml");
    std::fs::write(&file, probes).expect("a file");
    let output = Command::new("docker")
        .args(["compose", "--project-name", "probe", "--project-directory"])
        .arg(folder)
        .arg("--env-file")
        .arg(env_file)
        .arg("-f")
        .arg(&file)
        .args(["config", "--format", "json"])
        .env_clear()
        .envs(["PATH", "HOME", "DOCKER_CONFIG"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .stdin(Stdio::null())
        .output()
        .expect("docker compose runs");
    assert!(output.status.success(), "docker compose: {}", String::from_utf8_lossy(&output.stderr));
    let json = String::from_utf8(output.stdout).expect("text");
    (0..names.len()).map(|number| probe(&json, number).replace("$$", "$")).collect()
}

/// The text behind `"PROBE_number": "`.
fn probe(json: &str, number: usize) -> String {
    let key = format!("\"PROBE_{number}\": \"");
    let start = json.find(&key).expect("the probe is there") + key.len();
    unescape(&mut json[start..].chars())
}

fn unescape(json: &mut std::str::Chars<'_>) -> String {
    let mut text = String::new();
    loop {
        match json.next().expect("the text ends") {
            '"' => return text,
            '\\' => text.push(match json.next().expect("an escape") {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => {
                    let digits: String = json.take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).expect("digits")).expect("a character")
                }
                plain => plain,
            }),
            plain => text.push(plain),
        }
    }
}
