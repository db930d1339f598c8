//! The ids that have been counted, each with what was counted under it: at most 24 bytes an id, however many there are.
//!
//! An id is known by 86 bits of its hash ([`murmur3`](crate::collections::murmur3), of its text, seeded with its kind). That any two of `n` ids are taken
//! for one has a chance of n²/2^87: for ten million ids, 10^-12.
//!
//! A slot has 18 bytes. Slots lie in the order of their hashes with gaps between them: a hash belongs where its size says, or
//! after smaller ones that are in its way (linear probing, sorted). So they are read in order without sorting, and a larger
//! table is filled from front to back. A table is at most nine tenths full and grows by a quarter. There are 64 tables of
//! sizes that are spread evenly over a quarter, so that they grow at different times: together they are near four fifths
//! full at all times, 22.5 bytes an id, and no more than one of them is there twice.

use crate::collections::murmur3::murmur3_x64_128;
use crate::counting::tally::Tally;
use crate::records::judge::Kind;

/// What was counted under an id: enough to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which series has it.
    pub series: u32,
    /// In which quarter hour.
    pub quarter: u32,
    /// What it is.
    pub usage: Usage,
}

/// One thing that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// A message.
    Message,
    /// A call whose seconds are not known.
    Call,
    /// A call of so many seconds.
    Timed(u64),
}

impl Usage {
    /// What it adds to the counts.
    pub const fn tally(self) -> Tally {
        let (messages, calls, total_seconds) = match self {
            Usage::Message => (1, 0, 0),
            Usage::Call => (0, 1, 0),
            Usage::Timed(seconds) => (0, 1, seconds),
        };
        Tally {
            messages,
            calls,
            total_seconds,
        }
    }
}

/// What an id is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    table: u8,
    high: u64,
    low: u16,
}

/// How many tables there are; a hash's first six bits say which.
pub const TABLES: u8 = 64;

impl Key {
    /// The key of a record's id.
    #[allow(clippy::cast_possible_truncation)]
    pub fn new(kind: Kind, id: &str) -> Key {
        let [a, b] = murmur3_x64_128(id.as_bytes(), kind as u64);
        Key {
            table: (a >> 58) as u8,
            high: a << 6 | b >> 58,
            low: (b >> 42) as u16,
        }
    }

    /// A key as [`Ids::of_table`] gives it; `None` where there is no such table.
    pub fn of(table: u8, high: u64, low: u16) -> Option<Key> {
        (table < TABLES).then_some(Key { table, high, low })
    }

    /// Its table, and what it is known by there.
    pub const fn parts(self) -> (u8, u64, u16) {
        (self.table, self.high, self.low)
    }
}

/// Where a key is, or would be; good until something changes there or before.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    key: Key,
    at: usize,
    /// Of the table, when it was found.
    homes: usize,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed(2))]
struct Slot {
    high: u64,
    low: u16,
    /// [`Ids::packed`]; 0 is a gap.
    claim: u64,
}

#[derive(Clone, Debug, Default)]
struct Table {
    /// What is pushed out of the last home lies beyond it.
    slots: Vec<Slot>,
    homes: usize,
    count: usize,
}

/// The ids, and what was counted under each.
#[derive(Clone, Debug)]
pub struct Ids {
    tables: Box<[Table]>,
    /// Claims that do not fit a slot, which has their index.
    wide: Vec<Claim>,
}

impl Default for Ids {
    fn default() -> Self {
        Ids {
            tables: vec![Table::default(); usize::from(TABLES)].into(),
            wide: Vec::new(),
        }
    }
}

const SERIES_BITS: u32 = 20;
const QUARTER_BITS: u32 = 23;
const USAGE_BITS: u32 = 21;
const MESSAGE: u64 = 0;
const CALL: u64 = 1;
const WIDE: u64 = 2;
const TIMED: u64 = 3;

const fn mask(bits: u32) -> u64 {
    !(u64::MAX << bits)
}

impl Ids {
    /// Where a key is, and what was counted under it.
    pub fn find(&self, key: Key) -> (Spot, Option<Claim>) {
        let table = self.tables.get(usize::from(key.table));
        let (at, found) = table.map_or((0, None), |table| table.find(key));
        let homes = table.map_or(0, |table| table.homes);
        (Spot { key, at, homes }, found.map(|claim| self.unpacked(claim)))
    }

