//! What stands around the merge: the working directory, env files, encodings, and files that other files name. Each row
//! is read by docker compose too.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::cases::on_all_cores;
use super::folder::{Folder, Verdict};
use super::judge::{Asking, Judge, Question};
use crate::support::Workspace;

/// A set of files and variables, and whether it is to be refused.
struct Row {
    name: String,
    folder: Folder,
    is_refused: bool,
}

impl Row {
    fn new(name: impl Into<String>, files: &[(&str, &[u8])], variables: &[&str], is_refused: bool) -> Self {
        let mut folder = Folder::new(vec![files[0].0.to_owned()]);
        for (path, text) in files {
            folder.write(path, text);
        }
        for variable in variables {
            let (name, value) = variable.split_once('=').expect("NAME=VALUE");
            folder.set(name, value);
        }
        Self { name: name.into(), folder, is_refused }
    }

    fn wrong(&self, judge: &Judge) -> Option<String> {
        let verdict = self.folder.judge(std::slice::from_ref(judge), &[Question::Running]);
        match (verdict, self.is_refused) {
            (Verdict::Same, false) => None,
            (Verdict::Refused(said), true) if said.contains("error: ") => None,
            (verdict, _) => Some(format!("## {}: {verdict:?}", self.name)),
        }
    }
}

fn judge(rows: &[Row]) {
    let judge = Judge::installed();
    let wrong = on_all_cores(rows, |row| row.wrong(&judge));
    assert!(wrong.is_empty(), "{} of {}:\n\n{}", wrong.len(), rows.len(), wrong.join("\n\n"));
}

const SHOWN: &[u8] = b"services: {web: {image: \"a:${A:-unset}\", environment: {B: \"${B:-unset}\", C: \"$C\"}}}\n";

#[test]
fn the_working_directory_stands_in_for_pwd() {
    let text =
        b"services: {web: {image: a, volumes: ['$PWD/a:/a', '${PWD}/b:/b'], environment: {P: \"${PWD:-x}\", PWD: }}}\n";
    let rows = ["", "PWD=", "PWD=/elsewhere"].map(|variable| {
        let variables: Vec<&str> = Some(variable).filter(|variable| !variable.is_empty()).into_iter().collect();
        Row::new(variable, &[("sub/a.yml", text), ("sub/.env", b"PWD=/of/the/file\n")], &variables, false)
    });
    judge(&rows);
}

#[test]
fn env_files_are_chosen_as_docker_compose_chooses_them() {
    let files: &[(&str, &[u8])] =
        &[("a.yml", SHOWN), (".env", b"A=dot\n"), ("one.env", b"A=one\nB=one\n"), ("two.env", b"B=two\nC=$A\n")];
    let mut rows: Vec<Row> = [
        ("COMPOSE_ENV_FILES=one.env", false),
        ("COMPOSE_ENV_FILES=one.env,two.env", false),
        ("COMPOSE_ENV_FILES=one.env,", false),
        ("COMPOSE_ENV_FILES=", false),
        ("COMPOSE_ENV_FILES=nope.env", true),
        ("COMPOSE_ENV_FILES=one.env, two.env", true),
        ("COMPOSE_DISABLE_ENV_FILE=1", false),
        ("COMPOSE_DISABLE_ENV_FILE=T", false),
        ("COMPOSE_DISABLE_ENV_FILE=0", false),
        ("COMPOSE_DISABLE_ENV_FILE=yes", true),
        ("COMPOSE_DISABLE_ENV_FILE=", true),
    ]
    .into_iter()
    .map(|(variable, is_refused)| Row::new(variable, files, &[variable], is_refused))
    .collect();
    let both = ["COMPOSE_ENV_FILES=one.env", "COMPOSE_DISABLE_ENV_FILE=1"];
    rows.push(Row::new("both", files, &both, false));
    for (text, is_refused) in [("1", false), ("false", false), ("on", true)] {
        let dotenv = format!("A=dot\nCOMPOSE_DISABLE_ENV_FILE={text}\n");
        rows.push(Row::new(format!(".env: {text}"), &[("a.yml", SHOWN), (".env", dotenv.as_bytes())], &[], is_refused));
    }
    let dotenv = b"A=dot\nCOMPOSE_ENV_FILES=one.env\n";
    rows.push(Row::new(".env: files", &[("a.yml", SHOWN), (".env", dotenv), ("one.env", b"B=one\n")], &[], false));
    judge(&rows);
}

