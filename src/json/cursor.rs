//! A cursor over JSON text that lies whole in memory. It checks each token as it passes it.
//!
//! The cursor only moves past valid text. `None` means that the text is invalid or ends too early.

use crate::json::bitmaps::Bitmaps;
use crate::json::decimal::nearest;
use crate::json::strings::ascii_before_quote;
use std::ops::{Deref, DerefMut};

/// A position in a text.
#[derive(Clone, Copy)]
pub struct Position<'t> {
    /// The whole text.
    pub text: &'t [u8],
    /// The offset of the next byte.
    pub at: usize,
}

/// A position that knows where the strings of its text end.
pub struct Cursor<'t> {
    position: Position<'t>,
    /// Has the cursor passed white space other than single spaces? Only then the passed text can have line breaks.
    pub spaced: bool,
    /// Where the strings of the text end.
    pub bitmaps: Bitmaps<'t>,
}

impl<'t> Deref for Cursor<'t> {
    type Target = Position<'t>;

    #[inline(always)]
    fn deref(&self) -> &Position<'t> {
        &self.position
    }
}

impl DerefMut for Cursor<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.position
    }
}

/// The number of digits at the beginning, and their value. `None` if all eight bytes are digits. It has no branch on the number
/// of digits, because the processor cannot predict that.
#[inline(always)]
const fn few_digits(block: &[u8; 8]) -> Option<(usize, u64)> {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let values = u64::from_le_bytes(*block) ^ all(b'0');
    // Adding 0x80 - 10 sets the highest bit of a value from 10 on. A carry only disturbs bytes after the first such byte.
    let stops = (values.wrapping_add(all(0x80 - 10)) | values) & all(0x80);
    if stops == 0 {
        return None;
    }
    let stop = stops.trailing_zeros(); // the index of the highest bit of a byte
    // Move the digits to the end, after zeros. Then combine pairs of digits, pairs of these, and the two halves.
    let digits = values.wrapping_shl(63_u32.wrapping_sub(stop)).wrapping_shl(8);
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some((stop as usize / 8, fours.wrapping_mul(10_000 << 32 | 1) >> 32))
}

/// The offset of the next byte that is not white space.
#[inline(never)]
fn behind_space(text: &[u8], at: usize) -> usize {
    let is_space = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\r' | b'\n');
    let space = text
        .get(at..)
        .map_or(0, |rest| rest.iter().take_while(is_space).count());
    at.wrapping_add(space)
}

/// The number of bytes from a colon at this offset to the first byte of a string, if there is one space between them or none.
/// Otherwise 0.
#[inline(always)]
pub fn quote_ahead(text: &[u8], at: usize) -> usize {
    match text.get(at..) {
        Some([b':', b'"', ..]) => 2,
        Some([b':', b' ', b'"', ..]) => 3,
        _ => 0,
    }
}

/// The number of bytes from a comma at this offset to the quote of the next key, if there is one space between them or none.
/// Otherwise 0.
#[inline(always)]
pub fn key_ahead(text: &[u8], at: usize) -> usize {
    match text.get(at..) {
        Some([b',', b'"', ..]) => 1,
        Some([b',', b' ', b'"', ..]) => 2,
        _ => 0,
    }
}

impl<'t> Position<'t> {
    /// The next byte. The cursor does not move.
    #[inline(always)]
    pub fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Moves past bytes, which must exist, so that the sum cannot overflow.
    #[inline(always)]
    pub const fn skip(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    /// Passes a string of unescaped ASCII, from after its opening quote, and returns it. With other text the cursor does not
    /// move.
    #[inline(always)]
    pub fn pass_ascii(&mut self) -> Option<&'t [u8]> {
        let rest = self.text.get(self.at..)?;
        let length = ascii_before_quote(rest)?;
        self.skip(length.wrapping_add(1));
        rest.get(..length)
    }

    /// Passes a literal such as `null`.
    #[inline(always)]
    pub fn word(&mut self, word: &[u8]) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        if !rest.starts_with(word) {
            return None;
        }
        self.skip(word.len());
        Some(())
    }

    /// Passes a whole number of at most seven digits that ends an entry. With other text the cursor does not move.
    #[inline(always)]
    pub fn pass_short_number(&mut self) -> Option<u64> {
        let block = self.text.get(self.at..)?.first_chunk()?;
        let (count, number) = few_digits(block)?;
        let after = block.get(count)?;
        if !matches!(after, b',' | b'}') || count == 0 || block[0] == b'0' && count > 1 {
            return None;
        }
        self.skip(count);
        Some(number)
    }
}

