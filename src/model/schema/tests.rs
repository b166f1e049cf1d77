//! What the tables take, what they refuse, and what a walk costs.

use super::*;
use crate::report::Sources;
use crate::yaml::parse;

/// What is said about the attributes of a service, at once and in the end.
fn said_of_service(attributes: &str) -> Vec<String> {
    said(&format!("services: {{web: {{{attributes}}}}}"))
}

fn said(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let mut report = Report::default();
    let id = sources.add("a.yml", "/a.yml", text);
    let model = parse(&sources, id, &mut report).unwrap().remove(0);
    check(&model, &model, &mut report);
    check_values(&model, &mut report);
    report.diagnostics().iter().map(|problem| problem.title.clone()).collect()
}

fn check_sorted(shape: &'static Shape) {
    match shape {
        Shape::Keys(keys) => check_keys(keys),
        Shape::Cast(_, inner)
        | Shape::Written(inner, _)
        | Shape::Late(inner, _)
        | Shape::List(inner)
        | Shape::Set(inner)
        | Shape::Named(inner)
        | Shape::Mapping(inner) => check_sorted(inner),
        Shape::OneOf(shapes) => shapes.iter().for_each(check_sorted),
        _ => {}
    }
}

fn check_keys(keys: &'static Keys) {
    let names: Vec<_> = keys.known.iter().map(|(name, _)| *name).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(keys.required.iter().all(|key| names.contains(key)), "{:?}", keys.required);
    keys.known.iter().for_each(|(_, shape)| check_sorted(shape));
}

#[test]
fn every_table_is_sorted() {
    check_keys(&FILE);
}

#[test]
fn every_form_that_docker_compose_takes_is_taken() {
    for attributes in [
        "build: .",
        "build: {context: ., args: [A=1, B], ssh: [default], ulimits: {nofile: {soft: 1, hard: 2}}}",
        "command: null, entrypoint: [], tmpfs: /run, dns: [1.1.1.1]",
        "cpus: '0.5', cpu_count: '2', mem_limit: 1.5g, tty: yes, init: 'on', scale: '2', oom_score_adj: -1000",
        "depends_on: {db: {condition: service_healthy, restart: 'yes', required: false}}",
        "deploy: {replicas: '2', resources: {limits: {cpus: '0.5', memory: 64m, pids: '5'}}, update_config: {delay: 1d}}",
        "env_file: [a.env, {path: b.env, required: false, format: raw}]",
        "environment: {A: 1, B: null, C: true, D: 1.5, E: x}, labels: [a=b, c]",
        "expose: [80, '81-82/tcp'], group_add: [5, '5'], gpus: all, pull_policy: every_12h",
        "extra_hosts: {a: 1.1.1.1, b: [1.1.1.1, '::1']}, ulimits: {nproc: '5', nofile: {soft: 1, hard: '2'}}",
        "healthcheck: {test: [CMD, x], interval: 1m30s, retries: '3', disable: 'no'}",
        "ports: [80, '127.0.0.1:8080:80/tcp', {target: '80', published: 8080, mode: host}]",
        "secrets: [a, {source: b, mode: 0440}, {source: c, mode: '0440'}]",
        "volumes: [/a, './b:/b:ro', {type: tmpfs, target: /c, tmpfs: {size: 64m, mode: 01777}}]",
        "x-anything: [2024-01-01], logging: {options: {max-size: 10m, max-file: 3}}",
    ] {
        assert_eq!(said_of_service(attributes), Vec::<String>::new(), "{attributes}");
    }
}

#[test]
fn what_docker_compose_refuses_is_refused() {
    for (attributes, problem) in [
        ("prots: []", "unknown attribute `services.web.prots`"),
        ("environment: ", "`services.web.environment` must be a mapping or a list"),
        (
            "environment: {A: 2024-01-01}",
            "`services.web.environment.A` must be a text, a number, true or false or nothing",
        ),
        ("image: 5", "`services.web.image` must be a text"),
        ("tty: maybe", "`services.web.tty` must be true or false"),
        ("attach: maybe", "`services.web.attach` must be true or false"),
        ("scale: 1.5", "`services.web.scale` must be a whole number"),
        ("scale: 'x'", "`services.web.scale` must be a whole number"),
        ("cpu_percent: 101", "`services.web.cpu_percent` must be a whole number from 0 to 100"),
        ("mem_limit: 64 parsecs", "`services.web.mem_limit` must be a size"),
        ("stop_grace_period: '10'", "`services.web.stop_grace_period` must be a duration"),
        ("healthcheck: {retries: -1}", "`services.web.healthcheck.retries` must be a number that is not below zero"),
        ("cgroup: hots", "`services.web.cgroup` must be `host` or `private`"),
        ("security_opt: [a, b, a]", "`services.web.security_opt` has the same item twice"),
        ("depends_on: {db: {}}", "`services.web.depends_on.db` needs `condition`"),
        ("depends_on: {'a b': {condition: service_started}}", "`a b` is no name for one of `services.web.depends_on`"),
        ("ports: ['80-81:8000-8002']", "`services.web.ports.0` must be a port"),
        ("ports: [{target: 80, host_ip: localhost}]", "`services.web.ports.0.host_ip` must be an ip address"),
        ("volumes: ['./a:/b:ro:x']", "`services.web.volumes.0` must be a volume"),
        ("volumes: [{type: bind, target: /a}]", "`services.web.volumes.0` must be a volume"),
        ("devices: ['a:b:c:d']", "`services.web.devices.0` must be a device"),
        ("gpus: [{count: 1, device_ids: [a]}]", "`services.web.gpus.0` must be devices"),
        ("container_name: x", "`services.web.container_name` must be a container name"),
        ("blkio_config: {x-a: 1}", "unknown attribute `services.web.blkio_config.x-a`"),
    ] {
        assert_eq!(said_of_service(attributes), [problem], "{attributes}");
    }
    for (text, problem) in [
        ("service: {}", "unknown attribute `service`"),
        ("services: {a b: {}}", "`a b` is no name for one of `services`"),
        ("services: {web: }", "`services.web` must be a mapping"),
        ("secrets: {a: null}", "`secrets.a` must be a mapping"),
        ("networks: {a: {ipam: {config: {}}}}", "`networks.a.ipam.config` must be a list"),
        ("models: {a: {}}", "`models.a` needs `model`"),
        ("version: 3", "`version` must be a text"),
    ] {
        assert_eq!(said(text), [problem], "{text}");
    }
}

#[test]
fn only_what_a_document_touched_is_checked_again() {
    let mut sources = Sources::default();
    let mut report = Report::default();
    let mut read = |text: &str| {
        let id = sources.add("a.yml", "/a.yml", text);
        parse(&sources, id, &mut Report::default()).unwrap().remove(0)
    };
    let model = read("services: {web: {image: 5, tty: x}, db: {image: 6}}");
    check(&model, &read("services: {web: }"), &mut report);
    assert_eq!(report.diagnostics().len(), 2);
    check(&model, &read("services: {web: {tty: x}, db: }"), &mut report);
    assert_eq!(report.diagnostics().len(), 3, "what was said is not said again");
}

#[test]
fn a_hopeless_file_is_bounded() {
    let items: String = (0..20_000).map(|at| format!("k{at}: 1, ")).collect();
    assert_eq!(said_of_service(&items).len(), 100);
}