#[test]
fn an_included_file_falls_back_to_its_own_env_file() {
    let rows = [
        ("x/c.yml", false),
        ("{path: x/c.yml, env_file: []}", false),
        ("{path: x/c.yml, env_file: null}", false),
        ("{path: x/c.yml, env_file: [b.env]}", false),
        ("{path: x/c.yml, env_file: [x/.env, b.env]}", false),
        ("{path: x/c.yml, env_file: /dev/null}", false),
        ("{path: x/c.yml, env_file: ['']}", true),
        ("{path: x/c.yml, env_file: x}", true),
        ("{path: x/c.yml, project_directory: ''}", false),
        ("{path: x/c.yml, project_directory: y}", false),
        ("{path: ''}", true),
    ]
    .map(|(item, is_refused)| {
        let text = format!("include: [{item}]\n");
        let files: &[(&str, &[u8])] = &[
            ("i.yml", text.as_bytes()),
            ("x/c.yml", SHOWN),
            ("x/.env", b"A=own\n"),
            ("b.env", b"B=b\nC=$A\n"),
            ("y/c.yml", SHOWN),
        ];
        Row::new(item, files, &["COMPOSE_DISABLE_ENV_FILE=1"], is_refused)
    });
    judge(&rows);
}

#[test]
fn bytes_that_are_not_utf8() {
    let utf16 = |little: bool| -> Vec<u8> {
        let text = String::from_utf8_lossy(SHOWN).replace("unset", "über");
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let (little, big) = (utf16(true), utf16(false));
    let env = |text: &'static [u8], is_refused| {
        Row::new(String::from_utf8_lossy(text), &[("a.yml", SHOWN), (".env", text)], &[], is_refused)
    };
    let included: &[(&str, &[u8])] =
        &[("i.yml", b"include: [x/c.yml]\n"), ("x/c.yml", SHOWN), ("x/.env", b"# caf\xe9\nA=1\n")];
    judge(&[
        Row::new("UTF-16LE", &[("a.yml", &little)], &[], false),
        Row::new("UTF-16BE", &[("a.yml", &big)], &[], false),
        Row::new("UTF-16LE without a mark", &[("a.yml", &little[2..])], &[], true),
        Row::new("half a unit", &[("a.yml", &little[..little.len() - 1])], &[], true),
        Row::new("Latin-1", &[("a.yml", b"services: {web: {image: \"caf\xe9\"}}\n")], &[], true),
        env(b"A=caf\xe9\nB=$A-x\n", false),
        env(b"# caf\xe9\nB=2\n", false),
        env(b"\xe9=1\n", true),
        env(b"\xff\xfeA\0=\x001\0\n\0", true),
        Row::new("included", included, &[], false),
    ]);
}

#[test]
fn a_dotenv_that_is_no_file_is_passed_over() {
    let folder = Row::new("folder", &[("a.yml", SHOWN), (".env/keep", b"")], &[], false);
    let link = Row::new("link", &[("a.yml", SHOWN)], &[], false);
    symlink("nowhere", link.folder.path().join(".env")).expect("a link");
    judge(&[folder, link]);
}