    /// Puts a claim where [`Ids::find`] found the key's spot, with a claim or without. The spots of many keys stay good while
    /// they are put from the greatest to the smallest.
    pub fn put(&mut self, spot: Spot, claim: Claim) {
        let claim = self.packed(claim);
        if let Some(table) = self.tables.get_mut(usize::from(spot.key.table)) {
            table.put(spot, claim);
        }
    }

    /// How many there are in a table.
    pub fn count(&self, table: u8) -> usize {
        self.tables.get(usize::from(table)).map_or(0, |table| table.count)
    }

    /// All of a table, in order.
    pub fn of_table(&self, table: u8) -> impl Iterator<Item = (Key, Claim)> {
        let slots = self
            .tables
            .get(usize::from(table))
            .map_or(&[][..], |table| &table.slots);
        let full = slots.iter().filter(|slot| slot.claim != 0);
        full.map(move |slot| {
            let (high, low) = (slot.high, slot.low);
            (Key { table, high, low }, self.unpacked(slot.claim))
        })
    }

    /// The bytes that they take.
    pub fn bytes(&self) -> usize {
        let slots = |table: &Table| table.slots.capacity().saturating_mul(size_of::<Slot>());
        let tables = self
            .tables
            .iter()
            .map(|table| slots(table).saturating_add(size_of::<Table>()));
        let wide = self.wide.capacity().saturating_mul(size_of::<Claim>());
        tables.fold(wide, usize::saturating_add)
    }

    fn packed(&mut self, claim: Claim) -> u64 {
        let series = u64::from(claim.series).saturating_add(1); // so that nothing is 0
        let usage = match claim.usage {
            Usage::Message => MESSAGE,
            Usage::Call => CALL,
            Usage::Timed(seconds) => seconds.saturating_add(TIMED),
        };
        if series <= mask(SERIES_BITS) && usage <= mask(USAGE_BITS) {
            return series << (QUARTER_BITS + USAGE_BITS) | u64::from(claim.quarter) << USAGE_BITS | usage;
        }
        self.wide.push(claim);
        (self.wide.len() as u64) << USAGE_BITS | WIDE
    }

    #[allow(clippy::cast_possible_truncation)]
    fn unpacked(&self, claim: u64) -> Claim {
        let usage = claim & mask(USAGE_BITS);
        if usage == WIDE {
            let index = (claim >> USAGE_BITS).saturating_sub(1) as usize;
            let nothing = Claim {
                series: 0,
                quarter: 0,
                usage: Usage::Message,
            };
            return self.wide.get(index).copied().unwrap_or(nothing);
        }
        Claim {
            series: (claim >> (QUARTER_BITS + USAGE_BITS)).saturating_sub(1) as u32,
            quarter: (claim >> USAGE_BITS & mask(QUARTER_BITS)) as u32,
            usage: match usage {
                MESSAGE => Usage::Message,
                CALL => Usage::Call,
                seconds => Usage::Timed(seconds.saturating_sub(TIMED)),
            },
        }
    }
}

impl Table {
    /// Where the key is or would be, and its claim.
    #[inline(never)]
    fn find(&self, key: Key) -> (usize, Option<u64>) {
        let mut at = home(key.high, self.homes);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.claim != 0) {
            let (high, low) = (slot.high, slot.low);
            if (high, low) >= (key.high, key.low) {
                return (at, ((high, low) == (key.high, key.low)).then_some(slot.claim));
            }
            at = at.saturating_add(1);
        }
        (at, None)
    }

    fn put(&mut self, spot: Spot, claim: u64) {
        let Spot { key, mut at, homes } = spot;
        if homes != self.homes {
            at = self.find(key).0; // it has grown
        }
        let new = Slot {
            high: key.high,
            low: key.low,
            claim,
        };
        let is_there = |slot: &&mut Slot| slot.claim != 0 && (slot.high, slot.low) == (key.high, key.low);
        if let Some(slot) = self.slots.get_mut(at).filter(is_there) {
            *slot = new;
            return;
        }
        if self.count >= self.homes.saturating_sub(self.homes / 10) {
            self.grow(key.table);
            at = self.find(key).0;
        }
        let gap = self.slots.iter().skip(at).position(|slot| slot.claim == 0);
        if gap.is_none() {
            push(&mut self.slots, Slot::default());
        }
        let end = gap.map_or(self.slots.len().saturating_sub(1), |gap| at.saturating_add(gap));
        if let Some(moved) = self.slots.get_mut(at..=end) {
            moved.copy_within(..moved.len().saturating_sub(1), 1);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = new;
        }
        self.count = self.count.saturating_add(1);
    }

    fn grow(&mut self, number: u8) {
        // The first size is spread over a quarter: from there each table is as far from its neighbour as ever.
        self.homes = match self.homes {
            0 => usize::from(number / 4).saturating_add(64),
            homes => homes.saturating_add(homes / 4),
        };
        let mut slots: Vec<Slot> = Vec::new();
        slots.reserve_exact(self.homes.saturating_add(8));
        for slot in self.slots.iter().filter(|slot| slot.claim != 0) {
            let home = home(slot.high, self.homes);
            if slots.len() < home {
                slots.resize(home, Slot::default());
            }
            push(&mut slots, *slot);
        }
        slots.resize(slots.len().max(self.homes), Slot::default());
        self.slots = slots;
    }
}

