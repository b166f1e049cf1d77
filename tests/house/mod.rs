//! The house's own rules, guarded by machine.

mod flow;
mod help;
mod sources;
