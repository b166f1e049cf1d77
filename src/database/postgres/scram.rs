//! What a server keeps of a password (RFC 5802 and 7677): with this instead of the password itself in `CREATE ROLE`,
//! the password stands in no log of the server.

use std::io;

use sha2::{Digest, Sha256};

use crate::machine::random_secret;
use crate::report::Secret;

const ROUNDS: usize = 4096;
const BLOCK: usize = 64;

/// Returns what a server keeps of a password, as `CREATE ROLE … PASSWORD` takes it.
///
/// # Errors
/// When the system has no randomness.
pub(in crate::database) fn verifier(password: &Secret) -> io::Result<String> {
    let salt = random_secret()?;
    Ok(with_salt(password.expose().as_bytes(), salt.expose().as_bytes()))
}

fn with_salt(password: &[u8], salt: &[u8]) -> String {
    let mut last = hmac(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut salted = last;
    for _ in 1..ROUNDS {
        last = hmac(password, &last);
        salted.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    let stored: [u8; 32] = Sha256::digest(hmac(&salted, b"Client Key")).into();
    let server = hmac(&salted, b"Server Key");
    format!("SCRAM-SHA-256${ROUNDS}:{}${}:{}", base64(salt), base64(&stored), base64(&server))
}

/// For keys that are no longer than a block.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; BLOCK];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number =
            three.iter().enumerate().fold(0_u32, |number, (at, byte)| number | u32::from(*byte) << (16 - 8 * at));
        for at in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * at) & 63) as usize];
            text.push(if at > three.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_standard_says() {
        // RFC 7677, section 3: user `user`, password `pencil`.
        let salt = [0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81];
        insta::assert_snapshot!(with_salt(b"pencil", &salt), @"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
        assert_eq!([base64(b"a"), base64(b"ab"), base64(b"abc")], ["YQ==", "YWI=", "YWJj"]);
    }
}
