//! The promise: a new database is made under a staging name, filled, checked, and takes the name of the old one in one
//! transaction. Until then, and whatever happens, the old one answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::belongings;
use super::kept::Kept;
use super::leftovers::{clear_databases, drop_database};
use super::{DatabaseError, Facts, Name, Server, facts, identifier, literal};

/// How often the connections of a database that must have none are ended.
const PAUSE: Duration = Duration::from_millis(50);
/// How often a swap is tried: a client may come in between.
const ATTEMPTS: usize = 5;
/// How long a server that went away may take to come back, so that what it was doing is tidied up.
const PATIENCE: Duration = Duration::from_secs(15);

/// A database that is being made, to take a name.
pub struct Replacement<'s, 'r> {
    server: &'s Server<'r>,
    name: Name,
    former: Option<Facts>,
    /// What takes the name, and its number.
    incoming: (Name, u32),
}

/// What becomes of the database that had the name.
#[derive(Clone, Debug)]
pub enum Aside {
    /// It goes.
    Drop,
    /// It is kept under this name.
    Keep(Name, Kept),
}

/// What a swap did.
#[derive(Debug)]
pub struct Outcome {
    /// The database that had the name, if there was one and it is still to go.
    outgoing: Option<Name>,
}

impl<'s, 'r> Replacement<'s, 'r> {
    /// Makes an empty database, with the encoding and the order of characters that the one with the name has.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn empty(server: &'s Server<'r>, name: &Name) -> Result<Self, DatabaseError> {
        Self::make(server, name, |former| {
            let looks = former.map(looks).unwrap_or_else(|| " ENCODING 'UTF8'".to_owned());
            format!("CREATE DATABASE {} TEMPLATE template0{looks};\n", name.staging().identifier())
        })
    }

    /// Makes an empty database for a name that is free, which looks like another one, and belongs to whoever it does.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn like(server: &'s Server<'r>, name: &Name, original: &Facts) -> Result<Self, DatabaseError> {
        let replacement = Self::make(server, name, |_| {
            format!("CREATE DATABASE {} TEMPLATE template0{};\n", name.staging().identifier(), looks(original))
        })?;
        let statements = belongings::statements(server, original, replacement.incoming())?;
        server.psql(&Name::maintenance(), &statements, "the passing on of owner and privileges")?;
        Ok(replacement)
    }

    /// Makes a copy of the database with the name, file by file. Its connections are ended, and until the copy is made
    /// there are no new ones.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn copy(server: &'s Server<'r>, name: &Name) -> Result<Self, DatabaseError> {
        let former = facts(server, name)?.ok_or_else(|| DatabaseError::Missing(name.to_string()))?;
        let strategy = if server.ready(Duration::ZERO)? >= 15 { " STRATEGY file_copy" } else { "" };
        let unmade = format!("NOT EXISTS (SELECT FROM pg_database WHERE datname = {})", name.staging().literal());
        undisturbed(server, &[former.oid], &unmade, || {
            Self::make(server, name, |former| {
                let tablespace =
                    former.map_or_else(String::new, |former| format!(" TABLESPACE {}", identifier(&former.tablespace)));
                let (copy, original) = (name.staging().identifier(), name.identifier());
                format!("CREATE DATABASE {copy} TEMPLATE {original}{tablespace}{strategy};\n")
            })
        })
    }

    fn make(
        server: &'s Server<'r>,
        name: &Name,
        statement: impl Fn(Option<&Facts>) -> String,
    ) -> Result<Self, DatabaseError> {
        clear_databases(server, name)?;
        let former = facts(server, name)?;
        let staging = name.staging();
        let sql = statement(former.as_ref()) + &number_of(&staging);
        let made = server.psql(&Name::maintenance(), &sql, "the making of a new database");
        let number = made.and_then(|told| told.trim().parse().map_err(|_| DatabaseError::Strange(told)));
        match number {
            Ok(number) => Ok(Self { server, name: name.clone(), former, incoming: (staging, number) }),
            Err(error) => {
                // What is not there needs no removal; what cannot be removed now is found by the next run.
                let _ = drop_database(server, &staging);
                Err(error)
            }
        }
    }

    /// Takes a database that is there already.
    ///
    /// # Errors
    /// When the server does not tell about it.
    pub fn with(server: &'s Server<'r>, name: &Name, incoming: &Name) -> Result<Self, DatabaseError> {
        clear_databases(server, name)?;
        let number = number(server, incoming)?;
        Ok(Self { server, name: name.clone(), former: facts(server, name)?, incoming: (incoming.clone(), number) })
    }

    /// What takes the name: to be filled.
    #[must_use]
    pub fn incoming(&self) -> &Name {
        &self.incoming.0
    }

    /// The database that has the name.
    #[must_use]
    pub fn former(&self) -> Option<&Facts> {
        self.former.as_ref()
    }

    /// Whether what was filled is sound, as far as the server knows; tells how many tables it has.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<u64, DatabaseError> {
        let told = self.server.psql_warily(self.incoming(), SOUNDNESS, "the check of the new database")?;
        told.trim().parse().map_err(|_| DatabaseError::Strange(told))
    }

    /// Swaps the names. Whatever is connected to either database is disconnected.
    ///
    /// # Errors
    /// When it was not done: then everything is as it was.
    pub fn swap(&self, aside: &Aside) -> Result<Outcome, DatabaseError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let numbers: Vec<u32> = self.former.iter().map(|former| former.oid).chain([self.incoming.1]).collect();
            let transaction = self.transaction(aside)?;
            let (incoming, number) = (self.incoming.0.literal(), self.incoming.1);
            let unswapped = format!("EXISTS (SELECT FROM pg_database WHERE oid = {number} AND datname = {incoming})");
            let done = undisturbed(self.server, &numbers, &unswapped, || {
                self.server.psql(&Name::maintenance(), &transaction, "the exchange of the databases' names")
            });
            match done {
                Ok(_) => return Ok(self.outcome(aside)),
                // The answer may have been lost on its way: only the server knows what it did.
                Err(_) if self.is_done() => return Ok(self.outcome(aside)),
                Err(DatabaseError::Failed { .. }) if attempts < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn transaction(&self, aside: &Aside) -> Result<String, DatabaseError> {
        let incoming = self.incoming.0.identifier();
        let mut sql = "BEGIN;\n".to_owned();
        match &self.former {
            Some(former) => sql += &belongings::statements(self.server, former, &self.incoming.0)?,
            None => sql += &format!("COMMENT ON DATABASE {incoming} IS NULL;"),
        }
        if self.former.is_some() {
            let outgoing = self.outgoing(aside).identifier();
            sql += &format!("\nALTER DATABASE {} RENAME TO {outgoing};\n", self.name.identifier());
            if let Aside::Keep(_, kept) = aside {
                sql += &format!("COMMENT ON DATABASE {outgoing} IS {};\n", literal(&kept.comment()));
            }
        }
        Ok(sql + &format!("\nALTER DATABASE {incoming} RENAME TO {};\nCOMMIT;\n", self.name.identifier()))
    }

    fn outgoing(&self, aside: &Aside) -> Name {
        match aside {
            Aside::Drop => self.name.outgoing(),
            Aside::Keep(name, _) => name.clone(),
        }
    }

    fn outcome(&self, aside: &Aside) -> Outcome {
        let goes = matches!(aside, Aside::Drop) && self.former.is_some();
        Outcome { outgoing: goes.then(|| self.name.outgoing()) }
    }

    fn is_done(&self) -> bool {
        let named = || number(self.server, &self.name);
        self.server.ready(PATIENCE).is_ok() && named().is_ok_and(|number| number == self.incoming.1)
    }
}