impl<'t> Cursor<'t> {
    /// A cursor at an offset of a text.
    pub const fn new(text: &'t [u8], at: usize) -> Self {
        Cursor {
            position: Position { text, at },
            spaced: false,
            bitmaps: Bitmaps::new(text),
        }
    }

    /// Skips white space, and returns the next byte. The cursor stays before that byte.
    #[inline(always)]
    pub fn token(&mut self) -> Option<u8> {
        let byte = self.byte()?;
        if byte > b' ' {
            return Some(byte);
        }
        let behind = behind_space(self.text, self.at);
        self.spaced |= byte != b' ' || behind.wrapping_sub(self.at) > 1;
        self.at = behind;
        self.byte()
    }

    /// Passes a colon, and returns the first byte of the value. The cursor stays before that byte.
    #[inline(always)]
    pub fn value_token(&mut self) -> Option<u8> {
        if self.token()? != b':' {
            return None;
        }
        self.skip(1);
        self.token()
    }

    /// Passes what follows an entry of an object. Returns true before the next key, and false after the end of the object.
    #[inline(always)]
    pub fn next_entry(&mut self) -> Option<bool> {
        match self.token()? {
            b',' => {
                self.skip(1);
                (self.token()? == b'"').then_some(true)
            }
            b'}' => {
                self.skip(1);
                Some(false)
            }
            _ => None,
        }
    }

    /// Passes what follows the opening brace of an object. Returns true before the first key, and false after the end of the
    /// object.
    #[inline(always)]
    pub fn first_entry(&mut self) -> Option<bool> {
        match self.token()? {
            b'"' => Some(true),
            b'}' => {
                self.skip(1);
                Some(false)
            }
            _ => None,
        }
    }

    /// Passes a string from its opening quote on, without reading it.
    #[inline(always)]
    pub fn pass_string(&mut self) -> Option<()> {
        self.skip(1);
        self.rest_of_string().map(|_| ())
    }

