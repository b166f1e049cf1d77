//! The dump of a whole server, of which one database is read.

use crate::database::DumpFault;

/// How pg_dumpall begins.
const CLUSTER: &str = "-- PostgreSQL database cluster dump";
/// pg_dumpall writes it before each database.
const DATABASE: (&str, &str) = ("-- Database \"", "\" dump");
/// More names are not told.
const MOST: usize = 100;

/// Where in the dump of a whole server the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Of {
    /// It is the dump of one database.
    #[default]
    One,
    /// Outside of the database that is read.
    Others,
    /// In the database that is read.
    Wanted,
    /// Behind the database that is read.
    Behind,
}

/// What is read of the dump of a whole server.
#[derive(Debug, Default)]
pub(in crate::database) struct Cluster {
    of: Of,
    names: Vec<String>,
    /// How much of what is ready belongs to the database that is read, which ended in it.
    wanted: usize,
}

/// What a comment means.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::database) enum Mark {
    /// There are several databases.
    Several,
    /// The database begins that is read.
    Begin,
    /// Nothing of this.
    Nothing,
}

impl Cluster {
    /// Whether what is read is of another database.
    pub(in crate::database) fn is_muted(&self) -> bool {
        matches!(self.of, Of::Others | Of::Behind)
    }

    /// Notes a comment.
    pub(in crate::database) fn note(&mut self, comment: &str, from: Option<&str>) -> Mark {
        if comment == CLUSTER && self.of == Of::One {
            self.of = Of::Others;
            return Mark::Several;
        }
        let name = comment.strip_prefix(DATABASE.0).and_then(|rest| rest.strip_suffix(DATABASE.1));
        let Some(name) = name.filter(|_| self.of == Of::Others) else { return Mark::Nothing };
        if self.names.len() < MOST {
            self.names.push(name.to_owned());
        }
        if from != Some(name) {
            return Mark::Nothing;
        }
        self.of = Of::Wanted;
        Mark::Begin
    }

    /// Notes that the dump of a database is complete, when so much is ready.
    pub(in crate::database) fn complete(&mut self, ready: usize) {
        if self.of == Of::Wanted {
            self.of = Of::Behind;
            self.wanted = ready;
        }
    }

    /// Takes out of what is ready what is of other databases.
    pub(in crate::database) fn cut(&mut self, ready: &mut Vec<u8>) {
        match self.of {
            Of::Others => ready.clear(),
            Of::Behind => ready.truncate(std::mem::take(&mut self.wanted)),
            Of::One | Of::Wanted => {}
        }
    }

    /// Whether what was wanted was there. `is_whole` is told of a dump of one database.
    pub(in crate::database) fn end(&self, is_whole: bool, from: Option<&str>) -> Result<(), DumpFault> {
        let databases = self.names.clone();
        match (self.of, from) {
            (Of::One, _) if is_whole => Ok(()),
            (Of::One | Of::Wanted, _) => Err(DumpFault::CutOff),
            (Of::Others, None) => Err(DumpFault::Cluster { databases }),
            (Of::Others, Some(from)) => Err(DumpFault::NotInCluster { name: from.to_owned(), databases }),
            (Of::Behind, _) => Ok(()),
        }
    }
}
