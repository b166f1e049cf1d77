//! Columns that line up.

use std::fmt;

/// Rows of cells; the last cell of a row is not padded.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The table with no line longer than `width`: the last cell of a row gives way. Of a single word, such as a place or
    /// an image, the end says more than the beginning.
    #[must_use]
    pub fn fitted(&self, width: Option<usize>) -> String {
        let Some(width) = width else { return self.to_string() };
        let mut text = String::new();
        for row in &self.rows {
            let line = self.line(row);
            let (length, last) = (line.chars().count(), row.last().map_or(0, |cell| cell.chars().count()));
            let is_word = !row.last().is_some_and(|cell| cell.contains(' '));
            let before = length.saturating_sub(last);
            if length <= width {
                text.push_str(&line);
            } else if is_word && before + 1 < width {
                text.extend(line.chars().take(before));
                text.push('…');
                text.extend(line.chars().skip(before + 1 + length - width));
            } else {
                text.extend(line.chars().take(width.saturating_sub(1)));
                text.push('…');
            }
            text.push('\n');
        }
        text
    }

    fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = self.width(column).saturating_sub(cell.chars().count()) + 2;
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding));
        }
        line.truncate(line.trim_end().len());
        line
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{}", self.line(row))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_with_their_text() {
        let mut table = Table::default();
        table.row(["service", "state"]);
        table.row(["réseau", "healthy"]);
        table.row(["a", ""]);
        assert_eq!(table.fitted(Some(12)), "service  …te\nréseau   …hy\na\n");
        assert_eq!(table.to_string(), "service  state\nréseau   healthy\na\n");
    }

    #[test]
    fn of_a_word_the_end_stays() {
        let mut table = Table::default();
        table.row(["sftp", "custom/disabled_services:12"]);
        table.row(["web", "image  80→80"]);
        assert_eq!(table.fitted(Some(16)), "sftp  …rvices:12\nweb   image  80…\n");
        assert_eq!(table.fitted(Some(7)), "sftp  …\nweb   …\n");
    }
}
