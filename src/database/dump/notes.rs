//! What is known of a dump that was read: what it needs, and what of it does not go to the server.

use std::collections::BTreeMap;

/// An extension that a dump asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Where it is to be.
    pub schema: Option<String>,
}

/// What is known of a dump.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// What is other in the new database than in the dump, in sentences.
    pub remarks: Vec<String>,
    /// What only a superuser may make, and how many of each are left out.
    pub left_out: BTreeMap<&'static str, u64>,
    /// The extensions that it asks for.
    pub extensions: Vec<Extension>,
    /// The encoding that it says it is in.
    pub encoding: Option<String>,
    /// Whether the server takes text from it without a look at the encoding.
    pub unverified: bool,
    /// About how many locks it takes to restore it in one transaction.
    pub locks: u64,
    pub(in crate::database) policies_changed: bool,
    pub(in crate::database) mappings_left_out: bool,
    /// Policies as they are to be made, if one of them was changed.
    pub(in crate::database) policies: String,
}

/// More is not read by anybody.
const MOST: usize = 20;
const MOST_TEXT: usize = 4 << 20;

impl Notes {
    pub(in crate::database) fn remark(&mut self, remark: String) {
        if self.remarks.len() < MOST && !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    pub(in crate::database) fn add_policy(&mut self, statement: &str) {
        if self.policies.len() + statement.len() < MOST_TEXT {
            self.policies += statement;
            self.policies.push('\n');
        }
    }
}