/// By a few at a time: a vector's own way is to take twice the room.
fn push(slots: &mut Vec<Slot>, slot: Slot) {
    if slots.len() == slots.capacity() {
        slots.reserve_exact(8);
    }
    slots.push(slot);
}

/// Where a hash belongs among so many homes: as far along as it is large.
#[allow(clippy::cast_possible_truncation)]
const fn home(high: u64, homes: usize) -> usize {
    ((high >> 32).wrapping_mul(homes as u64) >> 32) as usize
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn message(series: u32) -> Claim {
        Claim {
            series,
            quarter: 0,
            usage: Usage::Message,
        }
    }

    fn put(ids: &mut Ids, key: Key, claim: Claim) -> Option<Claim> {
        let (spot, old) = ids.find(key);
        ids.put(spot, claim);
        old
    }

    proptest! {
        #[test]
        fn it_is_a_sorted_map(
            changes in prop::collection::vec(
                // Few tables and few homes, so that keys are in each other's way; beyond the last home too.
                ((0..3_u8, prop_oneof![0..9_u64, (0..9_u64).prop_map(|n| u64::MAX - n), any::<u64>()], 0..3_u16),
                 (any::<u32>(), 0..1_u32 << 23, prop_oneof![
                    Just(Usage::Message), Just(Usage::Call), any::<u64>().prop_map(Usage::Timed),
                    (0..99_u64).prop_map(Usage::Timed), ((1 << 21) - 9..(1_u64 << 21) + 9).prop_map(Usage::Timed)])),
                0..600)
        ) {
            let mut ids = Ids::default();
            let mut model = BTreeMap::new();
            for ((table, high, low), (series, quarter, usage)) in changes {
                let claim = Claim { series: if series % 2 == 0 { series } else { series % 1000 }, quarter, usage };
                let old = put(&mut ids, Key::of(table, high, low).unwrap(), claim);
                prop_assert_eq!(old, model.insert((table, high, low), claim));
            }
            let got: Vec<_> = (0..TABLES).flat_map(|table| ids.of_table(table)).map(|(key, claim)| (key.parts(), claim)).collect();
            let want: Vec<_> = model.into_iter().collect();
            prop_assert_eq!(&got, &want);
            prop_assert_eq!((0..TABLES).map(|table| ids.count(table)).sum::<usize>(), want.len());
        }
    }

    #[test]
    fn an_id_takes_24_bytes_at_most() {
        let mut ids = Ids::default();
        let mut most = 0.0_f64;
        for n in 0..3_000_000_u32 {
            assert_eq!(
                put(&mut ids, Key::new(Kind::Call, &format!("call_{n}")), message(n % 1000)),
                None
            );
            if n >= 10_000 && n % 997 == 0 {
                // One table is there twice while it grows.
                let twice = ids.tables.iter().map(|t| t.slots.capacity()).max().unwrap() * size_of::<Slot>();
                most = most.max((ids.bytes() + twice / 5 * 4) as f64 / f64::from(n + 1));
            }
        }
        println!("{most} bytes an id at most, {} at the end", ids.bytes() as f64 / 3e6);
        assert!(most <= 24.0, "{most} bytes an id");
        assert!(
            (0..3_000_000).all(|n| ids.find(Key::new(Kind::Call, &format!("call_{n}"))).1 == Some(message(n % 1000)))
        );
        assert_eq!(ids.find(Key::new(Kind::Message, "call_1")).1, None);
    }
}
