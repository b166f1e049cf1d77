//! What the language leaves out, by name, each with what to write instead.

use super::syntax::Problem;
use crate::report::Diagnostic;

/// A construct of the shell that is not part of the language, or a text that is not even the shell's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `$(…)`
    CommandSubstitution,
    /// `` `…` ``
    Backquote,
    /// `$((…))` and `$[…]`
    Arithmetic,
    /// `<(…)` and `>(…)`
    ProcessSubstitution,
    /// `$$`, `$1`, `${@}`
    Parameter(char),
    /// `$'…'`
    AnsiQuote,
    /// `$"…"`
    LocaleQuote,
    /// `${!X}`
    Indirect,
    /// `${X/a/b}`
    Replace,
    /// `${X^}` and `${X,}`
    LetterCase,
    /// `${X:1:2}`
    Substring,
    /// `${X@Q}`
    Transform,
    /// `${}`, `${ X}`, `${X.y}`
    BadExpansion,
    /// `NAME=(…)`, `NAME[0]=…`, `${X[0]}`
    Array,
    /// `NAME+=value`
    Append,
    /// `~root`, `~+`
    TildeName,
    /// `${X#~:…}`
    TildeInPattern,
    /// `"${X-'"'}"`
    MixedQuotes,
    /// `{a,b}` in an `export`
    Braces,
    /// `if`, `for`, `{`
    ControlWord(String),
    /// `source FILE`, `. FILE`
    Include,
    /// `declare`, `readonly`, …
    Declaration(String),
    /// `unset NAME`
    Unset,
    /// A word where a command would stand.
    Command,
    /// A word behind an assignment: the assignment's value ended at the blank.
    WordBehind(String),
    /// `NAME = value`
    BlankBeforeEquals(String),
    /// `NAME: value`
    Colon(String),
    /// `1A=x`, `A-B=x`
    BadName,
    /// Anything but names behind `export`.
    BadExport,
    /// `|`, `||`
    Pipe,
    /// `&`, `&&`
    Ampersand,
    /// `<`, `>`
    Redirection,
    /// `(`, `)`
    Parenthesis,
    /// `;` with nothing before it
    EmptyStatement,
    /// A name that bash computes.
    ComputedName(String),
    /// `'` without an end
    OpenSingleQuote,
    /// `"` without an end
    OpenDoubleQuote,
    /// `${` without an end
    OpenBrace,
    /// Expansions within expansions beyond reason.
    TooDeep,
    /// More problems than anybody reads.
    TooMany,
    /// A byte that no variable can hold.
    Nul,
}

/// What is said about a refusal.
struct Words {
    code: &'static str,
    title: String,
    label: &'static str,
    help: String,
}

impl Problem {
    /// The problem in words.
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let words = self.refusal.words();
        let diagnostic = Diagnostic::error(words.code, words.title).at(self.span, words.label);
        if words.help.is_empty() { diagnostic } else { diagnostic.with_help(words.help) }
    }
}

/// A construct of the shell that would run or compute something.
fn construct(title: &str, label: &'static str, help: &str) -> Words {
    Words { code: "not-in-language", title: format!("{title} is not read here"), label, help: help.to_owned() }
}

/// A text that the shell could not make sense of either.
fn syntax(title: &str, label: &'static str, help: impl Into<String>) -> Words {
    Words { code: "syntax", title: title.to_owned(), label, help: help.into() }
}

