//! Free space on the server's disks. A server whose disk is full may not start again, and takes every database with it:
//! so whatever writes to the server is checked before, and broken off before the disk is full.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::cleanup::break_off;
use crate::database::{DatabaseError, Lock, Server};
use crate::docker::interrupted;

/// How often the disks are looked at.
const PAUSE: Duration = Duration::from_millis(500);
/// How often where less than so many times the reserve is free: a server may write half of it in a second.
const SHORT_PAUSE: Duration = Duration::from_millis(20);
/// How long it takes from a look until the work has ended.
const REACTION: Duration = Duration::from_millis(400);
/// How often the lock is looked at.
const LOCK_PAUSE: Duration = Duration::from_secs(1);
const NEAR: u64 = 8;
/// The reserve is at most this part of a disk, however much WAL the server is configured to keep.
const LARGEST_PART: u64 = 5;
/// The tablespace that lies in the server's data folder.
const DEFAULT_TABLESPACE: &str = "pg_default";

/// Free space on the disks that a server writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpace {
    folders: Folders,
    /// One for each folder, in the same order.
    disks: Vec<Disk>,
}

/// What a file system has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Disk {
    device: String,
    /// In bytes.
    total: u64,
    /// In bytes.
    free: u64,
}

/// Where a server writes to, and how much WAL it keeps.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct Folders {
    /// `max_wal_size`, in bytes.
    max_wal: u64,
    /// How much WAL there is, in bytes.
    wal: u64,
    data: Option<String>,
    /// The tablespaces of their own: name and folder.
    tablespaces: Vec<(String, String)>,
}

/// More space that is needed than there is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What must be free: what is needed, the WAL that is written with it, and the reserve.
    pub needed: u64,
    /// What is free.
    pub free: u64,
}

/// Settings that the connecting user may not see are not there, and who may not list the WAL is taken to have none.
const QUERY: &str = "
SELECT has_function_privilege('pg_ls_waldir()', 'EXECUTE') AS may_list \\gset
\\set wal 0
\\if :may_list
SELECT coalesce(sum(size), 0) AS wal FROM pg_ls_waldir() \\gset
\\endif
SELECT json_build_object(
  'max_wal', (SELECT pg_size_bytes(setting || unit) FROM pg_settings WHERE name = 'max_wal_size'),
  'wal', :wal,
  'data', (SELECT setting FROM pg_settings WHERE name = 'data_directory'),
  'tablespaces', (SELECT coalesce(json_agg(json_build_array(spcname, pg_tablespace_location(oid))), '[]')
    FROM pg_tablespace WHERE pg_tablespace_location(oid) <> ''));
";

impl Folders {
    /// The folders to look at: data, WAL (which may be a link to elsewhere), tablespaces.
    fn paths(&self) -> Vec<String> {
        let data = self.data.iter().flat_map(|data| [data.clone(), format!("{data}/pg_wal")]);
        data.chain(self.tablespaces.iter().map(|(_, folder)| folder.clone())).collect()
    }

    fn of_tablespace(&self, name: &str) -> usize {
        let known = || self.tablespaces.iter().position(|(other, _)| other == name).map(|place| place + 2);
        if name == DEFAULT_TABLESPACE { 0 } else { known().unwrap_or(0) }
    }
}

impl Disk {
    /// What must stay free on it: as much as the WAL may grow, but at most a fifth of the disk.
    fn reserve(&self, max_wal: u64) -> u64 {
        max_wal.min(self.total / LARGEST_PART)
    }

    /// Reads a line of `df -P -k`.
    fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let percent = words.iter().rposition(|word| word.ends_with('%')).filter(|place| *place >= 4)?;
        let kilobytes = |place: usize| words[place].parse::<u64>().ok().map(|number| number * 1024);
        let device = words[..percent - 3].join(" ");
        Some(Self { device, total: kilobytes(percent - 3)?, free: kilobytes(percent - 1)? })
    }
}

impl DiskSpace {
    /// Returns what is lacking for `needed` more bytes in a tablespace, and the WAL that is written with them.
    #[must_use]
    pub fn lacks(&self, needed: u64, tablespace: &str) -> Option<Lack> {
        const WAL: usize = 1;
        let Folders { max_wal, wal, .. } = self.folders;
        let written = needed.min(max_wal.saturating_sub(wal));
        let data = self.disks.get(self.folders.of_tablespace(tablespace))?;
        let log = self.disks.get(WAL).unwrap_or(data);
        let demands = if data == log { vec![(data, needed + written)] } else { vec![(data, needed), (log, written)] };
        let lack = |(disk, bytes): (&Disk, u64)| {
            let lack = Lack { needed: bytes + disk.reserve(max_wal), free: disk.free };
            (lack.needed > lack.free).then_some(lack)
        };
        demands.into_iter().find_map(lack)
    }

