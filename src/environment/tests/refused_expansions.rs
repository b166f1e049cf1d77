//! What is refused of `$…`, as it is drawn.

use super::drawn;

#[test]
fn parameter() {
    insta::assert_snapshot!(drawn("A=pa$$word"), @r"
    error: the shell's parameter `$$` is not read here
     --> env.custom:1:5
      |
    1 | A=pa$$word
      |     ^^ no shell is there to give it a value
      |
      = help: write `\$` for a dollar sign that means itself, or put the value in single quotes
    ");
}

#[test]
fn positional_parameter() {
    insta::assert_snapshot!(drawn("A=${1}"), @r"
    error: the shell's parameter `$1` is not read here
     --> env.custom:1:3
      |
    1 | A=${1}
      |   ^^^^ no shell is there to give it a value
      |
      = help: write `\$` for a dollar sign that means itself, or put the value in single quotes
    ");
}

#[test]
fn computed_name() {
    insta::assert_snapshot!(drawn("A=${UID:-1000}"), @"
    error: `UID`, which the shell computes, is not read here
     --> env.custom:1:3
      |
    1 | A=${UID:-1000}
      |   ^^^^^^^^^^^^ no shell is there to give it a value
      |
      = help: write the value itself, under a name of your own
    ");
}

#[test]
fn preset_name() {
    insta::assert_snapshot!(drawn("A=${HOSTNAME:-here}"), @"
    error: `HOSTNAME` is the shell's own, and no shell is there
     --> env.custom:1:3
      |
    1 | A=${HOSTNAME:-here}
      |   ^^^^^^^^^^^^^^^^^ it is not in the environment of this process
      |
      = help: write the value itself, under a name of your own, or `export HOSTNAME` before you call
    ");
}

#[test]
fn indirect() {
    insta::assert_snapshot!(drawn("A=${!B}"), @"
    error: the indirect expansion `${!…}` is not read here
     --> env.custom:1:3
      |
    1 | A=${!B}
      |   ^^^^^ a name is not looked up in another one
      |
      = help: write the name of the variable itself
    ");
}

#[test]
fn replace() {
    insta::assert_snapshot!(drawn("A=${B/x/y}"), @"
    error: replacing with `${NAME/…/…}` is not read here
     --> env.custom:1:3
      |
    1 | A=${B/x/y}
      |   ^^^^^^^^ a value is not rewritten
      |
      = help: `${NAME%…}` and `${NAME#…}` take something off an end; else write the result itself
    ");
}

#[test]
fn letter_case() {
    insta::assert_snapshot!(drawn("A=${B^^}"), @"
    error: changing letters with `${NAME^}` and `${NAME,}` is not read here
     --> env.custom:1:3
      |
    1 | A=${B^^}
      |   ^^^^^^ a value is not rewritten
      |
      = help: write the result itself
    ");
}

#[test]
fn substring() {
    insta::assert_snapshot!(drawn("A=${B:0:3}"), @"
    error: the substring `${NAME:…}` is not read here
     --> env.custom:1:3
      |
    1 | A=${B:0:3}
      |   ^^^^^^^^ only `:-`, `:=`, `:?` and `:+` may follow here
      |
      = help: `${NAME%…}` and `${NAME#…}` take something off an end; a default is `${NAME:-value}`
    ");
}

#[test]
fn transform() {
    insta::assert_snapshot!(drawn("A=${B@Q}"), @"
    error: the transformation `${NAME@…}` is not read here
     --> env.custom:1:3
      |
    1 | A=${B@Q}
      |   ^^^^^^ a value is not rewritten
      |
      = help: write `${NAME}`
    ");
}

#[test]
fn bad_expansion() {
    insta::assert_snapshot!(drawn("A=${B.c}"), @r"
    error: this is not an expansion
     --> env.custom:1:3
      |
    1 | A=${B.c}
      |   ^^^^^^ a name, and perhaps an operator, belong between the braces
      |
      = help: write `${NAME}`, `${NAME:-default}` or the like; a `$` that means itself is `\$`
    ");
}

#[test]
fn empty_expansion() {
    insta::assert_snapshot!(drawn("A=${}"), @r"
    error: this is not an expansion
     --> env.custom:1:3
      |
    1 | A=${}
      |   ^^^ a name, and perhaps an operator, belong between the braces
      |
      = help: write `${NAME}`, `${NAME:-default}` or the like; a `$` that means itself is `\$`
    ");
}

#[test]
fn mixed_quotes() {
    insta::assert_snapshot!(drawn(r#"A="${B:-'a\"b'}""#), @r#"
    error: a mixture of quotes in a double-quoted expansion is not read here
     --> env.custom:1:9
      |
    1 | A="${B:-'a\"b'}"
      |         ^^^^^^ shells do not agree on what it means
      |
      = help: give the inner text a name of its own, and write that name here
    "#);
}

#[test]
fn home_and_colon_in_pattern() {
    insta::assert_snapshot!(drawn("A=~:x\nB=${A#~:}"), @r#"
    error: `~:` at the start of a pattern is not read here
     --> env.custom:2:7
      |
    2 | B=${A#~:}
      |       ^^ the shell takes all up to the next `/` for literal text here
      |
      = help: write `"$HOME":` if the home folder is meant, and quote a `~` that means itself

    error: `HOME` is used and not set
     --> env.custom:1:3
      |
    1 | A=~:x
      |   ^ used here
      |
      = note: `~` is the home folder of the calling process, which has none
    "#);
}

#[test]
fn collation() {
    insta::assert_snapshot!(drawn("B=x\nA=${B%[[=x=]]}"), @"
    error: this bracket in a pattern is not read here
     --> env.custom:2:3
      |
    2 | A=${B%[[=x=]]}
      |   ^^^^^^^^^^^^ its meaning depends on the language of the shell
      |
      = help: name the characters themselves: `[abc]`, `[a-z]` or `[[:digit:]]`
    ");
}

#[test]
fn open_brace() {
    insta::assert_snapshot!(drawn("A=${B:-one\nC=2\n"), @r"
    error: this brace is never closed
     --> env.custom:1:3
      |
    1 | A=${B:-one
      |   ^^ opened here
      |
      = help: close it with `}`; a `$` that means itself stands in single quotes, or behind a `\`
    ");
}

#[test]
fn too_deep() {
    insta::assert_snapshot!(drawn(&format!("A={}", "${B:-".repeat(300))), @"
    error: expansions are nested too deeply
     --> env.custom:1:1003
      |
    1 | ...:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B:-${B...
      |                                                   ^^ more than 200 within one another
      |
      = help: give the inner ones a name of their own
    ");
}
