//! Bitmaps of a JSON text: a bit for each byte tells where strings end, and where they have escapes.
//!
//! The bits are made for 64 bytes at a time, a little ahead of the cursor. So the end of a string is found without a loop over its
//! bytes. A processor can't predict how long the next string is, and would often go on in the wrong way at the end of a loop.
//!
//! This is the first stage of Geoff Langdale and Daniel Lemire, "Parsing Gigabytes of JSON per Second" (2019), with one difference: the
//! bitmaps do not know which bytes are in strings. The cursor knows where a string begins, and asks for the next stop.

use crate::json::blocks::{BLOCK, Block, Letters, stops_of_plain, utf8_errors};

/// The blocks of which a text has bitmaps at a time.
const BLOCKS: usize = 256;
const WINDOW: usize = BLOCKS * BLOCK;
/// How many blocks are added at once: text and bitmaps are then still in the processor's first cache when they are read.
const AHEAD: usize = 128;

/// The bits of a window of a text, eight to a byte. The first eight bytes come again at the end, so that each byte has seven more
/// behind it.
type Bitmap = [u8; (BLOCKS + 1) * 8];

/// The bitmaps of a window of a text.
#[derive(Clone)]
pub struct Bitmaps<'t> {
    /// The whole text.
    text: &'t [u8],
    /// Where a string can't go on: at a quote that is not escaped, a control character, a wrong escape, text that is not UTF-8,
    /// and after the end of the text.
    stops: Bitmap,
    /// Where there are backslashes.
    slashes: Bitmap,
    /// The offset of the first block. Each later block follows the one before it.
    begin: usize,
    /// The offset after the last block.
    to: usize,
    /// The offset from which on not all of the next bits are made.
    limit: usize,
    /// Is the first byte after the window escaped?
    is_escaped: bool,
    /// Is the last byte of the last block not ASCII? A character that the end of the block cuts has such bytes only.
    has_high_end: bool,
}

/// How many bits are read at once, at least.
const BITS: usize = 57;

/// The next bits, from this offset of the text on: at least [`BITS`].
#[inline(always)]
fn bits_at(bitmap: &Bitmap, at: usize) -> u64 {
    let first = at / 8 % (BLOCKS * 8);
    let bytes = bitmap.get(first..).and_then(|bytes| bytes.first_chunk());
    bytes
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
        .wrapping_shr(at as u32 % 8)
}

/// The index of the first byte of a block in a bitmap.
#[inline(always)]
const fn place_of(block: usize) -> usize {
    (block % BLOCKS).wrapping_mul(8)
}

#[inline(always)]
fn set_block(bitmap: &mut Bitmap, block: usize, bits: u64) {
    let at = place_of(block);
    let bits = bits.to_le_bytes();
    if let Some(place) = bitmap.get_mut(at..).and_then(|bytes| bytes.first_chunk_mut()) {
        *place = bits;
    }
    if at == 0
        && let Some(place) = bitmap.last_chunk_mut()
    {
        *place = bits;
    }
}

impl<'t> Bitmaps<'t> {
    /// Bitmaps of a text. None is made yet.
    pub const fn new(text: &'t [u8]) -> Self {
        Bitmaps {
            text,
            stops: [0; _],
            slashes: [0; _],
            begin: 0,
            to: 0,
            limit: 0,
            is_escaped: false,
            has_high_end: false,
        }
    }

    /// Goes on at this offset, which may be in front of the last one.
    pub const fn go_to(&mut self, at: usize) {
        if at < self.begin || at.wrapping_add(WINDOW) < self.to {
            self.restart(at);
        }
    }

    /// The number of bytes from this offset to the next stop. The offset must be in a string or behind its opening quote, and not in
    /// an escape or a character. It may not be in front of the last one, unless [`Bitmaps::go_to`] is called. In front of the quote
    /// must be two bytes of ASCII at least, as in every valid text.
    #[inline(always)]
    pub fn until_stop(&mut self, at: usize) -> usize {
        match self.stops_at(at) {
            0 => self.until_far_stop(at),
            stops => stops.trailing_zeros() as usize,
        }
    }

