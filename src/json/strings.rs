//! Finds the end of unescaped text in a string. Only this module uses SIMD.
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
pub use self::sixteen::valid_len;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use self::sixteen::{BLOCK, first_stop};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod sixteen {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_lt, i8x16_shuffle, i8x16_splat, i8x16_swizzle, u8x16, u8x16_eq, u8x16_lt, u8x16_shr,
        u8x16_splat, u8x16_sub_sat, u64x2, v128, v128_and, v128_any_true, v128_or, v128_xor,
    };

    use crate::json::cursor::are_hex;

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

    /// The number of leading bytes that are whole characters and escapes of a string, up to its closing quote. There may be more of
    /// them where no quote ends them: those in a block with something else, and in the last block, if it is not full.
    #[inline(never)]
    pub fn valid_len(bytes: &[u8]) -> usize {
        const ODD: u32 = 0xaaaa;
        let order = u8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        // The second bytes of escapes, by their half bytes: a bit for each first half.
        let by_low = u8x16(0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1);
        let by_high = u8x16(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
        let (mut before, mut was_ascii) = (u8x16_splat(0), true);
        // 1 if a backslash ends the block before.
        let mut is_escaped = 0_u32;
        let mut rest = bytes;
        'blocks: while let Some((block, after)) = rest.split_first_chunk() {
            let block = loaded(block);
            let are = |byte| u32::from(i8x16_bitmask(u8x16_eq(block, u8x16_splat(byte))));
            // Each second backslash of a sequence is escaped. The subtraction carries through a sequence, and shows where it ends.
            let slashes = are(b'\\');
            let begin = slashes & !is_escaped;
            let ends = (begin << 1 | ODD).wrapping_sub(begin) ^ ODD;
            let escaped = (ends ^ (slashes | is_escaped)) & 0xffff;
            let quotes = are(b'"') & !escaped;
            let low = i8x16_swizzle(by_low, v128_and(block, u8x16_splat(0xf)));
            let others = u8x16_eq(
                v128_and(low, i8x16_swizzle(by_high, u8x16_shr(block, 4))),
                u8x16_splat(0),
            );
            let control = u8x16_lt(block, u8x16_splat(0x20));
            let wrong = u32::from(i8x16_bitmask(control)) | escaped & u32::from(i8x16_bitmask(others));
            let within = quotes.wrapping_sub(1) & !quotes; // the bytes before the first quote
            if wrong & within != 0 {
                break;
            }
            let mut codes = escaped & within & are(b'u');
            while codes != 0 {
                let digits = rest.get((codes.trailing_zeros() as usize).wrapping_add(1)..);
                if !digits.and_then(|digits| digits.first_chunk()).is_some_and(are_hex) {
                    break 'blocks;
                }
                codes &= codes.wrapping_sub(1);
            }
            let is_ascii = u32::from(i8x16_bitmask(block)) & within == 0;
            if !(is_ascii && was_ascii) {
                // Zeros take the place of the quote and what follows, so that a character that it cuts is an error.
                let text = v128_and(block, u8x16_lt(order, u8x16_splat(quotes.trailing_zeros() as u8)));
                if v128_any_true(utf8_errors(before, text)) {
                    break;
                }
            }
            if quotes != 0 {
                return bytes
                    .len()
                    .wrapping_sub(rest.len())
                    .wrapping_add(quotes.trailing_zeros() as usize);
            }
            is_escaped = (ends & slashes) >> 15 & 1;
            (before, was_ascii, rest) = (block, is_ascii, after);
        }
        let checked = bytes.get(..bytes.len().wrapping_sub(rest.len())).unwrap_or_default();
        // The last escape or character may go on in the rest.
        let begun = checked.iter().rposition(|byte| byte & 0xc0 != 0x80);
        let is_cut = |at: &usize| is_escaped != 0 || checked.get(*at).is_some_and(|byte| *byte >= 0x80);
        begun.filter(is_cut).unwrap_or(checked.len())
    }

    /// Bytes that are not zero where a block is not UTF-8, if `before` is the block before it. A character that the end of the block
    /// cuts is no error.
    ///
    /// This is the algorithm of John Keiser and Daniel Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021). Three
    /// tables are looked up by half bytes of each two bytes in sequence. Each bit is an error that all three have to agree on, except
    /// that the highest one must be set exactly where a third or fourth byte of a character is due.
    #[inline]
    fn utf8_errors(before: v128, block: v128) -> v128 {
        const SHORT: u8 = 1; // a lead byte that no continuation follows
        const LONG: u8 = 2; // a continuation after ASCII
        const OVERLONG_3: u8 = 4;
        const LARGE: u8 = 8; // from U+110000 on
        const SURROGATE: u8 = 16;
        const OVERLONG_2: u8 = 32;
        const LARGE_OR_OVERLONG_4: u8 = 64; // from U+140000 on, or below U+10000
        const TWO: u8 = 128; // two continuations
        const ANY: u8 = SHORT | LONG | TWO;
        const TOP: u8 = ANY | LARGE | LARGE_OR_OVERLONG_4;
        const E: u8 = SHORT | OVERLONG_3 | SURROGATE;
        const F: u8 = SHORT | LARGE | LARGE_OR_OVERLONG_4;
        const NEXT: u8 = LONG | OVERLONG_2 | TWO;
        const FROM_A: u8 = NEXT | SURROGATE | LARGE;
        let high = |bytes| u8x16_shr(bytes, 4);
        let one = i8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(before, block);
        let two = i8x16_shuffle::<14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29>(before, block);
        let three = i8x16_shuffle::<13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28>(before, block);
        let by_first_high = u8x16(
            LONG,
            LONG,
            LONG,
            LONG,
            LONG,
            LONG,
            LONG,
            LONG,
            TWO,
            TWO,
            TWO,
            TWO,
            SHORT | OVERLONG_2,
            SHORT,
            E,
            F,
        );
        let by_first_low = u8x16(
            ANY | OVERLONG_3 | OVERLONG_2 | LARGE_OR_OVERLONG_4,
            ANY | OVERLONG_2,
            ANY,
            ANY,
            ANY | LARGE,
            TOP,
            TOP,
            TOP,
            TOP,
            TOP,
            TOP,
            TOP,
            TOP,
            TOP | SURROGATE,
            TOP,
            TOP,
        );
        let by_second_high = u8x16(
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            NEXT | OVERLONG_3 | LARGE_OR_OVERLONG_4,
            NEXT | OVERLONG_3 | LARGE,
            FROM_A,
            FROM_A,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
        );
        let agreed = v128_and(
            v128_and(
                i8x16_swizzle(by_first_high, high(one)),
                i8x16_swizzle(by_first_low, v128_and(one, u8x16_splat(0xf))),
            ),
            i8x16_swizzle(by_second_high, high(block)),
        );
        // The highest bit is set after the lead bytes from 0xe0 and from 0xf0 on.
        let third = u8x16_sub_sat(two, u8x16_splat(0xe0 - 0x80));
        let fourth = u8x16_sub_sat(three, u8x16_splat(0xf0 - 0x80));
        let due = v128_and(v128_or(third, fourth), u8x16_splat(0x80));
        v128_xor(due, agreed)
    }
}

/// No bytes: other targets read escapes and characters that are not ASCII one by one.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub const fn valid_len(_: &[u8]) -> usize {
    0
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
