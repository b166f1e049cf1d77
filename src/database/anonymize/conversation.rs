//! A session of psql that stays open: statements go in, and what each of them tells comes back before the next one is
//! chosen. A transaction that is open when the conversation ends is rolled back.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use memchr::{memmem, memrchr};

use crate::database::{DatabaseError, Name, Server, digits};

/// An empty line is written now and then while nothing is asked: that it cannot be written is how psql learns that
/// nobody is there any more, and ends.
const PULSE: Duration = Duration::from_millis(250);
/// How many pieces of output may wait to be taken.
const WAITING: usize = 64;

/// An open session.
pub(super) struct Conversation {
    say: Sender<Vec<u8>>,
    hear: Receiver<Vec<u8>>,
    /// Ends what a statement tells. It is random, so that no data contain it.
    mark: String,
    /// The session has ended before its time.
    is_lost: bool,
}

/// Opens a session and has `work` use it. What goes wrong in the session is told by what psql says at its end.
pub(super) fn converse<T, E: From<DatabaseError>>(
    server: &Server<'_>,
    database: &Name,
    doing: &str,
    work: impl FnOnce(&mut Conversation) -> Result<T, E>,
) -> Result<T, E> {
    let mark = random_text()?;
    let (say, said) = channel();
    let (tell, hear) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        let session = scope.spawn(move || {
            let mut from = Said { text: Vec::new(), given: 0, said };
            server.converse(database, &mut from, &mut Told(tell), doing)
        });
        let mut conversation = Conversation { say, hear, mark, is_lost: false };
        let done = work(&mut conversation);
        let is_lost = conversation.is_lost;
        drop(conversation);
        let ended = session.join().unwrap_or_else(|_| Err(lost()));
        match (done, ended) {
            // The session ended first, and its own words say why.
            (Err(_), Err(reason)) if is_lost => Err(reason.into()),
            (done, _) => done,
        }
    })
}

impl Conversation {
    /// Runs statements, and gives back what they tell.
    pub(super) fn ask(&mut self, sql: &str) -> Result<String, DatabaseError> {
        let mut told = Vec::new();
        self.copy(sql, &mut |piece| {
            told.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(String::from_utf8_lossy(&told).into_owned())
    }

    /// Runs statements, and hands on what they tell as it comes.
    pub(super) fn copy(
        &mut self,
        sql: &str,
        take: &mut dyn FnMut(&[u8]) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        let text = format!("{sql}\n\\echo {}\n", self.mark);
        let sent = self.say.send(text.into_bytes());
        sent.map_err(|_| self.lost())?;
        // Only at the beginning of a line can the mark stand: what may be one waits for the rest of its line.
        let (mut held, mut begins_line) = (Vec::new(), true);
        loop {
            let mut piece: Vec<u8> = std::mem::take(&mut held);
            let heard = self.hear.recv();
            piece.extend(heard.map_err(|_| self.lost())?);
            if let Some(end) = self.end_in(&piece, begins_line) {
                return if end == 0 { Ok(()) } else { take(&piece[..end]) };
            }
            let last = memrchr(b'\n', &piece).map(|line| line + 1).or(begins_line.then_some(0));
            begins_line = last.is_some_and(|last| self.mark.as_bytes().starts_with(&piece[last..]));
            if let (Some(last), true) = (last, begins_line) {
                held = piece.split_off(last);
            }
            if !piece.is_empty() {
                take(&piece)?;
            }
        }
    }

    fn lost(&mut self) -> DatabaseError {
        self.is_lost = true;
        lost()
    }

    /// Where the mark stands on a line of its own.
    fn end_in(&self, piece: &[u8], begins_line: bool) -> Option<usize> {
        let line = [self.mark.as_bytes(), b"\n"].concat();
        if begins_line && piece.starts_with(&line) {
            return Some(0);
        }
        let found = memmem::find(piece, &[b"\n", &line[..]].concat())?;
        Some(found + 1)
    }
}

/// What is said, as something that psql reads.
struct Said {
    text: Vec<u8>,
    given: usize,
    said: Receiver<Vec<u8>>,
}

impl Read for Said {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            self.given = 0;
            self.text = match self.said.recv_timeout(PULSE) {
                Ok(text) => text,
                Err(RecvTimeoutError::Timeout) => b"\n".to_vec(),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
        }
        let length = into.len().min(self.text.len() - self.given);
        into[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// What psql writes, as it comes.
struct Told(SyncSender<Vec<u8>>);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::Error::other("nobody takes what the server tells"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lost() -> DatabaseError {
    DatabaseError::Strange("the session ended early".to_owned())
}

/// What nobody can guess.
pub(super) fn random_text() -> Result<String, DatabaseError> {
    let mut bytes = [0; 32];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    read.map_err(crate::docker::RunError::Streams)?;
    Ok(digits(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `ask` hears when psql's words come in pieces of this size.
    fn heard(told: &str, size: usize) -> String {
        let (say, _said) = channel();
        let (tell, hear) = sync_channel(10_000);
        told.as_bytes().chunks(size).for_each(|piece| tell.send(piece.to_vec()).unwrap());
        let mut conversation = Conversation { say, hear, mark: "mark".to_owned(), is_lost: false };
        conversation.ask("").unwrap()
    }

    #[test]
    fn a_statement_ends_at_the_mark_alone_on_its_line() {
        for size in 1..12 {
            for (told, expected) in [
                ("mark\n", ""),
                ("a\nmark\n", "a\n"),
                ("marker\nmar\n\nmark\n", "marker\nmar\n\n"),
                ("a mark\nmark x\nmark\n", "a mark\nmark x\n"),
                ("m\nmmark\nma\nmark\n", "m\nmmark\nma\n"),
            ] {
                assert_eq!(heard(told, size), expected, "{told:?} by {size}");
            }
        }
    }
}