#[test]
fn what_an_included_file_says_in_full_is_not_repeated_in_short() {
    let rest = "volumes: {v: }\nsecrets: {s: {environment: NOT_SET}}\nconfigs: {c: {environment: NOT_SET}}\n";
    let rows = [
        ("ports: ['80:80']", true),
        ("ports: [{target: 80, published: '80', protocol: tcp, mode: ingress}]", false),
        ("ports: []", false),
        ("volumes: ['v:/x']", true),
        ("volumes: [/x]", true),
        ("volumes: [{type: volume, source: v, target: /x}]", false),
        ("volumes: [{type: bind, source: ~/x, target: /x}]", true),
        ("devices: [/dev/a]", true),
        ("devices: [{source: /dev/a, target: /dev/a, permissions: rwm}]", false),
        ("secrets: [s]", true),
        ("secrets: [{source: s}]", true),
        ("secrets: [{source: s, target: /run/secrets/s}]", false),
        ("configs: [c]", true),
        ("configs: [{source: c}]", false),
        ("env_file: [/dev/null]", true),
        ("env_file: [{path: /dev/null, required: true}]", false),
        ("gpus: [{driver: x}]", true),
        ("gpus: [{driver: x, count: 1}]", false),
        ("build: {context: /a, provenance: true}", true),
        ("build: {context: /a, provenance: 'true'}", false),
        ("build: {context: /a, cache_from: []}", true),
        ("build: {context: /a, tags: []}", false),
        ("develop: {watch: [{path: /a, action: sync, target: /b, ignore: a}]}", true),
        ("develop: {watch: [{path: /a, action: sync, target: /b, ignore: [a]}]}", false),
        ("command: []", true),
        ("extra_hosts: []", true),
        ("links: []", false),
        ("networks: {default: {aliases: []}}", false),
        ("x-a: []", true),
    ]
    .map(|(attribute, is_refused)| {
        let text = format!("services: {{web: {{image: a, {attribute}}}}}\n{rest}");
        let outer = format!("include: [x/c.yml]\n{text}");
        Row::new(attribute, &[("a.yml", outer.as_bytes()), ("x/c.yml", text.as_bytes())], &[], is_refused)
    });
    judge(&rows);
    let text = "services: {web: {image: a}}\nsecrets: {s: {environment: SET}}\n";
    let outer = format!("include: [x/c.yml]\n{text}");
    let files: &[(&str, &[u8])] = &[("a.yml", outer.as_bytes()), ("x/c.yml", text.as_bytes())];
    judge(&[Row::new("a secret's content", files, &["SET=1"], true)]);
}

#[test]
fn a_path_of_a_driver_is_moved_for_the_local_driver_alone() {
    let rows = [("driver: local, ", "./dev"), ("", "./dev"), ("driver: other, ", "./dev")].map(|(driver, device)| {
        let text = format!(
            "services: {{web: {{image: a, volumes: ['v:/v']}}}}\nvolumes: {{v: {{{driver}driver_opts: {{type: none, o: bind, device: {device}}}}}}}\n"
        );
        Row::new(driver, &[("a.yml", b"include: [x/c.yml]\n"), ("x/c.yml", text.as_bytes())], &[], false)
    });
    judge(&rows);
}

#[test]
fn env_files_and_label_files_are_read() {
    let files: &[(&str, &[u8])] = &[
        ("dir/keep", b""),
        ("good", b"A=1\nB=$A\n"),
        ("open", b"x=\"\n"),
        ("blank", b"a b=c\n"),
        ("needs", b"A=${U?gone}\n"),
        ("bytes", b"A=\xff\n"),
        ("name", b"\xff=1\n"),
        ("no-name", b"=1\n"),
    ];
    let rows = [
        ("env_file: dir", true),
        ("env_file: [{path: dir, required: false}]", true),
        ("env_file: [{path: nope, required: false}]", false),
        ("env_file: good", false),
        ("env_file: open", true),
        ("env_file: [{path: open, required: false}]", true),
        ("env_file: [{path: open, format: raw}]", false),
        ("env_file: blank", true),
        ("env_file: [{path: blank, format: raw}]", true),
        ("env_file: [{path: no-name, format: raw}]", true),
        ("env_file: needs", true),
        ("env_file: needs, environment: {U: 1}", false),
        ("env_file: bytes", false),
        ("env_file: [{path: bytes, format: raw}]", true),
        ("env_file: name", true),
        ("env_file: /dev/null", false),
        ("env_file: open, profiles: [x]", false),
        ("label_file: dir", true),
        ("label_file: nope", true),
        ("label_file: good", false),
        ("label_file: open", true),
        ("label_file: blank", true),
        ("label_file: needs", true),
    ]
    .map(|(attribute, is_refused)| {
        let text = format!("services: {{web: {{image: a, {attribute}}}}}\n");
        let mut all: Vec<(&str, &[u8])> = vec![("a.yml", text.as_bytes())];
        all.extend(files);
        Row::new(attribute, &all, &[], is_refused)
    });
    judge(&rows);
}