    /// Passes a string from after its opening quote, and returns the bytes between the quotes as they are written.
    #[inline(always)]
    pub fn rest_of_string(&mut self) -> Option<&'t [u8]> {
        let start = self.at;
        let end = self.end_of_string(start)?;
        self.at = end.wrapping_add(1);
        self.text.get(start..end)
    }

    /// The offset of the closing quote of the string that begins at this offset, after its opening quote. The cursor only moves to
    /// where the string is invalid or the text ends.
    #[inline(always)]
    pub fn end_of_string(&mut self, start: usize) -> Option<usize> {
        let end = start.wrapping_add(self.bitmaps.until_stop(start));
        if self.text.get(end) == Some(&b'"') {
            Some(end)
        } else {
            self.at = end;
            None
        }
    }

    /// Passes a number, `true`, `false` or `null`.
    pub fn pass_scalar(&mut self, first: u8) -> Option<()> {
        match first {
            b'n' => self.word(b"null"),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'-' | b'0'..=b'9' => self.pass_number(first).map(|_| ()),
            _ => None,
        }
    }

    /// Passes a value of any kind without reading it. It may be nested `levels` deep.
    #[inline(never)]
    pub fn pass(&mut self, first: u8, levels: usize) -> Option<()> {
        // A bit for each open level, the innermost lowest: 1 for an object, 0 for an array. There are at most 127.
        let mut open = 0_u128;
        let mut depth = 0_usize;
        let mut first = first;
        loop {
            match first {
                b'"' => {
                    self.pass_string()?;
                }
                b'{' | b'[' => {
                    if depth >= levels {
                        return None;
                    }
                    depth = depth.wrapping_add(1);
                    open = open << 1 | u128::from(first == b'{');
                    self.skip(1);
                    let empty = if first == b'{' {
                        !self.first_entry()?
                    } else {
                        first = self.token()?;
                        if first == b']' {
                            self.skip(1);
                        }
                        first == b']'
                    };
                    if !empty {
                        if open & 1 == 1 {
                            first = self.value_of_entry()?;
                        }
                        continue;
                    }
                    open >>= 1;
                    depth = depth.wrapping_sub(1);
                }
                _ => self.pass_scalar(first)?,
            }
            // After a value: the ends of open arrays and objects, or a comma.
            loop {
                if depth == 0 {
                    return Some(());
                }
                if open & 1 == 1 {
                    if self.next_entry()? {
                        first = self.value_of_entry()?;
                        break;
                    }
                } else {
                    match self.token()? {
                        b',' => {
                            self.skip(1);
                            first = self.token()?;
                            break;
                        }
                        b']' => self.skip(1),
                        _ => return None,
                    }
                }
                open >>= 1;
                depth = depth.wrapping_sub(1);
            }
        }
    }

    /// Passes entries from a key on, for as long as their values are strings and more entries follow. Returns the first byte of the value
    /// that is not passed. (To pass the last string too was tried: it was not faster.)
    #[inline(always)]
    fn value_of_entry(&mut self) -> Option<u8> {
        let mut at = self.at;
        loop {
            at = self.end_of_string(at.wrapping_add(1))?.wrapping_add(1);
            let quote = quote_ahead(self.text, at);
            if quote == 0 {
                break;
            }
            let end = self.end_of_string(at.wrapping_add(quote))?.wrapping_add(1);
            let key = key_ahead(self.text, end);
            if key == 0 {
                self.at = at.wrapping_add(quote).wrapping_sub(1);
                return Some(b'"');
            }
            at = end.wrapping_add(key);
        }
        self.at = at;
        self.value_token()
    }

    /// Passes digits. Returns their count and their value; the value is only exact up to 19 digits.
    #[inline(always)]
    pub fn digits(&mut self) -> Option<(usize, u64)> {
        let start = self.at;
        let mut number = 0_u64;
        while let digit @ b'0'..=b'9' = self.byte()? {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit & 0xf));
            self.skip(1);
        }
        Some((self.at.wrapping_sub(start), number))
    }

    /// Passes a number. Returns its absolute value if it is whole and has at most 15 digits, so that a double holds it exactly.
    #[inline(never)]
    pub fn pass_number(&mut self, first: u8) -> Option<Option<u64>> {
        if first == b'-' {
            self.skip(1);
        }
        let zero = self.byte()? == b'0';
        let (count, whole) = self.digits()?;
        if count == 0 || zero && count > 1 {
            return None;
        }
        let mut exact = (count <= 15).then_some(whole);
        if self.byte()? == b'.' {
            self.skip(1);
            exact = None;
            if self.digits()?.0 == 0 {
                return None;
            }
        }
        if matches!(self.byte()?, b'e' | b'E') {
            self.skip(1);
            exact = None;
            if matches!(self.byte()?, b'+' | b'-') {
                self.skip(1);
            }
            if self.digits()?.0 == 0 {
                return None;
            }
        }
        Some(exact)
    }

    /// Reads a number, rounded as `JSON.parse` rounds it.
    #[allow(clippy::cast_precision_loss)]
    pub fn number(&mut self, first: u8) -> Option<f64> {
        let start = self.at;
        if let Some(size) = self.pass_number(first)? {
            let size = size as f64; // exact: below 2^53
            return Some(if first == b'-' { -size } else { size });
        }
        std::str::from_utf8(self.text.get(start..self.at)?).ok().map(nearest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_at_once_are_read_as_one_by_one() {
        let ends = *b",}] \n.eE-/:\x00\x7f\x80\xff";
        for number in (0..100_000_u64)
            .chain((0..2000).map(|n| n * 7919 + 900_000))
            .chain([9_999_999, 10_000_000])
        {
            for end in ends {
                let text = [number.to_string().as_bytes(), &[end], b"12345678"].concat();
                let length = text.len() - 9;
                let want = (length < 8).then_some((length, number));
                assert_eq!(few_digits(text.first_chunk().unwrap()), want, "{text:?}");
                let mut scan = Cursor::new(&text, 0);
                assert_eq!(scan.digits(), Some((length, number)));
                assert_eq!(scan.at, length);
            }
        }
        assert_eq!(few_digits(b"x1234567"), Some((0, 0)));
        assert_eq!(few_digits(b"00012,99"), Some((5, 12)));
    }
}
