//! The extensions that every database must have before the application starts.

use std::time::{Duration, Instant};

use super::Up;
use super::selection::Selection;
use super::wait::Waiting;
use crate::commands::Failure;
use crate::commands::roles::Database;
use crate::docker::{Captured, Client, Command, Input};
use crate::exit::Exit;
use crate::report::{Diagnostic, Sources};

/// psql's exit code when it cannot connect.
const NO_CONNECTION: u8 = 2;
const PAUSE: Duration = Duration::from_millis(500);

/// The states that say why an extension cannot be had here; whatever else goes wrong is a failure.
const MAY_NOT: &[&str] = &["42501"];
const HAS_NOT: &[&str] = &["0A000", "58P01"];

/// Starts the database if it is ours, waits until it answers, and makes what is missing in each database that exists.
pub(super) fn ensure(up: &Up<'_>, database: &Database<'_>, patience: Duration) -> Result<(), Failure> {
    if database.names.is_empty() || database.extensions.is_empty() {
        return Ok(());
    }
    if let Some(service) = database.service {
        start(up, service, patience)?;
    }
    let server = Server { up, database };
    let existing = server.databases(patience)?;
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

fn start(up: &Up<'_>, service: &str, patience: Duration) -> Result<(), Failure> {
    let command = up.compose.command("up").args(["--detach", "--no-deps"]).args(&up.request.about_images).arg(service);
    // Orphans are the business of the `up` that follows.
    let mut waiting = Waiting::new(up.context, &up.configured.project_name, Selection::only(service), patience);
    let ended = up.context.runner.run(&command.env("COMPOSE_IGNORE_ORPHANS", "true"))?;
    if !ended.well() {
        return Err(up.context.blame(ended));
    }
    waiting.until_settled().map(drop)
}

/// The server, talked to through psql beside it or in a container of its own.
struct Server<'a> {
    up: &'a Up<'a>,
    database: &'a Database<'a>,
}

impl Server<'_> {
    /// The databases that there are. A server that does not answer yet is asked again.
    fn databases(&self, patience: Duration) -> Result<Vec<String>, Failure> {
        let began = Instant::now();
        let options = ["--tuples-only", "--no-align", "--record-separator-zero"];
        loop {
            let told = self.ask("postgres", &options, "SELECT datname FROM pg_database WHERE datallowconn;\n")?;
            if told.ended.well() {
                return Ok(told.text().split('\0').map(str::trim).map(str::to_owned).collect());
            }
            if told.ended.code != NO_CONNECTION || began.elapsed() >= patience {
                return Err(self.failed("cannot ask the database server for its databases", &told));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Makes the extensions in one database.
    fn extend(&self, name: &str) -> Result<(), Failure> {
        let told = self.ask(name, &[], &script(&self.database.extensions))?;
        if !told.ended.well() {
            return Err(self.failed(&format!("cannot make the extensions in database `{name}`"), &told));
        }
        for (extension, state) in refusals(&told.text(), &self.database.extensions) {
            let why = if MAY_NOT.contains(&state) {
                "may not make"
            } else if HAS_NOT.contains(&state) {
                "has no"
            } else {
                return Err(self.failed(&format!("cannot make extension `{extension}` in database `{name}`"), &told));
            };
            let user = if why == "has no" { "the server" } else { self.database.user };
            let warning =
                Diagnostic::warning("extension", format!("{user} {why} extension `{extension}` in database `{name}`"))
                    .with_help(format!(
                        "let an administrator of the server run: CREATE EXTENSION {};",
                        identifier(extension)
                    ));
            self.up.context.printer.diagnostic(&Sources::default(), &warning);
        }
        Ok(())
    }

    fn ask(&self, database: &str, options: &[&str], sql: &str) -> Result<Captured, Failure> {
        let psql = |command: Command| {
            let command =
                command.args(["psql", "--no-psqlrc", "--quiet", "--no-password"]).args(options.iter().copied());
            command.args(["--dbname", &connection(database), "--username", self.database.user])
        };
        let command = match self.database.service {
            Some(service) => {
                let inside = self.up.compose.command("exec").args(["-T", service]);
                psql(inside).input(Input::Bytes(sql.as_bytes().to_vec()))
            }
            None => {
                let client = Client::new(self.up.context.runner, self.database.image, self.network().as_deref())?;
                let far = ["--host", self.database.host, "--port", self.database.port];
                client.command(psql, &far, &self.database.password, sql)
            }
        };
        Ok(self.up.context.runner.capture(&command)?)
    }

    /// The name by which docker knows the network that clients join.
    fn network(&self) -> Option<String> {
        let key = self.database.network?;
        let named = self.up.configured.model.find(&["networks", key, "name"]).and_then(crate::yaml::Node::as_word);
        Some(named.map_or_else(|| format!("{}_{key}", self.up.configured.project_name), str::to_owned))
    }

    fn failed(&self, what: &str, told: &Captured) -> Failure {
        let complaint = told.complaint();
        let problem = Diagnostic::error("extensions", what);
        Failure::new(Exit::Failed, if complaint.is_empty() { problem } else { problem.with_note(complaint) })
    }
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