#[test]
fn empty_keys_and_hosts() {
    let web = |attribute: &str, is_refused| {
        let text = format!("services: {{web: {{image: a, {attribute}}}}}\n");
        Row::new(attribute, &[("a.yml", text.as_bytes())], &[], is_refused)
    };
    let pairs = ["labels", "annotations", "environment", "sysctls"];
    let mut rows: Vec<Row> = pairs.iter().map(|name| web(&format!("{name}: {{'': x}}"), true)).collect();
    rows.extend(pairs.iter().map(|name| web(&format!("{name}: ['=x', b=c]"), false)));
    rows.extend([
        web("build: {context: ., args: {'': x}}", true),
        web("build: {context: ., ssh: {'': /a}}", true),
        web("build: {context: ., additional_contexts: {'': /a}}", true),
        web("deploy: {labels: {'': x}}", true),
        web("gpus: [{options: {'': x}}]", true),
        web("extra_hosts: {'': 10.0.0.1}", true),
        web("extra_hosts: {'a=b': 10.0.0.1}", true),
        web("extra_hosts: {a: 10.0.0.1}", false),
        web("storage_opt: {'': x}", false),
        web("logging: {options: {'': x}}", false),
    ]);
    judge(&rows);
}

const MOVED: &str = "\
services:
  web:
    build: {dockerfile: D, additional_contexts: {x: ./ctx, y: 'https://h/x.git'}, ssh: {k: ./key}}
    env_file: [e.env, {path: ./nope.env, required: false}]
    label_file: l.lab
    volumes: ['./data:/d:ro', 'named:/n', '~/h:/h', '/abs:/abs', {type: bind, source: ./long, target: /long}, /anon]
    environment: {P: $DB_PASSWORD, PASSED: }
    develop: {watch: [{path: ./src, action: rebuild}]}
    secrets: [s]
    configs: [c]
  two: {build: ., extends: {file: sub/b.yml, service: b}}
  three: {build: ./ctx3}
secrets: {s: {file: ./s.txt}}
configs: {c: {file: sub/c.txt}}
volumes: {named: {driver: local, driver_opts: {type: none, o: bind, device: ./dev}}}
";

/// Files in `one/`, and an empty folder `two/`.
fn elsewhere() -> Folder {
    let folder = Folder::new(vec!["one/a.yml".to_owned()]);
    folder.write("one/a.yml", MOVED);
    folder.write("one/sub/b.yml", "services: {b: {volumes: ['./bb:/bb']}}\n");
    folder.write("one/.env", "DB_PASSWORD=s3\nPASSED=x\n");
    folder.write("one/e.env", "E=1\n");
    folder.write("one/l.lab", "l=1\n");
    fs::create_dir(folder.path().join("two")).expect("a folder");
    folder
}

fn lapstrake(folder: &Path, arguments: &[&str], input: Option<&Path>) -> Output {
    let input = input.map_or_else(Stdio::null, |path| fs::File::open(path).expect("a file").into());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapstrake"));
    command.args(arguments).current_dir(folder).env_clear().env("PATH", path).env("HOME", "/home/case").stdin(input);
    command.output().expect("lapstrake runs")
}

