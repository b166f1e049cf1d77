//! Free space on the server's disks. A server whose disk is full may not start again, and takes every database with it:
//! so whatever writes to the server is checked before, and broken off before the disk is full.

use std::io::{self, PipeWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;

use super::cleanup::break_off;
use super::{DatabaseError, Server};

/// How often the disks are looked at.
const PAUSE: Duration = Duration::from_millis(500);
/// How often where less than so many times the reserve is free: a server may write half of it in a second.
const SHORT_PAUSE: Duration = Duration::from_millis(50);
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

/// Settings that the connecting user may not see are not there.
const QUERY: &str = "
SELECT json_build_object(
  'max_wal', (SELECT pg_size_bytes(setting || unit) FROM pg_settings WHERE name = 'max_wal_size'),
  'wal', CASE WHEN pg_has_role(current_user, 'pg_monitor', 'USAGE')
    THEN (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()) ELSE 0 END,
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

    fn state(max_wal: u64, disks: &[Disk]) -> State {
        let below = |times: u64| disks.iter().any(|disk| disk.free < disk.reserve(max_wal) * times);
        match (below(1), below(NEAR)) {
            (true, _) => State::Exhausted,
            (false, true) => State::Near,
            (false, false) => State::Ample,
        }
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

/// Does work that writes to the server, and breaks it off when one of the server's disks is nearly full. Returns
/// whether that happened.
pub fn with_space_left<T>(server: &Server<'_>, data: Option<&str>, work: impl FnOnce() -> T) -> (T, bool) {
    // Where the disks cannot be seen there is nothing to watch.
    let (Ok(Some(folders)), Ok((mut looks, asking))) = (server.folders(data), io::pipe()) else {
        return (work(), false);
    };
    let (over, near, exhausted) = (AtomicBool::new(false), AtomicBool::new(true), AtomicBool::new(false));
    let paths = folders.paths();
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut gauge = Gauge {
                text: Vec::new(),
                lines: paths.len() + 1,
                seen: |disks: &[Disk]| {
                    let state = DiskSpace::state(folders.max_wal, disks);
                    near.store(state != State::Ample, Ordering::Relaxed);
                    if state == State::Exhausted && !over.load(Ordering::Relaxed) {
                        exhausted.store(true, Ordering::Relaxed);
                        // With every look: something may just have begun.
                        let _ = break_off(server);
                    }
                },
            };
            let _ = server.watch(&paths, &mut looks, &mut gauge);
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
        let disks = |free| [disk("a", 1000, free)];
        assert_eq!(DiskSpace::state(64 * MIB, &disks(63)), State::Exhausted);
        assert_eq!(DiskSpace::state(64 * MIB, &disks(64)), State::Near);
        assert_eq!(DiskSpace::state(64 * MIB, &disks(512)), State::Ample);
    }
}
