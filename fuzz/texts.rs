//! Timestamps and names of zones: `npm run fuzz -- 30 texts`. The harness is that of `tests/core/`.
#![no_main]
// The naive count has more than the reading of timestamps.
#![allow(dead_code)]

#[path = "../tests/core/naive.rs"]
mod naive;
#[path = "../tests/core/texts.rs"]
mod texts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| texts::check_bytes(bytes));
