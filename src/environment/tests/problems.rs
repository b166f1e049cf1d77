//! What is missing, doubled, lost, weak: as it is drawn.

use std::collections::HashSet;

use super::{Layers, drawn};
use crate::environment::{dotenv, shadowed, unread, weak};

const SAMPLE: &str = "# The version to run\n# (all components)\nIMAGE_VERSION_COOG=coog-2.13\n\n# Key of the tokens\n\
                      JWT_ENCRYPTION=change_me\n\n#CUSTOM_REDIS_PORT=6379  # where redis listens\n";

#[test]
fn all_that_is_missing_is_said_once_each() {
    let told = Layers::default()
        .root("JWT_ENCRYPTION=\n")
        .base(
            "VERSION=${VERSION:-${IMAGE_VERSION_COOG:?which one?}}\nIMAGE_VERSION_COOG=${IMAGE_VERSION_COOG:-$VERSION}\n\
             API=$VERSION${HOW:?say how}\nJWT_ENCRYPTION=${JWT_ENCRYPTION:?}\nSECRET=${JWT_ENCRYPTION}\nA=$NOBODY:${NOBODY}\n",
        )
        .sample(SAMPLE)
        .load();
    insta::assert_snapshot!(told.drawn(), @"
    error: `IMAGE_VERSION_COOG` is required and not set
     --> env.base:1:20
      |
    1 | VERSION=${VERSION:-${IMAGE_VERSION_COOG:?which one?}}
      |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ required here
      |
      = note: The version to run
              (all components)
      = help: set `IMAGE_VERSION_COOG` in `env.custom`

    error: `HOW` is required and not set
     --> env.base:3:13
      |
    3 | API=$VERSION${HOW:?say how}
      |             ^^^^^^^^^^^^^^^ required here
      |
      = note: say how
      = help: set `HOW` in `env.custom`

    error: `JWT_ENCRYPTION` is required and empty
     --> env.base:4:16
      |
    4 | JWT_ENCRYPTION=${JWT_ENCRYPTION:?}
      |                ^^^^^^^^^^^^^^^^^^^ required here
      |
     ::: env.custom:1:1
      |
    1 | JWT_ENCRYPTION=
      | --------------- an empty value does not count
      |
      = note: Key of the tokens
      = help: set `JWT_ENCRYPTION` in `env.custom`

    error: `NOBODY` is used and not set
     --> env.base:6:3
      |
    6 | A=$NOBODY:${NOBODY}
      |   ^^^^^^^ --------- and here
      |   |
      |   used here
      |
      = help: set `NOBODY` in `env.custom`
    ");
    assert!(told.environment.get("API").is_some_and(|variable| variable.poisoned));
}

#[test]
fn a_slip_in_a_layer_finds_its_name() {
    insta::assert_snapshot!(drawn("COOG_DOMAIN=example.org\nURL=https://$COOG_DOMIAN/\n"), @"
    error: `COOG_DOMIAN` is used and not set
     --> env.custom:2:13
      |
    2 | URL=https://$COOG_DOMIAN/
      |             ^^^^^^^^^^^^ used here
      |
      = help: did you mean `COOG_DOMAIN`?
      = help: set `COOG_DOMIAN` on a line before, or say what to do without it: `${COOG_DOMIAN:-}`
    ");
}

#[test]
fn no_home_folder() {
    insta::assert_snapshot!(drawn("A=~/data"), @"
    error: `HOME` is used and not set
     --> env.custom:1:3
      |
    1 | A=~/data
      |   ^ used here
      |
      = note: `~` is the home folder of the calling process, which has none
    ");
}

#[test]
fn what_is_behind_an_open_quote_is_not_missing() {
    let told = Layers::default()
        .root("A='one\nIMAGE_VERSION_COOG=1\nexport B=2\n")
        .base("V=${IMAGE_VERSION_COOG:?}\nW=$A$B\n")
        .load();
    insta::assert_snapshot!(told.drawn(), @r"
    error: this quote is never closed
     --> env.custom:1:3
      |
    1 | A='one
      |   ^ opened here
      |
      = help: close it with `'`; a quote that means itself stands in double quotes, or behind a `\`
    ");
}

#[test]
fn set_twice_in_one_file() {
    insta::assert_snapshot!(drawn("A=1\nB=2\nA=3\n"), @"
    warning: `A` is set twice in one file
     --> env.custom:3:1
      |
    1 | A=1
      | --- this one has no effect
    2 | B=2
    3 | A=3
      | ^ this one counts
      |
      = help: remove one of them
    ");
    assert_eq!(drawn("A=1\nA=${A}2\n"), "");
}

#[test]
fn overwritten_by_the_base() {
    let told = Layers::default()
        .root("TRAEFIK_HTTP_PORT=81\nFIXED=mine\nFREE=1\n")
        .base("TRAEFIK_HTTP_PORT=${CUSTOM_TRAEFIK_HTTP_PORT:-80}\nFIXED=yours\nFREE=${FREE:-2}\n")
        .load();
    insta::assert_snapshot!(told.drawn(), @"
    warning: what is set for `TRAEFIK_HTTP_PORT` has no effect
     --> env.custom:1:1
      |
    1 | TRAEFIK_HTTP_PORT=81
      | ^^^^^^^^^^^^^^^^^^^^ set here
      |
     ::: env.base:1:1
      |
    1 | TRAEFIK_HTTP_PORT=${CUSTOM_TRAEFIK_HTTP_PORT:-80}
      | ----------------- overwritten here
      |
      = help: set `CUSTOM_TRAEFIK_HTTP_PORT` instead

    warning: what is set for `FIXED` has no effect
     --> env.custom:2:1
      |
    2 | FIXED=mine
      | ^^^^^^^^^^ set here
      |
     ::: env.base:2:1
      |
    2 | FIXED=yours
      | ----- overwritten here
      |
      = help: remove it: `env.base` leaves no way to change this value
    ");
    assert_eq!((told.value("TRAEFIK_HTTP_PORT"), told.value("FREE")), ("80", "1"));
}

#[test]
fn the_projects_folder_is_fixed() {
    insta::assert_snapshot!(drawn("BASE_PATH=/elsewhere\n"), @"
    warning: `BASE_PATH` is always the project's folder
     --> env.custom:1:1
      |
    1 | BASE_PATH=/elsewhere
      | ^^^^^^^^^ this assignment has no effect
      |
      = help: remove it, or choose another name
    ");
}

#[test]
fn nothing_reads_it() {
    let told = Layers::default()
        .root("CUSTOM_REDI_PORT=1\nMINE=2\nCUSTOM_ZZZ=3\nUSED=4\nCOMPOSE_PROFILES=x\nREDIS_PROT=5\n")
        .base("REDIS_PORT=${CUSTOM_REDIS_PORT:-6379}\n")
        .sample(SAMPLE)
        .load();
    let problems = unread(&told.environment, &HashSet::from(["USED"]), &told.sample);
    insta::assert_snapshot!(told.draw_all(&problems), @"
    warning: nothing reads `CUSTOM_REDI_PORT`
     --> env.custom:1:1
      |
    1 | CUSTOM_REDI_PORT=1
      | ^^^^^^^^^^^^^^^^^^ set here
      |
      = help: did you mean `CUSTOM_REDIS_PORT`?

    warning: nothing reads `CUSTOM_ZZZ`
     --> env.custom:3:1
      |
    3 | CUSTOM_ZZZ=3
      | ^^^^^^^^^^^^ set here

    warning: nothing reads `REDIS_PROT`
     --> env.custom:6:1
      |
    6 | REDIS_PROT=5
      | ^^^^^^^^^^^^ set here
      |
      = help: did you mean `REDIS_PORT`?
    ");
}

#[test]
fn the_calling_shell_would_win() {
    let told = Layers::default()
        .process(&[
            ("POSTGRES_PASSWORD", "hunter2"),
            ("COMPOSE_PROJECT_NAME", "other"),
            ("SAME_TOKEN", "t"),
            ("A", "0"),
        ])
        .root("COMPOSE_PROJECT_NAME=demo\nPOSTGRES_PASSWORD=s3\nSAME_TOKEN=t\nA=1\n")
        .load();
    let is_secret = |name: &str| told.environment.get(name).is_some_and(|variable| variable.secret);
    let problem = shadowed(&told.environment, &is_secret);
    insta::assert_snapshot!(told.draw_all(problem.as_slice()), @"
    warning: 2 variables of your shell would win over `.env`
     |
     = note: `COMPOSE_PROJECT_NAME`, `POSTGRES_PASSWORD`: your shell has a different value
     = note: lapstrake uses its own; `docker compose`, called by hand, would use your shell's
     = help: unset COMPOSE_PROJECT_NAME POSTGRES_PASSWORD
    ");
}

#[test]
fn weak_secrets() {
    let told = Layers::default()
        .root("JWT_ENCRYPTION=change_me\nCUSTOM_MONGO_PASSWORD=guest\n")
        .base(
            "POSTGRES_PASSWORD=${CUSTOM_POSTGRES_PASSWORD:-coog}\nB2C_PASSWORD=${CUSTOM_B2C_PASSWORD:-$POSTGRES_PASSWORD}\n\
             MONGO_PASSWORD=${CUSTOM_MONGO_PASSWORD:-coog}\nREDIS_PASSWORD=${CUSTOM_REDIS_PASSWORD:-coog}\n\
             JWT_ENCRYPTION=${JWT_ENCRYPTION:?}\nTOKEN_SHARED_SECRET=${JWT_ENCRYPTION}\n\
             URI=${CUSTOM_URI:-pg://u:${POSTGRES_PASSWORD}@h}\nCOOG_PASSPHRASE=${COOG_PASSPHRASE:-}\nSTRONG_PASSWORD=x9-kk\n",
        )
        .sample("# Encrypts the sessions\n#COOG_PASSPHRASE=\n")
        .load();
    let problems = weak(&told.environment, &told.sample, &|name| name != "REDIS_PASSWORD");
    insta::assert_snapshot!(told.draw_all(&problems), @"
    warning: `JWT_ENCRYPTION` is still what the sample says
     --> env.custom:1:1
      |
    1 | JWT_ENCRYPTION=*********
      | ^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: set `JWT_ENCRYPTION` in `env.custom`

    warning: 2 secrets have values that everybody knows
     --> env.custom:2:1
      |
    2 | CUSTOM_MONGO_PASSWORD=*****
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: `POSTGRES_PASSWORD`, `MONGO_PASSWORD`
      = help: set `CUSTOM_POSTGRES_PASSWORD`, `CUSTOM_MONGO_PASSWORD` in `env.custom`

    warning: `COOG_PASSPHRASE` is empty
     |
     = note: Encrypts the sessions
     = help: set `COOG_PASSPHRASE` in `env.custom`
    ");
}

#[test]
fn a_value_that_no_spelling_carries() {
    let told = Layers::default().root("A='a`b'\\''c'\nB='`\\'\nC=fine\n").load();
    let problems = dotenv(&told.environment).unwrap_err();
    insta::assert_snapshot!(told.draw_all(&problems), @r"
    error: the value of `A` cannot be written to `.env`
     --> env.custom:1:1
      |
    1 | A='a`b'\''c'
      | ^^^^^^^^^^^^ given here
      |
      = note: a backquote and a `'` in one value: bash wants single quotes for the one, docker compose double ones for the other
      = help: leave out one of the two characters

    error: the value of `B` cannot be written to `.env`
     --> env.custom:2:1
      |
    2 | B='`\'
      | ^^^^^^ given here
      |
      = note: a backquote and a final `\` in one value: bash wants single quotes for the one, docker compose double ones for the other
      = help: leave out one of the two characters
    ");
}

#[test]
fn a_value_beyond_measure() {
    let told = Layers::default().root(&format!("A='{}'\nB=$A\n", "x".repeat(200_000))).load();
    assert_eq!(told.report.diagnostics().len(), 1);
    assert_eq!(told.report.diagnostics()[0].code, "too-long");
    let doubling = format!("A='{}'\n{}", "x".repeat(100_000), "B=$A\n".repeat(10_000));
    let told = Layers::default().root(&doubling).load();
    assert!(told.report.diagnostics().iter().any(|problem| problem.code == "too-much"));
}

#[test]
fn secrets_are_not_drawn() {
    let told = Layers::default()
        .root("DB_PASSWORD=hunter2 oops\nDB_PASSWORD=hunter3\n#OLD_TOKEN=hunter4\nDB_PASSWORD='hunter5'${X:-hunter6}\n")
        .base("DB_PASSWORD=x\nURL=amqp://me:hunter7@$NOWHERE/\nKEY=hunter8$NOWHERE # secret\nAPI_TOKEN='hunter9\n")
        .load();
    let drawn = told.drawn();
    assert!(!drawn.contains("hunter"), "{drawn}");
    insta::assert_snapshot!(drawn, @r"
    error: the value of `DB_PASSWORD` ends at the blank before this
     --> env.custom:1:21
      |
    1 | DB_PASSWORD=******* ****
      |                     ^^^^ the shell would take this for a command
      |
      = help: put the whole value in quotes: `DB_PASSWORD='…'`

    error: this quote is never closed
     --> env.base:4:11
      |
    4 | API_TOKEN=********
      |           ^ opened here
      |
      = help: close it with `'`; a quote that means itself stands in double quotes, or behind a `\`

    error: `NOWHERE` is used and not set
     --> env.base:2:23
      |
    2 | URL=******************$NOWHERE*
      |                       ^^^^^^^^ used here
    3 | KEY=*******$NOWHERE # secret
      |            -------- and here
      |
      = help: set `NOWHERE` in `env.custom`

    warning: `DB_PASSWORD` is set twice in one file
     --> env.custom:2:1
      |
    1 | DB_PASSWORD=******* ****
      | ------------------- this one has no effect
    2 | DB_PASSWORD=*******
      | ^^^^^^^^^^^ this one counts
      |
      = help: remove one of them

    warning: `DB_PASSWORD` is set twice in one file
     --> env.custom:4:1
      |
    2 | DB_PASSWORD=*******
      | ------------------- this one has no effect
    3 | #OLD_TOKEN=*******
    4 | DB_PASSWORD=*********${X:-*******}
      | ^^^^^^^^^^^ this one counts
      |
      = help: remove one of them

    warning: what is set for `DB_PASSWORD` has no effect
     --> env.custom:4:1
      |
    4 | DB_PASSWORD=*********${X:-*******}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ set here
      |
     ::: env.base:1:1
      |
    1 | DB_PASSWORD=*
      | ----------- overwritten here
      |
      = help: remove it: `env.base` leaves no way to change this value
    ");
}
