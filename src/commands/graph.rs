//! `graph`: the services, what they depend on, and their networks.

use crate::app::{Context, Failure};
use crate::deployment::Configured;
use crate::exit::Exit;
use crate::fragments::Reason;
use crate::model::{dot, mermaid};
use crate::settings::GraphFormat;

pub(super) fn run(context: &Context<'_>, format: GraphFormat) -> Result<Exit, Failure> {
    let planned = context.plan(&context.project()?);
    let configured = context.settle(planned)?;
    let left_out = left_out(&configured);
    context.printer.data(&match format {
        GraphFormat::Mermaid => mermaid(&configured.model, &left_out),
        GraphFormat::Dot => dot(&configured.model, &left_out),
    })?;
    Ok(Exit::Done)
}

/// The fragments that do not take part, less those that are only there to be extended.
fn left_out(configured: &Configured) -> Vec<&str> {
    let all = configured.selection.left_out.iter();
    all.filter(|each| !matches!(each.reason, Reason::Common)).map(|each| each.fragment.name.as_str()).collect()
}
