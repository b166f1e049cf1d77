//! The merge: a fold of two trees by the table of [`super::rules`].

use super::rules::{Rule, rule};
use super::shapes::{build, dependencies, names, replace_with, sequence};
use crate::report::{Diagnostic, Report, Span};
use crate::yaml::{Kind, Map, Node, Trail};

/// Which value won over which: the later place first. For `explain`.
pub type Beaten = Vec<(Span, Span)>;

/// Merges trees and remembers what lost.
pub(super) struct Merge<'a> {
    pub(super) report: &'a mut Report,
    pub(super) beaten: &'a mut Beaten,
}

impl Merge<'_> {
    /// Merges `over` into `base`, both standing at `trail`.
    pub(super) fn merge(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>) {
        match rule(trail) {
            Rule::Generic => self.generic(base, over, trail),
            Rule::Replace => self.replace(base, over),
            Rule::Sequence => self.append(base, over, trail),
            Rule::Hosts => self.hosts(base, over, trail),
            Rule::Build => self.shaped(base, over, trail, build),
            Rule::Dependencies => self.shaped(base, over, trail, dependencies),
            Rule::Names => self.shaped(base, over, trail, names),
            Rule::Logging => self.logging(base, over, trail),
            Rule::Pools => self.pools(base, &over, trail),
        }
    }

    /// Merges key by key; new keys are added behind the others.
    pub(super) fn mappings(&mut self, base: &mut Map, over: Map, trail: &Trail<'_>) {
        for (key, entry) in over {
            match base.get_mut(&key) {
                Some(there) => self.merge(&mut there.value, entry.value, &trail.then(&key)),
                None => {
                    base.insert(key, entry);
                }
            }
        }
    }

    fn generic(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>) {
        if over.is_null() {
            return;
        }
        match (&mut base.kind, over.kind) {
            (Kind::Map(there), Kind::Map(map)) => self.mappings(there, map, trail),
            (Kind::List(there), Kind::List(list)) => there.extend(list),
            (Kind::Scalar(_), kind) => self.replace(base, Node { kind, ..over }),
            (_, kind) => self.conflict(base, &Node { kind, ..over }, trail),
        }
    }

    fn replace(&mut self, base: &mut Node, over: Node) {
        self.beaten.push((over.span, base.span));
        *base = over;
    }

    fn conflict(&mut self, base: &Node, over: &Node, trail: &Trail<'_>) {
        // What was refused already is not refused again for not fitting.
        if self.report.blames(base.span) {
            return;
        }
        self.report.push(
            Diagnostic::error("merge-conflict", format!("cannot override {trail}"))
                .at(over.span, format!("{} here", over.sort()))
                .at(base.span, format!("{} before", base.sort()))
                .with_help(
                    "write it in the same form, or put `!override` before the later value to replace the earlier",
                ),
        );
    }

    fn append(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>) {
        if over.as_scalar().is_some() && !over.is_null() && over.as_text().is_none() {
            return self.ignored(&over, trail);
        }
        replace_with(base, sequence);
        let over = sequence(over);
        match (&mut base.kind, over.kind) {
            (Kind::List(there), Kind::List(list)) => there.extend(list),
            (Kind::Scalar(_), kind @ Kind::List(_)) => *base = Node { kind, ..over },
            _ => {}
        }
    }

    fn shaped(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>, shape: fn(Node) -> Node) {
        replace_with(base, shape);
        let over = shape(over);
        if over.as_scalar().is_some() && !over.is_null() {
            return self.ignored(&over, trail);
        }
        self.generic(base, over, trail);
    }

    fn ignored(&mut self, over: &Node, trail: &Trail<'_>) {
        let problem = Diagnostic::warning("ignored", format!("this value of `{trail}` is ignored by docker compose"))
            .at(over.span, format!("{} here", over.sort()));
        self.report.push(problem.with_help("write a list or a mapping"));
    }

    fn logging(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>) {
        if base.as_map().is_none() || over.as_map().is_none() {
            // docker compose stops here with a panic, for nothing as well as for another sort of value.
            return self.conflict(base, &over, trail);
        }
        let driver = |node: &Node| node.get("driver").and_then(Node::as_word).map(str::to_owned);
        match (driver(base), driver(&over)) {
            (Some(before), Some(now)) if before != now => self.replace(base, over),
            _ => self.generic(base, over, trail),
        }
    }

    fn hosts(&mut self, base: &mut Node, over: Node, trail: &Trail<'_>) {
        let mut theirs = Node::list(Vec::new(), over.span);
        self.append(&mut theirs, over, trail);
        replace_with(base, sequence);
        let (Kind::List(there), Kind::List(list)) = (&mut base.kind, theirs.kind) else { return };
        for host in list {
            if !there.iter().any(|other| other.as_word() == host.as_word()) {
                there.push(host);
            }
        }
    }

    /// compose-go's own algorithm, step by step: a pool of the base that came into the result goes on changing there,
    /// and one stays only if a pool with its subnet comes (measured; with several on both sides the result is its own).
    fn pools(&mut self, base: &mut Node, over: &Node, trail: &Trail<'_>) {
        let (Kind::List(ours), Kind::List(theirs)) = (&mut base.kind, &over.kind) else {
            return self.conflict(base, over, trail);
        };
        let mut result: Vec<Pool> = Vec::new();
        for at in 0..ours.len() {
            for (number, other) in theirs.iter().enumerate() {
                let known = result.iter().any(|pool| pool.subnet(ours, theirs) == subnet(other));
                if subnet(&ours[at]) != subnet(other) && !known {
                    result.push(Pool::Theirs(number));
                    continue;
                }
                self.generic(&mut ours[at], other.clone(), trail);
                match result.iter().position(|pool| pool.subnet(ours, theirs) == subnet(&ours[at])) {
                    Some(place) => result[place] = Pool::Ours(at),
                    None => result.push(Pool::Ours(at)),
                }
            }
        }
        *ours = result.iter().map(|pool| pool.node(ours, theirs).clone()).collect();
    }
}

/// A pool in the result of a merge of two lists of them.
#[derive(Clone, Copy)]
enum Pool {
    Ours(usize),
    Theirs(usize),
}

impl Pool {
    fn node<'n>(self, ours: &'n [Node], theirs: &'n [Node]) -> &'n Node {
        match self {
            Self::Ours(at) => &ours[at],
            Self::Theirs(at) => &theirs[at],
        }
    }

    fn subnet<'n>(self, ours: &'n [Node], theirs: &'n [Node]) -> Option<&'n str> {
        subnet(self.node(ours, theirs))
    }
}

fn subnet(pool: &Node) -> Option<&str> {
    pool.get("subnet").and_then(Node::as_word)
}
