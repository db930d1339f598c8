//! Finds the field that a key names, with one look at a table (a perfect hash).

use crate::records::row::FIELDS;

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A field, by its index in [`FIELDS`].
    Field(u8),
    /// The `data` of a record.
    Data,
    /// A key that is not read.
    Other,
}

/// Every name is shorter than this, in bytes.
const WORD: usize = 16;

/// The multiplier of the perfect hash: the first eight bytes and the length of each name select a different place of the table.
/// The compiler finds one, so that a new field needs no new number.
const SPREAD: u64 = spread();

const PLACES: usize = 32;

const fn place(low: u64, length: usize, spread: u64) -> usize {
    ((low ^ length as u64).wrapping_mul(spread) >> 59) as usize
}

const fn spread() -> u64 {
    let mut candidate = 0x9e37_79b9_7f4a_7c15_u64;
    while !separates(candidate) {
        // Knuth's MMIX generator, made odd.
        candidate = candidate
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407)
            | 1;
    }
    candidate
}

/// Whether a multiplier gives every name a place of its own.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn separates(spread: u64) -> bool {
    let data = known(b"data", Name::Data);
    let mut taken = 1_u32 << place(data.low, data.length, spread);
    let mut n = 0;
    while n < FIELDS.len() {
        let known = known(FIELDS[n].as_bytes(), Name::Other);
        let bit = 1 << place(known.low, known.length, spread);
        if taken & bit != 0 {
            return false;
        }
        taken |= bit;
        n += 1;
    }
    true
}

/// A name: its first eight bytes, the other bytes, its length in bytes and its meaning.
#[derive(Clone, Copy)]
struct Known {
    low: u64,
    high: u64,
    length: usize,
    name: Name,
}

/// The names, each at its place.
static TABLE: [Known; PLACES] = table();

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn table() -> [Known; PLACES] {
    let none = known(b"", Name::Other);
    let mut table = [none; PLACES];
    let mut n = 0;
    while n < FIELDS.len() {
        let known = known(FIELDS[n].as_bytes(), Name::Field(n as u8));
        table[place(known.low, known.length, SPREAD)] = known;
        n += 1;
    }
    let data = known(b"data", Name::Data);
    table[place(data.low, data.length, SPREAD)] = data;
    table
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn known(text: &[u8], name: Name) -> Known {
    let mut word = 0_u128;
    let mut n = text.len();
    while n > 0 {
        n -= 1;
        word = word << 8 | text[n] as u128;
    }
    let (low, high) = (word as u64, (word >> 64) as u64);
    Known {
        low,
        high,
        length: text.len(),
        name,
    }
}

/// The meaning of the key that is the first `length` bytes of `bytes`.
#[inline(always)]
pub fn named(bytes: &[u8], length: usize) -> Name {
    match bytes.first_chunk::<WORD>() {
        Some(block) => of_block(block, length),
        None => near_the_end(bytes, length),
    }
}

#[inline(never)]
fn near_the_end(bytes: &[u8], length: usize) -> Name {
    let mut block = [0; WORD];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    of_block(&block, length)
}

#[inline(always)]
fn of_block(block: &[u8; WORD], length: usize) -> Name {
    let word = u128::from_le_bytes(*block);
    let low = word as u64 & ones(length);
    match TABLE.get(place(low, length, SPREAD)) {
        Some(known) if known.length == length && known.low == low => {
            let high = (word >> 64) as u64 & if length > 8 { ones(length.wrapping_sub(8)) } else { 0 };
            if known.high == high { known.name } else { Name::Other }
        }
        _ => Name::Other,
    }
}

/// A mask of the lowest `bytes` bytes, at most eight.
const fn ones(bytes: usize) -> u64 {
    if bytes >= 8 {
        u64::MAX
    } else {
        !(u64::MAX << (bytes as u32).wrapping_mul(8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_other_keys_are_not() {
        let around = br#"","durationSeconds":"durationSeconds""#;
        for (n, field) in FIELDS.iter().chain(["data"].iter()).enumerate() {
            let want = if n < FIELDS.len() {
                Name::Field(u8::try_from(n).unwrap())
            } else {
                Name::Data
            };
            for after in [&around[..], b"", b"\""] {
                let key = [field.as_bytes(), after].concat();
                assert_eq!(named(&key, field.len()), want, "{field}");
                for wrong in (0..key.len()).filter(|length| *length != field.len()) {
                    let same = FIELDS.contains(&&field[..wrong.min(field.len())]);
                    assert!(same || named(&key, wrong) == Name::Other, "{field} {wrong}");
                }
                for at in 0..field.len() {
                    let mut other = key.clone();
                    other[at] ^= 1;
                    assert_eq!(named(&other, field.len()), Name::Other, "{field} {at}");
                }
            }
        }
        assert_eq!(named(&[0; 20], 0), Name::Other);
        assert_eq!(named(&[0; 20], 3), Name::Other);
    }
}