    #[inline(never)]
    fn until_far_stop(&mut self, at: usize) -> usize {
        let mut far = at;
        loop {
            far = far.wrapping_add(BITS);
            let stops = self.stops_at(far);
            if stops != 0 {
                return far.wrapping_sub(at).wrapping_add(stops.trailing_zeros() as usize);
            }
        }
    }

    /// The stops among the next bytes.
    #[inline(always)]
    fn stops_at(&mut self, at: usize) -> u64 {
        if at >= self.limit {
            self.make(at);
        }
        bits_at(&self.stops, at)
    }

    /// Does this text have escapes? It begins at this offset and ends at the stop that was found last.
    #[inline(always)]
    pub fn has_escapes(&self, at: usize, length: usize) -> bool {
        if length < BITS {
            bits_at(&self.slashes, at) & !(u64::MAX << length) != 0
        } else {
            self.text
                .get(at..at.wrapping_add(length))
                .unwrap_or_default()
                .contains(&b'\\')
        }
    }

    /// Makes the byte before a block a stop. The block is given by its first byte in the bitmap.
    #[cold]
    #[inline(never)]
    fn stop_before(&mut self, block: usize) {
        let last = if block == 0 { BLOCKS * 8 } else { block }.wrapping_sub(1);
        // The byte has a copy if the block before is the first one.
        for at in [last, last.wrapping_add(BLOCKS * 8)] {
            if let Some(byte) = self.stops.get_mut(at) {
                *byte |= 0x80;
            }
        }
    }

    /// Begins anew. What the first block has before the offset does not matter, not even half an escape.
    #[inline(never)]
    const fn restart(&mut self, at: usize) {
        self.begin = at.wrapping_sub(at % BLOCK);
        self.to = self.begin;
        self.limit = 0;
        self.is_escaped = false;
        self.has_high_end = false;
    }

    /// Makes the bitmaps of the blocks at this offset.
    #[inline(never)]
    fn make(&mut self, at: usize) {
        if at > self.to {
            self.restart(at);
        }
        for _ in 0..AHEAD {
            self.add_block();
            if self.to > self.text.len() {
                // The end of the text is a stop, so nothing behind it is looked at.
                self.limit = usize::MAX;
                return;
            }
        }
        self.limit = self.to.wrapping_sub(BLOCK);
    }

    #[inline(always)]
    fn add_block(&mut self) {
        let start = self.to;
        let mut padded = [0; BLOCK];
        let rest = self.text.get(start..).unwrap_or_default();
        let bytes = rest.first_chunk().unwrap_or_else(|| {
            for (to, from) in padded.iter_mut().zip(rest) {
                *to = *from;
            }
            &padded
        });
        let (stops, slashes) = match stops_of_plain(bytes) {
            Some(stops) if !(self.is_escaped | self.has_high_end) => (stops, 0),
            _ => self.stops_of(start, bytes),
        };
        set_block(&mut self.stops, start / BLOCK, stops);
        set_block(&mut self.slashes, start / BLOCK, slashes);
        self.to = start.wrapping_add(BLOCK);
    }

    /// The stops and the backslashes of the next block, if it has escapes or other text than ASCII, or begins in either.
    #[inline(never)]
    fn stops_of(&mut self, start: usize, bytes: &[u8; BLOCK]) -> (u64, u64) {
        let block = Block::of(bytes);
        let mut stops = block.quotes | block.control;
        if block.slashes != 0 || self.is_escaped {
            let (escaped, is_next_escaped) = escaped_by(block.slashes, self.is_escaped);
            self.is_escaped = is_next_escaped;
            stops = block.quotes & !escaped | block.control | self.wrong_escapes(start, bytes, escaped);
        }
        if block.high != 0 || self.has_high_end {
            let before = self.text.get(..start).and_then(|before| before.last_chunk());
            // The error may be known only at the quote after a cut character. So the byte before it is a stop too.
            let errors = utf8_errors(before.unwrap_or(&[0; 16]), bytes);
            stops |= (errors | errors >> 1) & block.high;
            if errors & 1 != 0 && self.has_high_end {
                self.stop_before(place_of(start / BLOCK));
            }
        }
        self.has_high_end = block.high >> 63 != 0;
        (stops, block.slashes)
    }

