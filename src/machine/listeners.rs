//! The ports of the machine that somebody listens on, and who that is. The kernel tells it in `/proc`.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// A socket that somebody listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// The address it is bound to.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    inode: u64,
}

/// Every listener of this machine; none where the system does not tell.
#[must_use]
pub fn listeners() -> Vec<Listener> {
    let tables =
        [("tcp", "/proc/net/tcp"), ("tcp", "/proc/net/tcp6"), ("udp", "/proc/net/udp"), ("udp", "/proc/net/udp6")];
    let read = |(protocol, path): (&'static str, &str)| {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().filter_map(|line| entry(protocol, line)).collect::<Vec<_>>()
    };
    tables.into_iter().flat_map(read).collect()
}

/// The first port from `from` on that nobody listens on and that is not among `others`.
#[must_use]
pub fn free_port(from: u16, taken: &[Listener], others: &[u16]) -> Option<u16> {
    (from..=u16::MAX).find(|port| !others.contains(port) && taken.iter().all(|listener| listener.port != *port))
}

impl Listener {
    /// The program that listens, and its number, as far as we may see it.
    #[must_use]
    pub fn program(&self) -> Option<(String, u32)> {
        let socket = format!("socket:[{}]", self.inode);
        let holds = |process: &Path| {
            let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
            files.filter_map(|file| fs::read_link(file.path()).ok()).any(|link| link.as_os_str() == socket.as_str())
        };
        for process in fs::read_dir("/proc").ok()?.flatten() {
            let Some(number) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            if holds(&process.path()) {
                let name = fs::read_to_string(process.path().join("comm")).ok()?;
                return Some((name.trim().to_owned(), number));
            }
        }
        None
    }
}

/// One line of `/proc/net/tcp` and its like: number, address, peer, state, …, inode.
fn entry(protocol: &'static str, line: &str) -> Option<Listener> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (address, port) = words.get(1)?.split_once(':')?;
    let listens = match protocol {
        "tcp" => *words.get(3)? == "0A",
        _ => words.get(2)?.ends_with(":0000"),
    };
    listens.then_some(())?;
    Some(Listener {
        protocol,
        address: read_address(address)?,
        port: u16::from_str_radix(port, 16).ok()?,
        inode: words.get(9)?.parse().ok()?,
    })
}

/// Groups of four bytes, each as the machine keeps a number.
fn read_address(text: &str) -> Option<IpAddr> {
    let words = (0..text.len() / 8).map(|at| u32::from_str_radix(text.get(at * 8..at * 8 + 8)?, 16).ok());
    let words: Vec<u32> = words.collect::<Option<_>>()?;
    match words.as_slice() {
        [word] => Some(Ipv4Addr::from(word.to_ne_bytes()).into()),
        [_, _, _, _] => {
            let mut bytes = [0; 16];
            for (four, word) in bytes.chunks_mut(4).zip(&words) {
                four.copy_from_slice(&word.to_ne_bytes());
            }
            let address = Ipv6Addr::from(bytes);
            Some(address.to_ipv4_mapped().map_or(address.into(), IpAddr::from))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_is_found() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let all = listeners();
        let own = all.iter().find(|listener| listener.port == port && listener.protocol == "tcp").unwrap();
        assert_eq!(own.address, IpAddr::from([127, 0, 0, 1]));
        assert_eq!(own.program().map(|(_, number)| number), Some(std::process::id()));
        assert!(free_port(port, &all, &[port + 1]).is_some_and(|free| free > port + 1));
    }
}
