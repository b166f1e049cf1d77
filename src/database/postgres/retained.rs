//! Databases that were replaced and kept. A comment says what they are; their name alone proves nothing.

use serde::{Deserialize, Serialize};

use crate::database::{DatabaseError, Facts, Name, Server, databases};

/// What the comment of a kept database holds.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Kept {
    /// What it was called.
    pub kept_of: String,
    /// When it was replaced: a time with its offset.
    pub at: String,
    /// What replaced it.
    pub by: String,
    /// The number of the transaction that replaced it: later swaps have greater ones, whatever the clocks say.
    #[serde(default)]
    pub swap: Option<u64>,
}

/// How such a comment begins, before the JSON.
const MARK: &str = "lapstrake: ";

impl Kept {
    /// What a database's comment says, if it is a kept one.
    #[must_use]
    pub fn of(facts: &Facts) -> Option<Self> {
        serde_json::from_str(facts.comment.as_deref()?.strip_prefix(MARK)?).ok()
    }

    pub(in crate::database) fn comment(&self) -> String {
        format!("{MARK}{}", serde_json::to_string(self).unwrap_or_default())
    }
}

/// The databases that were kept of `name`, the newest first.
///
/// # Errors
/// When the server does not tell.
pub fn kept(server: &Server<'_>, name: &Name) -> Result<Vec<(Facts, Kept)>, DatabaseError> {
    let all = databases(server)?.into_iter();
    let mut found: Vec<_> = all.filter_map(|facts| Kept::of(&facts).map(|kept| (facts, kept))).collect();
    found.retain(|(_, kept)| kept.kept_of == name.as_str());
    // Former versions wrote the time alone.
    let moment = |kept: &Kept| (kept.swap, kept.at.parse::<jiff::Timestamp>().unwrap_or_default());
    found.sort_by_key(|(_, kept)| std::cmp::Reverse(moment(kept)));
    Ok(found)
}
