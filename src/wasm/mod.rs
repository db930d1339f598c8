//! Exports the core to JavaScript. Only this folder names wasm-bindgen. It converts values, and judges nothing.
//!
//! An error is thrown as a plain object `{code, message, path?, line?, byteOffset?}`. `pkg/src/errors.ts` makes a `UsageError` of
//! it. This folder may import everything.

mod check;
mod counting;
mod periods;

pub use check::*;
pub use counting::*;
pub use periods::*;

use crate::calendar::zone::TZDB_VERSION;
use crate::collections::keyed_hash::set_key;
use crate::collections::murmur3::murmur3_x64_128;
use crate::error::{Code, Problem, UsageError};
use crate::options::OptionValue;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Sets a random key for the hash tables, so that nobody can choose ids that collide.
#[wasm_bindgen(start)]
fn start() {
    set_key((js_sys::Math::random().to_bits() >> 20) as u32); // the upper bits of the fraction
}

/// Converts a value to plain objects. A missing value becomes `null`. A map becomes a `Map`, whose keys may be any text, also
/// `__proto__`.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&Serializer::new().serialize_missing_as_null(true))
        .map_err(too_large)
}

/// The error for a number that JavaScript can't hold exactly. The serializer has no other errors for our values. Its own error would
/// look like a fault of the module, after which the package gives up the instance.
#[inline(never)]
fn too_large(_: serde_wasm_bindgen::Error) -> JsValue {
    thrown(UsageError::new(
        Code::Overflow,
        "a number of the result is beyond 2^53 - 1",
    ))
}

#[inline(never)]
fn thrown(error: UsageError) -> JsValue {
    to_js(&Problem::from(error)).unwrap_or(JsValue::NULL)
}

/// The version of this crate, which the package shares, and the release of the tz database, separated by a space.
#[wasm_bindgen]
pub fn versions() -> String {
    [env!("CARGO_PKG_VERSION"), " ", TZDB_VERSION].concat()
}

/// The hash of bytes, 16 bytes long. The package makes entity tags of it.
#[wasm_bindgen(js_name = contentHash)]
pub fn content_hash(bytes: &[u8]) -> Vec<u8> {
    murmur3_x64_128(bytes, 0).map(u64::to_be_bytes).concat()
}

/// Reads an option, unless it is missing.
fn given<T>(option: &OptionValue, read: impl FnOnce() -> Result<T, UsageError>) -> Result<Option<T>, UsageError> {
    if *option == OptionValue::Missing {
        Ok(None)
    } else {
        read().map(Some)
    }
}
