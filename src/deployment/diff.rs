//! What would be written, against what is there. No secret is shown: what both files hold of them is masked.

use indexmap::IndexMap;
use similar::TextDiff;

use super::Configured;
use super::changes::{OnDisk, values};
use super::literals::without_literals_since;
use crate::files;
use crate::yaml::{Node, emit};

/// The difference of both files in unified form; empty where nothing would change.
#[must_use]
pub fn diff(configured: &Configured) -> String {
    let before = OnDisk::read(configured);
    let old_compose = files::read_text(&configured.compose_file).unwrap_or_default();
    let old_compose = before.model.as_ref().map(|model| shown(&old_compose, model, None)).unwrap_or_default();
    let new_compose = shown(&configured.compose_text, &configured.model, before.model.as_ref());
    let (old_env, new_env) = masked(configured, &before.values);
    unified("compose.yaml", &old_compose, &new_compose) + &unified(".env", &old_env, &new_env)
}

/// The comments that a file begins with, and its model without the secrets that are written out in it.
fn shown(text: &str, model: &Node, before: Option<&Node>) -> String {
    let head: String = text.split_inclusive('\n').take_while(|line| line.starts_with('#') || line == &"\n").collect();
    head + &emit(&without_literals_since(model, before))
}

/// Whether a file would be written.
#[must_use]
pub fn differs(configured: &Configured) -> bool {
    let same = |path: &std::path::Path, text: &str| files::read(path).is_ok_and(|there| there == text.as_bytes());
    !same(&configured.compose_file, &configured.compose_text) || !same(&configured.env_file, &configured.env_text)
}

fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(3).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

/// A line for each variable before and after; of a secret only that it is there, and that it changes. A name that only the
/// former file has may have been a secret.
fn masked(configured: &Configured, before: &IndexMap<String, String>) -> (String, String) {
    let after = values(configured.env_text.clone());
    let secret = |name: &str| match configured.environment.get(name) {
        Some(variable) => variable.secret,
        None => !after.contains_key(name),
    };
    let line = |name: &str, value: &str, changed: bool| match (secret(name), changed) {
        (true, true) => format!("{name}=*** (another one)\n"),
        (true, false) => format!("{name}=***\n"),
        (false, _) => format!("{name}={value}\n"),
    };
    let old = before.iter().map(|(name, value)| line(name, value, false)).collect();
    let changed = |name: &str, value: &str| before.get(name).is_some_and(|former| former != value);
    let new = after.iter().map(|(name, value)| line(name, value, changed(name, value))).collect();
    (old, new)
}
