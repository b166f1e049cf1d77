//! What a service wants of the machine it runs on: `deploy`.

use super::common::{COUNT, DEVICE_COUNT, DISTINCT, DISTINCT_PAIRS, DURATION, NATURAL, PAIRS, RATIO, TEXTS};
use super::notation;
use super::shape::Keys;
use super::shape::Shape::{self, Late, List, Number, OneOf, Text, Whole, Word};

/// `deploy`.
pub(super) const DEPLOY: Keys = Keys::new(&[
    ("endpoint_mode", Text),
    ("labels", PAIRS),
    ("mode", Text),
    ("placement", Shape::Keys(&PLACEMENT)),
    ("replicas", COUNT),
    (
        "resources",
        Shape::Keys(&Keys::new(&[("limits", Shape::Keys(&LIMITS)), ("reservations", Shape::Keys(&RESERVATIONS))])),
    ),
    ("restart_policy", Shape::Keys(&RESTART)),
    ("rollback_config", Shape::Keys(&UPDATE)),
    ("update_config", Shape::Keys(&UPDATE)),
]);

/// A device that `gpus` asks for.
pub(super) const DEVICE: Shape = Late(&Shape::Keys(&Keys::new(DEVICE_KEYS).open()), notation::DEVICES);
/// The same as a reservation.
const RESERVED_DEVICE: Shape =
    Late(&Shape::Keys(&Keys::new(DEVICE_KEYS).requiring(&["capabilities"])), notation::DEVICES);

const DEVICE_KEYS: &[(&str, Shape)] = &[
    ("capabilities", DISTINCT),
    ("count", DEVICE_COUNT),
    ("device_ids", DISTINCT),
    ("driver", Text),
    ("options", DISTINCT_PAIRS),
];

const PLACEMENT: Keys = Keys::new(&[
    ("constraints", TEXTS),
    ("max_replicas_per_node", NATURAL),
    ("preferences", List(&Shape::Keys(&Keys::new(&[("spread", Text)])))),
]);

const CPUS: Shape = OneOf(&[Number, Late(&Text, notation::NUMBER)]);

const LIMITS: Keys = Keys::new(&[
    ("cpus", CPUS),
    ("memory", Late(&Text, notation::SIZE)),
    ("pids", OneOf(&[Whole, Late(&Text, notation::WHOLE)])),
]);

const RESERVATIONS: Keys = Keys::new(&[
    ("cpus", CPUS),
    ("devices", List(&RESERVED_DEVICE)),
    (
        "generic_resources",
        List(&Shape::Keys(&Keys::new(&[(
            "discrete_resource_spec",
            Shape::Keys(&Keys::new(&[("kind", Text), ("value", OneOf(&[Number, Late(&Text, notation::WHOLE)]))])),
        )]))),
    ),
    ("memory", Late(&Text, notation::SIZE)),
]);

const RESTART: Keys =
    Keys::new(&[("condition", Text), ("delay", DURATION), ("max_attempts", NATURAL), ("window", DURATION)]);

const UPDATE: Keys = Keys::new(&[
    ("delay", DURATION),
    ("failure_action", Text),
    ("max_failure_ratio", RATIO),
    ("monitor", DURATION),
    ("order", Word(&["start-first", "stop-first"])),
    ("parallelism", NATURAL),
]);
