//! What counts as a secret.

use lapstrake::report::secret_tables;

pub(super) fn page() -> String {
    let tables = secret_tables();
    let listed = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    format!(
        "# Secrets\n\n\
         The value of a secret is shown by no command without `--show-secrets`, and stays a reference `${{NAME}}` in \
         `compose.yaml`. So does what was made from one. Both files that `configure` writes are readable by their owner \
         alone (0600).\n\n\
         A variable is secret by its name, by its value, or by hand.\n\n\
         ## By its name\n\n\
         Capital letters and small ones are the same, and every character but letters and digits separates parts.\n\n\
         | where in the name | words |\n|---|---|\n\
         | anywhere | {} |\n\
         | as whole parts, also with an `S` behind them | {} |\n\n\
         Not secret, all the same, is a name\n\n\
         - whose first part says that it is a switch: {};\n\
         - whose last part says that it is about a secret: {};\n\
         - that is one of {}.\n\n\
         ## By its value\n\n\
         - an address with a user in it: `https://key@host`, `amqp://user:password@host` (not the bare user of `ssh`, \
         `sftp` and `git`);\n\
         - a key as a text: `-----BEGIN …`;\n\
         - an assignment to a name of the tables above: `password=…`, `--api-key=…`, `\"token\": \"…\"`;\n\
         - a token that is known by its beginning: {}, those of AWS (`AKIA…`) and JSON Web Tokens (`eyJ….….…`).\n\n\
         ## By hand\n\n\
         A comment behind the assignment decides, whatever name and value say:\n\n\
         ```sh\n\
         INTERNAL_ADDRESS=10.1.2.3   # secret\n\
         PUBLIC_TOKEN=abc            # not secret\n\
         ```\n\n\
         ## Written out in a fragment\n\n\
         A secret that a fragment holds itself (`SMTP_PASSWORD: abc`, `--password=abc`) goes into `compose.yaml` as it \
         stands, for docker compose needs it there. `configure` warns of it; `configure --diff` and `explain` do not show \
         it. Write `SMTP_PASSWORD: ${{SMTP_PASSWORD}}`, and the value in `env.custom`.\n",
        listed(&tables.anywhere),
        listed(&tables.parts),
        listed(&tables.switches),
        listed(&tables.about),
        listed(&tables.others),
        listed(&tables.keys),
    )
}
