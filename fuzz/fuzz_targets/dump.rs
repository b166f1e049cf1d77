//! Arbitrary bytes as a plain dump: never a panic, never a hang, no more comes out than went in.
#![no_main]

use std::io::Read;

use lapstrake::database::Plain;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut passed = Vec::new();
    if Plain::new(bytes).read_to_end(&mut passed).is_ok() {
        assert!(passed.len() <= bytes.len(), "{} bytes became {}", bytes.len(), passed.len());
    }
});
