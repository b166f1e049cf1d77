//! The attributes of a service (Compose Specification, as docker compose 2.40.3 reads it; each row probed).

use super::common::{
    AGENTS, AMOUNT, BUILD_LIMITS, BYTES, COMMAND, CONTEXTS, COUNT, DISTINCT, DISTINCT_PAIRS, DURATION, GRANTS, HOOK,
    HOSTS, LATE_SWITCH, LIMIT, LIMITS, NATURAL, OPTIONS, PAIRS, RATIO, SWITCH, TEXT_OR_TEXTS, TEXTS,
};
use super::deploy::{DEPLOY, DEVICE};
use super::notation::{self, Cast};
use super::shape::Keys;
use super::shape::Shape::{
    self, Any, Between, Bool, Cast as Convert, Integer, Late, List, Mapping, Named, Newer, Nothing, Number, OneOf, Set,
    Text, Whole, Word, Written,
};

/// A service.
pub(super) const SERVICE: Keys = Keys::new(&[
    ("annotations", PAIRS),
    ("attach", LATE_SWITCH),
    ("blkio_config", Shape::Keys(&BLKIO)),
    ("build", OneOf(&[Text, Shape::Keys(&BUILD)])),
    ("cap_add", TEXTS),
    ("cap_drop", TEXTS),
    ("cgroup", Word(&["host", "private"])),
    ("cgroup_parent", Text),
    ("command", COMMAND),
    ("configs", GRANTS),
    ("container_name", Written(&Text, notation::CONTAINER_NAME)),
    ("cpu_count", Convert(Cast::Whole, &Between(0.0, f64::MAX))),
    ("cpu_percent", Convert(Cast::Number, &Between(0.0, 100.0))),
    ("cpu_period", AMOUNT),
    ("cpu_quota", AMOUNT),
    ("cpu_rt_period", AMOUNT),
    ("cpu_rt_runtime", AMOUNT),
    ("cpu_shares", AMOUNT),
    ("cpus", RATIO),
    ("cpuset", Text),
    ("credential_spec", Shape::Keys(&Keys::new(&[("config", Text), ("file", Text), ("registry", Text)]))),
    ("depends_on", OneOf(&[Named(&Shape::Keys(&DEPENDENCY)), DISTINCT])),
    ("deploy", OneOf(&[Nothing, Shape::Keys(&DEPLOY)])),
    ("develop", OneOf(&[Nothing, Shape::Keys(&Keys::new(&[("watch", List(&Shape::Keys(&WATCH)))]))])),
    ("device_cgroup_rules", DISTINCT),
    ("devices", List(&OneOf(&[Written(&Text, notation::SHORT_DEVICE), Shape::Keys(&MAPPED_DEVICE)]))),
    ("dns", TEXT_OR_TEXTS),
    ("dns_opt", TEXTS),
    ("dns_search", TEXT_OR_TEXTS),
    ("domainname", Text),
    ("entrypoint", COMMAND),
    ("env_file", OneOf(&[Text, List(&OneOf(&[Text, Shape::Keys(&ENV_FILE)]))])),
    ("environment", PAIRS),
    ("expose", List(&OneOf(&[Text, Integer]))),
    ("extends", Any),
    ("external_links", DISTINCT),
    ("extra_hosts", HOSTS),
    ("gpus", OneOf(&[Word(&["all"]), List(&DEVICE)])),
    ("group_add", Set(&OneOf(&[Text, Late(&Number, notation::INTEGER)]))),
    ("healthcheck", Shape::Keys(&HEALTHCHECK)),
    ("hostname", Text),
    ("image", Text),
    ("init", SWITCH),
    ("ipc", Text),
    ("isolation", Text),
    ("label_file", TEXT_OR_TEXTS),
    ("labels", PAIRS),
    ("links", TEXTS),
    ("logging", Shape::Keys(&LOGGING)),
    ("mac_address", Text),
    ("mem_limit", LIMIT),
    ("mem_reservation", BYTES),
    ("mem_swappiness", BYTES),
    ("memswap_limit", LIMIT),
    ("models", OneOf(&[Named(&OneOf(&[Nothing, Shape::Keys(&USED_MODEL)])), DISTINCT])),
    ("network_mode", Text),
    ("networks", OneOf(&[Named(&OneOf(&[Nothing, Shape::Keys(&ATTACHMENT)])), DISTINCT])),
    ("oom_kill_disable", SWITCH),
    ("oom_score_adj", Convert(Cast::Whole, &Between(-1000.0, 1000.0))),
    ("pid", Text),
    ("pids_limit", AMOUNT),
    ("platform", Text),
    (
        "ports",
        List(&OneOf(&[
            Written(&Text, notation::SHORT_PORT),
            Written(&Integer, notation::SHORT_PORT),
            Shape::Keys(&PORT),
        ])),
    ),
    ("post_start", List(&HOOK)),
    ("pre_stop", List(&HOOK)),
    ("privileged", SWITCH),
    ("profiles", TEXTS),
    ("provider", Shape::Keys(&PROVIDER)),
    ("pull_policy", Written(&Text, notation::PULL_POLICY)),
    ("pull_refresh_after", Text),
    ("read_only", SWITCH),
    ("restart", Text),
    ("runtime", Text),
    ("scale", COUNT),
    ("secrets", GRANTS),
    ("security_opt", DISTINCT),
    ("shm_size", LIMIT),
    ("stdin_open", SWITCH),
    ("stop_grace_period", DURATION),
    ("stop_signal", Text),
    ("storage_opt", Late(&Mapping(&Any), notation::TEXT_VALUES)),
    ("sysctls", PAIRS),
    ("tmpfs", TEXT_OR_TEXTS),
    ("tty", SWITCH),
    ("ulimits", LIMITS),
    ("use_api_socket", Bool),
    ("user", Text),
    ("userns_mode", Text),
    ("uts", Text),
    ("volumes", List(&OneOf(&[Written(&Text, notation::SHORT_VOLUME), Late(&Shape::Keys(&VOLUME), notation::MOUNT)]))),
    ("volumes_from", DISTINCT),
    ("working_dir", Text),
]);

