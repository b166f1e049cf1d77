//! The extensions that every database must have before the application starts.

use std::time::{Duration, Instant};

use super::Up;
use super::wait::Waiting;
use crate::commands::Failure;
use crate::commands::roles::Database;
use crate::docker::{Captured, Client, Input};
use crate::exit::Exit;
use crate::report::{Diagnostic, Sources};
use crate::yaml::Node;

/// psql's exit code when it cannot connect.
const NO_CONNECTION: u8 = 2;
const PAUSE: Duration = Duration::from_millis(500);

/// A listing without a frame, which keeps every name apart from the next.
const LISTING: [&str; 3] = ["--tuples-only", "--no-align", "--record-separator-zero"];

/// The states that say why an extension cannot be had here; whatever else goes wrong is a failure.
const MAY_NOT: &str = "42501";
const NO_FEATURE: &str = "0A000";
const NO_FILE: &str = "58P01";

/// Starts the database if it is ours, waits until it answers, and makes what is missing in each database that exists.
pub(super) fn ensure(up: &Up<'_>, database: &Database<'_>, waiting: &mut Waiting<'_>) -> Result<(), Failure> {
    if database.names.is_empty() || database.extensions.is_empty() {
        return Ok(());
    }
    let place = match database.service {
        Some(service) => {
            start(up, service, waiting)?;
            Place::Service(service)
        }
        None => Place::Elsewhere(Client::new(up.context.runner, database.image, network(up, database).as_deref())?),
    };
    let server = Server { up, database, place };
    let existing = match server.databases(waiting.patience()) {
        Ok(existing) => existing,
        // Whether the application can live without it is not for us to say.
        Err(Complaint(why)) if database.service.is_none() => {
            let title = format!("the extensions of the databases on {} were not looked after", database.host);
            up.context
                .printer
                .diagnostic(&Sources::default(), &Diagnostic::warning("extensions", title).with_note(why));
            return Ok(());
        }
        Err(Complaint(why)) => return Err(failed("cannot ask the database server for its databases", why)),
    };
    for name in &database.names {
        if existing.iter().any(|other| other == name) {
            server.extend(name)?;
        } else {
            let absent = format!("database `{name}` does not exist yet: the next `up` will make its extensions");
            up.context.printer.say(&absent);
        }
    }
    Ok(())
}

fn start(up: &Up<'_>, service: &str, waiting: &mut Waiting<'_>) -> Result<(), Failure> {
    let command = up.compose.command("up").args(["--detach", "--no-deps"]).args(&up.request.about_images).arg(service);
    // Orphans are the business of the `up` that follows.
    let ended = up.context.runner.run(&command.env("COMPOSE_IGNORE_ORPHANS", "true"))?;
    if !ended.well() {
        return Err(up.context.blame(ended));
    }
    waiting.expect_briefly(service);
    waiting.until_settled().map(drop)
}

/// The name by which docker knows the network that clients join.
fn network(up: &Up<'_>, database: &Database<'_>) -> Option<String> {
    let key = database.network?;
    let named = up.configured.model.find(&["networks", key, "name"]).and_then(Node::as_word);
    Some(named.map_or_else(|| format!("{}_{key}", up.configured.project_name), str::to_owned))
}

/// Where client programs run.
enum Place<'a> {
    /// Beside the server.
    Service(&'a str),
    /// In a container of their own.
    Elsewhere(Client),
}

/// The server, asked by PostgreSQL's client programs.
struct Server<'a> {
    up: &'a Up<'a>,
    database: &'a Database<'a>,
    place: Place<'a>,
}

/// What a client program said when it failed.
struct Complaint(String);

