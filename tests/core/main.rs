//! The core natively, as a Rust user calls it.
// In a test, a panic is how a fault is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice
)]
#![cfg(not(target_arch = "wasm32"))]

mod bad_input;
mod contract;
mod fuzzed;
mod generated;
mod harness;
mod json_suite;
mod naive;
mod properties;
mod reader;
mod rollup;
mod state;
mod support;
mod timestamps;
mod zones;
