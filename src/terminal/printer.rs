//! Who may say what, where, and in which colours.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also into a pipe.
    Always,
    /// Not even on a terminal.
    Never,
}

/// Says things: data to standard output, talk to standard error.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    quiet: bool,
    out: ColorChoice,
    err: ColorChoice,
    live: bool,
}

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();

impl Printer {
    /// A printer for this process's streams. A quiet one says errors only.
    #[must_use]
    pub fn new(colour: Colour, quiet: bool) -> Self {
        let choice = match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::AlwaysAnsi,
            Colour::Never => ColorChoice::Never,
        };
        let decide = |automatic: ColorChoice| if choice == ColorChoice::Auto { automatic } else { choice };
        Self {
            quiet,
            out: decide(AutoStream::choice(&io::stdout())),
            err: decide(AutoStream::choice(&io::stderr())),
            live: !quiet && io::stderr().is_terminal(),
        }
    }

    /// Whether talk is to be kept down to errors.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a line that changes in place may be drawn.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Whether data is shown in colour.
    #[must_use]
    pub fn colours_data(&self) -> bool {
        self.out != ColorChoice::Never
    }

    /// Whether talk is in colour.
    #[must_use]
    pub fn colours_talk(&self) -> bool {
        self.err != ColorChoice::Never
    }

    /// How many characters a line of data may have; nothing where no terminal shows it.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        columns(&io::stdout())
    }

    /// The same for a line of talk.
    #[must_use]
    pub fn talk_width(&self) -> Option<usize> {
        columns(&io::stderr())
    }

    /// Writes data, exactly as it is, to standard output.
    ///
    /// # Errors
    /// When standard output takes no more; a reader that has gone is the kind `BrokenPipe`.
    pub fn data(&self, text: &str) -> io::Result<()> {
        let mut out = AutoStream::new(io::stdout().lock(), self.out);
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Says a line, unless quiet.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            self.insist(line);
        }
    }

    /// Says that something went well, unless quiet.
    pub fn good(&self, line: &str) {
        self.say(&format!("{GOOD}✓{GOOD:#} {line}"));
    }

    /// Says that something did not go well, also when quiet.
    pub fn bad(&self, line: &str) {
        self.insist(&format!("{BAD}✗{BAD:#} {line}"));
    }

    /// Says something that belongs to the line before it, also when quiet.
    pub fn aside(&self, line: &str) {
        self.insist(&format!("  {FAINT}│{FAINT:#} {line}"));
    }

    /// Says a line, also when quiet. Nobody is left to be told when standard error takes no more.
    pub fn insist(&self, line: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.err);
        let _ = writeln!(err, "{line}");
    }
}

fn columns(stream: &(impl IsTerminal + AsFd)) -> Option<usize> {
    let size = if stream.is_terminal() { rustix::termios::tcgetwinsize(stream).ok() } else { None };
    size.map(|size| usize::from(size.ws_col)).filter(|width| *width > 0)
}
