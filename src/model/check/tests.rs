//! One small model for each thing that is found out.

use super::*;
use crate::report::Sources;
use crate::yaml::parse;

/// What is said about a model: `error: …`, `warning: …`, with the number of places behind it.
fn said(text: &str, profiles: &[&str]) -> Vec<String> {
    let mut sources = Sources::default();
    let mut report = Report::default();
    let id = sources.add("a.yml", "/a.yml", text);
    let model = parse(&sources, id, &mut report).unwrap().remove(0);
    let profiles: Vec<String> = profiles.iter().map(|profile| (*profile).to_owned()).collect();
    let exists = |path: &str| path == "there.env";
    check(&model, &Options { profiles: &profiles, exists: &exists, overlaps: Severity::Warning }, &mut report);
    let line =
        |problem: &Diagnostic| format!("{}: {} ({})", problem.severity.word(), problem.title, problem.labels.len());
    report.diagnostics().iter().map(line).collect()
}

#[test]
fn a_sound_model_passes() {
    let text = "
services:
  web: {image: a, depends_on: [db], networks: [default, front], volumes: ['data:/data', './x:/x', /tmp], ports: ['80:80', '8443:443'],
        secrets: [token], configs: [{source: motd, target: /etc/motd}], models: [llm], env_file: there.env,
        build: {additional_contexts: {base: 'service:db'}, platforms: [linux/amd64]}, platform: linux/amd64}
  db: {build: ., mem_limit: 1g, deploy: {resources: {limits: {memory: 1024m}}}, healthcheck: {test: [CMD, x]},
       env_file: [{path: gone.env, required: false}], ports: ['127.0.0.1:81:80', '127.0.0.2:81:80', '80:80/udp', '9000-9005:80']}
  tool: {profiles: [extra], depends_on: [nobody], env_file: gone.env}
networks: {front: {ipam: {config: [{subnet: 10.1.0.0/16}]}}, back: {ipam: {config: [{subnet: 10.2.0.0/16}]}}}
volumes: {data: {external: true, name: other, x-why: because}}
secrets: {token: {environment: TOKEN}, far: {external: true}}
configs: {motd: {content: hello}}
models: {llm: {model: small}}
";
    assert_eq!(said(text, &[]), Vec::<String>::new());
}

