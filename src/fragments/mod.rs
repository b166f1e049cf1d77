//! Which YAML files take part: found below `compose/` and `custom/compose/`, less what is disabled.

mod disabled;
mod discover;
mod edit;
mod meaning;
mod select;

pub use disabled::Disabled;
pub use discover::{Fragment, discover};
pub use edit::{leaves_out, with, without};
pub use meaning::{find, means, refusal};
pub use select::{LeftOut, Reason, Selection, select};
