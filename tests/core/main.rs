//! The core natively, as a Rust user calls it.
#![cfg(not(target_arch = "wasm32"))]

mod bad_input;
mod generated;
mod properties;
mod reader;
mod support;
