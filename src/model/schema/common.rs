//! Shapes that many attributes share.

use super::notation::{self, Cast};
use super::shape::Keys;
use super::shape::Shape::{
    self, Bool, Cast as Convert, Filled, Integer, Late, List, Mapping, Nothing, Number, OneOf, Set, Text, Whole,
    Written,
};

/// A bool, also as `"true"` or `"yes"`: docker compose converts the text before it looks.
pub(super) const SWITCH: Shape = Convert(Cast::Bool, &Bool);
/// A bool, also as a text that docker compose reads only in the end.
pub(super) const LATE_SWITCH: Shape = OneOf(&[Bool, Late(&Text, notation::BOOL)]);
/// A whole number, also as a text.
pub(super) const COUNT: Shape = Convert(Cast::Whole, &Whole);
/// A whole number, also as a text, that is not below zero in the end.
pub(super) const NATURAL: Shape = Convert(Cast::Whole, &Late(&Whole, notation::NATURAL));
/// Any number, but a text must be a whole one.
pub(super) const AMOUNT: Shape = Convert(Cast::Whole, &Number);
/// A number, also as a text.
pub(super) const RATIO: Shape = Convert(Cast::Number, &Number);
/// How long: `1m30s`.
pub(super) const DURATION: Shape = Late(&Text, notation::DURATION);
/// How many bytes: a whole number, or `64m`.
pub(super) const BYTES: Shape = OneOf(&[Whole, Late(&Text, notation::SIZE)]);
/// How many bytes, where docker compose takes a broken number too.
pub(super) const LIMIT: Shape = OneOf(&[Number, Late(&Text, notation::SIZE)]);
/// A list of texts.
pub(super) const TEXTS: Shape = List(&Text);
/// A list of texts, none twice.
pub(super) const DISTINCT: Shape = Set(&Text);
/// One text, or a list of them.
pub(super) const TEXT_OR_TEXTS: Shape = OneOf(&[Text, TEXTS]);
/// A command line, or its words; nothing clears the image's.
pub(super) const COMMAND: Shape = OneOf(&[Nothing, Text, TEXTS]);
/// Any single value.
pub(super) const VALUE: Shape = OneOf(&[Text, Number, Bool, Nothing]);
/// `KEY=VALUE` in a list, or a mapping.
pub(super) const PAIRS: Shape = OneOf(&[Filled(&VALUE), TEXTS]);
/// The same where a list may hold nothing twice.
pub(super) const DISTINCT_PAIRS: Shape = OneOf(&[Filled(&VALUE), DISTINCT]);
/// A driver's options.
pub(super) const OPTIONS: Shape = Mapping(&OneOf(&[Text, Number]));
/// Who is called what: `host=ip` in a list, or a mapping of hosts to an address or several.
pub(super) const HOSTS: Shape =
    OneOf(&[Late(&Filled(&OneOf(&[Text, TEXTS])), notation::HOST_NAMES), Set(&Late(&Text, notation::HOST))]);
/// What is granted to a container: the name of a secret or config, or how it is mounted.
pub(super) const GRANTS: Shape = List(&OneOf(&[Text, Shape::Keys(&GRANT)]));

const GRANT: Keys = Keys::new(&[
    ("gid", Text),
    ("mode", OneOf(&[Late(&Number, notation::INTEGER), Late(&Text, notation::MODE)])),
    ("source", Text),
    ("target", Text),
    ("uid", Text),
]);

/// `ulimits` of a build, which docker compose converts from no text.
pub(super) const BUILD_LIMITS: Shape = Mapping(&OneOf(&[
    Integer,
    Shape::Keys(&Keys::new(&[("hard", Whole), ("soft", Whole)]).requiring(&["hard", "soft"])),
]));
/// `ulimits` of a service.
pub(super) const LIMITS: Shape = Mapping(&OneOf(&[
    Convert(Cast::Whole, &Integer),
    Shape::Keys(&Keys::new(&[("hard", COUNT), ("soft", COUNT)]).requiring(&["hard", "soft"])),
]));
/// Devices wanted for `gpus` and reservations, but for what each adds.
pub(super) const DEVICE_COUNT: Shape = OneOf(&[Whole, Late(&Text, notation::COUNT_OR_ALL)]);
/// Keys and ids of an ssh agent.
pub(super) const AGENTS: Shape = OneOf(&[Filled(&VALUE), Set(&Written(&Text, notation::AGENT))]);
/// Further contexts of a build.
pub(super) const CONTEXTS: Shape = OneOf(&[Filled(&Text), Set(&Written(&Text, notation::PAIR))]);
/// A command that runs in a container.
pub(super) const HOOK: Shape = Shape::Keys(
    &Keys::new(&[
        ("command", COMMAND),
        ("environment", DISTINCT_PAIRS),
        ("privileged", LATE_SWITCH),
        ("user", Text),
        ("working_dir", Text),
    ])
    .requiring(&["command"]),
);
