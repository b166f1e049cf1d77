//! Layers, origins, secrets, explanations and listings.

use super::{Layers, Told};
use crate::environment::{Layer, Spelling, dotenv, spelled};

const BASE: &str = "POSTGRES_USER=${CUSTOM_POSTGRES_USER:-coog}\nPOSTGRES_PASSWORD=${CUSTOM_POSTGRES_PASSWORD:-coog}\n\
                    POSTGRES_HOST=${CUSTOM_POSTGRES_HOST:-postgres}\nPORT=${CUSTOM_PORT:-5432}\n\
                    STRING=pg://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${POSTGRES_HOST}:${PORT}/db\n\
                    FILESYSTEM_ROOT=${FILESYSTEM_ROOT:-/srv}/coog\nMADE=${AUTO:=by itself}\n";

fn example() -> Told {
    Layers::default()
        .process(&[("CUSTOM_PORT", "1"), ("FILESYSTEM_ROOT", "/shell"), ("HOME", "/home/me")])
        .custom("CUSTOM_PORT=2\nCUSTOM_POSTGRES_PASSWORD='s3 cret'\n")
        .root("CUSTOM_PORT=3\nMINE=$CUSTOM_PORT\n")
        .base(BASE)
        .sample("# Where the database listens.\n# Seldom changed.\n#CUSTOM_PORT=5432\n")
        .load()
}

#[test]
fn the_root_beats_custom_and_both_beat_the_process() {
    let told = example();
    assert_eq!(told.drawn(), "");
    assert_eq!(
        (told.value("PORT"), told.value("FILESYSTEM_ROOT"), told.value("AUTO")),
        ("3", "/shell/coog", "by itself")
    );
    let names: Vec<&str> = told.environment.iter().map(|(name, _)| name).collect();
    assert_eq!(
        names.join(" "),
        "BASE_PATH POSTGRES_USER POSTGRES_PASSWORD POSTGRES_HOST PORT STRING FILESYSTEM_ROOT AUTO MADE CUSTOM_PORT \
         CUSTOM_POSTGRES_PASSWORD MINE"
    );
    assert!(told.environment.get("HOME").is_none());
    assert_eq!(told.environment.lookup("HOME").map(|found| found.value), Some("/home/me"));
    assert_eq!(told.environment.lookup("FILESYSTEM_ROOT").map(|found| found.value), Some("/shell/coog"));
}

#[test]
fn secrets_taint_what_is_made_of_them() {
    let told = Layers::default()
        .root("KEY_FILE=k\nCUSTOM_KEY=k3y\n")
        .base(
            "KEY=${CUSTOM_KEY:-none} # secret\nCOPY=$KEY\nHEAD=${KEY%?}\nHAS=${KEY:+yes}\nSIZE=${#KEY}\nSITE=http://a:b@c\n\
             ENABLE_TOKEN_LOGIN=1\nLOGIN_TOKEN_NAME=csrf # public\n",
        )
        .load();
    let secret: Vec<&str> =
        told.environment.iter().filter(|(_, variable)| variable.secret).map(|(name, _)| name).collect();
    assert_eq!(secret, ["KEY", "COPY", "HEAD", "SITE", "CUSTOM_KEY"]);
}

#[test]
fn an_export_expands_all_its_words_first() {
    let told = Layers::default().root("A=0\nexport A=1 B=$A\nA=2 C=$A\n").load();
    assert_eq!((told.value("A"), told.value("B"), told.value("C")), ("2", "0", "2"));
}

#[test]
fn explained_as_a_tree() {
    let told = example();
    let explain = |name| told.environment.explain(name, &told.sources, &told.sample).map(|tree| tree.draw(false));
    insta::assert_snapshot!(explain("STRING").unwrap(), @"
    STRING = ***  (env.base:5:1)
    ├─ POSTGRES_USER = coog  (env.base:1:1)
    │  └─ CUSTOM_POSTGRES_USER is not set
    ├─ POSTGRES_PASSWORD = ***  (env.base:2:1)
    │  └─ CUSTOM_POSTGRES_PASSWORD = ***  (custom/env.custom:2:1)
    ├─ POSTGRES_HOST = postgres  (env.base:3:1)
    │  └─ CUSTOM_POSTGRES_HOST is not set
    └─ PORT = 3  (env.base:4:1)
       └─ CUSTOM_PORT = 3  (env.custom:1:1)
             beats custom/env.custom:1:1
             beats the calling process
    ");
    insta::assert_snapshot!(explain("FILESYSTEM_ROOT").unwrap(), @"
    FILESYSTEM_ROOT = /shell/coog  (env.base:6:1)
    └─ FILESYSTEM_ROOT = /shell  (the calling process)

    to change it: set `FILESYSTEM_ROOT` in `env.custom`, or export it
    ");
    insta::assert_snapshot!(explain("CUSTOM_PORT").unwrap(), @"
    CUSTOM_PORT = 3  (env.custom:1:1)
       beats custom/env.custom:1:1
       beats the calling process

    Where the database listens.
    Seldom changed.

    read by PORT, MINE

    to change it: edit env.custom:1:1
    ");
    insta::assert_snapshot!(explain("CUSTOM_POSTGRES_HOST").unwrap(), @"
    CUSTOM_POSTGRES_HOST is not set

    read by POSTGRES_HOST

    to change it: set `CUSTOM_POSTGRES_HOST` in `env.custom`
    ");
    assert!(explain("NOBODY").is_none());
}

#[test]
fn listed() {
    let told = example();
    let changed = told.environment.listing(&told.sources, true);
    let names: Vec<&str> = changed.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "POSTGRES_PASSWORD PORT STRING FILESYSTEM_ROOT CUSTOM_PORT CUSTOM_POSTGRES_PASSWORD MINE"
    );
    insta::assert_snapshot!(spelled(&changed, Spelling::Shell, false), @"
    export POSTGRES_PASSWORD='***'
    export PORT=3
    export STRING='***'
    export FILESYSTEM_ROOT=/shell/coog
    export CUSTOM_PORT=3
    export CUSTOM_POSTGRES_PASSWORD='***'
    export MINE=3
    ");
    insta::assert_snapshot!(spelled(&changed[..2], Spelling::Json, true), @r#"
    {
      "PORT": {
        "layer": "env.base",
        "place": "env.base:4:1",
        "secret": false,
        "value": "3"
      },
      "POSTGRES_PASSWORD": {
        "layer": "env.base",
        "place": "env.base:2:1",
        "secret": true,
        "value": "s3 cret"
      }
    }
    "#);
    assert_eq!(changed[1].layer, Layer::Base);
}

#[test]
fn written_for_both_readers() {
    let told = Layers::default()
        .root("A='a b'\nB='it'\\''s $5 \"x\" \\'\nC='line\nline'\nD='back\\'\nE=\nF=a/b:c@d%e+f,g=h-i.j\nG='#'\nH='$X `y`'\n")
        .load();
    insta::assert_snapshot!(dotenv(&told.environment).unwrap(), @r#"
    # written by lapstrake, do not edit
    BASE_PATH=/project
    A='a b'
    B="it's \$5 \"x\" \\"
    C='line
    line'
    D="back\\"
    E=
    F=a/b:c@d%e+f,g=h-i.j
    G='#'
    H='$X `y`'
    "#);
}
