//! PostgreSQL's client programs, and how they get to the server: beside it, or from a container of their own.

use std::path::Path;
use std::sync::OnceLock;

use crate::database::Name;
use crate::docker::{Command, Input};
use crate::report::Secret;

/// Writes the first line that it reads to the password file, and becomes the program that it is given: neither its
/// arguments nor its environment hold the password, so `ps` and `docker inspect` do not show it.
const WITH_PASSWORD: &str =
    r#"umask 077; IFS= read -r line; printf '%s\n' "$line" >"$PGPASSFILE"; unset line; exec "$@""#;

/// Where a dump lies inside of a container that restores it.
const DUMP: &str = "/lapstrake/dump";

/// The application name of sessions that hold no lock: nobody ends them.
const UNCLAIMED: &str = "lapstrake";

/// What a role or a database may be set to, and must not break off our work.
pub(in crate::database) const PATIENT: &str = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 \
     -c default_transaction_read_only=off";
/// Nothing that somebody made in a database takes the place of what the server has.
const WARY: &str = " -c search_path=pg_catalog";

/// Where a server is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a container of ours, which has the programs too.
    Inside {
        /// The container.
        container: String,
        /// Its image.
        image: String,
    },
    /// Anywhere that a container can reach.
    Outside {
        /// An image that has the programs.
        image: String,
        /// The network that the container joins.
        network: Option<String>,
        /// The server's name.
        host: String,
        /// Its port.
        port: String,
    },
}

/// How programs are started, and as whom they connect.
#[derive(Debug)]
pub(in crate::database) struct Client {
    pub(in crate::database) place: Place,
    pub(in crate::database) user: String,
    pub(in crate::database) password: Secret,
    /// The database whose lock this command holds, once it does.
    pub(in crate::database) claim: OnceLock<Claim>,
    /// The label of this command's containers, once it holds a lock.
    pub(in crate::database) label: String,
    /// What its sessions are set to.
    pub(in crate::database) options: String,
}

impl Client {
    /// Returns the same client for another role.
    pub(in crate::database) fn of(&self, user: &str, password: Secret) -> Self {
        let Self { place, claim, label, options, .. } = self;
        let (place, claim, label, options) = (place.clone(), claim.clone(), label.clone(), options.clone());
        Self { place, user: user.to_owned(), password, claim, label, options }
    }

    /// Returns the same client for programs that find nothing in a database but what the server has, unless they ask
    /// for it by its full name.
    pub(in crate::database) fn wary(&self) -> Self {
        let options = format!("{PATIENT}{WARY}");
        Self { options, ..self.of(&self.user, Secret::new(self.password.expose())) }
    }

    /// Whether the password can be told to a client program at all.
    pub(in crate::database) fn has_sound_password(&self) -> bool {
        !self.password.expose().contains(['\n', '\r', '\0'])
    }
}

/// A database whose lock a command holds, and the command's own random word.
#[derive(Clone, Debug)]
pub(in crate::database) struct Claim {
    pub(in crate::database) fingerprint: String,
    pub(in crate::database) token: String,
}

impl Claim {
    /// The label of the command's own containers.
    pub(super) fn label(&self) -> String {
        format!("lapstrake.token={}", self.token)
    }

    /// The application name of every session that works under the lock.
    pub(in crate::database) fn application_name(&self) -> String {
        format!("lapstrake {} {}", self.fingerprint, self.token)
    }
}

/// A program ready to be started, and what it must be given to read before anything else.
pub(in crate::database) struct Call {
    pub(in crate::database) command: Command,
    pub(in crate::database) first: Vec<u8>,
}

impl Client {
    /// The same for the session that holds the lock: it is not part of the work that is broken off or cleaned up.
    pub(in crate::database) fn unclaimed(&self) -> Self {
        Self { claim: OnceLock::new(), ..self.wary() }
    }

    /// A program that connects to `database`.
    pub(in crate::database) fn connecting(&self, database: &Name, words: &[&str]) -> Call {
        match &self.place {
            Place::Inside { container, .. } => {
                let command = self.within(container).args(words.iter().copied());
                Call { command: self.connected(command, database), first: Vec::new() }
            }
            Place::Outside { host, port, .. } => {
                let words: Vec<&str> = words.iter().copied().chain(["--host", host, "--port", port]).collect();
                self.apart(&[], database, &words)
            }
        }
    }