impl Refusal {
    /// The table of what is said; long, for there is much in a shell that a configuration does not need.
    fn words(&self) -> Words {
        match self {
            Self::CommandSubstitution => construct(
                "command substitution `$(…)`",
                "no command is run to read a configuration",
                "write the value itself, or export it before you call lapstrake; in single quotes `$(` means itself",
            ),
            Self::Backquote => construct(
                "command substitution with backquotes",
                "no command is run to read a configuration",
                "write the value itself; a backquote that means itself stands in single quotes, or behind a `\\`",
            ),
            Self::Arithmetic => {
                construct("arithmetic", "nothing is calculated to read a configuration", "write the result itself")
            }
            Self::ProcessSubstitution => construct(
                "process substitution",
                "no command is run to read a configuration",
                "put the text in quotes if it means itself",
            ),
            Self::Parameter(which) => construct(
                &format!("the shell's parameter `${which}`"),
                "no shell is there to give it a value",
                "write `\\$` for a dollar sign that means itself, or put the value in single quotes",
            ),
            Self::ComputedName(name) => construct(
                &format!("`{name}`, which the shell computes,"),
                "no shell is there to give it a value",
                "write the value itself, under a name of your own",
            ),
            Self::AnsiQuote => construct(
                "the quote `$'…'`",
                "escapes such as `\\n` are not translated",
                "write the characters themselves in plain quotes; a quoted value may go over several lines",
            ),
            Self::LocaleQuote => {
                construct("the quote `$\"…\"`", "nothing is translated", "write `\"…\"` without the dollar sign")
            }
            Self::Indirect => construct(
                "the indirect expansion `${!…}`",
                "a name is not looked up in another one",
                "write the name of the variable itself",
            ),
            Self::Replace => construct(
                "replacing with `${NAME/…/…}`",
                "a value is not rewritten",
                "`${NAME%…}` and `${NAME#…}` take something off an end; else write the result itself",
            ),
            Self::LetterCase => construct(
                "changing letters with `${NAME^}` and `${NAME,}`",
                "a value is not rewritten",
                "write the result itself",
            ),
            Self::Substring => construct(
                "the substring `${NAME:…}`",
                "only `:-`, `:=`, `:?` and `:+` may follow here",
                "`${NAME%…}` and `${NAME#…}` take something off an end; a default is `${NAME:-value}`",
            ),
            Self::Transform => {
                construct("the transformation `${NAME@…}`", "a value is not rewritten", "write `${NAME}`")
            }
            Self::Array => construct(
                "an array",
                "a variable holds one text",
                "write the items in one value: `NAME='one two'`; quote a bracket that means itself",
            ),
            Self::Append => construct(
                "appending with `+=`",
                "a value is always given whole",
                "write the old value in the new one: `NAME=${NAME}more`",
            ),
            Self::TildeName => construct(
                "another home folder than your own",
                "`~` alone is your home folder",
                "write the path itself, or quote a `~` that means itself",
            ),
            Self::MixedQuotes => construct(
                "a mixture of quotes in a double-quoted expansion",
                "shells do not agree on what it means",
                "give the inner text a name of its own, and write that name here",
            ),
            Self::TildeInPattern => construct(
                "`~:` at the start of a pattern",
                "the shell takes all up to the next `/` for literal text here",
                "write `\"$HOME\":` if the home folder is meant, and quote a `~` that means itself",
            ),
            Self::Braces => construct(
                "a bare `{` behind `export`",
                "the shell might make several words of it",
                "put the value in quotes, or leave `export` out",
            ),
            Self::ControlWord(word) => construct(
                &format!("the shell's `{word}`"),
                "nothing is decided in these files",
                "a default is `${NAME:-value}`, a value for when another is set is `${NAME:+value}`",
            ),
            Self::Include => construct(
                "including another file",
                "these files do not read each other",
                "`custom/env.custom` is read before `env.custom`, and `env.base` last; move the lines there",
            ),
            Self::Declaration(word) => {
                construct(&format!("the shell's `{word}`"), "variables have no kinds here", "write `NAME=value`")
            }
            Self::Unset => construct(
                "the shell's `unset`",
                "a name that was set stays set",
                "write `NAME=` for an empty value, or leave out the assignment",
            ),
            Self::Command => construct("a command", "no command is run to read a configuration", ONLY_ASSIGNMENTS),
            Self::Pipe => construct("a pipe", "no command is run to read a configuration", QUOTE_IT),
            Self::Ampersand => construct("a bare `&`", "no command is run to read a configuration", QUOTE_IT),
            Self::Redirection => construct("a redirection", "no file is opened from here", QUOTE_IT),
            Self::Parenthesis => construct("a bare parenthesis", "no command is run to read a configuration", QUOTE_IT),
            Self::WordBehind(name) => syntax(
                &format!("the value of `{name}` ends at the blank before this"),
                "the shell would take this for a command",
                format!("put the whole value in quotes: `{name}='…'`"),
            ),
            Self::BlankBeforeEquals(name) => syntax(
                "no blank may stand before the `=`",
                "the shell would take this for a command",
                format!("write `{name}=value`, without blanks around the `=`"),
            ),
            Self::Colon(name) => {
                syntax("a value is given with `=`, not with `:`", "a line of YAML?", format!("write `{name}=value`"))
            }
            Self::BadName => syntax(
                "this is not a name",
                "a name has letters, digits and `_`, and does not begin with a digit",
                "write `NAME=value`",
            ),
            Self::BadExport => {
                syntax("`export` takes names", "not `NAME` or `NAME=value`", "write `export NAME=value`")
            }
            Self::EmptyStatement => syntax("nothing stands before this `;`", "an assignment is missing", "remove it"),
            Self::OpenSingleQuote => syntax(
                "this quote is never closed",
                "opened here",
                "close it with `'`; a quote that means itself stands in double quotes, or behind a `\\`",
            ),
            Self::OpenDoubleQuote => syntax(
                "this quote is never closed",
                "opened here",
                "close it with `\"`; a quote that means itself stands in single quotes, or behind a `\\`",
            ),
            Self::OpenBrace => syntax(
                "this brace is never closed",
                "opened here",
                "close it with `}`; a `$` that means itself stands in single quotes, or behind a `\\`",
            ),
            Self::BadExpansion => syntax(
                "this is not an expansion",
                "a name, and perhaps an operator, belong between the braces",
                "write `${NAME}`, `${NAME:-default}` or the like; a `$` that means itself is `\\$`",
            ),
            Self::TooDeep => syntax(
                "expansions are nested too deeply",
                "more than 200 within one another",
                "give the inner ones a name of their own",
            ),
            Self::TooMany => syntax(
                "too many problems in one file",
                "nothing is read from here on",
                "is this file what you think it is?",
            ),
            Self::Nul => syntax(
                "a NUL byte, which no variable can hold",
                "here",
                "is this a text file? save it as UTF-8 without NUL bytes",
            ),
        }
    }
}

const ONLY_ASSIGNMENTS: &str = "only `NAME=value` and `export NAME=value` can stand here";
const QUOTE_IT: &str = "put the value in quotes if this is part of it";
