//! What is refused in a value, as it is drawn.

use super::drawn;

#[test]
fn command_substitution() {
    insta::assert_snapshot!(drawn("A=x$(date +%F)"), @"
    error: command substitution `$(…)` is not read here
     --> env.custom:1:4
      |
    1 | A=x$(date +%F)
      |    ^^^^^^^^^^^ no command is run to read a configuration
      |
      = help: write the value itself, or export it before you call lapstrake; in single quotes `$(` means itself
    ");
}

#[test]
fn backquote() {
    insta::assert_snapshot!(drawn(r#"A="`date`""#), @r#"
    error: command substitution with backquotes is not read here
     --> env.custom:1:4
      |
    1 | A="`date`"
      |    ^^^^^^ no command is run to read a configuration
      |
      = help: write the value itself; a backquote that means itself stands in single quotes, or behind a `\`
    "#);
}

#[test]
fn arithmetic() {
    insta::assert_snapshot!(drawn("A=$((1 + 2))"), @"
    error: arithmetic is not read here
     --> env.custom:1:3
      |
    1 | A=$((1 + 2))
      |   ^^^^^^^^^^ nothing is calculated to read a configuration
      |
      = help: write the result itself
    ");
}

#[test]
fn old_arithmetic() {
    insta::assert_snapshot!(drawn("A=$[1 + 2]"), @"
    error: arithmetic is not read here
     --> env.custom:1:3
      |
    1 | A=$[1 + 2]
      |   ^^^^^^^^ nothing is calculated to read a configuration
      |
      = help: write the result itself
    ");
}

#[test]
fn process_substitution() {
    insta::assert_snapshot!(drawn("A=${B:-<(ls)}"), @"
    error: process substitution is not read here
     --> env.custom:1:8
      |
    1 | A=${B:-<(ls)}
      |        ^^^^^ no command is run to read a configuration
      |
      = help: put the text in quotes if it means itself
    ");
}

#[test]
fn ansi_quote() {
    insta::assert_snapshot!(drawn(r#"A=$'a\tb'"#), @r"
    error: the quote `$'…'` is not read here
     --> env.custom:1:3
      |
    1 | A=$'a\tb'
      |   ^^ escapes such as `\n` are not translated
      |
      = help: write the characters themselves in plain quotes; a quoted value may go over several lines
    ");
}

#[test]
fn locale_quote() {
    insta::assert_snapshot!(drawn(r#"A=$"text""#), @r#"
    error: the quote `$"…"` is not read here
     --> env.custom:1:3
      |
    1 | A=$"text"
      |   ^^ nothing is translated
      |
      = help: write `"…"` without the dollar sign
    "#);
}

#[test]
fn array() {
    insta::assert_snapshot!(drawn("A=(one two)"), @"
    error: an array is not read here
     --> env.custom:1:3
      |
    1 | A=(one two)
      |   ^ a variable holds one text
      |
      = help: write the items in one value: `NAME='one two'`; quote a bracket that means itself
    ");
}

#[test]
fn home_of_another() {
    insta::assert_snapshot!(drawn("A=~root/x"), @"
    error: another home folder than your own is not read here
     --> env.custom:1:3
      |
    1 | A=~root/x
      |   ^^^^^ `~` alone is your home folder
      |
      = help: write the path itself, or quote a `~` that means itself
    ");
}

#[test]
fn braces_in_export() {
    insta::assert_snapshot!(drawn("export A={a,b}"), @"
    error: a bare `{` behind `export` is not read here
     --> env.custom:1:10
      |
    1 | export A={a,b}
      |          ^ the shell might make several words of it
      |
      = help: put the value in quotes, or leave `export` out
    ");
}

#[test]
fn open_single_quote() {
    insta::assert_snapshot!(drawn("A='one\nB=2\n"), @r"
    error: this quote is never closed
     --> env.custom:1:3
      |
    1 | A='one
      |   ^ opened here
      |
      = help: close it with `'`; a quote that means itself stands in double quotes, or behind a `\`
    ");
}

#[test]
fn open_double_quote() {
    insta::assert_snapshot!(drawn("A=\"one $B\nC=2\n"), @r#"
    error: this quote is never closed
     --> env.custom:1:3
      |
    1 | A="one $B
      |   ^ opened here
      |
      = help: close it with `"`; a quote that means itself stands in single quotes, or behind a `\`
    "#);
}
