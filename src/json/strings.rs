//! Finds the end of unescaped text in a string. Only this module and [`blocks`](super::blocks) use SIMD.
//!
//! WebAssembly compares sixteen bytes at once (every engine that runs the package has `simd128`), other targets eight.

/// The number of leading bytes that are unescaped ASCII text of a string: no quote, backslash, control character or byte from
/// 0x80 on.
#[inline(always)]
pub fn ascii_len(bytes: &[u8]) -> usize {
    plain_len::<true>(bytes)
}

/// The number of leading bytes that are unescaped text of a string in any encoding: no quote, backslash or control character.
#[inline(always)]
pub fn text_len(bytes: &[u8]) -> usize {
    plain_len::<false>(bytes)
}

/// The number of bytes before the quote that ends unescaped ASCII text. `None` if other text comes first, or less than a block
/// is left.
#[inline(always)]
pub fn ascii_before_quote(bytes: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        if let Some(stop) = first_stop::<true>(bytes.get(at..)?.first_chunk()?) {
            at = at.wrapping_add(stop);
            return (*bytes.get(at)? == b'"').then_some(at);
        }
        at = at.wrapping_add(BLOCK);
    }
}

/// The number of line breaks.
#[inline(never)]
pub fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Most strings end in their first block, so only that case is inlined.
#[inline(always)]
fn plain_len<const ASCII: bool>(bytes: &[u8]) -> usize {
    match bytes.first_chunk().and_then(first_stop::<ASCII>) {
        Some(at) => at,
        None => long_len::<ASCII>(bytes),
    }
}

#[inline(never)]
fn long_len<const ASCII: bool>(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk() {
        if let Some(at) = first_stop::<ASCII>(block) {
            return bytes.len().wrapping_sub(rest.len()).wrapping_add(at);
        }
        rest = after;
    }
    let left = rest.iter().position(|byte| stops::<ASCII>(*byte));
    bytes
        .len()
        .wrapping_sub(rest.len())
        .wrapping_add(left.unwrap_or(rest.len()))
}

const fn stops<const ASCII: bool>(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20 || ASCII && byte >= 0x80
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use self::sixteen::{BLOCK, first_stop};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod sixteen {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_lt, i8x16_splat, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128, v128_or,
    };

    pub const BLOCK: usize = 16;

    #[inline]
    fn loaded(block: &[u8; BLOCK]) -> v128 {
        let (low, high) = block.split_at(8);
        let half = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
        u64x2(half(low), half(high))
    }

    #[inline]
    pub fn first_stop<const ASCII: bool>(block: &[u8; BLOCK]) -> Option<usize> {
        let block = loaded(block);
        let control = if ASCII {
            i8x16_lt(block, i8x16_splat(0x20)) // as signed bytes, the bytes from 0x80 on are negative
        } else {
            u8x16_lt(block, u8x16_splat(0x20))
        };
        let quote = u8x16_eq(block, u8x16_splat(b'"'));
        let escape = u8x16_eq(block, u8x16_splat(b'\\'));
        let stops = i8x16_bitmask(v128_or(v128_or(quote, escape), control));
        (stops != 0).then(|| stops.trailing_zeros() as usize)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use self::eight::{BLOCK, first_stop};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod eight {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;

    pub const BLOCK: usize = 8;

    /// A subtraction borrows from the next byte only after a match, so the lowest match is exact.
    #[inline]
    pub fn first_stop<const ASCII: bool>(block: &[u8; BLOCK]) -> Option<usize> {
        let block = u64::from_le_bytes(*block);
        let below = |block: u64, limit: u8| block.wrapping_sub(ONES.wrapping_mul(limit.into())) & !block;
        let is = |byte: u8| below(block ^ ONES.wrapping_mul(byte.into()), 1);
        let beyond = if ASCII { block } else { 0 };
        let stops = (below(block, 0x20) | is(b'"') | is(b'\\') | beyond) & HIGH;
        (stops != 0).then(|| (stops.trailing_zeros() / 8) as usize)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(bytes: &[u8], ascii: bool) -> usize {
        let stops = |b: &u8| matches!(b, 0..0x20 | b'"' | b'\\') || ascii && *b >= 0x80;
        bytes.iter().position(stops).unwrap_or(bytes.len())
    }

    proptest! {
        #[test]
        fn lengths_equal_those_of_a_naive_loop(start in "[ -~]{0,70}", bytes in prop::collection::vec(any::<u8>(), 0..40), at in 0..20_usize) {
            let bytes = [start.as_bytes(), &bytes].concat();
            let bytes = bytes.get(at..).unwrap_or_default();
            prop_assert_eq!(ascii_len(bytes), naive(bytes, true));
            prop_assert_eq!(text_len(bytes), naive(bytes, false));
        }
    }

    #[test]
    fn every_byte_is_found_in_every_place() {
        for around in [b'a', 0x7f, 0x1f, b'!', b'#', b'[', b']'] {
            for at in 0..40 {
                for byte in 0..=255 {
                    let mut bytes = [around; 40];
                    bytes[at] = byte;
                    assert_eq!(ascii_len(&bytes), naive(&bytes, true), "{around} {byte} at {at}");
                    assert_eq!(text_len(&bytes), naive(&bytes, false), "{around} {byte} at {at}");
                }
            }
        }
    }
}
