//! The drawing of an explanation.

use std::fmt::Write as _;

use super::explain::{Beaten, Explanation};
use super::listing::shown;

impl Explanation {
    /// The explanation as text for a terminal, secrets hidden unless asked for.
    #[must_use]
    pub fn draw(&self, show_secrets: bool) -> String {
        let mut text = String::new();
        self.draw_below(&mut text, "", "", show_secrets);
        if let Some(about) = &self.about {
            text.push('\n');
            about.lines().for_each(|line| _ = writeln!(text, "{line}"));
        }
        if !self.read_by.is_empty() {
            _ = writeln!(text, "\nread by {}", self.read_by.join(", "));
        }
        if !self.change.is_empty() {
            _ = writeln!(text, "\nto change it: {}", self.change.join("; "));
        }
        text
    }

    fn draw_below(&self, text: &mut String, first: &str, indent: &str, show_secrets: bool) {
        _ = writeln!(text, "{first}{}", self.line(show_secrets));
        for beaten in &self.beaten {
            let bar = if self.made_from.is_empty() { " " } else { "│" };
            _ = writeln!(text, "{indent}{bar}  beats {}", place_of(beaten));
        }
        for (at, step) in self.made_from.iter().enumerate() {
            let is_last = at + 1 == self.made_from.len();
            let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            step.draw_below(text, &format!("{indent}{branch}"), &format!("{indent}{below}"), show_secrets);
        }
    }

    fn line(&self, show_secrets: bool) -> String {
        let place = match (&self.place, self.layer) {
            (Some(place), _) => place.to_string(),
            (None, Some(layer)) => layer.to_string(),
            (None, None) => return format!("{} is not set", self.name),
        };
        let value = match &self.value {
            Some(value) => shown(value, self.secret && !show_secrets),
            None => "?".to_owned(),
        };
        let before = if self.shown_before { ", see above" } else { "" };
        format!("{} = {value}  ({place}{before})", self.name)
    }
}

fn place_of(beaten: &Beaten) -> String {
    beaten.place.as_ref().map_or_else(|| beaten.layer.to_string(), ToString::to_string)
}
