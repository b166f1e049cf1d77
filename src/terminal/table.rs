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

    /// The table with no line longer than `width`: the last cell of a row gives way.
    #[must_use]
    pub fn fitted(&self, width: Option<usize>) -> String {
        let text = self.to_string();
        let Some(width) = width else { return text };
        let fit = |line: &str| match line.char_indices().nth(width) {
            Some(_) => format!("{}…\n", line.chars().take(width.saturating_sub(1)).collect::<String>()),
            None => format!("{line}\n"),
        };
        text.lines().map(fit).collect()
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let padding = self.width(column).saturating_sub(cell.chars().count()) + 2;
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', padding));
            }
            writeln!(f, "{}", line.trim_end())?;
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
        assert_eq!(table.fitted(Some(12)), "service  st…\nréseau   he…\na\n");
        assert_eq!(table.to_string(), "service  state\nréseau   healthy\na\n");
    }
}