const BLKIO: Keys = Keys::new(&[
    ("device_read_bps", RATES),
    ("device_read_iops", RATES),
    ("device_write_bps", RATES),
    ("device_write_iops", RATES),
    ("weight", WEIGHT),
    ("weight_device", List(&Shape::Keys(&Keys::new(&[("path", Text), ("weight", WEIGHT)]).closed()))),
])
.closed();

const RATES: Shape = List(&Shape::Keys(&Keys::new(&[("path", Text), ("rate", BYTES)]).closed()));
const WEIGHT: Shape = Late(&OneOf(&[Whole, Text]), notation::WEIGHT);

const BUILD: Keys = Keys::new(&[
    ("additional_contexts", CONTEXTS),
    ("args", PAIRS),
    ("cache_from", TEXTS),
    ("cache_to", TEXTS),
    ("context", Text),
    ("dockerfile", Text),
    ("dockerfile_inline", Text),
    ("entitlements", TEXTS),
    ("extra_hosts", HOSTS),
    ("isolation", Text),
    ("labels", PAIRS),
    ("network", Text),
    ("no_cache", LATE_SWITCH),
    ("no_cache_filter", Newer(&TEXT_OR_TEXTS)),
    ("platforms", TEXTS),
    ("privileged", LATE_SWITCH),
    ("provenance", OneOf(&[Text, Bool])),
    ("pull", LATE_SWITCH),
    ("sbom", OneOf(&[Text, Bool])),
    ("secrets", GRANTS),
    ("shm_size", BYTES),
    ("ssh", AGENTS),
    ("tags", TEXTS),
    ("target", Text),
    ("ulimits", BUILD_LIMITS),
]);

const DEPENDENCY: Keys = Keys::new(&[
    ("condition", Word(&["service_started", "service_healthy", "service_completed_successfully"])),
    ("required", Bool),
    ("restart", LATE_SWITCH),
])
.requiring(&["condition"]);

const WATCH: Keys = Keys::new(&[
    ("action", Word(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
    ("exec", HOOK),
    ("ignore", OneOf(&[Text, DISTINCT])),
    ("include", OneOf(&[Text, DISTINCT])),
    ("initial_sync", Bool),
    ("path", Late(&Text, notation::NOT_EMPTY)),
    ("target", Text),
])
.requiring(&["path", "action"]);

const MAPPED_DEVICE: Keys =
    Keys::new(&[("permissions", Text), ("source", Text), ("target", Text)]).requiring(&["source", "target"]);

const ENV_FILE: Keys =
    Keys::new(&[("format", Late(&Text, notation::ENV_FORMAT)), ("path", Text), ("required", LATE_SWITCH)])
        .requiring(&["path"])
        .closed();

const HEALTHCHECK: Keys = Keys::new(&[
    ("disable", SWITCH),
    ("interval", DURATION),
    ("retries", Convert(Cast::Whole, &Late(&Number, notation::NATURAL))),
    ("start_interval", DURATION),
    ("start_period", DURATION),
    ("test", TEXT_OR_TEXTS),
    ("timeout", DURATION),
]);

const LOGGING: Keys = Keys::new(&[("driver", Text), ("options", Mapping(&OneOf(&[Text, Number, Nothing])))]);

const USED_MODEL: Keys = Keys::new(&[("endpoint_var", Text), ("model_var", Text)]).closed();

const ATTACHMENT: Keys = Keys::new(&[
    ("aliases", TEXTS),
    ("driver_opts", OPTIONS),
    ("gw_priority", Number),
    ("interface_name", Text),
    ("ipv4_address", Text),
    ("ipv6_address", Text),
    ("link_local_ips", TEXTS),
    ("mac_address", Text),
    ("priority", Number),
]);

const PORT: Keys = Keys::new(&[
    ("app_protocol", Text),
    ("host_ip", Late(&Text, notation::ADDRESS)),
    ("mode", Text),
    ("name", Text),
    ("protocol", Text),
    ("published", OneOf(&[Text, Late(&Whole, notation::INTEGER)])),
    ("target", NATURAL),
])
.requiring(&["target"]);

const OPTION: Shape = OneOf(&[Text, Number, Bool]);
const PROVIDER: Keys =
    Keys::new(&[("options", Mapping(&OneOf(&[OPTION, List(&OPTION)]))), ("type", Text)]).requiring(&["type"]);

const VOLUME: Keys = Keys::new(&[
    (
        "bind",
        Shape::Keys(&Keys::new(&[
            ("create_host_path", LATE_SWITCH),
            ("propagation", Text),
            ("recursive", Word(&["enabled", "disabled", "writable", "readonly"])),
            ("selinux", Word(&["z", "Z"])),
        ])),
    ),
    ("consistency", Text),
    ("image", Shape::Keys(&Keys::new(&[("subpath", Text)]))),
    ("read_only", SWITCH),
    ("source", Text),
    ("target", Text),
    (
        "tmpfs",
        Shape::Keys(&Keys::new(&[
            ("mode", Late(&OneOf(&[Number, Text]), notation::BITS)),
            ("size", OneOf(&[Between(0.0, f64::MAX), Late(&Text, notation::SIZE)])),
        ])),
    ),
    ("type", Word(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
    ("volume", Shape::Keys(&Keys::new(&[("labels", DISTINCT_PAIRS), ("nocopy", SWITCH), ("subpath", Text)]))),
])
.requiring(&["type", "target"]);
