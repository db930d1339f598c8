//! The reader against serde_json and a naive count, whole and cut: `npm run fuzz`. The harness is that of `tests/core/`.
#![no_main]

#[path = "../tests/core/harness.rs"]
mod harness;
#[path = "../tests/core/naive.rs"]
mod naive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::check_bytes(bytes));
