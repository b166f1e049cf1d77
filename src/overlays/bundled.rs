//! The overlays of the bundled stack, for a project that has none of its own, and the file they read.

/// The overlays by file name.
pub(super) const OVERLAYS: &[(&str, &str)] = &[
    ("advice.yml.j2", include_str!("../../overlays/advice.yml.j2")),
    ("certificates.yml.j2", include_str!("../../overlays/certificates.yml.j2")),
    ("host-network.yml.j2", include_str!("../../overlays/host-network.yml.j2")),
    ("logging.yml.j2", include_str!("../../overlays/logging.yml.j2")),
    ("postgres.yml.j2", include_str!("../../overlays/postgres.yml.j2")),
    ("roles.yml.j2", include_str!("../../overlays/roles.yml.j2")),
];

/// Files that overlays read, for a project that lacks them.
pub(super) const FILES: &[(&str, &str)] = &[("defaults/logging.yml", include_str!("../../defaults/logging.yml"))];
