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
    let model: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let environment = &model["services"]["probe"]["environment"];
    let value = |number| environment[format!("PROBE_{number}")].as_str().expect("the probe is there");
    (0..names.len()).map(|number| value(number).replace("$$", "$")).collect()
}
