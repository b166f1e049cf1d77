//! Questions. They are put to people only: a pipe never answers one.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::report::Secret;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Standard input is not a terminal.
    #[error("nobody can be asked: standard input is not a terminal")]
    NotATerminal,
    /// The input ended.
    #[error("the question was not answered")]
    Ended,
    /// The terminal failed.
    #[error("cannot read the answer: {0}")]
    Failed(#[from] io::Error),
}

/// Puts a question that is answered with yes or no; an empty answer is no.
///
/// # Errors
/// When nobody answers.
pub fn confirm(question: &str) -> Result<bool, NoAnswer> {
    if !io::stdin().is_terminal() {
        return Err(NoAnswer::NotATerminal);
    }
    confirm_on(&mut io::stdin().lock(), &mut io::stderr().lock(), question)
}

fn confirm_on(answers: &mut dyn BufRead, talk: &mut dyn Write, question: &str) -> Result<bool, NoAnswer> {
    loop {
        write!(talk, "{question} [y/N] ")?;
        talk.flush()?;
        let mut answer = String::new();
        if answers.read_line(&mut answer)? == 0 {
            return Err(NoAnswer::Ended);
        }
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => writeln!(talk, "please answer yes or no")?,
        }
    }
}

/// Asks for a text; an empty answer is the default, where there is one.
///
/// # Errors
/// When nobody answers.
pub fn text(question: &str, default: Option<&str>) -> Result<String, NoAnswer> {
    if !io::stdin().is_terminal() {
        return Err(NoAnswer::NotATerminal);
    }
    text_on(&mut io::stdin().lock(), &mut io::stderr().lock(), question, default)
}

fn text_on(
    answers: &mut dyn BufRead,
    talk: &mut dyn Write,
    question: &str,
    default: Option<&str>,
) -> Result<String, NoAnswer> {
    loop {
        match default {
            Some(default) => write!(talk, "{question} [{default}] ")?,
            None => write!(talk, "{question} ")?,
        }
        talk.flush()?;
        let mut answer = String::new();
        if answers.read_line(&mut answer)? == 0 {
            return Err(NoAnswer::Ended);
        }
        match (answer.trim(), default) {
            ("", Some(default)) => return Ok(default.to_owned()),
            ("", None) => writeln!(talk, "please answer, there is no default")?,
            (answer, _) => return Ok(answer.to_owned()),
        }
    }
}

/// Asks for something that is not shown while it is typed.
///
/// # Errors
/// When nobody answers.
pub fn hidden(question: &str) -> Result<Secret, NoAnswer> {
    if !io::stdin().is_terminal() {
        return Err(NoAnswer::NotATerminal);
    }
    match rpassword::prompt_password(format!("{question}: ")) {
        Ok(answer) => Ok(Secret::new(answer)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(NoAnswer::Ended),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> (Result<bool, NoAnswer>, String) {
        let mut talk = Vec::new();
        let answer = confirm_on(&mut typed.as_bytes(), &mut talk, "Drop `coog`?");
        (answer, String::from_utf8_lossy(&talk).into_owned())
    }

    #[test]
    fn only_yes_is_yes() {
        for (typed, meant) in [("y\n", true), ("YES\n", true), ("\n", false), ("n\n", false), ("no", false)] {
            assert_eq!(answer(typed).0.unwrap(), meant, "{typed:?}");
        }
        assert!(matches!(answer("").0, Err(NoAnswer::Ended)));
    }

    #[test]
    fn an_empty_answer_is_the_default() {
        let ask = |typed: &str, default| text_on(&mut typed.as_bytes(), &mut Vec::new(), "Name?", default);
        assert_eq!(ask("\n", Some("coog")).unwrap(), "coog");
        assert_eq!(ask(" other \n", Some("coog")).unwrap(), "other");
        assert_eq!(ask("\nlast\n", None).unwrap(), "last");
        assert!(matches!(ask("", None), Err(NoAnswer::Ended)));
    }

    #[test]
    fn a_strange_answer_is_asked_for_again() {
        let (meant, talk) = answer("perhaps\ny\n");
        assert!(meant.unwrap());
        assert_eq!(talk, "Drop `coog`? [y/N] please answer yes or no\nDrop `coog`? [y/N] ");
    }
}
