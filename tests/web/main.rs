//! The module in a real browser, through the functions that the package calls. One file for each face of the module.
// In a test, a panic is how a fault shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice
)]
#![cfg(target_arch = "wasm32")]

mod check;
mod counting;
mod errors;
mod periods;
mod rollup;
mod snapshots;
mod support;
mod temporal;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
