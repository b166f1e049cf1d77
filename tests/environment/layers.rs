//! Which files are read, and what is said where one cannot be.

use std::os::unix::fs::symlink;

use super::project::TestProject;

#[test]
fn the_root_beats_custom() {
    let project = TestProject::new()
        .with("custom/env.custom", "CUSTOM_A=1\nCUSTOM_B=1\n")
        .with("env.custom", "CUSTOM_B=2\n")
        .with("env.base", "A=${CUSTOM_A:-0}\nB=${CUSTOM_B:-0}\nC=${CUSTOM_C:-0}\nD=${BASE_PATH}/data\n");
    let loaded = project.load(&[("CUSTOM_A", "3"), ("CUSTOM_C", "3")]);
    assert_eq!(loaded.drawn(), "");
    let values = loaded.values();
    assert_eq!((&*values["A"], &*values["B"], &*values["C"]), ("1", "2", "3"));
    let root = project.path().canonicalize().expect("a folder");
    assert_eq!(values["D"], format!("{}/data", root.display()));
}

#[test]
fn no_env_custom_anywhere() {
    let project = TestProject::new().with("env.base", "A=${A:?}\n");
    insta::assert_snapshot!(project.load(&[]).drawn(), @"
    error: there is neither `env.custom` nor `custom/env.custom`
     |
     = note: they hold what only you can know: versions, folders, secrets
     = help: write `env.custom`, with a line `NAME=value` for each variable that is required
    ");
    let project = project.with("env.custom.sample", "# What A is\nA=1\n");
    insta::assert_snapshot!(project.load(&[]).drawn(), @"
    error: there is neither `env.custom` nor `custom/env.custom`
     |
     = note: they hold what only you can know: versions, folders, secrets
     = help: copy `env.custom.sample` to `env.custom` and fill it in
    ");
    let project = project.with("custom/env.custom", "");
    insta::assert_snapshot!(project.load(&[]).drawn(), @"
    error: `A` is required and not set
     --> env.base:1:3
      |
    1 | A=${A:?}
      |   ^^^^^^ required here
      |
      = note: What A is
      = help: set `A` in `env.custom`
    ");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_are_left_out() {
    let loaded = TestProject::new().with("env.custom", "\u{feff}A='one\r\ntwo'\r\nB=3 \\\r\n\r\nC=4\r").load(&[]);
    insta::assert_snapshot!(loaded.drawn(), @r"
    warning: `env.custom` begins with a byte order mark
     |
     = note: a shell would take it for a part of the first name; here it is left out
     = help: save the file as UTF-8 without it
    warning: `env.custom` has the line ends of Windows
     --> env.custom:1:7
      |
    1 | A='one
      |       ^ a carriage return stands before the line's end
      |
      = note: a shell would keep it in every value; here it is left out
      = help: convert the file: `sed -i 's/\r$//' env.custom`
    ");
    let values = loaded.values();
    assert_eq!((&*values["A"], &*values["B"], &*values["C"]), ("one\ntwo", "3", "4"));
}

#[test]
fn what_is_no_text() {
    let project = TestProject::new().with("env.custom", b"A=caf\xe9\n").with("env.base", "B=$NOBODY\n");
    insta::assert_snapshot!(project.load(&[]).drawn(), @"
    error: the file is not UTF-8 text
     --> env.custom:1:6
      |
    1 | A=caf�
      |      ^ this byte is not part of a character
      |
      = help: save the file as UTF-8 (`iconv -f latin1 -t utf-8` converts an old one)
    ");
}

#[test]
fn a_folder_and_a_dangling_link() {
    let project = TestProject::new().with("env.custom/x", "");
    std::fs::create_dir(project.path().join("custom")).expect("a folder");
    symlink("/nowhere/env.custom", project.path().join("custom/env.custom")).expect("a link");
    insta::assert_snapshot!(project.load(&[]).drawn(), @"
    error: cannot read `custom/env.custom`: it is a link to a file that does not exist
    error: cannot read `env.custom`: it is a folder, a file is wanted here
    ");
}
