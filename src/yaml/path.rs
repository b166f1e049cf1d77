//! Where a node stands in its tree, and patterns of such places.

/// The way from the root to a node, as a list that lives on the stack while a tree is walked.
#[derive(Clone, Copy, Debug)]
pub struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    key: &'a str,
}

impl<'a> Trail<'a> {
    /// The way to a key of the root.
    #[must_use]
    pub fn root(key: &'a str) -> Self {
        Self { parent: None, key }
    }

    /// The way one key further.
    #[must_use]
    pub fn then(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), key }
    }

    /// Whether it is of the form of a pattern like `services.*.environment`, where `*` is any one key.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        let mut at = Some(self);
        for part in pattern.rsplit('.') {
            match at {
                Some(step) if part == "*" || part == step.key => at = step.parent,
                _ => return false,
            }
        }
        at.is_none()
    }
}

impl std::fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_key_by_key() {
        let services = Trail::root("services");
        let web = services.then("a.b");
        let environment = web.then("environment");
        assert!(environment.matches("services.*.environment"));
        assert!(!environment.matches("services.*"));
        assert!(!environment.matches("*.environment"));
        assert_eq!(environment.to_string(), "services.a.b.environment");
    }
}
