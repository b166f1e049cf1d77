//! The sections of a compose file but for its services.

use super::common::{DISTINCT_PAIRS, OPTIONS, PAIRS, SWITCH, TEXTS};
use super::notation;
use super::service::SERVICE;
use super::shape::Keys;
use super::shape::Shape::{self, Any, Filled, Late, List, Mapping, Named, Nothing, OneOf, Text, Whole};

/// A compose file.
pub(super) const FILE: Keys = Keys::new(&[
    ("configs", Named(&Shape::Keys(&CONFIG))),
    ("include", Any),
    ("models", Mapping(&Shape::Keys(&MODEL))),
    ("name", Text),
    ("networks", Mapping(&OneOf(&[Nothing, Shape::Keys(&NETWORK)]))),
    ("secrets", Named(&Shape::Keys(&SECRET))),
    ("services", Named(&Shape::Keys(&SERVICE))),
    ("version", Text),
    ("volumes", Named(&OneOf(&[Nothing, Shape::Keys(&VOLUME)]))),
]);

/// Made by others: yes, no, or under which name.
const EXTERNAL: Shape = OneOf(&[SWITCH, Shape::Keys(&Keys::new(&[("name", Text)]))]);
/// The same for secrets and configs, whose mapping docker compose does not look into.
const EXTERNAL_FILE: Shape = OneOf(&[SWITCH, Mapping(&Any)]);

const CONFIG: Keys = Keys::new(&[
    ("content", Text),
    ("environment", Text),
    ("external", EXTERNAL_FILE),
    ("file", Text),
    ("labels", DISTINCT_PAIRS),
    ("name", Text),
    ("template_driver", Text),
]);

const MODEL: Keys = Keys::new(&[("context_size", Whole), ("model", Text), ("name", Text), ("runtime_flags", TEXTS)])
    .requiring(&["model"]);

const NETWORK: Keys = Keys::new(&[
    ("attachable", SWITCH),
    ("driver", Text),
    ("driver_opts", OPTIONS),
    ("enable_ipv4", SWITCH),
    ("enable_ipv6", SWITCH),
    ("external", EXTERNAL),
    ("internal", SWITCH),
    (
        "ipam",
        Shape::Keys(&Keys::new(&[("config", List(&Shape::Keys(&POOL))), ("driver", Text), ("options", Filled(&Text))])),
    ),
    ("labels", PAIRS),
    ("name", Text),
]);

const POOL: Keys =
    Keys::new(&[("aux_addresses", Filled(&Text)), ("gateway", Text), ("ip_range", Text), ("subnet", Text)]);

const SECRET: Keys = Keys::new(&[
    ("driver", Text),
    ("driver_opts", Late(&OPTIONS, notation::TEXT_VALUES)),
    ("environment", Text),
    ("external", EXTERNAL_FILE),
    ("file", Text),
    ("labels", DISTINCT_PAIRS),
    ("name", Text),
    ("template_driver", Text),
]);

const VOLUME: Keys = Keys::new(&[
    ("driver", Text),
    ("driver_opts", OPTIONS),
    ("external", EXTERNAL),
    ("labels", DISTINCT_PAIRS),
    ("name", Text),
]);
