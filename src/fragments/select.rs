//! Choosing the fragments that take part.

use super::{Disabled, Fragment, find, means, refusal};
use crate::report::{Diagnostic, Report, Span};

/// The fragments that take part, and those that do not.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those that are merged, in order.
    pub chosen: Vec<Fragment>,
    /// Those that are not, and why.
    pub left_out: Vec<LeftOut>,
}

/// A fragment that does not take part.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The fragment.
    pub fragment: Fragment,
    /// Why.
    pub reason: Reason,
}

/// Why a fragment does not take part.
#[derive(Clone, Debug)]
pub enum Reason {
    /// A line of `disabled_services` names it.
    Disabled(Span),
    /// `ENABLE_X` is set to a false value.
    SwitchedOff(String),
    /// It is only there to be extended.
    Common,
}

/// The fragments less the disabled ones. An unknown name is said, with the nearest one. `switch` gives the value of an
/// `ENABLE_…` variable.
pub fn select<'e>(
    fragments: Vec<Fragment>,
    disabled: &Disabled,
    switch: impl Fn(&str) -> Option<&'e str>,
    report: &mut Report,
) -> Selection {
    report_unknown(&fragments, disabled, report);
    let reasons: Vec<_> = fragments.iter().map(|fragment| reason(&fragments, fragment, disabled, &switch)).collect();
    let mut selection = Selection::default();
    for (fragment, reason) in fragments.into_iter().zip(reasons) {
        match reason {
            Some(reason) => selection.left_out.push(LeftOut { fragment, reason }),
            None => selection.chosen.push(fragment),
        }
    }
    selection
}

fn reason<'e>(
    fragments: &[Fragment],
    fragment: &Fragment,
    disabled: &Disabled,
    switch: impl Fn(&str) -> Option<&'e str>,
) -> Option<Reason> {
    if fragment.is_common() {
        return Some(Reason::Common);
    }
    // The root's lines come last, so the last line that names the fragment decides.
    match disabled.lines.iter().rev().find(|line| means(fragments, &line.name, fragment)) {
        Some(line) if !line.back => return Some(Reason::Disabled(line.span)),
        _ => {}
    }
    let name = fragment.switch();
    let value = switch(&name)?.to_ascii_lowercase();
    matches!(value.as_str(), "false" | "0" | "no" | "off").then_some(Reason::SwitchedOff(name))
}

fn report_unknown(fragments: &[Fragment], disabled: &Disabled, report: &mut Report) {
    for line in &disabled.lines {
        if find(fragments, &line.name).is_some() || fragments.iter().any(|fragment| fragment.answers_to(&line.name)) {
            continue;
        }
        let warning =
            |title| Diagnostic::warning("unknown-fragment", title).at(line.span, "nothing is left out by this line");
        report.push(refusal(warning, fragments, &line.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Sources;

    fn fragment(name: &str, custom: bool) -> Fragment {
        Fragment { name: name.to_owned(), path: name.into(), custom }
    }

    fn disabled(names: &[&str]) -> Disabled {
        let span = Span::new(Sources::default().add("", "", ""), 0..0);
        let line = |name: &&str| super::super::disabled::Line {
            name: name.trim_start_matches('!').to_owned(),
            back: name.starts_with('!'),
            span,
        };
        Disabled { lines: names.iter().map(line).collect() }
    }

    fn chosen(names: &[&str], switch: Option<&str>) -> Vec<String> {
        let fragments = vec![
            fragment("back/common", false),
            fragment("back/coog", false),
            fragment("tools/sftp", false),
            fragment("jaeger", true),
        ];
        let selection = select(
            fragments,
            &disabled(names),
            |name| switch.filter(|_| name == "ENABLE_SFTP"),
            &mut Report::default(),
        );
        selection.chosen.into_iter().map(|fragment| fragment.name).collect()
    }

    #[test]
    fn what_is_disabled_common_or_switched_off_is_left_out() {
        assert_eq!(chosen(&[], Some("true")), ["back/coog", "tools/sftp", "jaeger"]);
        assert_eq!(chosen(&["back/coog"], Some("false")), ["jaeger"]);
        assert_eq!(chosen(&["custom/jaeger"], None), ["back/coog", "tools/sftp"]);
    }

    #[test]
    fn the_root_brings_back_what_custom_disabled() {
        assert_eq!(chosen(&["back/coog", "jaeger", "!back/coog"], Some("0")), ["back/coog"]);
    }
}
