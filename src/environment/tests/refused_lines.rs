//! What is refused as a line, as it is drawn.

use super::drawn;

#[test]
fn assigned_computed_name() {
    insta::assert_snapshot!(drawn("RANDOM=4"), @"
    error: `RANDOM`, which the shell computes, is not read here
     --> env.custom:1:1
      |
    1 | RANDOM=4
      | ^^^^^^ no shell is there to give it a value
      |
      = help: write the value itself, under a name of your own
    ");
}

#[test]
fn array_item() {
    insta::assert_snapshot!(drawn("A[0]=one"), @"
    error: an array is not read here
     --> env.custom:1:1
      |
    1 | A[0]=one
      | ^^^^^^^^ a variable holds one text
      |
      = help: write the items in one value: `NAME='one two'`; quote a bracket that means itself
    ");
}

#[test]
fn append() {
    insta::assert_snapshot!(drawn("A+=more"), @"
    error: appending with `+=` is not read here
     --> env.custom:1:1
      |
    1 | A+=more
      | ^^^^^^^ a value is always given whole
      |
      = help: write the old value in the new one: `NAME=${NAME}more`
    ");
}

#[test]
fn control_word() {
    insta::assert_snapshot!(drawn("if [ -n \"$A\" ]\nA=1"), @r#"
    error: the shell's `if` is not read here
     --> env.custom:1:1
      |
    1 | if [ -n "$A" ]
      | ^^ nothing is decided in these files
      |
      = help: a default is `${NAME:-value}`, a value for when another is set is `${NAME:+value}`
    "#);
}

#[test]
fn include() {
    insta::assert_snapshot!(drawn(". ./other"), @"
    error: including another file is not read here
     --> env.custom:1:1
      |
    1 | . ./other
      | ^ these files do not read each other
      |
      = help: `custom/env.custom` is read before `env.custom`, and `env.base` last; move the lines there
    ");
}

#[test]
fn declaration() {
    insta::assert_snapshot!(drawn("readonly A=1"), @"
    error: the shell's `readonly` is not read here
     --> env.custom:1:1
      |
    1 | readonly A=1
      | ^^^^^^^^ variables have no kinds here
      |
      = help: write `NAME=value`
    ");
}

#[test]
fn unset() {
    insta::assert_snapshot!(drawn("unset A"), @"
    error: the shell's `unset` is not read here
     --> env.custom:1:1
      |
    1 | unset A
      | ^^^^^ a name that was set stays set
      |
      = help: write `NAME=` for an empty value, or leave out the assignment
    ");
}

#[test]
fn command() {
    insta::assert_snapshot!(drawn("echo hello"), @"
    error: a command is not read here
     --> env.custom:1:1
      |
    1 | echo hello
      | ^^^^ no command is run to read a configuration
      |
      = help: only `NAME=value` and `export NAME=value` can stand here
    ");
}

#[test]
fn word_behind_a_value() {
    insta::assert_snapshot!(drawn("A=hello world"), @"
    error: the value of `A` ends at the blank before this
     --> env.custom:1:9
      |
    1 | A=hello world
      |         ^^^^^ the shell would take this for a command
      |
      = help: put the whole value in quotes: `A='…'`
    ");
}

#[test]
fn blank_before_equals() {
    insta::assert_snapshot!(drawn("A = 1"), @"
    error: no blank may stand before the `=`
     --> env.custom:1:1
      |
    1 | A = 1
      | ^ the shell would take this for a command
      |
      = help: write `A=value`, without blanks around the `=`
    ");
}

#[test]
fn colon() {
    insta::assert_snapshot!(drawn("A: 1"), @"
    error: a value is given with `=`, not with `:`
     --> env.custom:1:1
      |
    1 | A: 1
      | ^^ a line of YAML?
      |
      = help: write `A=value`
    ");
}

#[test]
fn bad_name() {
    insta::assert_snapshot!(drawn("MY-NAME=1"), @"
    error: this is not a name
     --> env.custom:1:1
      |
    1 | MY-NAME=1
      | ^^^^^^^^^ a name has letters, digits and `_`, and does not begin with a digit
      |
      = help: write `NAME=value`
    ");
}

#[test]
fn name_that_begins_with_a_digit() {
    insta::assert_snapshot!(drawn("1A=1"), @"
    error: this is not a name
     --> env.custom:1:1
      |
    1 | 1A=1
      | ^^^^ a name has letters, digits and `_`, and does not begin with a digit
      |
      = help: write `NAME=value`
    ");
}

#[test]
fn export_of_nothing() {
    insta::assert_snapshot!(drawn("export"), @"
    error: `export` takes names
     --> env.custom:1:1
      |
    1 | export
      | ^^^^^^ not `NAME` or `NAME=value`
      |
      = help: write `export NAME=value`
    ");
}

#[test]
fn export_option() {
    insta::assert_snapshot!(drawn("export -p"), @"
    error: `export` takes names
     --> env.custom:1:8
      |
    1 | export -p
      |        ^^ not `NAME` or `NAME=value`
      |
      = help: write `export NAME=value`
    ");
}

#[test]
fn pipe() {
    insta::assert_snapshot!(drawn("A=a|b"), @"
    error: a pipe is not read here
     --> env.custom:1:4
      |
    1 | A=a|b
      |    ^ no command is run to read a configuration
      |
      = help: put the value in quotes if this is part of it
    ");
}

#[test]
fn ampersand() {
    insta::assert_snapshot!(drawn("A=a&b"), @"
    error: a bare `&` is not read here
     --> env.custom:1:4
      |
    1 | A=a&b
      |    ^ no command is run to read a configuration
      |
      = help: put the value in quotes if this is part of it
    ");
}

#[test]
fn redirection() {
    insta::assert_snapshot!(drawn("A=1 >file"), @"
    error: a redirection is not read here
     --> env.custom:1:5
      |
    1 | A=1 >file
      |     ^ no file is opened from here
      |
      = help: put the value in quotes if this is part of it
    ");
}

#[test]
fn parenthesis() {
    insta::assert_snapshot!(drawn("A=a(b)"), @"
    error: a bare parenthesis is not read here
     --> env.custom:1:4
      |
    1 | A=a(b)
      |    ^ no command is run to read a configuration
      |
      = help: put the value in quotes if this is part of it
    ");
}

#[test]
fn empty_statement() {
    insta::assert_snapshot!(drawn("A=1;;B=2"), @"
    error: nothing stands before this `;`
     --> env.custom:1:5
      |
    1 | A=1;;B=2
      |     ^ an assignment is missing
      |
      = help: remove it
    ");
}

#[test]
fn nul() {
    insta::assert_snapshot!(drawn("A=a\0b"), @"
    error: a NUL byte, which no variable can hold
     --> env.custom:1:4
      |
    1 | A=a␀b
      |    ^ here
      |
      = help: is this a text file? save it as UTF-8 without NUL bytes
    ");
}
