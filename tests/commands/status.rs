//! `status` and `urls`: the project at a glance.

use crate::support::{Workspace, answer, container};

const ROUTED: &str = "\
services:
  proxy: { image: example/proxy, ports: ['8080:80', '8443:443'] }
  portal:
    image: example/portal
    labels:
      - traefik.http.routers.portal.rule=Host(`demo.test`) && PathPrefix(`/portal`)
      - traefik.http.routers.portal_s.rule=Host(`demo.test`) && PathPrefix(`/portal`)
      - traefik.http.routers.portal_s.tls=true
  db2: { image: example/postgres, ports: ['127.0.0.1:5433:5432'] }
  many: { image: example/app, ports: ['80'] }
";

#[test]
fn routes_and_ports_are_addresses_of_every_replica() {
    let ports = "many|demo-many-2|0.0.0.0:32769->80/tcp, :::32769->80/tcp\nmany|demo-many-1|0.0.0.0:32768->80/tcp\n";
    let workspace = Workspace::new().file("project/compose/web2.yml", ROUTED).docker(answer("ps").stdout(ports));
    insta::assert_snapshot!(workspace.run(&["urls"]), @"
    exit 0
    --- stdout
    portal  http://demo.test:8080/portal
    portal  https://demo.test:8443/portal
    proxy   http://localhost:8080/
    proxy   https://localhost:8443/
    db2     127.0.0.1:5433
    many    http://localhost:32768/        demo-many-1
    many    http://localhost:32769/        demo-many-2
    ");
    let json: serde_json::Value = serde_json::from_str(&workspace.run(&["urls", "--format", "json"]).stdout).unwrap();
    insta::assert_snapshot!(json[0], @r#"{"container":null,"kind":"route","service":"portal","url":"http://demo.test:8080/portal"}"#);
    insta::assert_snapshot!(Workspace::new().without_docker().run(&["urls"]), @"
    exit 0
    --- stderr
    No service publishes a port.
    ");
}

#[test]
fn one_screen_tells_what_is_going_on() {
    let lines =
        container("db", "running", "healthy") + &container("init", "exited", "") + &container("web", "exited", "");
    let workspace = Workspace::new()
        .file("project/compose/web2.yml", ROUTED)
        .file("project/env.base", "COMPOSE_PROJECT_NAME=demo\nENVIRONMENT=test\n")
        .docker(answer("ps --all").stdout("ids\n"))
        .docker(answer("inspect").stdout(lines));
    let output = workspace.run(&["status"]);
    let day = output.stdout.split(" days").next().and_then(|text| text.rsplit(' ').next()).unwrap_or_default();
    insta::assert_snapshot!(output.to_string().replace(&format!("{day} days"), "N days"), @"
    exit 0
    --- stdout
    Project      demo in [FOLDER]/project
    Environment  test
    Deployment   not up to date: `lapstrake up -d` brings it there

    Services
      db      healthy  N days
      init    done
      web     stopped
      other   stopped
      proxy   stopped
      portal  stopped
      db2     stopped
      many    stopped

    Addresses
      portal  http://demo.test:8080/portal
      portal  https://demo.test:8443/portal
      proxy   http://localhost:8080/
      proxy   https://localhost:8443/
      db2     127.0.0.1:5433
    ");
    let json: serde_json::Value = serde_json::from_str(&workspace.run(&["status", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["project"], "demo");
    assert_eq!(json["services"][0]["state"], "healthy");
}

#[test]
fn without_docker_the_screen_says_so() {
    let output = Workspace::new().without_docker().run(&["status"]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("web    unknown") && output.stderr.contains("lapstrake doctor"), "{output}");
}