#[test]
fn every_rejection_has_its_places() {
    for (text, problem) in [
        ("services: {web: {}}", "error: service `web` has neither an image nor a build context (1)"),
        ("services: {web: {image: ''}}", "error: service `web` has neither an image nor a build context (1)"),
        (
            "services: {web: {image: a, depends_on: [bd]}, db: {image: a}}",
            "error: service `web` depends on undefined service `bd` (1)",
        ),
        (
            "services: {web: {image: a, network_mode: 'service:x'}}",
            "error: service `web` depends on undefined service `x` (1)",
        ),
        (
            "services: {web: {image: a, links: [db]}, db: {image: a, profiles: [p]}}",
            "error: service `web` depends on `db`, whose profiles are not active (2)",
        ),
        ("services: {web: {image: a, networks: [x]}}", "error: service `web` refers to undefined network `x` (1)"),
        ("services: {web: {image: a, volumes: ['xx:/x']}}", "error: service `web` refers to undefined volume `xx` (1)"),
        ("services: {web: {image: a, secrets: [x]}}", "error: service `web` refers to undefined secret `x` (1)"),
        ("services: {web: {build: {secrets: [x]}}}", "error: service `web` refers to undefined build secret `x` (1)"),
        (
            "services: {web: {image: a, configs: [{target: /x}]}}",
            "error: service `web` refers to undefined config `` (1)",
        ),
        ("services: {web: {image: a, models: {x: null}}}", "error: service `web` refers to undefined model `x` (1)"),
        (
            "services: {web: {image: a, network_mode: host, networks: {default: null}}}",
            "error: service `web` has both `network_mode` and `networks` (2)",
        ),
        (
            "services: {web: {build: {dockerfile: a, dockerfile_inline: b}}}",
            "error: service `web` has both `dockerfile` and `dockerfile_inline` (2)",
        ),
        (
            "services: {web: {build: {platforms: [a]}, platform: b}}",
            "error: service `web` runs on a platform it is not built for (2)",
        ),
        (
            "services: {web: {build: {additional_contexts: {x: 'service:db'}}}, db: {image: a}}",
            "error: service `web` builds on service `db`, which is not built itself (1)",
        ),
        (
            "services: {web: {image: a, healthcheck: {test: [curl, x]}}}",
            "error: `healthcheck.test` of service `web` has no kind (1)",
        ),
        ("services: {web: {image: a, scale: -1}}", "error: `scale` of service `web` is below zero (1)"),
        (
            "services: {web: {image: a, scale: 1, deploy: {replicas: 2}}}",
            "error: service `web` has distinct values for `scale` and `deploy.replicas` (2)",
        ),
        (
            "services: {web: {image: a, pids_limit: 5, deploy: {resources: {limits: {cpus: 1}}}}}",
            "error: service `web` has distinct values for `pids_limit` and `deploy.resources.limits.pids` (2)",
        ),
        (
            "services: {web: {image: a, scale: 2, container_name: web}}",
            "error: service `web` is to run more than once under one `container_name` (2)",
        ),
        (
            "services: {web: {image: a, develop: {watch: [{path: a, action: sync}]}}}",
            "error: `develop.watch` of service `web` does not say where to copy (1)",
        ),
        (
            "services: {web: {image: a, env_file: gone.env}}",
            "error: the `env_file` of service `web` does not exist (1)",
        ),
        (
            "services: {web: {image: a, tmpfs: [/x], volumes: ['./a:/x/']}}",
            "error: service `web` mounts two things at `/x` (2)",
        ),
        (
            "services: {a: {image: a, depends_on: [b]}, b: {image: a, links: [a]}}",
            "error: the services wait for each other: a → b → a (2)",
        ),
        (
            "services: {a: {image: a, container_name: cc}, b: {image: a, container_name: cc}}",
            "error: `a` and `b` have the same container name (2)",
        ),
        ("secrets: {a: {name: b}}", "error: `secrets.a` has no source (1)"),
        ("configs: {a: {file: b, content: c}}", "error: `configs.a` has more than one source (2)"),
        (
            "volumes: {a: {external: 'yes', driver: local}}",
            "error: `volumes.a` is external, so `driver` has no say (1)",
        ),
        ("networks: {a: {external: {name: b}, name: c}}", "error: `networks.a` has two names (2)"),
        (
            "services: {a: {image: a, ports: ['80:80']}, b: {image: a, ports: [{target: 1, published: 80, host_ip: 127.0.0.1}]}}",
            "warning: `a` and `b` both want port 80 of the host (2)",
        ),
        (
            "services: {a: {image: a, ports: ['8000-8002:80-82', '8002:1']}}",
            "warning: service `a` publishes port 8002 twice (2)",
        ),
        (
            "networks: {a: {ipam: {config: [{subnet: 10.0.0.0/8}]}}, b: {ipam: {config: [{subnet: 10.9.0.0/16}]}}}",
            "warning: subnets `10.0.0.0/8` and `10.9.0.0/16` overlap (2)",
        ),
        (
            "networks: {a: {ipam: {config: [{subnet: 'fd00::/8'}]}}, b: {ipam: {config: [{subnet: 'fd00:1::/64'}]}}}",
            "warning: subnets `fd00::/8` and `fd00:1::/64` overlap (2)",
        ),
    ] {
        assert_eq!(said(text, &[]), [problem], "{text}");
    }
}

#[test]
fn profiles_bring_services_in() {
    let text = "services: {web: {image: a, profiles: [extra], depends_on: [gone]}}";
    assert_eq!(said(text, &["other"]), Vec::<String>::new());
    assert_eq!(said(text, &["extra"]).len(), 1);
    assert_eq!(said(text, &["*"]).len(), 1);
}
