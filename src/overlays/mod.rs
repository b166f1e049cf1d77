//! Templates that yield YAML for the services that were chosen: logging, dependencies, roles.
//!
//! They are files of the project (`overlays/*.yml.j2`, then `custom/overlays/*.yml.j2`). A project without an
//! `overlays/` folder gets the same ones from the binary.

mod bundled;
mod render;
mod view;

pub use render::{Rendered, render};