    /// Which of these escaped bytes of a block are not the second byte of an escape, or of one whose digits are wrong.
    #[inline(always)]
    fn wrong_escapes(&self, start: usize, bytes: &[u8; BLOCK], escaped: u64) -> u64 {
        const LAST: u64 = 0xf << 60;
        let letters = Letters::of(bytes);
        let codes = letters.codes & escaped;
        let digits = letters.digits >> 1 & letters.digits >> 2 & letters.digits >> 3 & letters.digits >> 4;
        let wrong = escaped & !letters.escapes | codes & !LAST & !digits;
        if codes & LAST == 0 {
            wrong
        } else {
            wrong | self.wrong_codes(start, codes & LAST)
        }
    }

    /// Which of these letters `u` are not followed by four hexadecimal digits.
    #[inline(never)]
    fn wrong_codes(&self, start: usize, codes: u64) -> u64 {
        let mut left = codes;
        let mut wrong = 0;
        while left != 0 {
            let at = start.wrapping_add(left.trailing_zeros() as usize).wrapping_add(1);
            let digits = self.text.get(at..at.wrapping_add(4)).unwrap_or_default();
            if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                wrong |= left & left.wrapping_neg();
            }
            left &= left.wrapping_sub(1);
        }
        wrong
    }
}

/// The bytes of a block that a backslash escapes, and whether the first byte after the block is escaped too. Each second backslash
/// of a sequence is escaped. The subtraction carries through a sequence, and shows where it ends.
#[inline(always)]
const fn escaped_by(slashes: u64, is_first_escaped: bool) -> (u64, bool) {
    const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    let first = is_first_escaped as u64;
    let begin = slashes & !first;
    let ends = (begin << 1 | ODD).wrapping_sub(begin) ^ ODD;
    (ends ^ (slashes | first), (ends & slashes) >> 63 != 0)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    /// The length of a string from after its opening quote, by serde_json; `None` if no string begins here.
    fn by_serde(text: &[u8]) -> Option<usize> {
        let is_string = |at: &usize| {
            let quoted = [b"\"", &text[..=*at]].concat();
            text[*at] == b'"'
                && std::str::from_utf8(&quoted).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
        };
        (0..text.len()).find(is_string)
    }

    /// The length of a string from after its opening quote, by the bitmaps.
    fn by_bitmaps(bitmaps: &mut Bitmaps<'_>, at: usize) -> Option<usize> {
        let length = bitmaps.until_stop(at);
        (bitmaps.text.get(at + length) == Some(&b'"')).then_some(length)
    }

    proptest! {
        #[test]
        fn strings_end_where_serde_json_ends_them(
            parts in prop::collection::vec(prop_oneof![
                4 => "[ -~é\u{20ac}😀]{0,40}".prop_map(String::into_bytes),
                2 => Just(b"\\\"".to_vec()), 1 => "\\\\{1,9}".prop_map(String::into_bytes),
                2 => "\\\\u[0-9a-fA-F]{4}".prop_map(String::into_bytes),
                1 => Just(b"\"".to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..3),
            ], 0..60),
            ats in prop::collection::vec(0_usize..3000, 1..20),
        ) {
            let text = parts.concat();
            let mut bitmaps = Bitmaps::new(&text);
            for at in ats.into_iter().chain([0]) {
                let at = at % (text.len() + 1);
                // As in a valid text: an opening quote is before the offset, and two bytes of ASCII before the quote.
                let before = &text[at.saturating_sub(3)..at];
                if !before.is_ascii() || before.ends_with(b"\\") {
                    continue;
                }
                bitmaps.go_to(at);
                let want = by_serde(&text[at..]);
                let got = by_bitmaps(&mut bitmaps, at);
                prop_assert_eq!(got, want, "{} of {:?}", at, String::from_utf8_lossy(&text));
                if let Some(length) = got {
                    prop_assert_eq!(bitmaps.has_escapes(at, length), text[at..at + length].contains(&b'\\'));
                }
            }
        }
    }

    /// The texts before a string in a test: so many bytes that it begins in front of the end of a block or of the window, or behind it.
    fn beginnings() -> impl Iterator<Item = Vec<u8>> {
        let lengths = (50..70).chain(WINDOW - 9..WINDOW + 2).chain([2 * WINDOW - 1]);
        lengths.flat_map(|length| {
            let plain = vec![b'a'; length];
            let escaped = [&vec![b'a'; length - 2], &b"\\\""[..]].concat();
            [plain, escaped]
        })
    }

    #[test]
    fn escapes_and_characters_are_judged_at_the_end_of_a_block_too() {
        let parts: [&[u8]; 18] = [
            b"\\n",
            b"\\x",
            b"\\\"",
            b"\\\\",
            b"\\\\\\",
            b"\\u00e9",
            b"\\u00eg",
            b"\\u00g9",
            b"\\u0g00",
            b"\\ug000",
            b"\\ud83d",
            b"\xc3",
            b"\xc3\xa9",
            b"\xa9",
            b"\xe2\x82\xac",
            b"\xe2\x82",
            b"\xf0\x9f\x98\x80",
            b"\x1f",
        ];
        for beginning in beginnings() {
            for part in parts {
                for after in [&b"\""[..], b"b\"", b"\xa9\"", b"\xc3\xa9\"", b""] {
                    let text = [&beginning, part, after].concat();
                    // serde_json reads what follows the beginning, which is valid.
                    let want = by_serde(&text[beginning.len()..]).map(|length| beginning.len() + length);
                    let got = by_bitmaps(&mut Bitmaps::new(&text), 0);
                    assert_eq!(got, want, "{part:?} {after:?} after {} bytes", beginning.len());
                }
            }
        }
    }

    #[test]
    fn a_string_without_an_end_stops_at_the_end_of_the_text() {
        for length in (0..200).chain(WINDOW - 1..WINDOW + 66) {
            let text = vec![b'a'; length];
            assert_eq!(Bitmaps::new(&text).until_stop(0), length);
            assert_eq!(Bitmaps::new(&text).until_stop(length), 0);
        }
    }

    #[test]
    fn offsets_may_go_back() {
        let text: Vec<u8> = (0..3 * WINDOW)
            .map(|n| if n % 71 == 70 { b'"' } else { b'a' })
            .collect();
        let mut bitmaps = Bitmaps::new(&text);
        for at in (0..2 * WINDOW + 300).step_by(50) {
            assert_eq!(bitmaps.until_stop(at), 70 - at % 71, "{at}");
        }
        for at in [
            0,
            2 * WINDOW,
            2 * WINDOW - 200,
            WINDOW - 1,
            10,
            3 * WINDOW - 400,
            WINDOW + 5,
            64,
            0,
        ] {
            bitmaps.go_to(at);
            for at in (at..at + 300).step_by(17) {
                assert_eq!(bitmaps.until_stop(at), 70 - at % 71, "{at}");
            }
        }
    }

    #[test]
    fn every_character_of_up_to_four_bytes_is_judged_as_the_standard_library_does() {
        let ends = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff, b'"', b'a'];
        for first in 0x80..=255_u8 {
            for second in ends {
                for third in ends {
                    for fourth in [0x7f, 0x80, 0xbf, 0xc0, b'"'] {
                        for before in [0, 59, 60, 61, 62, 63] {
                            let text = [&vec![b'a'; before][..], &[first, second, third, fourth], b"\"\""].concat();
                            let length = by_bitmaps(&mut Bitmaps::new(&text), 0);
                            let want = by_serde(&text);
                            assert_eq!(length, want, "{before} {:x?}", [first, second, third, fourth]);
                        }
                    }
                }
            }
        }
    }
}
