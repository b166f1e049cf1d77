//! The promise: a new database is made under a staging name, filled, checked, and takes the name of the old one in one
//! transaction. Until then, and whatever happens, the old one answers.

use std::time::Duration;

use super::attributes;
use super::cleanup::drop_database;
use super::connections::{close, end_sessions, expect, expect_closed, reopen_statements};
use super::lock::Lock;
use super::obstacles::must_be_replaceable;
use super::retained::Kept;
use super::steps::reached;
use crate::database::{DatabaseError, Facts, Name, facts, identifier, literal};

/// How often a copy or a swap is tried: a client may come in between.
const ATTEMPTS: usize = 5;
/// How long a server that went away may take to come back, to say whether it has swapped the names.
const PATIENCE: Duration = Duration::from_secs(15);
const DEFAULT_TABLESPACE: &str = "pg_default";
/// The SQL state of a database that somebody is connected to.
const IN_USE: &str = "55006";

/// A database that is being made, to take a name.
pub struct Replacement<'l, 's, 'r> {
    lock: &'l Lock<'s, 'r>,
    former: Option<Facts>,
    /// What takes the name, and its number.
    incoming: (Name, u32),
    /// Whether this command has made it.
    is_new: bool,
    /// Whether the original has been closed since before the copy: then it must have stayed so.
    is_copy: bool,
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