    fn watch(&self) -> Watch {
        Watch { max_wal: self.folders.max_wal, before: None, rates: Vec::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ample,
    Near,
    Exhausted,
}

impl Server<'_> {
    /// Returns the free space on the server's disks; `None` where it cannot be seen. `data` is the server's data folder,
    /// for a user to whom the server does not show it.
    ///
    /// # Errors
    /// When the server does not answer, or docker cannot be run.
    pub fn disk_space(&self, data: Option<&str>) -> Result<Option<DiskSpace>, DatabaseError> {
        let Some(folders) = self.folders(data)? else { return Ok(None) };
        let told = self.outside(&df(&folders.paths()))?;
        let disks: Vec<Disk> = told.text().lines().skip(1).filter_map(Disk::read).collect();
        let all = told.ended.well() && disks.len() == folders.paths().len();
        Ok(all.then_some(DiskSpace { folders, disks }))
    }

    fn folders(&self, data: Option<&str>) -> Result<Option<Folders>, DatabaseError> {
        if !self.is_beside() {
            return Ok(None);
        }
        let found: Vec<Folders> = self.ask(QUERY)?;
        Ok(found.into_iter().next().map(|found| Folders { data: found.data.or(data.map(str::to_owned)), ..found }))
            .map(|found| found.filter(|found| found.data.is_some()))
    }
}

/// A link that points nowhere, or a folder that cannot be seen, makes it fail.
fn df(paths: &[String]) -> Vec<&str> {
    ["df", "-P", "-k", "--"].into_iter().chain(paths.iter().map(String::as_str)).collect()
}

/// How guarded work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    Itself,
    /// It was broken off, or did not begin, because a disk of the server is nearly full.
    DiskFull,
    /// It was broken off because the disks could not be watched any more.
    Unwatched,
    /// It was broken off because the lock was lost.
    LockLost,
}

/// Does work that writes to the server, under a lock. It is broken off when one of the server's disks is nearly full,
/// when that cannot be seen any more, and when the lock is lost. Returns what the work returned, unless it did not
/// begin.
///
/// # Errors
/// When the server does not answer.
pub fn guarded<T>(
    lock: &Lock<'_, '_>,
    data: Option<&str>,
    work: impl FnOnce() -> T,
) -> Result<(Option<T>, Ended), DatabaseError> {
    let space = lock.server().disk_space(data)?;
    if space.as_ref().is_some_and(|space| space.watch().see(&space.disks) == State::Exhausted) {
        return Ok((None, Ended::DiskFull));
    }
    let guard =
        Guard { lock, over: AtomicBool::new(false), near: AtomicBool::new(true), ended: Mutex::new(Ended::Itself) };
    let done = std::thread::scope(|scope| {
        // Where the disks cannot be seen there is nothing to watch.
        let asking = space.as_ref().and_then(|space| {
            let (looks, asking) = io::pipe().ok()?;
            scope.spawn(|| guard.watch_disks(space, looks));
            Some(scope.spawn(|| guard.ask_now_and_then(asking)))
        });
        let holding = scope.spawn(|| guard.watch_lock());
        let done = work();
        guard.over.store(true, Ordering::Relaxed);
        asking.iter().for_each(|asking| asking.thread().unpark());
        holding.thread().unpark();
        done
    });
    let ended = *guard.ended.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((Some(done), ended))
}

/// What is watched while work lasts.
struct Guard<'g, 's, 'r> {
    lock: &'g Lock<'s, 'r>,
    over: AtomicBool,
    near: AtomicBool,
    ended: Mutex<Ended>,
}

impl Guard<'_, '_, '_> {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// The first reason counts. It is ended with every look: something may just have begun.
    fn break_off(&self, reason: Ended) {
        // A signal ends the work by itself, and the watch with it.
        if self.is_over() || interrupted() {
            return;
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if *ended == Ended::Itself {
            *ended = reason;
        }
        drop(ended);
        break_off(self.lock);
    }

    fn watch_disks(&self, space: &DiskSpace, mut looks: PipeReader) {
        let mut watch = space.watch();
        let mut gauge = Gauge {
            text: Vec::new(),
            lines: space.disks.len() + 1,
            seen: |disks: &[Disk]| {
                let state = watch.see(disks);
                self.near.store(state != State::Ample, Ordering::Relaxed);
                if state == State::Exhausted {
                    self.break_off(Ended::DiskFull);
                }
            },
        };
        let _ = self.lock.server().watch(&space.folders.paths(), &mut looks, &mut gauge);
        // Before the work is over it ends when the program that looks does, or the server.
        if !self.is_over() {
            self.break_off(if self.lock.is_held() { Ended::Unwatched } else { Ended::LockLost });
        }
        drop(looks);
    }

    /// Asks for a look until all is over, or nobody looks any more.
    fn ask_now_and_then(&self, mut asking: PipeWriter) {
        while !self.is_over() && asking.write_all(b"\n").is_ok() {
            std::thread::park_timeout(if self.near.load(Ordering::Relaxed) { SHORT_PAUSE } else { PAUSE });
        }
    }

    fn watch_lock(&self) {
        while !self.is_over() {
            std::thread::park_timeout(LOCK_PAUSE);
            if !self.is_over() && !interrupted() && !self.lock.is_held() {
                self.break_off(Ended::LockLost);
            }
        }
    }
}