    /// The program that asks whether the server takes connections, whoever they are from.
    pub(in crate::database) fn asking_whether_ready(&self) -> Command {
        let program = self.plain(&["pg_isready", "--quiet"]);
        match &self.place {
            Place::Inside { .. } => program,
            Place::Outside { host, port, .. } => program.args(["--host", host, "--port", port]),
        }
    }

    /// A program that connects to nothing.
    pub(in crate::database) fn plain(&self, words: &[&str]) -> Command {
        match &self.place {
            Place::Inside { container, .. } => self.within(container).args(words.iter().copied()),
            Place::Outside { image, .. } => {
                let (program, rest) = words.split_first().unwrap_or((&"true", &[]));
                let run = self.run().args(["--entrypoint", program, image]);
                run.args(rest.iter().copied())
            }
        }
    }

    /// A program that reads a file of this machine at [`Client::dump`], in a container of its own: several of its
    /// connections can read at once, and nothing is copied.
    pub(in crate::database) fn reading(&self, file: &Path, database: &Name, words: &[&str]) -> Call {
        let mount = format!("\"source={}\"", file.display().to_string().replace('"', "\"\""));
        let mount = format!("type=bind,{mount},target={DUMP},readonly");
        let far = match &self.place {
            Place::Inside { .. } => ["--host", "127.0.0.1", "--port", "5432"],
            Place::Outside { host, port, .. } => ["--host", host, "--port", port],
        };
        let words: Vec<&str> = words.iter().copied().chain(far).collect();
        let mut call = self.apart(&["--mount", &mount], database, &words);
        call.command = call.command.arg(DUMP);
        call
    }

    /// What a person types goes to the program, and what it answers to the person. The password lies in a file.
    pub(in crate::database) fn typing(
        &self,
        database: &Name,
        terminal: bool,
        password: &Path,
        words: &[&str],
    ) -> Command {
        let terminal: &[&str] = if terminal { &["--tty"] } else { &[] };
        let command = match &self.place {
            Place::Inside { container, .. } => {
                let exec = Command::new("docker").args(["exec", "--interactive"]).args(terminal.iter().copied());
                settings(UNCLAIMED, &self.options)
                    .iter()
                    .fold(exec, |exec, setting| exec.args(["--env", setting]))
                    .args([container, "psql"])
            }
            Place::Outside { image, host, port, .. } => {
                let mount = format!("type=bind,\"source={}\",target=/lapstrake/pgpass,readonly", password.display());
                let run = self.run().args(terminal.iter().copied()).args(["--mount", &mount]);
                let run = run.args(["--env", "PGPASSFILE=/lapstrake/pgpass", "--entrypoint", "psql", image]);
                run.args(["--host", host, "--port", port])
            }
        };
        self.connected(command, database).args(words.iter().copied())
    }

    /// The line of a password file.
    pub(in crate::database) fn password_line(&self) -> String {
        format!("*:*:*:*:{}\n", self.password.expose().replace('\\', r"\\").replace(':', r"\:"))
    }

    /// The labels of this command's containers: the database's, by which they are found once it is dead, and its own.
    pub(super) fn labels(&self) -> Vec<String> {
        self.claim.get().map_or_else(Vec::new, |claim| vec![self.label.clone(), claim.label()])
    }

    pub(in crate::database) fn tag(&self) -> String {
        self.claim.get().map_or_else(|| UNCLAIMED.to_owned(), Claim::application_name)
    }

    fn within(&self, container: &str) -> Command {
        let exec = Command::new("docker").args(["exec", "--interactive"]);
        let exec =
            settings(&self.tag(), &self.options).iter().fold(exec, |exec, setting| exec.args(["--env", setting]));
        exec.arg(container).input(Input::Nothing).apart()
    }

    /// A container that is gone when it has ended, on the server's network.
    fn run(&self) -> Command {
        let run = Command::new("docker").args(["run", "--rm", "--interactive"]);
        let run = self.labels().into_iter().fold(run, |run, label| run.args(["--label", &label]));
        let run = match &self.place {
            Place::Inside { container, .. } => run.args(["--network", &format!("container:{container}")]),
            Place::Outside { network, .. } => {
                let run = run.args(["--add-host", "host.docker.internal:host-gateway"]);
                network.iter().fold(run, |run, network| run.args(["--network", network]))
            }
        };
        settings(&self.tag(), &self.options).iter().fold(run, |run, setting| run.args(["--env", setting]))
    }

