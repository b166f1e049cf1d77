//! Arbitrary bytes as a plain dump: never a panic, never a hang.
#![no_main]

use std::io::sink;

use lapstrake::database::{Target, filtered};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let target = Target::default();
    let _ = std::io::copy(&mut filtered(bytes, &target), &mut sink());
});
