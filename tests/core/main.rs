//! Tests of the core as native Rust, called as a Rust user calls it.
// A test reports a failure by a panic.
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
mod breakdown;
mod contract;
mod forged;
mod forged_snapshots;
mod fuzzed;
mod generated;
mod harness;
mod json_suite;
mod limits;
mod naive;
mod parts;
mod properties;
mod reader;
mod rollup;
mod settle;
mod state;
mod support;
mod texts;
mod timestamps;
mod zone_names;
mod zones;
