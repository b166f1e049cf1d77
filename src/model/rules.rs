//! How two values at one place become one: docker compose's table (compose-go 2.9.1 `override/merge.go`).

use crate::yaml::Trail;

/// What happens where both sides have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Mappings key by key, lists appended, scalars replaced; nothing over something keeps it.
    Generic,
    /// The later value stands, also when it is nothing.
    Replace,
    /// Both become lists, of `KEY=VALUE` where they were mappings, of one where they were a text; appended. A key's last
    /// value stands (see [`super::unique`]).
    Sequence,
    /// Lists of `host=ip`, appended without what is there to the letter.
    Hosts,
    /// A text is the context of a build.
    Build,
    /// A list of names is a mapping of names to `condition: service_started`.
    Dependencies,
    /// A list of names is a mapping of names to nothing.
    Names,
    /// Another driver replaces all, the same one merges.
    Logging,
    /// Address pools, by subnet.
    Pools,
}

/// The first row whose pattern fits decides.
const RULES: &[(&str, Rule)] = &[
    ("services.*.command", Rule::Replace),
    ("services.*.entrypoint", Rule::Replace),
    ("services.*.healthcheck.test", Rule::Replace),
    ("services.*.ulimits.*", Rule::Replace),
    ("services.*.environment", Rule::Sequence),
    ("services.*.labels", Rule::Sequence),
    ("services.*.annotations", Rule::Sequence),
    ("services.*.sysctls", Rule::Sequence),
    ("services.*.build.args", Rule::Sequence),
    ("services.*.build.labels", Rule::Sequence),
    ("services.*.build.additional_contexts", Rule::Sequence),
    ("services.*.deploy.labels", Rule::Sequence),
    ("services.*.volumes.*.volume.labels", Rule::Sequence),
    ("networks.*.labels", Rule::Sequence),
    ("volumes.*.labels", Rule::Sequence),
    ("services.*.dns", Rule::Sequence),
    ("services.*.dns_opt", Rule::Sequence),
    ("services.*.dns_search", Rule::Sequence),
    ("services.*.env_file", Rule::Sequence),
    ("services.*.label_file", Rule::Sequence),
    ("services.*.tmpfs", Rule::Sequence),
    ("services.*.extra_hosts", Rule::Hosts),
    ("services.*.build.extra_hosts", Rule::Hosts),
    ("services.*.build", Rule::Build),
    ("services.*.depends_on", Rule::Dependencies),
    ("services.*.networks", Rule::Names),
    ("services.*.models", Rule::Names),
    ("services.*.logging", Rule::Logging),
    ("networks.*.ipam.config", Rule::Pools),
];

pub(super) fn rule(trail: &Trail<'_>) -> Rule {
    RULES.iter().find(|(pattern, _)| trail.matches(pattern)).map_or(Rule::Generic, |(_, rule)| *rule)
}
