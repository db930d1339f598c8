//! Finds the field that a key names, with one look at a table (a perfect hash).
//!
//! Records have their keys in any order, so a processor can't predict which key comes next. The way of an ordinary key through this
//! module has no branch that depends on the key.

use crate::records::row::{ALIASES, FIELDS, PARTS, Part, nested, own_slot, slot};

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

/// A key, by the place of its name in [`TABLE`]; [`PLACES`] for a key that has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u8);

impl Key {
    /// A key that has no meaning.
    pub const OTHER: Key = Key(PLACES as u8);

    /// The meaning of the key.
    pub fn name(self) -> Name {
        TABLE.get(usize::from(self.0)).map_or(Name::Other, |known| known.name)
    }

    /// The slot in which the value of the key is set.
    #[inline(always)]
    pub fn slot(self, slots: &Slots) -> usize {
        slots
            .get(usize::from(self.0))
            .map_or(slot::UNREAD, |slot| usize::from(*slot))
    }
}

/// The slots of keys, by the places of their names.
pub type Slots = [u8; PLACES + 1];

/// In place of a slot: what the value of the key does needs a closer look.
pub const RARE: usize = u8::MAX as usize;

/// The slots of the keys of a record.
pub static OF_RECORD: Slots = slots(Within::Record);
/// The slots of the keys of `data`.
pub static OF_DATA: Slots = slots(Within::Data);
/// The slots of the keys of `conversationState`.
pub static OF_STATE: Slots = slots(Within::State);

/// The objects that have slots.
#[derive(Clone, Copy)]
enum Within {
    Record,
    Data,
    State,
}

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn slots(within: Within) -> Slots {
    let mut slots = [slot::UNREAD as u8; PLACES + 1];
    let mut place = 0;
    while place < PLACES {
        let slot = match (within, TABLE_OF_NAMES[place].name) {
            (_, Name::Other) => slot::UNREAD,
            (Within::Record, Name::Field(n)) => own_slot(n as usize),
            (Within::Record, Name::Part(part)) => slot::PART + part as usize,
            (Within::Record, Name::TestMode { .. }) => slot::UNREAD,
            (Within::Record, _) => RARE,
            (Within::Data, Name::Field(n)) => slot::of_data(n as usize),
            (Within::Data, Name::Alias(n)) if slot::of_data(n as usize) != slot::UNREAD => RARE,
            (Within::State, Name::TestMode { .. }) => RARE,
            (Within::Data | Within::State, _) => slot::UNREAD,
        };
        slots[place] = slot as u8;
        place += 1;
    }
    slots
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

const fn place(low: u64, length: u64, spread: u64) -> usize {
    (low ^ length).wrapping_mul(spread).wrapping_shr(SHIFT) as usize
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
    length: u64,
    name: Name,
}

const NONE: Known = known(b"", Name::Other);

/// The names, each at its place.
static TABLE: [Known; PLACES] = TABLE_OF_NAMES;
const TABLE_OF_NAMES: [Known; PLACES] = table();

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
        length: text.len() as u64,
        name,
    }
}

/// The key that is the first `length` bytes of `bytes`.
#[inline(always)]
pub fn named(bytes: &[u8], length: usize) -> Key {
    match bytes.first_chunk() {
        Some(block) => of_block(block, bytes, length),
        _ => rarely_named(bytes, length),
    }
}

/// [`named`] for the keys that few records have: those with escapes, and the last ones of a text.
#[inline(never)]
pub fn rarely_named(bytes: &[u8], length: usize) -> Key {
    let mut block = [0; WORD];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    of_block(&block, bytes, length)
}

#[inline(always)]
fn of_block(block: &[u8; WORD], bytes: &[u8], length: usize) -> Key {
    let word = u128::from_le_bytes(*block);
    // Of a longer key than MASKS has, no mask is needed: no name has its length.
    let mask = MASKS.get(length & LONGEST).copied().unwrap_or(0);
    let (low, high) = ((word & mask) as u64, ((word & mask) >> 64) as u64);
    let place = place(low, length as u64, SPREAD);
    let Some(known) = TABLE.get(place) else {
        return Key::OTHER;
    };
    let differs = (known.low ^ low) | (known.high ^ high) | (known.length ^ length as u64);
    if differs == 0 && length > WORD {
        return long(place, bytes, length);
    }
    // All bits set if there is a difference, so that no branch is needed.
    let other = ((differs | differs.wrapping_neg()) as i64 >> 63) as u8;
    Key(place as u8 & !other | Key::OTHER.0 & other)
}

/// Compares the rest of a name that is longer than [`WORD`].
#[cold]
#[inline(never)]
fn long(place: usize, bytes: &[u8], length: usize) -> Key {
    let key = Key(place as u8);
    let is_it = |(text, name): &(&str, Name)| *name == key.name() && Some(text.as_bytes()) == bytes.get(..length);
    if OTHERS.iter().any(is_it) { key } else { Key::OTHER }
}

/// The longest key that has a mask.
const LONGEST: usize = 31;

/// For each length of a key, a mask of so many bytes.
static MASKS: [u128; LONGEST + 1] = masks();

// The compiler runs this, so a panic here stops the build.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
const fn masks() -> [u128; LONGEST + 1] {
    let mut masks = [u128::MAX; LONGEST + 1];
    let mut length = 0;
    while length < WORD {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
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
                assert_eq!(named(&key, name.len()).name(), *want, "{name}");
                for wrong in (0..key.len()).filter(|length| *length != name.len()) {
                    let prefix = &name[..wrong.min(name.len())];
                    let same = keys.iter().any(|(known, _)| *known == prefix);
                    assert!(same || named(&key, wrong) == Key::OTHER, "{name} {wrong}");
                }
                for at in 0..name.len() {
                    let mut other = key.clone();
                    other[at] ^= 1;
                    assert_eq!(named(&other, name.len()), Key::OTHER, "{name} {at}");
                }
            }
        }
        assert_eq!(named(&[0; 20], 0), Key::OTHER);
        assert_eq!(named(&[0; 20], 3), Key::OTHER);
        assert_eq!(named(b"conversationStat\"", 16), Key::OTHER);
    }
}
