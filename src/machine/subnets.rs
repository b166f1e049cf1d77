//! Address ranges: docker's networks, the routes of this machine, and what is free beside them.

use std::fmt;
use std::net::Ipv4Addr;

use serde::Deserialize;

use crate::docker::{Command, Input, RunError, Runner};

/// A range of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    first: u32,
    length: u8,
}

impl Subnet {
    /// Reads `10.1.0.0/16`; anything else, IPv6 included, is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let length: u8 = length.parse().ok().filter(|length| *length <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some(Self { first: address.to_bits() & mask(length), length })
    }

    /// Whether an address is in both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let mask = mask(self.length.min(other.length));
        self.first & mask == other.first & mask
    }
}

fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from_bits(self.first), self.length)
    }
}

/// A network of docker.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// The docker compose project that it belongs to, if it belongs to one.
    pub project: Option<String>,
    /// How many containers are in it.
    pub containers: usize,
    /// Its addresses.
    pub subnets: Vec<Subnet>,
}

#[derive(Deserialize)]
struct Told {
    name: String,
    project: Option<String>,
    containers: serde_json::Map<String, serde_json::Value>,
    pools: Option<Vec<Pool>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    #[serde(default)]
    subnet: String,
}

const FORMAT: &str = concat!(
    r#"{"name":{{json .Name}},"project":{{json (index .Labels "com.docker.compose.project")}},"#,
    r#""containers":{{json .Containers}},"pools":{{json .IPAM.Config}}}"#,
);

/// Every network of docker.
///
/// # Errors
/// When docker cannot be run.
pub fn networks(runner: &dyn Runner) -> Result<Vec<Network>, RunError> {
    let list = Command::new("docker").args(["network", "ls", "--quiet", "--no-trunc"]).input(Input::Nothing);
    let ids = runner.capture(&list)?.text();
    if ids.trim().is_empty() {
        return Ok(Vec::new());
    }
    let look = Command::new("docker").args(["network", "inspect", "--format", FORMAT]);
    let told = runner.capture(&look.args(ids.split_whitespace()).input(Input::Nothing))?.text();
    let read = |line: &str| serde_json::from_str::<Told>(line).ok();
    Ok(told.lines().filter_map(read).map(Network::from).collect())
}

impl From<Told> for Network {
    fn from(told: Told) -> Self {
        let subnets = told.pools.iter().flatten().filter_map(|pool| Subnet::read(&pool.subnet)).collect();
        let project = told.project.filter(|project| !project.is_empty());
        Self { name: told.name, project, containers: told.containers.len(), subnets }
    }
}

/// The routes of this machine with their interfaces, without the one that leads everywhere and those into docker's own
/// bridges.
#[must_use]
pub fn routes() -> Vec<(String, Subnet)> {
    let text = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    text.lines().skip(1).filter_map(route).collect()
}

/// One line of `/proc/net/route`: interface, destination, …, mask; numbers stand there as the machine keeps them.
fn route(line: &str) -> Option<(String, Subnet)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let interface = *words.first()?;
    let number = |at: usize| Some(u32::from_be_bytes(u32::from_str_radix(words.get(at)?, 16).ok()?.to_ne_bytes()));
    let destination = number(1)?;
    let length = u8::try_from(number(7)?.leading_ones()).ok()?;
    let is_dockers = interface.starts_with("docker") || interface.starts_with("br-");
    (length > 0 && !is_dockers).then(|| (interface.to_owned(), Subnet { first: destination & mask(length), length }))
}

/// A subnet that overlaps with none of these.
#[must_use]
pub fn free_subnet(taken: &[Subnet]) -> Option<Subnet> {
    let candidates = (101..=200).flat_map(|second: u32| (0..=255).map(move |third: u32| (second, third)));
    let mut subnets =
        candidates.map(|(second, third)| Subnet { first: (10 << 24) | (second << 16) | (third << 8), length: 24 });
    subnets.find(|candidate| taken.iter().all(|other| !candidate.overlaps(*other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        Subnet::read(text).unwrap()
    }

    #[test]
    fn ranges_overlap_where_one_holds_the_other() {
        assert!(subnet("10.0.0.0/8").overlaps(subnet("10.1.2.0/24")));
        assert!(subnet("10.1.2.0/24").overlaps(subnet("10.0.0.0/8")));
        assert!(!subnet("10.1.2.0/24").overlaps(subnet("10.1.3.0/24")));
        assert!(subnet("0.0.0.0/0").overlaps(subnet("10.1.3.0/24")));
        assert_eq!(subnet("10.1.2.3/16").to_string(), "10.1.0.0/16");
        for text in ["10.1.2.3", "10.1.2.3/33", "fd00::/8", "x/8"] {
            assert_eq!(Subnet::read(text), None, "{text}");
        }
    }

    #[test]
    fn routes_are_read_as_the_kernel_writes_them() {
        let line = "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
        assert_eq!(route(line), Some(("eth0".to_owned(), subnet("192.168.2.0/24"))));
        assert_eq!(route(&line.replace("00FFFFFF", "00000000")), None);
        assert_eq!(route(&line.replace("eth0", "br-0123456789ab")), None);
    }

    #[test]
    fn a_free_one_is_beside_all_others() {
        let taken = [subnet("10.101.0.0/24"), subnet("10.101.1.0/24")];
        assert_eq!(free_subnet(&taken), Some(subnet("10.101.2.0/24")));
        assert_eq!(free_subnet(&[subnet("0.0.0.0/0")]), None);
    }
}
