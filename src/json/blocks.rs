//! Finds the kinds of 64 bytes of a text at once. Only this module and [`strings`](super::strings) use SIMD.
//!
//! WebAssembly looks at sixteen bytes at a time (every engine that runs the package has `simd128`), other targets at eight.

/// The bytes of a block.
pub const BLOCK: usize = 64;

/// What the bytes of a block are: a bit for each byte, the first one lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Quotes.
    pub quotes: u64,
    /// Backslashes.
    pub slashes: u64,
    /// Control characters.
    pub control: u64,
    /// Bytes from 0x80 on.
    pub high: u64,
}

/// The bytes behind backslashes, in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    /// The second bytes of escapes.
    pub escapes: u64,
    /// The letter `u`.
    pub codes: u64,
    /// Hexadecimal digits.
    pub digits: u64,
}

/// The kinds of bytes in escapes, a bit for each. Two tables have those that half bytes allow; a byte has those in both.
mod kind {
    /// `"` and `/`, by their high half.
    pub const HIGH_2: u8 = 1;
    /// `\`
    pub const HIGH_5: u8 = 2;
    /// `b`, `f` and `n`
    pub const HIGH_6: u8 = 4;
    /// `r`, `t` and `u`
    pub const HIGH_7: u8 = 8;
    /// The second byte of an escape.
    pub const ESCAPE: u8 = HIGH_2 | HIGH_5 | HIGH_6 | HIGH_7;
    /// `0` to `9`
    pub const DIGIT: u8 = 16;
    /// `A` to `F` and `a` to `f`
    pub const LETTER: u8 = 32;
    /// A hexadecimal digit.
    pub const HEX: u8 = DIGIT | LETTER;
}

/// The kinds by the low half of a byte.
const KINDS_BY_LOW: [u8; 16] = {
    use kind::{DIGIT, HEX, HIGH_2, HIGH_5, HIGH_6, HIGH_7};
    [
        DIGIT,
        HEX,
        HEX | HIGH_2 | HIGH_6 | HIGH_7,
        HEX,
        HEX | HIGH_7,
        HEX | HIGH_7,
        HEX | HIGH_6,
        DIGIT,
        DIGIT,
        DIGIT,
        0,
        0,
        HIGH_5,
        0,
        HIGH_6,
        HIGH_2,
    ]
};

/// The kinds by the high half of a byte.
const KINDS_BY_HIGH: [u8; 16] = {
    use kind::{DIGIT, HIGH_2, HIGH_5, HIGH_6, HIGH_7, LETTER};
    [
        0,
        0,
        HIGH_2,
        DIGIT,
        LETTER,
        HIGH_5,
        HIGH_6 | LETTER,
        HIGH_7,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]
};

/// Errors that UTF-8 can have at two bytes in sequence, a bit for each. [`BY_FIRST_HIGH`], [`BY_FIRST_LOW`] and [`BY_SECOND_HIGH`]
/// have those that half bytes allow.
///
/// This is the algorithm of John Keiser and Daniel Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021). There
/// is an error where all three tables agree, except that [`TWO`] must be set exactly where a third or fourth byte of a character is
/// due.
mod error {
    /// No continuation follows a lead byte.
    pub const SHORT: u8 = 1;
    /// A continuation follows ASCII.
    pub const LONG: u8 = 2;
    pub const OVERLONG_3: u8 = 4;
    /// From U+110000 on.
    pub const LARGE: u8 = 8;
    pub const SURROGATE: u8 = 16;
    pub const OVERLONG_2: u8 = 32;
    /// From U+140000 on, or below U+10000.
    pub const LARGE_OR_OVERLONG_4: u8 = 64;
    /// Two continuations.
    pub const TWO: u8 = 128;
}

use error::{LARGE, LARGE_OR_OVERLONG_4, LONG, OVERLONG_2, OVERLONG_3, SHORT, SURROGATE, TWO};

/// Errors by the high half of the first byte.
const BY_FIRST_HIGH: [u8; 16] = {
    const E: u8 = SHORT | OVERLONG_3 | SURROGATE;
    const F: u8 = SHORT | LARGE | LARGE_OR_OVERLONG_4;
    [
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
    ]
};

/// Errors by the low half of the first byte.
const BY_FIRST_LOW: [u8; 16] = {
    const ANY: u8 = SHORT | LONG | TWO;
    const TOP: u8 = ANY | LARGE | LARGE_OR_OVERLONG_4;
    const ZERO: u8 = ANY | OVERLONG_3 | OVERLONG_2 | LARGE_OR_OVERLONG_4;
    [
        ZERO,
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
    ]
};

