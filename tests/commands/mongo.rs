//! `manage_db mongo_dump` and `mongo_restore`: what the tools of the server are asked for.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Answer, Workspace, answer, container};

/// How mongodump's archives begin.
const MAGIC: &[u8] = &[0x6d, 0xe2, 0x99, 0x81];
const PASSWORD: &str = "s3cret\"word";

fn with_documents() -> Workspace {
    let role = "x-lapstrake:\n  documents: {engine: mongodb, service: mongo, user: admin, password: '${MONGO_PASSWORD}', authentication: admin}\n";
    let running = |line: Answer| line.stdout(container("mongo", "running", ""));
    Workspace::new()
        .file("project/env.custom", &format!("MONGO_PASSWORD='{PASSWORD}'\n"))
        .file("project/compose/mongo.yml", "services: {mongo: {image: mongo}}\n")
        .file("project/overlays/roles.yml.j2", role)
        .docker(answer("ps --all").stdout("id-of-mongo\n"))
        .docker(running(answer("inspect --type container")))
}

/// The calls that reached the server: arguments from `sh` on, and what they read.
fn asked(workspace: &Workspace) -> Vec<(String, String)> {
    let calls = workspace.calls().into_iter().filter(|call| call.arguments.iter().any(|word| word == "id-of-mongo"));
    let calls = calls.filter(|call| call.arguments[0] == "exec");
    calls
        .map(|call| {
            assert!(!call.arguments.concat().contains(PASSWORD), "{:?}", call.arguments);
            let from = call.arguments.iter().rposition(|word| word == "sh").map_or(2, |at| at + 1);
            (call.arguments[from..].join(" "), call.input)
        })
        .collect()
}

fn archive() -> Vec<u8> {
    [MAGIC, b"the documents"].concat()
}

#[test]
fn a_dump_is_what_mongodump_writes() {
    let workspace = with_documents().docker(answer("mongodump").stdout("an archive"));
    let output = workspace.run(&["manage_db", "mongo_dump", "documents.gz"]);
    assert_eq!(output.code, 0, "{output}");
    assert_eq!(fs::read_to_string(workspace.root().join("documents.gz")).expect("the backup"), "an archive");
    assert_eq!(
        asked(&workspace),
        [(
            "mongodump --quiet --archive --gzip --username admin --authenticationDatabase admin".to_owned(),
            "password: \"s3cret\\\"word\"\n".to_owned(),
        )]
    );
}

#[test]
fn a_dump_that_fails_leaves_no_file() {
    let workspace = with_documents().docker(answer("mongodump").stdout("half").stderr("no space\n").exit(1));
    let output = workspace.run(&["manage_db", "mongo_dump", "documents.gz"]);
    assert_eq!(output.code, 1, "{output}");
    assert!(output.stderr.contains("no space"), "{output}");
    assert!(!workspace.root().join("documents.gz").exists());
}

#[test]
fn an_archive_is_restored_as_it_is() {
    let workspace = with_documents().bytes("project/documents", &archive());
    let refused = workspace.run(&["manage_db", "mongo_restore", "documents"]);
    assert_eq!(refused.code, 5, "{refused}");
    assert_eq!(asked(&workspace), []);
    let output = workspace.run(&["manage_db", "--yes", "mongo_restore", "documents"]);
    assert_eq!(output.code, 0, "{output}");
    let (command, input) = asked(&workspace).remove(0);
    assert_eq!(command, "mongorestore --quiet --drop --archive --username admin --authenticationDatabase admin");
    assert_eq!(input, format!("password: \"s3cret\\\"word\"\n{}", String::from_utf8_lossy(&archive())));
}

#[test]
fn a_compressed_archive_is_left_to_mongorestore() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&archive()).expect("memory");
    let packed = packed.finish().expect("memory");
    let workspace = with_documents().bytes("project/documents.gz", &packed);
    let output = workspace.run(&["manage_db", "--yes", "mongo_restore", "documents.gz"]);
    assert_eq!(output.code, 0, "{output}");
    let (command, input) = asked(&workspace).remove(0);
    assert!(command.starts_with("mongorestore --quiet --drop --archive --gzip --username"), "{command}");
    assert!(input.ends_with(&*String::from_utf8_lossy(&packed)), "{input}");
    // What is damaged reaches nobody.
    let broken = with_documents().bytes("project/documents.gz", &packed[..packed.len() - 6]);
    let output = broken.run(&["manage_db", "--yes", "mongo_restore", "documents.gz"]);
    assert_eq!(output.code, 1, "{output}");
    assert_eq!(asked(&broken), []);
}

#[test]
fn a_folder_of_files_is_copied_restored_and_removed() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [("dump/app/users.bson", "bson"), ("dump/app/users.metadata.json", "{}"), ("notes.txt", "x")] {
        zip.start_file(name, options).expect("memory");
        zip.write_all(text.as_bytes()).expect("memory");
    }
    let packed = zip.finish().expect("memory").into_inner();
    let workspace = with_documents().bytes("project/documents.zip", &packed);
    let output = workspace.run(&["manage_db", "--yes", "mongo_restore", "documents.zip"]);
    assert_eq!(output.code, 0, "{output}");
    let commands: Vec<String> = asked(&workspace).into_iter().map(|(command, _)| command).collect();
    let folder = "/tmp/lapstrake-documents";
    let restore = format!("mongorestore --quiet --drop --dir {folder} --username admin --authenticationDatabase admin");
    assert_eq!(commands, [format!("rm -r -f {folder}"), restore, format!("rm -r -f {folder}")]);
    let calls = workspace.calls();
    let copy = calls.iter().find(|call| call.arguments[0] == "cp").expect("the copy");
    assert_eq!(copy.arguments, ["cp", "-", "id-of-mongo:/tmp"]);
    assert!(copy.input.contains("lapstrake-documents/app/users.bson") && !copy.input.contains("notes.txt"));
}

#[test]
fn a_restore_that_fails_is_told_in_the_words_of_mongorestore() {
    let failing = answer("mongorestore").stderr("E11000 duplicate key\n").exit(3);
    let workspace = with_documents().bytes("project/documents", &archive()).docker(failing);
    let output = workspace.run(&["manage_db", "--yes", "mongo_restore", "documents"]);
    assert_eq!(output.code, 1, "{output}");
    assert!(output.stderr.contains("E11000 duplicate key"), "{output}");
    assert!(!output.stderr.contains(PASSWORD), "{output}");
    let foreign = with_documents().bytes("project/documents", b"-- PostgreSQL database dump");
    let output = foreign.run(&["manage_db", "--yes", "mongo_restore", "documents"]);
    assert_eq!(output.code, 1, "{output}");
    assert!(output.stderr.contains("neither an archive of mongodump nor a zip archive"), "{output}");
    assert_eq!(asked(&foreign), []);
}