#[test]
fn a_result_in_another_folder_means_the_same_there() {
    let folder = elsewhere();
    let judge = Judge::installed();
    let own = [("HOME".to_owned(), "/home/case".to_owned())];
    let options = ["-p", "case", "--env-file", "one/.env"].map(str::to_owned);
    let asking = Asking { folder: &folder.path(), options: &options, variables: &own };
    let read = |file: &str| judge.read(&asking, &[file.to_owned()], Question::Running).expect("it is read");
    let theirs = read("one/a.yml");
    for output in ["two/m.yml", "m.yml", "one/sub/m.yml", "one/m.yml"] {
        let merged = lapstrake(&folder.path(), &["merge", "one/a.yml", "-o", output, "--verify"], None);
        let said = String::from_utf8_lossy(&merged.stderr).into_owned();
        assert!(merged.status.success(), "{output}: {said}");
        assert!(said.contains("docker compose reads both sides the same"), "{said}");
        let warns = said.contains("needs `DB_PASSWORD` and 1 more from one/.env");
        assert_eq!(warns, output != "one/m.yml", "{said}");
        assert_eq!(read(output), theirs, "{output}");
    }
}

#[test]
fn standard_input_is_a_file_of_the_working_directory() {
    let folder = elsewhere();
    let one = folder.path().join("one");
    let text = one.join("a.yml");
    let file = lapstrake(&one, &["merge", "a.yml"], None);
    let input = lapstrake(&one, &["merge", "-", "--verify"], Some(&text));
    assert!(input.status.success(), "{}", String::from_utf8_lossy(&input.stderr));
    assert_eq!(String::from_utf8_lossy(&input.stdout), String::from_utf8_lossy(&file.stdout));
    // Its folder is that of the first file that has one, and the second time it is empty.
    folder.write("over.yml", "services: {web: {labels: {a: b}, volumes: ['./more:/more']}}\n");
    let over = folder.path().join("over.yml");
    for order in [&["a.yml", "-"][..], &["-", "a.yml", "-"], &["a.yml", "-", "-"]] {
        let arguments: Vec<&str> = ["merge", "--verify"].iter().chain(order).copied().collect();
        let merged = lapstrake(&one, &arguments, Some(&over));
        assert!(merged.status.success(), "{}", String::from_utf8_lossy(&merged.stderr));
    }
    let empty = lapstrake(&one, &["merge", "-"], None);
    assert_eq!(empty.status.code(), Some(3));
    let to_output = lapstrake(&one, &["merge", "a.yml", "-o", "-"], None);
    assert_eq!(to_output.stdout, file.stdout);
}

#[test]
fn remote_files_are_refused_with_their_address() {
    for address in
        ["git://h.invalid/x.git", "https://h.invalid/x.git#main:sub", "oci://h.invalid/x", "git@h.invalid:x.git"]
    {
        for text in [
            format!("include: ['{address}']\nservices: {{web: {{image: a}}}}\n"),
            format!("include: [{{path: [b.yml, '{address}']}}]\nservices: {{web: {{image: a}}}}\n"),
            format!("services: {{web: {{extends: {{file: '{address}', service: a}}}}}}\n"),
        ] {
            let output = Workspace::empty().file("project/a.yml", &text).run(&["merge", "a.yml"]);
            assert_eq!(output.code, 3, "{output}");
            let title = format!("error: remote compose files are not supported: {address}\n --> a.yml:1:");
            assert!(output.stderr.contains(&title), "{output}");
        }
        let output = Workspace::empty().run(&["merge", address]);
        assert!(output.stderr.contains(&format!("not supported: {address}")), "{output}");
    }
    let output =
        Workspace::empty().file("project/a.yml", "include: ['https://h.invalid/c.yml']\n").run(&["merge", "a.yml"]);
    assert!(output.stderr.contains("docker compose reads no compose file from https://h.invalid/c.yml"), "{output}");
}

#[test]
fn an_attribute_that_is_newer_is_kept_with_a_warning() {
    let text = "services: {web: {build: {context: ., no_cache_filter: [a]}}}\n";
    let output = Workspace::empty().file("project/a.yml", text).run(&["merge", "a.yml"]);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stdout.contains("no_cache_filter"), "{output}");
    assert!(
        output.stderr.contains("warning: docker compose 2.40.3 does not know `services.web.build.no_cache_filter`"),
        "{output}"
    );
}
