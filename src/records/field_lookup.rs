//! Finds the field that a key names, with one look at a table (a perfect hash).

use crate::records::row::{ALIASES, FIELDS, PARTS, Part, nested};

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A field, by its index in [`FIELDS`].
    Field(u8),
    /// The other spelling of a field, by its index in [`FIELDS`].
    Alias(u8),
    /// The `data` of a record.
    Data,
    /// A part of a record.
    Part(Part),
    /// `conversationState`, and whether in its other spelling.
    State { is_alias: bool },
    /// `testMode` of that state, and whether in its other spelling.
    TestMode { is_alias: bool },
    /// A key that is not read.
    Other,
}

/// The bytes of a name that the table compares. Longer names are compared once more.
const WORD: usize = 16;

/// The names that are not those of fields.
const OTHERS: [(&str, Name); 8] = [
    ("data", Name::Data),
    (PARTS[0], Name::Part(Part::Headers)),
    (PARTS[1], Name::Part(Part::Body)),
    (PARTS[2], Name::Part(Part::Messages)),
    ("conversationState", Name::State { is_alias: false }),
    ("conversation_state", Name::State { is_alias: true }),
    ("testMode", Name::TestMode { is_alias: false }),
    ("test_mode", Name::TestMode { is_alias: true }),
];

/// All names.
const NAMES: [Known; FIELDS.len() * 2 + OTHERS.len()] = names();

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn names() -> [Known; FIELDS.len() * 2 + OTHERS.len()] {
    let mut names = [NONE; FIELDS.len() * 2 + OTHERS.len()];
    let mut n = 0;
    while n < FIELDS.len() {
        if !nested(FIELDS[n]) {
            names[n] = known(FIELDS[n].as_bytes(), Name::Field(n as u8));
        }
        names[n + FIELDS.len()] = known(ALIASES[n].as_bytes(), Name::Alias(n as u8));
        n += 1;
    }
    let mut other = 0;
    while other < OTHERS.len() {
        names[other + 2 * FIELDS.len()] = known(OTHERS[other].0.as_bytes(), OTHERS[other].1);
        other += 1;
    }
    names
}

/// The multiplier of the perfect hash: the first eight bytes and the length of each name select a different place of the table.
/// The compiler finds one, so that a new field needs no new number.
const SPREAD: u64 = spread();

const PLACES: usize = 128;
/// The shift that leaves the highest bits of a product. They are the number of a place.
const SHIFT: u32 = u64::BITS.wrapping_sub(PLACES.ilog2());

const fn place(low: u64, length: usize, spread: u64) -> usize {
    (low ^ length as u64).wrapping_mul(spread).wrapping_shr(SHIFT) as usize
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
    let mut taken = 0_u128;
    let mut n = 0;
    while n < NAMES.len() {
        if NAMES[n].length > 0 {
            let bit = 1 << place(NAMES[n].low, NAMES[n].length, spread);
            if taken & bit != 0 {
                return false;
            }
            taken |= bit;
        }
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

const NONE: Known = known(b"", Name::Other);

/// The names, each at its place.
static TABLE: [Known; PLACES] = table();

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn table() -> [Known; PLACES] {
    let mut table = [NONE; PLACES];
    let mut n = 0;
    while n < NAMES.len() {
        if NAMES[n].length > 0 {
            table[place(NAMES[n].low, NAMES[n].length, SPREAD)] = NAMES[n];
        }
        n += 1;
    }
    table
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn known(text: &[u8], name: Name) -> Known {
    let mut word = 0_u128;
    // The bytes behind the first WORD are shifted out again.
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
        Some(block) if length <= WORD => of_block(block, length),
        _ => rarely_named(bytes, length),
    }
}

/// Compares the rest of a name that is longer than [`WORD`].
fn long(name: Name, bytes: &[u8], length: usize) -> Name {
    let is_it = |(key, known): &(&str, Name)| *known == name && Some(key.as_bytes()) == bytes.get(..length);
    if OTHERS.iter().any(is_it) { name } else { Name::Other }
}

/// [`named`] for the keys that few records have: long ones, those with escapes, and the last ones of a text.
#[inline(never)]
pub fn rarely_named(bytes: &[u8], length: usize) -> Name {
    let mut block = [0; WORD];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    let name = of_block(&block, length);
    if length > WORD { long(name, bytes, length) } else { name }
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

    /// Every key that has a meaning.
    fn keys() -> Vec<(&'static str, Name)> {
        let mut keys = OTHERS.to_vec();
        for (n, (field, alias)) in (0..).zip(FIELDS.iter().zip(ALIASES)) {
            keys.extend((!nested(field)).then_some((*field, Name::Field(n))));
            keys.extend((!alias.is_empty()).then_some((alias, Name::Alias(n))));
        }
        keys
    }

    #[test]
    fn every_name_is_found_and_other_keys_are_not() {
        let around = br#"","durationSeconds":"durationSeconds""#;
        let keys = keys();
        for (name, want) in &keys {
            for after in [&around[..], b"", b"\""] {
                let key = [name.as_bytes(), after].concat();
                assert_eq!(named(&key, name.len()), *want, "{name}");
                for wrong in (0..key.len()).filter(|length| *length != name.len()) {
                    let prefix = &name[..wrong.min(name.len())];
                    let same = keys.iter().any(|(known, _)| *known == prefix);
                    assert!(same || named(&key, wrong) == Name::Other, "{name} {wrong}");
                }
                for at in 0..name.len() {
                    let mut other = key.clone();
                    other[at] ^= 1;
                    assert_eq!(named(&other, name.len()), Name::Other, "{name} {at}");
                }
            }
        }
        assert_eq!(named(&[0; 20], 0), Name::Other);
        assert_eq!(named(&[0; 20], 3), Name::Other);
        assert_eq!(named(b"conversationStat\"", 16), Name::Other);
    }
}
