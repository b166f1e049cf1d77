//! Secrets from the system's randomness.

use std::fmt::Write;
use std::io;

use rustix::rand::{GetRandomFlags, getrandom};

use crate::report::Secret;

/// 192 random bits in hexadecimal: letters and digits only, so that it can be part of an address.
///
/// # Errors
/// When the system gives none.
pub fn random_secret() -> io::Result<Secret> {
    let mut bytes = [0_u8; 24];
    let mut filled = 0;
    while filled < bytes.len() {
        filled += getrandom(&mut bytes[filled..], GetRandomFlags::empty())?;
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same() {
        let (one, other) = (random_secret().unwrap(), random_secret().unwrap());
        assert!(one != other);
        assert!(one.expose().len() == 48 && one.expose().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
