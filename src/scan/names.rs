//! Which field a key names, in one look.

use crate::record::FIELDS;

/// What a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The field of this number in [`FIELDS`].
    Field(u8),
    /// A record's `data`.
    Data,
    /// Nothing that is read.
    Other,
}

/// The longest name, in bytes, is shorter than this.
const WORD: usize = 16;

/// Sends the first eight bytes of each name to a place of its own (found by trying, kept by a test).
const SPREAD: u64 = 0x2a84_a834_d623_2f97;

const fn place(word: u128) -> usize {
    ((word as u64).wrapping_mul(SPREAD) >> 60) as usize
}

/// The names by their places.
static TABLE: [(u128, Name); 16] = table();

// Run by the compiler: what can panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn table() -> [(u128, Name); 16] {
    let mut table = [(0, Name::Other); 16];
    let mut n = 0;
    while n < FIELDS.len() {
        let word = word(FIELDS[n].as_bytes());
        table[place(word)] = (word, Name::Field(n as u8));
        n += 1;
    }
    let data = word(b"data");
    table[place(data)] = (data, Name::Data);
    table
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn word(name: &[u8]) -> u128 {
    let mut word = 0;
    let mut n = name.len();
    while n > 0 {
        n -= 1;
        word = word << 8 | name[n] as u128;
    }
    word
}

/// What a key of this length names that these bytes begin with.
#[inline]
pub fn named(bytes: &[u8], length: usize) -> Name {
    if length == 0 || length >= WORD {
        return Name::Other;
    }
    let word = match bytes.first_chunk::<WORD>() {
        Some(block) => u128::from_le_bytes(*block) & mask(length),
        None => {
            let mut block = [0; WORD];
            for (to, from) in block.iter_mut().zip(bytes.iter().take(length)) {
                *to = *from;
            }
            u128::from_le_bytes(block)
        }
    };
    match TABLE.get(place(word)) {
        Some((known, name)) if *known == word => *name,
        _ => Name::Other,
    }
}

/// Ones for so many of the lowest bytes; by halves, which are cheaper to shift where registers have eight bytes.
const fn mask(length: usize) -> u128 {
    let bits = (length as u32).wrapping_mul(8);
    let ones = !(u64::MAX.wrapping_shl(bits));
    if length < 8 {
        ones as u128
    } else {
        (ones as u128) << 64 | u64::MAX as u128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_nothing_else() {
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
