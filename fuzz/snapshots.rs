//! Forged snapshots with the right checksum: `npm run fuzz -- 30 snapshots`. The harness is that of `tests/core/`.
#![no_main]
// The harness also has what the bounded run needs.
#![allow(dead_code)]

#[path = "../tests/core/forged.rs"]
mod forged;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| forged::check_bytes(bytes));