impl Server<'_> {
    /// The databases that there are. A server of ours that does not take connections yet is asked again.
    fn databases(&self, patience: Duration) -> Result<Vec<String>, Complaint> {
        let began = Instant::now();
        loop {
            let told = self.psql("postgres", &LISTING, "SELECT datname FROM pg_database WHERE datallowconn;\n")?;
            if told.ended.well() {
                return Ok(told.text().split('\0').map(str::trim).map(str::to_owned).collect());
            }
            let may_yet = told.ended.code == NO_CONNECTION && self.database.service.is_some();
            if !may_yet || self.takes_connections()? || began.elapsed() >= patience {
                return Err(Complaint(told.complaint()));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Makes the extensions in one database.
    fn extend(&self, name: &str) -> Result<(), Failure> {
        let what = format!("cannot make the extensions in database `{name}`");
        let told = match self.psql(name, &[], &script(&self.database.extensions)) {
            Ok(told) if told.ended.well() => told,
            Ok(told) => return Err(failed(&what, told.complaint())),
            Err(Complaint(why)) => return Err(failed(&what, why)),
        };
        for (extension, state) in refusals(&told.text(), &self.database.extensions) {
            let title = match state {
                MAY_NOT => format!("{} may not make extension `{extension}` in database `{name}`", self.database.user),
                NO_FEATURE | NO_FILE => format!("the server has no extension `{extension}` for database `{name}`"),
                _ => return Err(failed(&what, told.complaint())),
            };
            let advice =
                format!("let an administrator of the server see to it: CREATE EXTENSION {};", identifier(extension));
            let warning = Diagnostic::warning("extensions", title).with_help(advice);
            self.up.context.printer.diagnostic(&Sources::default(), &warning);
        }
        Ok(())
    }

    fn psql(&self, database: &str, options: &[&str], sql: &str) -> Result<Captured, Complaint> {
        let fixed = ["--no-psqlrc", "--quiet", "--no-password", "--dbname", &connection(database)];
        self.ask("psql", &[options, &fixed].concat(), sql)
    }

    fn takes_connections(&self) -> Result<bool, Complaint> {
        Ok(self.ask("pg_isready", &["--quiet"], "")?.ended.well())
    }

    fn ask(&self, program: &str, options: &[&str], input: &str) -> Result<Captured, Complaint> {
        let who = ["--username", self.database.user];
        let command = match &self.place {
            Place::Service(service) => self
                .up
                .compose
                .command("exec")
                .args(["-T", service, program])
                .args(options.iter().chain(&who).copied())
                .input(Input::Bytes(input.as_bytes().to_vec())),
            Place::Elsewhere(client) => {
                let server = ["--host", self.database.host, "--port", self.database.port];
                client.command(program, &[options, &who, &server].concat(), &self.database.password, input)
            }
        };
        self.up.context.runner.capture(&command).map_err(|error| Complaint(error.to_string()))
    }
}

fn failed(what: &str, why: String) -> Failure {
    let problem = Diagnostic::error("extensions", what);
    Failure::new(Exit::Failed, if why.is_empty() { problem } else { problem.with_note(why) })
}

/// Makes each extension, and tells the number and the state of each that could not be made. States are the same in
/// every language that a server may speak.
fn script(extensions: &[&str]) -> String {
    let one = |(number, extension): (usize, &&str)| {
        let extension = identifier(extension);
        format!("CREATE EXTENSION IF NOT EXISTS {extension};\n\\if :ERROR\n\\echo {number} :SQLSTATE\n\\endif\n")
    };
    let quietly = "SET client_min_messages = warning;\n".to_owned();
    extensions.iter().enumerate().map(one).fold(quietly, |script, part| script + &part)
}

fn refusals<'a>(told: &'a str, extensions: &'a [&str]) -> Vec<(&'a str, &'a str)> {
    let of_line = |line: &'a str| {
        let (number, state) = line.split_once(' ')?;
        Some((*extensions.get(number.parse::<usize>().ok()?)?, state.trim()))
    };
    told.lines().filter_map(of_line).collect()
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A database's name where psql would take a connection string: what looks like one is said to be a name.
fn connection(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        name.to_owned()
    } else {
        format!("dbname='{}'", name.replace('\\', r"\\").replace('\'', r"\'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_data() {
        assert_eq!(identifier(r#"a"b; drop"#), r#""a""b; drop""#);
        assert_eq!(connection("coog-api_v1"), "coog-api_v1");
        assert_eq!(connection(r"host=x o'y\"), r"dbname='host=x o\'y\\'");
    }

    #[test]
    fn each_refusal_has_its_state() {
        let extensions = ["pg_trgm", "unaccent"];
        insta::assert_snapshot!(script(&extensions), @r#"
        SET client_min_messages = warning;
        CREATE EXTENSION IF NOT EXISTS "pg_trgm";
        \if :ERROR
        \echo 0 :SQLSTATE
        \endif
        CREATE EXTENSION IF NOT EXISTS "unaccent";
        \if :ERROR
        \echo 1 :SQLSTATE
        \endif
        "#);
        assert_eq!(refusals("1 42501\n", &extensions), [("unaccent", "42501")]);
        assert_eq!(refusals("", &extensions), []);
    }
}