/// Errors by the high half of the second byte.
const BY_SECOND_HIGH: [u8; 16] = {
    const NEXT: u8 = LONG | OVERLONG_2 | TWO;
    const S: u8 = SHORT;
    const FROM_A: u8 = NEXT | SURROGATE | LARGE;
    [
        S,
        S,
        S,
        S,
        S,
        S,
        S,
        S,
        NEXT | OVERLONG_3 | LARGE_OR_OVERLONG_4,
        NEXT | OVERLONG_3 | LARGE,
        FROM_A,
        FROM_A,
        S,
        S,
        S,
        S,
    ]
};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use self::sixteen::{stops_of_plain, utf8_errors};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod sixteen {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_lt, i8x16_shuffle, i8x16_splat, i8x16_swizzle, u8x16_eq, u8x16_ne, u8x16_shr, u8x16_splat,
        u8x16_sub_sat, u64x2, v128, v128_and, v128_any_true, v128_or, v128_xor,
    };

    use super::{
        BLOCK, BY_FIRST_HIGH, BY_FIRST_LOW, BY_SECOND_HIGH, Block, KINDS_BY_HIGH, KINDS_BY_LOW, Letters, kind,
    };

    #[inline(always)]
    fn loaded(bytes: &[u8; 16]) -> v128 {
        let (low, high) = bytes.split_at(8);
        let half = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
        u64x2(half(low), half(high))
    }

    /// The four vectors of a block.
    #[derive(Clone, Copy)]
    struct Quarters(v128, v128, v128, v128);

    impl Quarters {
        #[inline(always)]
        fn of(block: &[u8; BLOCK]) -> Self {
            let (low, high) = block.split_at(BLOCK / 2);
            let quarter = |bytes: Option<&[u8; 16]>| bytes.map_or(u64x2(0, 0), loaded);
            Quarters(
                quarter(low.first_chunk()),
                quarter(low.last_chunk()),
                quarter(high.first_chunk()),
                quarter(high.last_chunk()),
            )
        }

        #[inline(always)]
        fn map(self, f: impl Fn(v128) -> v128) -> Self {
            Quarters(f(self.0), f(self.1), f(self.2), f(self.3))
        }

        /// Where the bytes are equal to this one.
        #[inline(always)]
        fn are(self, byte: u8) -> Self {
            self.map(|bytes| u8x16_eq(bytes, u8x16_splat(byte)))
        }

        /// Where the bytes are less than a space. As signed bytes, those from 0x80 on are negative.
        #[inline(always)]
        fn are_less_than_space(self) -> Self {
            self.map(|bytes| i8x16_lt(bytes, i8x16_splat(0x20)))
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            Quarters(
                v128_or(self.0, other.0),
                v128_or(self.1, other.1),
                v128_or(self.2, other.2),
                v128_or(self.3, other.3),
            )
        }

        /// The bytes of all vectors together.
        #[inline(always)]
        fn any(self) -> v128 {
            v128_or(v128_or(self.0, self.1), v128_or(self.2, self.3))
        }

        /// The highest bit of each byte.
        #[inline(always)]
        fn bits(self) -> u64 {
            let bits = |bytes| u64::from(i8x16_bitmask(bytes));
            let (a, b, c, d) = (bits(self.0), bits(self.1), bits(self.2), bits(self.3));
            a | b << 16 | (c | d << 16) << 32
        }
    }

    /// The quotes and control characters of a block that has neither backslashes nor bytes from 0x80 on.
    #[inline(always)]
    pub fn stops_of_plain(bytes: &[u8; BLOCK]) -> Option<u64> {
        let bytes = Quarters::of(bytes);
        if i8x16_bitmask(bytes.or(bytes.are(b'\\')).any()) != 0 {
            return None;
        }
        Some(bytes.are(b'"').or(bytes.are_less_than_space()).bits())
    }

    impl Block {
        #[inline(always)]
        pub fn of(bytes: &[u8; BLOCK]) -> Self {
            let bytes = Quarters::of(bytes);
            let high = bytes.bits();
            Block {
                quotes: bytes.are(b'"').bits(),
                slashes: bytes.are(b'\\').bits(),
                control: bytes.are_less_than_space().bits() & !high,
                high,
            }
        }
    }

    impl Letters {
        #[inline(always)]
        pub fn of(bytes: &[u8; BLOCK]) -> Self {
            let bytes = Quarters::of(bytes);
            let kinds = bytes.map(kinds_of);
            Letters {
                escapes: kinds
                    .map(|kinds| not_zero(v128_and(kinds, u8x16_splat(kind::ESCAPE))))
                    .bits(),
                codes: bytes.are(b'u').bits(),
                digits: kinds
                    .map(|kinds| not_zero(v128_and(kinds, u8x16_splat(kind::HEX))))
                    .bits(),
            }
        }
    }

    #[inline(always)]
    fn kinds_of(bytes: v128) -> v128 {
        v128_and(
            i8x16_swizzle(loaded(&KINDS_BY_LOW), v128_and(bytes, u8x16_splat(0xf))),
            i8x16_swizzle(loaded(&KINDS_BY_HIGH), u8x16_shr(bytes, 4)),
        )
    }

    #[inline(always)]
    fn not_zero(bytes: v128) -> v128 {
        u8x16_ne(bytes, u8x16_splat(0))
    }

    /// The bytes at which a block is known not to be UTF-8. `before` is what precedes it. A character that the end of the block
    /// cuts is not an error.
    #[inline(never)]
    pub fn utf8_errors(before: &[u8; 16], block: &[u8; BLOCK]) -> u64 {
        let bytes = Quarters::of(block);
        let errors = Quarters(
            errors_of(loaded(before), bytes.0),
            errors_of(bytes.0, bytes.1),
            errors_of(bytes.1, bytes.2),
            errors_of(bytes.2, bytes.3),
        );
        if v128_any_true(errors.any()) {
            errors.map(not_zero).bits()
        } else {
            0
        }
    }

    #[inline(always)]
    fn errors_of(before: v128, bytes: v128) -> v128 {
        let low = u8x16_splat(0xf);
        let one = i8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(before, bytes);
        let two = i8x16_shuffle::<14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29>(before, bytes);
        let three = i8x16_shuffle::<13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28>(before, bytes);
        let by_first = v128_and(
            i8x16_swizzle(loaded(&BY_FIRST_HIGH), u8x16_shr(one, 4)),
            i8x16_swizzle(loaded(&BY_FIRST_LOW), v128_and(one, low)),
        );
        let agreed = v128_and(by_first, i8x16_swizzle(loaded(&BY_SECOND_HIGH), u8x16_shr(bytes, 4)));
        // The highest bit is set after the lead bytes from 0xe0 and from 0xf0 on.
        let third = u8x16_sub_sat(two, u8x16_splat(0xe0 - 0x80));
        let fourth = u8x16_sub_sat(three, u8x16_splat(0xf0 - 0x80));
        let due = v128_and(v128_or(third, fourth), u8x16_splat(0x80));
        v128_xor(due, agreed)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use self::eight::{stops_of_plain, utf8_errors};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod eight {
    use super::{
        BLOCK, BY_FIRST_HIGH, BY_FIRST_LOW, BY_SECOND_HIGH, Block, KINDS_BY_HIGH, KINDS_BY_LOW, Letters, kind,
    };

    const HIGH: u64 = 0x8080_8080_8080_8080;
    const LOW: u64 = !HIGH;
    const ONES: u64 = 0x0101_0101_0101_0101;

    /// A bit for each byte, by its highest bit. The product moves the bits together.
    const fn bits(bytes: u64) -> u64 {
        ((bytes & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }

    /// The quotes and control characters of a block that has neither backslashes nor bytes from 0x80 on.
    #[inline(always)]
    pub fn stops_of_plain(bytes: &[u8; BLOCK]) -> Option<u64> {
        let (mut stops, mut others) = (0, 0);
        for (n, eight) in (0_u32..).zip(bytes.as_chunks::<8>().0) {
            let eight = u64::from_le_bytes(*eight);
            others |= eight | equal_to(eight, b'\\');
            let found = bits(equal_to(eight, b'"') | below_space(eight));
            stops |= found.wrapping_shl(n.wrapping_mul(8));
        }
        (others & HIGH == 0).then_some(stops)
    }

    /// Sets the highest bit of each byte that is at least a limit, or at least 0x80. No sum carries into the next byte.
    #[inline(always)]
    const fn from(bytes: u64, limit: u8) -> u64 {
        (bytes & LOW).wrapping_add(ONES.wrapping_mul(0x80_u8.wrapping_sub(limit) as u64)) | bytes
    }

    /// Sets the highest bit of each byte that is equal to this one. The other bits mean nothing.
    #[inline(always)]
    const fn equal_to(bytes: u64, byte: u8) -> u64 {
        !from(bytes ^ ONES.wrapping_mul(byte as u64), 1)
    }

    /// Sets the highest bit of each byte that is less than a space. The other bits mean nothing.
    #[inline(always)]
    const fn below_space(bytes: u64) -> u64 {
        !from(bytes, b' ')
    }

    impl Block {
        #[inline(always)]
        pub fn of(bytes: &[u8; BLOCK]) -> Self {
            let mut block = Block {
                quotes: 0,
                slashes: 0,
                control: 0,
                high: 0,
            };
            for (n, eight) in (0_u32..).zip(bytes.as_chunks::<8>().0) {
                let eight = u64::from_le_bytes(*eight);
                let place = |bytes: u64| bits(bytes).wrapping_shl(n.wrapping_mul(8));
                block.quotes |= place(equal_to(eight, b'"'));
                block.slashes |= place(equal_to(eight, b'\\'));
                block.control |= place(below_space(eight));
                block.high |= place(eight);
            }
            block
        }
    }

    impl Letters {
        #[inline(always)]
        pub fn of(bytes: &[u8; BLOCK]) -> Self {
            let mut letters = Letters {
                escapes: 0,
                codes: 0,
                digits: 0,
            };
            for (n, byte) in (0_u32..).zip(bytes) {
                let of = |table: &[u8; 16], half: u8| table.get(usize::from(half)).copied().unwrap_or(0);
                let kinds = of(&KINDS_BY_LOW, byte & 0xf) & of(&KINDS_BY_HIGH, byte >> 4);
                let place = |is: bool| u64::from(is).wrapping_shl(n);
                letters.escapes |= place(kinds & kind::ESCAPE != 0);
                letters.codes |= place(*byte == b'u');
                letters.digits |= place(kinds & kind::HEX != 0);
            }
            letters
        }
    }

    /// The bytes at which a block is known not to be UTF-8. `before` is what precedes it. A character that the end of the block
    /// cuts is not an error.
    pub fn utf8_errors(before: &[u8; 16], block: &[u8; BLOCK]) -> u64 {
        let [.., mut three, mut two, mut one] = *before;
        let mut errors = 0;
        for (n, byte) in (0_u32..).zip(block) {
            let of = |table: &[u8; 16], half: u8| table.get(usize::from(half)).copied().unwrap_or(0);
            let agreed = of(&BY_FIRST_HIGH, one >> 4) & of(&BY_FIRST_LOW, one & 0xf) & of(&BY_SECOND_HIGH, byte >> 4);
            let due = if two >= 0xe0 || three >= 0xf0 { 0x80 } else { 0 };
            errors |= u64::from(agreed != due).wrapping_shl(n);
            (three, two, one) = (two, one, *byte);
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_kinds() {
        for byte in 0..=255_u8 {
            let letters = Letters::of(&[byte; BLOCK]);
            let all = |is: bool| if is { u64::MAX } else { 0 };
            let want = Letters {
                escapes: all(matches!(
                    byte,
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u'
                )),
                codes: all(byte == b'u'),
                digits: all(byte.is_ascii_hexdigit()),
            };
            assert_eq!(letters, want, "{byte}");
        }
    }

    #[test]
    fn every_byte_is_known_in_every_place() {
        for around in [b'a', 0x7f, 0x1f, b'!', b'#', b'[', b']', 0x80, b'\\', 0xff] {
            for at in 0..BLOCK {
                for byte in 0..=255 {
                    let mut bytes = [around; BLOCK];
                    bytes[at] = byte;
                    let bits = |is: fn(u8) -> bool| (0..BLOCK).fold(0, |bits, n| bits | u64::from(is(bytes[n])) << n);
                    let want = Block {
                        quotes: bits(|b| b == b'"'),
                        slashes: bits(|b| b == b'\\'),
                        control: bits(|b| b < 0x20),
                        high: bits(|b| b >= 0x80),
                    };
                    assert_eq!(Block::of(&bytes), want, "{around} {byte} at {at}");
                    let is_plain = want.slashes | want.high == 0;
                    let stops = is_plain.then_some(want.quotes | want.control);
                    assert_eq!(stops_of_plain(&bytes), stops, "{around} {byte} at {at}");
                }
            }
        }
    }
}
