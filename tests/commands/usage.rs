//! Wrong words, and folders that are no project.

use crate::support::Workspace;

#[test]
fn an_unknown_word_is_met_with_the_nearest_verbs() {
    let workspace = Workspace::new();
    insta::assert_snapshot!(workspace.run(&["confgure"]), @"
    exit 2
    --- stderr
    error: neither we nor docker compose know the verb `confgure`
     |
     = help: did you mean `configure`?
    ");
    insta::assert_snapshot!(workspace.run(&["lgos", "web"]), @"
    exit 2
    --- stderr
    error: neither we nor docker compose know the verb `lgos`
     |
     = help: did you mean `logs`?
    ");
    insta::assert_snapshot!(workspace.run(&["upp"]), @"
    exit 2
    --- stderr
    error: neither we nor docker compose know the verb `upp`
     |
     = help: did you mean `up`?
    ");
    insta::assert_snapshot!(workspace.run(&["frobnicate"]), @"
    exit 2
    --- stderr
    error: neither we nor docker compose know the verb `frobnicate`
     |
     = help: `lapstrake --help` lists the verbs
    ");
    assert_eq!(workspace.calls().len(), 0);
}

#[test]
fn a_folder_that_is_no_project_is_said() {
    let workspace = Workspace::empty();
    insta::assert_snapshot!(workspace.run(&["-C", "../home", "ps"]), @"
    exit 2
    --- stderr
    error: ../home is not a project: it has no `env.base`
     |
     = help: name the project's folder with `-C DIR`, or go there
    ");
    assert_eq!(workspace.run(&["-C", "/nowhere", "ps"]).code, 2);
}

#[test]
fn help_is_ours_wherever_it_is_asked_for() {
    let workspace = Workspace::new();
    for arguments in [&["up", "--help"][..], &["up", "-d", "--help"], &["help", "up"]] {
        let output = workspace.run(arguments);
        assert_eq!(output.code, 0);
        assert!(output.stdout.contains("--wait-timeout <SECONDS>"), "{output}");
    }
    insta::assert_snapshot!(workspace.run(&["--help"]), @"
    exit 0
    --- stdout
    Turns layered configuration into one docker compose project, and runs it.

    Every verb of docker compose that is not listed here is passed through to it (ps, logs, exec, run,
    pull, stop, …).

    Usage: lapstrake [OPTIONS] <COMMAND>

    Commands:
      new          Begin a project: a new folder with the bundled stack
      init         Set up a project: prompt for required values, generate secrets, pick free subnets and
                   ports
      configure    Validate the layers and write .env and compose.yaml
      up           Configure, start the services, and wait for them (with -d)
      down         Stop and remove the services, including orphans
      merge        Merge compose files as docker compose would, for any project
      explain      Show where a variable, service or service key gets its value
      env          List the variables
      graph        Draw the services, what they depend on, and their networks
      manage_db    Back up, restore, reset, update and copy databases [alias: db]
      edit         Change a value or a file, and keep the change only if the configuration stays valid
      status       Show the project on one screen: what runs, where it is found, the databases and their
                   last dumps
      urls         List the addresses of the services: what the reverse proxy leads to them, and the
                   ports they publish
      doctor       Find what is wrong with this machine or the project, and suggest fixes
      services     List the fragments and what their services do, or switch fragments on and off
      customize    Copy service env files from `defaults/env` to `custom/env`, to be changed there
      tools        Run a tool of the project, or run a diagnostic in the running application
      completions  Print the script that has a shell complete verbs and the names of the project
      help         Print this message or the help of the given subcommand(s)

    Options:
      -C <DIR>
              The project's folder [default: nearest project in this or a parent directory]

          --custom <DIR>
              The folder with what the operators keep, relative to the project
              
              [default: custom]

      -q, --quiet
              Print only errors

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR is set
              - always: Also into a pipe
              - never:  Not at all
              
              [default: auto]

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Examples:
      lapstrake configure          write .env and compose.yaml
      lapstrake up -d              configure, start everything, wait until it is healthy
      lapstrake logs -f coog       docker compose's own verbs work as they are
      lapstrake explain NAME       where a value comes from
      lapstrake -C /srv/demo ps    the same from any folder

    Exit codes:
      0  done
      1  the work failed
      2  wrong usage
      3  the configuration is invalid, nothing was written
      4  docker or its compose plugin is missing or cannot be reached
      5  refused: a confirmation was needed
      Any other code is docker compose's own.
    ");
}

#[test]
fn wrong_options_are_wrong_usage() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["up", "--wait-timeout", "soon"]).code, 2);
    assert_eq!(workspace.run(&["configure", "--chekc"]).code, 2);
}

#[test]
fn an_invalid_configuration_writes_nothing() {
    let workspace = Workspace::new().file("project/compose/broken.yml", "services:\n  web: [1]\n");
    let output = workspace.run(&["up", "-d"]);
    assert_eq!(output.code, 3);
    assert!(output.stderr.ends_with("1 error; nothing was written\n"), "{output}");
    assert!(!workspace.root().join(".env").exists());
    assert_eq!(workspace.calls().len(), 0);
}