impl Outcome {
    /// Removes the database that had the name, if it is to go.
    ///
    /// # Errors
    /// When it could not be removed now; the next run does.
    pub fn finish(self, server: &Server<'_>) -> Result<(), DatabaseError> {
        self.outgoing.map_or(Ok(()), |outgoing| drop_database(server, &outgoing))
    }
}

/// Fails where an index was left invalid; else tells the number of tables.
const SOUNDNESS: &str = "
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE NOT indisvalid) THEN RAISE EXCEPTION 'an index is invalid'; END IF;
END $$;
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema';
";

fn looks(former: &Facts) -> String {
    let Facts { encoding, collate, ctype, tablespace, icu, .. } = former;
    let texts = [("ENCODING", encoding), ("LC_COLLATE", collate), ("LC_CTYPE", ctype)];
    let mut looks: String = texts.iter().map(|(word, text)| format!(" {word} {}", literal(text))).collect();
    if let Some(locale) = icu {
        looks += &format!(" LOCALE_PROVIDER icu ICU_LOCALE {}", literal(locale));
    }
    looks + &format!(" TABLESPACE {}", identifier(tablespace))
}

fn number_of(name: &Name) -> String {
    format!("SELECT oid::bigint FROM pg_database WHERE datname = {};\n", name.literal())
}

fn number(server: &Server<'_>, name: &Name) -> Result<u32, DatabaseError> {
    server.ask(&number_of(name))?.first().copied().ok_or_else(|| DatabaseError::Missing(name.to_string()))
}

/// Does something with databases that nobody may be connected to, as long as a condition holds. The server lets nobody
/// in while it does it, but it waits for those who are in, and somebody may always have come in at the last moment.
fn undisturbed<T: Send>(server: &Server<'_>, databases: &[u32], as_long_as: &str, work: impl FnOnce() -> T) -> T {
    let numbers = databases.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datid IN ({numbers}) AND pid <> pg_backend_pid() AND {as_long_as};\n"
    );
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ending = scope.spawn(|| {
            let mut pause = PAUSE;
            while !over.load(Ordering::Relaxed) {
                // Whoever cannot be disconnected shows in what the work says.
                let _ = server.psql(&Name::maintenance(), &sql, "the end of the connections");
                std::thread::park_timeout(pause);
                pause = (pause * 3 / 2).min(PAUSE * 20);
            }
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        ending.thread().unpark();
        done
    })
}