/// Looks at disks one after the other, and knows how fast they fill up.
struct Watch {
    max_wal: u64,
    before: Option<(Instant, Vec<u64>)>,
    /// In bytes in a second, for each disk.
    rates: Vec<f64>,
}

impl Watch {
    fn see(&mut self, disks: &[Disk]) -> State {
        let now = Instant::now();
        if let Some((then, before)) = &self.before {
            let seconds = (now - *then).as_secs_f64().max(0.001);
            let rates =
                disks.iter().zip(before).map(|(disk, before)| before.saturating_sub(disk.free) as f64 / seconds);
            // Half of the former rate: a single burst is no rate.
            let former = self.rates.iter().copied().chain(std::iter::repeat(0.0));
            self.rates = rates.zip(former).map(|(rate, former)| f64::midpoint(rate, former)).collect();
        }
        self.before = Some((now, disks.iter().map(|disk| disk.free).collect()));
        let soon = |at: usize| self.rates.get(at).map_or(0.0, |rate| rate * REACTION.as_secs_f64()) as u64;
        let below = |times: u64| {
            let below = |(at, disk): (usize, &Disk)| disk.free < disk.reserve(self.max_wal) * times + soon(at);
            disks.iter().enumerate().any(below)
        };
        match (below(1), below(NEAR)) {
            (true, _) => State::Exhausted,
            (false, true) => State::Near,
            (false, false) => State::Ample,
        }
    }
}

/// Reads what `df` writes, so many lines for each look.
struct Gauge<T> {
    text: Vec<u8>,
    lines: usize,
    seen: T,
}

impl<T: FnMut(&[Disk])> Write for Gauge<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        if self.text.iter().filter(|byte| **byte == b'\n').count() >= self.lines {
            let text = String::from_utf8_lossy(&self.text).into_owned();
            (self.seen)(&text.lines().filter_map(Disk::read).collect::<Vec<_>>());
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

    const MIB: u64 = 1 << 20;

    fn disk(device: &str, total: u64, free: u64) -> Disk {
        Disk { device: device.into(), total: total * MIB, free: free * MIB }
    }

    fn space(max_wal: u64, disks: Vec<Disk>) -> DiskSpace {
        let tablespaces = vec![("fast".to_owned(), "/fast".to_owned())];
        let folders = Folders { max_wal: max_wal * MIB, wal: 0, data: Some("/data".into()), tablespaces };
        DiskSpace { folders, disks }
    }

    #[test]
    fn what_df_says_is_read() {
        let line = "/dev/vda         263174212 17000000  80000000      18% /var/lib/postgresql/my data";
        assert_eq!(
            Disk::read(line),
            Some(Disk { device: "/dev/vda".into(), total: 263_174_212 * 1024, free: 80_000_000 * 1024 })
        );
        assert_eq!(Disk::read("Filesystem     1024-blocks     Used Available Capacity Mounted on"), None);
        assert_eq!(Disk::read("df: /nowhere: No such file or directory"), None);
    }

    #[test]
    fn data_and_log_share_a_disk_or_do_not() {
        let one = vec![disk("a", 1000, 500), disk("a", 1000, 500), disk("b", 1000, 50)];
        // 100 of data, 100 of WAL, 100 in reserve.
        assert_eq!(space(100, one.clone()).lacks(300 * MIB, "pg_default"), None);
        let lack = space(100, one.clone()).lacks(301 * MIB, "pg_default").unwrap();
        assert_eq!((lack.needed, lack.free), (501 * MIB, 500 * MIB));
        // The tablespace has a disk of its own, which is nearly full.
        assert!(space(100, one).lacks(MIB, "fast").is_some());
        let two = vec![disk("a", 1000, 500), disk("c", 1000, 150), disk("b", 1000, 500)];
        assert_eq!(space(75, two.clone()).lacks(400 * MIB, "pg_default"), None);
        assert_eq!(space(76, two).lacks(400 * MIB, "pg_default").unwrap().free, 150 * MIB);
    }

    #[test]
    fn the_reserve_is_at_most_a_fifth() {
        assert_eq!(disk("a", 1000, 0).reserve(4000 * MIB), 200 * MIB);
        assert_eq!(disk("a", 1000, 0).reserve(64 * MIB), 64 * MIB);
        let see = |free| space(64, Vec::new()).watch().see(&[disk("a", 1000, free)]);
        assert_eq!((see(63), see(64), see(512)), (State::Exhausted, State::Near, State::Ample));
    }

    #[test]
    fn what_fills_up_fast_is_ended_earlier() {
        let mut watch = space(64, Vec::new()).watch();
        assert_eq!(watch.see(&[disk("a", 1000, 400)]), State::Near);
        std::thread::sleep(Duration::from_millis(50));
        // At most 4,000 MiB in a second, of which half is believed.
        assert_eq!(watch.see(&[disk("a", 1000, 200)]), State::Exhausted);
    }
}
