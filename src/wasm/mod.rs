//! The face of the core in JavaScript: the only folder that names wasm-bindgen. It converts, and judges nothing.
//!
//! What is thrown is a plain object `{code, message, path?, line?, byteOffset?}`; `pkg/src/errors.ts` makes `UsageError`s
//! of them. It may import everything.

mod check;
mod counting;
mod periods;

pub use check::*;
pub use counting::*;
pub use periods::*;

use crate::calendar::zone::TZDB_VERSION;
use crate::collections::keyed_hash::set_key;
use crate::collections::murmur3::murmur3_x64_128;
use crate::error::{Problem, UsageError};
use crate::options::OptionValue;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Nobody who makes ids up can know where they are looked for.
#[wasm_bindgen(start)]
fn start() {
    set_key((js_sys::Math::random().to_bits() >> 20) as u32); // the upper bits of its fraction
}

/// Plain objects, with `null` for what is absent; maps as `Map`, whose keys can be any text, `__proto__` too.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_missing_as_null(true))?)
}

fn thrown(error: UsageError) -> JsValue {
    to_js(&Problem::from(error)).unwrap_or(JsValue::NULL)
}

/// The version of this crate, which is the package's, and the release of the tz database, with a space between them.
#[wasm_bindgen]
pub fn versions() -> String {
    [env!("CARGO_PKG_VERSION"), " ", TZDB_VERSION].concat()
}

/// The hash of bytes, 16 bytes long. The face makes entity tags of it.
#[wasm_bindgen(js_name = contentHash)]
pub fn content_hash(bytes: &[u8]) -> Vec<u8> {
    murmur3_x64_128(bytes, 0).map(u64::to_be_bytes).concat()
}

/// What an option says, if it says anything.
fn given<T>(option: &OptionValue, read: impl FnOnce() -> Result<T, UsageError>) -> Result<Option<T>, UsageError> {
    if *option == OptionValue::Missing {
        Ok(None)
    } else {
        read().map(Some)
    }
}