impl<'l, 's, 'r> Replacement<'l, 's, 'r> {
    /// Makes an empty database, with the encoding and the collation that the one with the name has.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn empty(lock: &'l Lock<'s, 'r>) -> Result<Self, DatabaseError> {
        let former = replaceable(lock)?;
        let looks = former.as_ref().map_or_else(|| " ENCODING 'UTF8'".to_owned(), looks);
        Self::make(lock, former, &format!("TEMPLATE template0{looks}"))
    }

    /// Makes an empty database that looks like another one, and belongs to whoever that one does.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn like(lock: &'l Lock<'s, 'r>, original: &Facts) -> Result<Self, DatabaseError> {
        let former = facts(lock.server(), lock.name())?;
        let replacement = Self::make(lock, former, &format!("TEMPLATE template0{}", looks(original)))?;
        lock.transaction("passing on owner and privileges", || {
            let statements = attributes::statements(lock, original, replacement.incoming())?;
            statements.iter().try_for_each(|one| lock.must(one, "passing on owner and privileges").map(drop))
        })?;
        Ok(replacement)
    }

    /// Makes a copy of the database with the name, file by file. From now until the swap nobody may connect to the
    /// original, so that no write to it is lost.
    ///
    /// # Errors
    /// When the server does not make it. The original stays closed until the command has ended.
    pub fn copy(lock: &'l Lock<'s, 'r>) -> Result<Self, DatabaseError> {
        let former = replaceable(lock)?.ok_or_else(|| DatabaseError::Missing(lock.name().to_string()))?;
        let strategy = if lock.server().ready(Duration::ZERO)? >= 15 { " STRATEGY file_copy" } else { "" };
        close(lock, &former)?;
        reached("closed");
        let mut attempts = 0;
        loop {
            attempts += 1;
            end_sessions(lock, &[former.oid])?;
            let template = format!("TEMPLATE {}{strategy}", lock.name().identifier());
            match Self::make(lock, Some(former.clone()), &template) {
                // A client that was just connecting when the database was closed.
                Err(DatabaseError::Failed { complaint, .. }) if attempts < ATTEMPTS && complaint.contains(IN_USE) => {}
                made => return made.map(|made| Self { is_copy: true, ..made }),
            }
        }
    }

    fn make(lock: &'l Lock<'s, 'r>, former: Option<Facts>, how: &str) -> Result<Self, DatabaseError> {
        let staging = lock.name().staging(lock.server().token());
        let sql = format!(
            "\\set VERBOSITY verbose\nCREATE DATABASE {} {how};\n{}",
            staging.identifier(),
            number_of(&staging)
        );
        let made = lock.server().psql(&Name::maintenance(), &sql, "the creation of a new database");
        let number = made.and_then(|told| told.trim().parse().map_err(|_| DatabaseError::Strange(told)));
        match number {
            Ok(number) => {
                reached("made");
                Ok(Self { lock, former, incoming: (staging, number), is_new: true, is_copy: false })
            }
            Err(error) => {
                // What is not there needs no removal; what cannot be removed now is found by the next command.
                let _ = drop_database(lock, &staging);
                Err(error)
            }
        }
    }

    /// Takes a database that exists already.
    ///
    /// # Errors
    /// When the server does not tell about it.
    pub fn with(lock: &'l Lock<'s, 'r>, incoming: &Name) -> Result<Self, DatabaseError> {
        let former = replaceable(lock)?;
        let present = facts(lock.server(), incoming)?.ok_or_else(|| DatabaseError::Missing(incoming.to_string()))?;
        must_be_replaceable(lock, &present)?;
        Ok(Self { lock, former, incoming: (incoming.clone(), present.oid), is_new: false, is_copy: false })
    }

    /// Returns the name of the database that is to be filled.
    #[must_use]
    pub fn incoming(&self) -> &Name {
        &self.incoming.0
    }

    /// Returns the database that has the name.
    #[must_use]
    pub fn former(&self) -> Option<&Facts> {
        self.former.as_ref()
    }

    /// Checks whether what was filled is sound, as far as the server knows; returns how many tables it has.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<u64, DatabaseError> {
        reached("filled");
        let told = self.lock.server().psql_warily(self.incoming(), SOUNDNESS, "the check of the new database")?;
        told.trim().parse().map_err(|_| DatabaseError::Strange(told))
    }

    /// Swaps the names. Whatever is connected to either database is disconnected.
    ///
    /// # Errors
    /// When it was not done: then everything is as it was, but for the original being closed until the command ends.
    pub fn swap(&self, aside: &Aside) -> Result<Outcome, DatabaseError> {
        let numbers: Vec<u32> = self.former.iter().map(|former| former.oid).chain([self.incoming.1]).collect();
        if let Some(former) = self.former.as_ref().filter(|_| !self.is_copy) {
            close(self.lock, former)?;
        }
        let mut attempts = 0;
        loop {
            attempts += 1;
            reached("swap");
            let swapped = end_sessions(self.lock, &numbers).and_then(|()| self.transaction(aside));
            reached("swapped");
            match swapped {
                Ok(()) => return Ok(self.outcome(aside)),
                // The answer may have been lost on its way: only the server knows what it did.
                Err(_) if self.is_done() => return Ok(self.outcome(aside)),
                Err(DatabaseError::InUse) if attempts < ATTEMPTS => {}
                Err(error) => {
                    // Something that was made meanwhile, perhaps.
                    self.former.iter().try_for_each(|former| must_be_replaceable(self.lock, former))?;
                    return Err(error);
                }
            }
        }
    }

    /// The transaction raises an error, and so changes nothing, unless the databases that it began with are those
    /// that have the names at its end.
    fn transaction(&self, aside: &Aside) -> Result<(), DatabaseError> {
        const DOING: &str = "the swap of the databases' names";
        let (lock, name, incoming) = (self.lock, self.lock.name(), &self.incoming.0);
        let must = |statement: &str| match lock.execute(statement)? {
            Ok(_) => Ok(()),
            Err(error) if error.state == IN_USE => Err(DatabaseError::InUse),
            Err(error) => Err(error.of(DOING)),
        };
        let rename = |from: &Name, to: &Name| {
            must(&format!("ALTER DATABASE {} RENAME TO {};", from.identifier(), to.identifier()))
        };
        lock.transaction(DOING, || {
            for statement in self.attributes()? {
                must(&statement)?;
            }
            if let Some(former) = &self.former {
                let outgoing = self.outgoing(aside);
                must(&expect_closed(lock, former.oid))?;
                rename(name, &outgoing)?;
                must(&expect(lock, former.oid, &outgoing))?;
                if let Aside::Keep(_, kept) = aside {
                    let kept =
                        Kept { swap: lock.ask("SELECT txid_current();", DOING)?.first().copied(), ..kept.clone() };
                    must(&format!("COMMENT ON DATABASE {} IS {};", outgoing.identifier(), literal(&kept.comment())))?;
                    if former.allows_connections || former.is_closed {
                        reopen_statements(lock, &outgoing)?.iter().try_for_each(|one| must(one))?;
                    }
                }
            }
            rename(incoming, name)?;
            must(&expect(lock, self.incoming.1, name))
        })
    }

    /// The statements that give the incoming database what belongs to the name, and take from it whatever was set
    /// while it was filled.
    fn attributes(&self) -> Result<Vec<String>, DatabaseError> {
        let incoming = &self.incoming.0;
        let mut statements = Vec::new();
        if self.is_new || self.former.is_some() {
            statements = self.lock.ask(&attributes::resetting(incoming), "the settings of the new database")?;
        }
        match &self.former {
            Some(former) => statements.extend(attributes::statements(self.lock, former, incoming)?),
            None => statements.push(format!("COMMENT ON DATABASE {} IS NULL;", incoming.identifier())),
        }
        Ok(statements)
    }

    fn outgoing(&self, aside: &Aside) -> Name {
        match aside {
            Aside::Drop => self.lock.name().outgoing(self.lock.server().token()),
            Aside::Keep(name, _) => name.clone(),
        }
    }

    fn outcome(&self, aside: &Aside) -> Outcome {
        let goes = matches!(aside, Aside::Drop) && self.former.is_some();
        Outcome { outgoing: goes.then(|| self.outgoing(aside)) }
    }

    fn is_done(&self) -> bool {
        let server = self.lock.server();
        let named = || server.ask::<u32>(&number_of(self.lock.name()));
        server.ready(PATIENCE).is_ok() && named().is_ok_and(|numbers| numbers.first() == Some(&self.incoming.1))
    }
}

impl Outcome {
    /// Removes the database that had the name, if it is to go.
    ///
    /// # Errors
    /// When it could not be removed now; the next command does.
    pub fn finish(self, lock: &Lock<'_, '_>) -> Result<(), DatabaseError> {
        self.outgoing.map_or(Ok(()), |outgoing| drop_database(lock, &outgoing))
    }
}

/// Returns the database that has the name, if there is one; nothing may keep it from giving the name away.
fn replaceable(lock: &Lock<'_, '_>) -> Result<Option<Facts>, DatabaseError> {
    let former = facts(lock.server(), lock.name())?;
    former.iter().try_for_each(|former| must_be_replaceable(lock, former))?;
    Ok(former)
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
    // Naming the default one needs a privilege that leaving it out does not.
    if tablespace == DEFAULT_TABLESPACE { looks } else { looks + &format!(" TABLESPACE {}", identifier(tablespace)) }
}

fn number_of(name: &Name) -> String {
    format!("SELECT oid::bigint FROM pg_database WHERE datname = {};\n", name.literal())
}
