//! What is too long, too deep or too much, as it is drawn.

use super::drawn;

/// The problem that says this.
fn saying(words: &str, drawn: &str) -> String {
    drawn.split("\n\n").find(|problem| problem.contains(words)).unwrap_or(drawn).to_owned()
}

#[test]
fn a_value_that_no_program_takes() {
    let text = format!("LONG={}\n", "lines".repeat(30_000));
    insta::assert_snapshot!(saying("longer", &drawn(&text)), @"
    error: the value of `LONG` is longer than 128 KiB
    --> env.custom:1:1
     = note: no program can be started with such a variable
     = help: keep the text in a file, and its path in the variable
    ");
}

#[test]
fn values_that_grow_together() {
    let lines: String = (0..3_000).map(|number| format!("A{number}=$LONG\n")).collect();
    let text = format!("LONG={}\n{lines}", "lines".repeat(25_000));
    insta::assert_snapshot!(saying("grow", &drawn(&text)), @"
    error: the expansion exceeds 256 MiB
        --> env.custom:2149:7
         |
    2149 | A2147=$LONG
         |       ^^^^^ more than 256 MiB had been copied and compared by here
         |
         = help: is there a line that doubles a value, many times over?
    ");
}

#[test]
fn more_problems_than_anybody_reads() {
    insta::assert_snapshot!(saying("too many", &drawn(&"A=$(b)\n".repeat(200))), @"
    error: too many problems in one file
       --> env.custom:100:3
        |
    100 | A=$(b)
        |   ^^^^ nothing is read from here on
        |
        = help: is this file what you think it is?
    ");
}