    fn apart(&self, options: &[&str], database: &Name, words: &[&str]) -> Call {
        let image = match &self.place {
            Place::Inside { image, .. } | Place::Outside { image, .. } => image,
        };
        let run = self.run().args(options.iter().copied()).args(["--env", "PGPASSFILE=/tmp/.pgpass"]);
        let run = run.args(["--entrypoint", "sh", image, "-euc", WITH_PASSWORD, "sh"]).args(words.iter().copied());
        let command = self.connected(run, database).input(Input::Nothing).apart();
        Call { command, first: self.password_line().into_bytes() }
    }

    fn connected(&self, command: Command, database: &Name) -> Command {
        command.args(["--no-password", "--username", &self.user, "--dbname", &database.connection()])
    }
}

fn settings(tag: &str, options: &str) -> [String; 5] {
    [
        format!("PGAPPNAME={tag}"),
        format!("PGOPTIONS={options}"),
        "PGCLIENTENCODING=UTF8".to_owned(),
        "PGCONNECT_TIMEOUT=10".to_owned(),
        // What programs say is read by us.
        "LC_MESSAGES=C".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(place: Place) -> Client {
        let password = Secret::new(r"s:e\cret");
        let claim = OnceLock::from(Claim { fingerprint: "ab".into(), token: "cd".into() });
        let (user, label, options) = ("admin".into(), "lapstrake=p/ab".into(), PATIENT.into());
        Client { place, user, password, claim, label, options }
    }

    fn shown(command: &Command) -> String {
        let own = settings("lapstrake ab cd", PATIENT).map(|setting| format!(" --env '{setting}'"));
        let mut text = command.to_string();
        for setting in own {
            text = text.replace(&setting, "").replace(&setting.replace('\'', ""), "");
        }
        text.replace(&format!(" '{}'", WITH_PASSWORD.replace('\'', r"'\''")), " WITH_PASSWORD")
    }

    #[test]
    fn beside_the_server_no_password_is_needed() {
        let client = client(Place::Inside { container: "c1".into(), image: "i1".into() });
        let call = client.connecting(&Name::new("a b").unwrap(), &["pg_dump", "--format", "custom"]);
        insta::assert_snapshot!(shown(&call.command), @r"docker exec --interactive c1 pg_dump --format custom --no-password --username admin --dbname 'dbname='\''a b'\'''");
        assert!(call.first.is_empty());
        let call = client.reading(Path::new("/d/a,\"b"), &Name::new("coog").unwrap(), &["pg_restore"]);
        insta::assert_snapshot!(shown(&call.command), @r#"docker run --rm --interactive --label lapstrake=p/ab --label lapstrake.token=cd --network container:c1 --mount 'type=bind,"source=/d/a,""b",target=/lapstrake/dump,readonly' --env PGPASSFILE=/tmp/.pgpass --entrypoint sh i1 -euc WITH_PASSWORD sh pg_restore --host 127.0.0.1 --port 5432 --no-password --username admin --dbname 'dbname='\''coog'\''' /lapstrake/dump"#);
    }

    #[test]
    fn from_afar_the_password_is_the_first_thing_to_read() {
        let place = Place::Outside {
            image: "postgres:16".into(),
            network: Some("net".into()),
            host: "db.example.org".into(),
            port: "5433".into(),
        };
        let call = client(place).connecting(&Name::new("coog").unwrap(), &["psql"]);
        insta::assert_snapshot!(shown(&call.command), @r"docker run --rm --interactive --label lapstrake=p/ab --label lapstrake.token=cd --add-host host.docker.internal:host-gateway --network net --env PGPASSFILE=/tmp/.pgpass --entrypoint sh postgres:16 -euc WITH_PASSWORD sh psql --host db.example.org --port 5433 --no-password --username admin --dbname 'dbname='\''coog'\'''");
        assert_eq!(call.first, b"*:*:*:*:s\\:e\\\\cret\n");
    }
}
