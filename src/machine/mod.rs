//! What this machine has: ports in use, address ranges, room on its disks, randomness, the validity of certificates.

mod certificate;
mod listeners;
mod random;
mod room;
mod subnets;

pub use certificate::expiries;
pub use listeners::{Listener, free_port, listeners};
pub use random::random_secret;
pub use room::room;
pub use subnets::{Network, Subnet, free_subnet, networks, routes};
