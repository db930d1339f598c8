//! JSON as bytes: strings, tokens, grammars, values and numbers. It knows nothing of records.
//!
//! It may import `error`, `message` and nothing else of the crate.

pub mod bitmaps;
pub mod blocks;
pub mod cursor;
pub mod decimal;
pub mod number_grammar;
pub mod strings;
pub mod syntax;
pub mod utf8;
pub mod value;

/// The most levels of arrays and objects inside each other. serde_json has this limit too.
pub const MAX_DEPTH: usize = 127;

/// JavaScript's `Number.MAX_SAFE_INTEGER`, 2^53 - 1.
pub const MAX_SAFE: u64 = (1 << 53) - 1;

/// [`MAX_SAFE`] as a double.
pub const MAX_SAFE_F64: f64 = 9_007_199_254_740_991.0;

/// The number, if it is whole and from 0 to [`MAX_SAFE`].
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn whole(number: f64) -> Option<u64> {
    ((0.0..=MAX_SAFE_F64).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}
