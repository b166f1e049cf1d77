//! The room on the server's disk. A server whose disk is full may not come back, and takes every database with it: so
//! whatever fills a new database is ended before that.

use std::io::{self, PipeWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Server;
use super::cleanup::break_off;

/// How often we look.
const PAUSE: Duration = Duration::from_millis(500);
/// How often where the room is less than so many times the reserve: a server may write half of it in a second.
const SHORT_PAUSE: Duration = Duration::from_millis(50);
const NEAR: u64 = 8;
/// What is left to the server at least: a tenth of its disk, but not more than this.
const LARGEST_RESERVE: u64 = 1 << 30;

/// How much room there is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// All of it.
    pub total: u64,
    /// What is free.
    pub free: u64,
}

impl Room {
    /// What must stay free.
    #[must_use]
    pub fn reserve(self) -> u64 {
        (self.total / 10).min(LARGEST_RESERVE)
    }

    /// Reads what `df -P -k` writes about one folder.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.lines().nth(1)?.split_whitespace().skip(1);
        let total: u64 = words.next()?.parse().ok()?;
        let free: u64 = words.nth(1)?.parse().ok()?;
        Some(Self { total: total * 1024, free: free * 1024 })
    }
}

/// Does work that writes to the server, and breaks it off when the disk with `folder` is nearly full. Returns whether
/// that happened.
pub fn with_room_left<T>(server: &Server<'_>, folder: Option<&str>, work: impl FnOnce() -> T) -> (T, bool) {
    let (over, near, exhausted) = (AtomicBool::new(false), AtomicBool::new(true), AtomicBool::new(false));
    // Where the room cannot be seen there is nothing to watch.
    let (Some(folder), Ok((mut looks, asking))) = (folder, io::pipe()) else { return (work(), false) };
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut gauge = Gauge {
                text: Vec::new(),
                told: |room: Room| {
                    near.store(room.free < room.reserve() * NEAR, Ordering::Relaxed);
                    if room.free < room.reserve() {
                        exhausted.store(true, Ordering::Relaxed);
                        // With every look: somebody may have been connecting meanwhile.
                        let _ = break_off(server);
                    }
                },
            };
            let _ = server.watch_room(folder, &mut looks, &mut gauge);
            drop(looks);
        });
        let asking = scope.spawn(|| ask_now_and_then(asking, &over, &near));
        let done = work();
        over.store(true, Ordering::Relaxed);
        asking.thread().unpark();
        done
    });
    (done, exhausted.into_inner())
}

/// Asks for a look until all is over, or nobody looks any more.
fn ask_now_and_then(mut asking: PipeWriter, over: &AtomicBool, near: &AtomicBool) {
    while !over.load(Ordering::Relaxed) && asking.write_all(b"\n").is_ok() {
        std::thread::park_timeout(if near.load(Ordering::Relaxed) { SHORT_PAUSE } else { PAUSE });
    }
}

/// Reads what `df` writes, two lines for each look.
struct Gauge<T> {
    text: Vec<u8>,
    told: T,
}

impl<T: FnMut(Room)> Write for Gauge<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        if self.text.iter().filter(|byte| **byte == b'\n').count() >= 2 {
            if let Some(room) = Room::read(&String::from_utf8_lossy(&self.text)) {
                (self.told)(room);
            }
            self.text.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_df_says_is_read() {
        let text = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                    /dev/vda         263174212 17000000  80000000      18% /var/lib/postgresql/data\n";
        let room = Room::read(text).unwrap();
        assert_eq!(room, Room { total: 263_174_212 * 1024, free: 80_000_000 * 1024 });
        assert_eq!(room.reserve(), 1 << 30);
        assert_eq!(Room { total: 400 << 20, free: 0 }.reserve(), 40 << 20);
        assert_eq!(Room::read("df: /nowhere: No such file or directory\n"), None);
    }
}
