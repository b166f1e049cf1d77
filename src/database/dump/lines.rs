//! The lines of a script of which some are not handed on.

/// Which lines were not handed on.
#[derive(Debug, Default)]
pub(in crate::database) struct Lines {
    /// Before which line of the output, and how many up to there.
    dropped: Vec<(u64, u64)>,
}

impl Lines {
    /// Returns the line of the script that a line of the output comes from.
    pub(in crate::database) fn source(&self, line: u64) -> u64 {
        let before = self.dropped.iter().take_while(|(at, _)| *at <= line).last();
        line + before.map_or(0, |(_, dropped)| *dropped)
    }

    /// Notes that the last `count` lines before `line` of the script were not handed on.
    pub(in crate::database) fn drop(&mut self, line: u64, count: u64) {
        let dropped = self.dropped.last().map_or(0, |(_, dropped)| *dropped) + count;
        let at = line - dropped;
        match self.dropped.last_mut() {
            Some(last) if last.0 == at => last.1 = dropped,
            _ => self.dropped.push((at, dropped)),
        }
    }

    /// Notes that of all lines before `line` of the script so many were handed on.
    pub(in crate::database) fn begin(&mut self, line: u64, handed_on: u64) {
        self.dropped = vec![(handed_on + 2, line.saturating_sub(2 + handed_on))];
    }
}
