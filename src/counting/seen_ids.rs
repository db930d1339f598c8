//! The ids that have been counted, each with what it counted as. An id takes at most 24 bytes.
//!
//! An id is stored as 86 bits of its hash ([`murmur3`](crate::collections::murmur3) of its text, seeded with its space). The
//! chance that any two of `n` ids collide is about n²/2^87: 6·10^-13 for ten million ids.
//!
//! A slot has 18 bytes. Slots are ordered by hash, with gaps between them (linear probing with sorted runs). The home slot of a
//! hash is proportional to its value, and the hash is stored there or after smaller hashes that overflowed into it. So ids are
//! read in order without sorting, and a larger table is filled from front to back.
//!
//! A table is at most nine tenths full and grows by a quarter. There are 64 tables, whose sizes are spread evenly over a
//! quarter, so that they grow at different times. Together they are about four fifths full, which is 22.5 bytes an id, and at
//! most one table is in memory twice at any time.
//!
//! The hashes of ids are spread evenly, but those of a forged snapshot, or of ids that someone has chosen, may lie close together.
//! Then a table would move most of its entries for each new one. So an entry is stored within `FAR` slots of its home, or else
//! in the `Crowd` of its table: lists in order of the hashes. The work for an id does not depend on the values of the hashes.

use crate::collections::budget::{Budget, Room};
use crate::collections::murmur3::murmur3_x64_128;
use crate::counting::tally::Tally;
use crate::records::judge::Kind;

/// What an id counted as. It is enough to take the usage back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The index of the timeline.
    pub timeline: u32,
    /// The quarter hour.
    pub quarter: u32,
    /// The message or call.
    pub usage: Usage,
}

/// A message or a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// A message.
    Message,
    /// A call whose duration is unknown.
    Call,
    /// A call, with its duration in whole seconds.
    Timed(u64),
}

impl Usage {
    /// The tally of this one message or call.
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

/// The 86 bits of its hash that an id is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdHash {
    table: u8,
    high: u64,
    low: u16,
}

/// The number of tables. The first six bits of a hash select one.
pub const TABLES: u8 = 64;

impl IdHash {
    /// Hashes the id of a message or call, or of its delivery. The four are spaces of their own.
    #[allow(clippy::cast_possible_truncation)]
    pub fn new(kind: Kind, is_delivery: bool, id: &[u8]) -> IdHash {
        let space = kind as u64 | u64::from(is_delivery) << 1;
        let [a, b] = murmur3_x64_128(id, space);
        IdHash {
            table: (a >> 58) as u8,
            high: a << 6 | b >> 58,
            low: (b >> 42) as u16,
        }
    }

    /// Puts a hash together from its [`parts`](IdHash::parts). `None` if there is no such table.
    pub fn of(table: u8, high: u64, low: u16) -> Option<IdHash> {
        (table < TABLES).then_some(IdHash { table, high, low })
    }

    /// The table, and the high and low bits that are stored in a slot of the table.
    pub const fn parts(self) -> (u8, u64, u16) {
        (self.table, self.high, self.low)
    }
}

/// The place where a hash is or would be stored. A change at this place or before it makes the probe stale.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    hash: IdHash,
    at: usize,
    /// The capacity of the table at the time of the probe.
    capacity: usize,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(C, packed(2))]
struct Slot {
    high: u64,
    low: u16,
    /// The entry as [`SeenIds::packed`] writes it; 0 is a gap.
    entry: u64,
}

#[derive(Clone, Debug, Default)]
struct Table {
    /// May be longer than `capacity`: entries that overflow from the last home slot lie behind it.
    slots: Vec<Slot>,
    /// The number of home slots.
    capacity: usize,
    /// The number of entries in `slots`.
    count: usize,
    /// The entries that would lie too far from their home slots.
    crowd: Crowd,
}

/// How far from its home slot an entry may lie. A table that is nine tenths full of evenly spread hashes has an entry farther
/// away once in about ten million ids.
const FAR: usize = 1024;

/// Entries in order of their hashes, in lists of at most [`A_LIST`]. No list is empty.
#[derive(Clone, Debug, Default)]
struct Crowd(Vec<Vec<Slot>>);

/// The most entries in one list of a [`Crowd`].
const A_LIST: usize = 512;

/// The ids that have been counted, each with what it counted as.
#[derive(Clone, Debug)]
pub struct SeenIds {
    tables: Box<[Table]>,
    /// Entries that do not fit a slot. The slot has the index.
    overflow: Vec<Entry>,
}

impl Default for SeenIds {
    fn default() -> Self {
        SeenIds {
            tables: vec![Table::default(); usize::from(TABLES)].into(),
            overflow: Vec::new(),
        }
    }
}

const SERIES_BITS: u32 = 20;
const QUARTER_BITS: u32 = 23;
const USAGE_BITS: u32 = 21;
const MESSAGE: u64 = 0;
const CALL: u64 = 1;
const OVERFLOW: u64 = 2;
const TIMED: u64 = 3;

/// An entry as a slot holds it; `None` if it is too large: there are very many timelines, or the call is very long.
#[inline]
fn in_slot(entry: Entry) -> Option<u64> {
    let timeline = u64::from(entry.timeline).saturating_add(1); // so that no entry is 0, which is a gap
    let usage = match entry.usage {
        Usage::Message => MESSAGE,
        Usage::Call => CALL,
        Usage::Timed(seconds) => seconds.saturating_add(TIMED),
    };
    (timeline <= mask(SERIES_BITS) && usage <= mask(USAGE_BITS))
        .then_some(timeline << (QUARTER_BITS + USAGE_BITS) | u64::from(entry.quarter) << USAGE_BITS | usage)
}

/// Whether an entry fits a slot. The others take 24 bytes more.
pub fn fits_slot(entry: Entry) -> bool {
    in_slot(entry).is_some()
}

const fn mask(bits: u32) -> u64 {
    !(u64::MAX << bits)
}

impl SeenIds {
    /// Looks a hash up: its place, and what the id counted as if it is known.
    pub fn find(&self, hash: IdHash) -> (Probe, Option<Entry>) {
        let table = self.tables.get(usize::from(hash.table));
        let (at, found) = table.map_or((0, None), |table| table.find(hash));
        let capacity = table.map_or(0, |table| table.capacity);
        (Probe { hash, at, capacity }, found.map(|entry| self.unpacked(entry)))
    }

    /// Stores an entry at a probe of [`SeenIds::find`], over an earlier entry if there is one. Probes of many hashes stay valid
    /// while their entries are put from the greatest hash to the smallest.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom). The ids are as they were.
    pub fn put(&mut self, probe: Probe, entry: Entry, budget: &Budget) -> Room {
        let before = self.overflow.len();
        let entry = self.packed(entry, budget)?;
        let put = match self.tables.get_mut(usize::from(probe.hash.table)) {
            Some(table) => table.put(probe, entry, budget),
            None => Ok(()),
        };
        if put.is_err() {
            self.overflow.truncate(before);
        }
        put
    }

    /// What the tables take more with so many ids more, at most. A table that has just grown is about two thirds full, or less if it
    /// is small. Hashes of ids are spread evenly.
    pub fn growth_of(&self, more: usize) -> u64 {
        const FEW: usize = 5120;
        let (mut all, mut present) = (more, 0_usize);
        for table in &self.tables {
            all = all.saturating_add(table.count);
            present = present.saturating_add(table.slots.len());
        }
        let slots = all
            .saturating_add(all / 2)
            .saturating_add(all.saturating_mul(7).min(FEW));
        (slots.saturating_sub(present) as u64).saturating_mul(size_of::<Slot>() as u64)
    }

    /// What the tables take without ids.
    pub(crate) const fn least_bytes() -> usize {
        size_of::<Table>().saturating_mul(TABLES as usize)
    }

    /// The number of ids in a table.
    #[inline]
    pub fn count(&self, table: u8) -> usize {
        self.tables
            .get(usize::from(table))
            .map_or(0, |table| table.count.saturating_add(table.crowd.entries().count()))
    }

    /// The ids of a table with their entries, in order of the hashes.
    pub fn of_table(&self, table: u8) -> impl Iterator<Item = (IdHash, Entry)> {
        let found = self.tables.get(usize::from(table)).into_iter();
        found.flat_map(Table::entries).map(move |slot| {
            let (high, low) = slot.hash();
            (IdHash { table, high, low }, self.unpacked(slot.entry))
        })
    }

    /// The lengths of the lists that it has, in bytes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn allocations(&self) -> impl Iterator<Item = usize> {
        let slots = |list: &Vec<Slot>| list.capacity().saturating_mul(size_of::<Slot>());
        let of_table = move |table: &Table| {
            let crowd = table.crowd.0.capacity().saturating_mul(size_of::<Vec<Slot>>());
            let lists: Vec<_> = table.crowd.0.iter().map(slots).collect();
            [slots(&table.slots), crowd].into_iter().chain(lists)
        };
        let own = [
            Self::least_bytes(),
            self.overflow.capacity().saturating_mul(size_of::<Entry>()),
        ];
        own.into_iter().chain(self.tables.iter().flat_map(of_table))
    }

    /// Makes room for so many more entries that do not [fit a slot](fits_slot).
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom).
    pub fn make_room_beside(&mut self, more: usize, budget: &Budget) -> Room {
        let length = self.overflow.len().saturating_add(more);
        budget.grow_to(&mut self.overflow, length)
    }

    fn packed(&mut self, entry: Entry, budget: &Budget) -> Room<u64> {
        if let Some(packed) = in_slot(entry) {
            return Ok(packed);
        }
        budget.push(&mut self.overflow, entry)?;
        Ok((self.overflow.len() as u64) << USAGE_BITS | OVERFLOW)
    }

    #[allow(clippy::cast_possible_truncation)]
    #[inline]
    fn unpacked(&self, entry: u64) -> Entry {
        let usage = entry & mask(USAGE_BITS);
        if usage == OVERFLOW {
            let index = (entry >> USAGE_BITS).saturating_sub(1) as usize;
            let nothing = Entry {
                timeline: 0,
                quarter: 0,
                usage: Usage::Message,
            };
            return self.overflow.get(index).copied().unwrap_or(nothing);
        }
        Entry {
            timeline: (entry >> (QUARTER_BITS + USAGE_BITS)).saturating_sub(1) as u32,
            quarter: (entry >> USAGE_BITS & mask(QUARTER_BITS)) as u32,
            usage: match usage {
                MESSAGE => Usage::Message,
                CALL => Usage::Call,
                seconds => Usage::Timed(seconds.saturating_sub(TIMED)),
            },
        }
    }
}

impl Slot {
    const fn hash(&self) -> (u64, u16) {
        (self.high, self.low)
    }
}

impl Table {
    /// The index at which a hash is or would be, and its packed entry.
    #[inline(never)]
    fn find(&self, hash: IdHash) -> (usize, Option<u64>) {
        let wanted = (hash.high, hash.low);
        let mut at = home(hash.high, self.capacity);
        let mut found = None;
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.entry != 0) {
            steps(1);
            if slot.hash() >= wanted {
                found = (slot.hash() == wanted).then_some(slot.entry);
                break;
            }
            at = at.saturating_add(1);
        }
        (at, found.or_else(|| self.crowd.find(wanted)))
    }

    fn put(&mut self, probe: Probe, entry: u64, budget: &Budget) -> Room {
        let Probe { hash, mut at, capacity } = probe;
        if capacity != self.capacity {
            at = self.find(hash).0; // the table has grown since
        }
        let new = Slot {
            high: hash.high,
            low: hash.low,
            entry,
        };
        let is_there = |slot: &&mut Slot| slot.entry != 0 && slot.hash() == new.hash();
        if let Some(slot) = self.slots.get_mut(at).filter(is_there) {
            *slot = new;
            return Ok(());
        }
        if self.crowd.replace(new) {
            return Ok(());
        }
        if self.count >= self.capacity.saturating_sub(self.capacity / 10) {
            self.grow(hash.table, budget)?;
            at = self.find(hash).0;
        }
        let end = self.gap(at);
        if end > home(hash.high, self.capacity).saturating_add(FAR) {
            return self.crowd.add(new, budget);
        }
        if end == self.slots.len() {
            push(&mut self.slots, Slot::default(), budget)?;
        }
        if let Some(moved) = self.slots.get_mut(at..=end) {
            steps(moved.len());
            moved.copy_within(..moved.len().saturating_sub(1), 1);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = new;
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    /// The first gap from an index on. The search ends behind [`FAR`] slots, where a gap is too far away for any entry.
    fn gap(&self, at: usize) -> usize {
        let near = self.slots.iter().skip(at).take(FAR.saturating_add(1));
        at.saturating_add(near.take_while(|slot| slot.entry != 0).count())
    }

    /// All entries, in order of the hashes.
    fn entries(&self) -> impl Iterator<Item = &Slot> {
        let mut near = self.slots.iter().filter(|slot| slot.entry != 0).peekable();
        let mut crowd = self.crowd.entries().peekable();
        std::iter::from_fn(move || match (near.peek(), crowd.peek()) {
            (Some(a), Some(b)) if b.hash() < a.hash() => crowd.next(),
            (None, _) => crowd.next(),
            _ => near.next(),
        })
    }

    #[inline(never)]
    fn grow(&mut self, number: u8, budget: &Budget) -> Room {
        // A small table doubles, so that a small count is small. Then the capacities are spread over a quarter. All tables grow
        // by a quarter from there, so their capacities stay spread.
        let capacity = match self.capacity {
            small @ ..SMALL => small.saturating_mul(2).max(SMALLEST),
            SMALL => usize::from(number / 4).saturating_add(2 * SMALL),
            capacity => capacity.saturating_add(capacity / 4),
        };
        let mut slots = Vec::new();
        let moved = self.moved(&mut slots, capacity, budget);
        let before = if moved.is_ok() {
            self.capacity = capacity;
            std::mem::replace(&mut self.slots, slots)
        } else {
            slots
        };
        budget.give_back(before.capacity().saturating_mul(size_of::<Slot>()));
        moved
    }

    /// Copies the entries to a list for another capacity.
    fn moved(&self, slots: &mut Vec<Slot>, capacity: usize, budget: &Budget) -> Room {
        let spare = (capacity / 8).min(8);
        budget.grow_to(slots, capacity.saturating_add(spare))?;
        for slot in self.slots.iter().filter(|slot| slot.entry != 0) {
            let home = home(slot.high, capacity);
            if slots.len() < home {
                slots.resize(home, Slot::default());
            }
            push(slots, *slot, budget)?;
        }
        slots.resize(slots.len().max(capacity), Slot::default());
        Ok(())
    }
}

impl Crowd {
    fn entries(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter().flatten()
    }

    /// The list in which a hash is or would be, and its index there.
    fn place(&self, hash: (u64, u16)) -> (usize, usize) {
        let is_before = |list: &Vec<Slot>| list.last().is_some_and(|last| last.hash() < hash);
        let list = self.0.partition_point(is_before).min(self.0.len().saturating_sub(1));
        let of_list = self.0.get(list).map_or(&[][..], Vec::as_slice);
        (list, of_list.partition_point(|slot| slot.hash() < hash))
    }

    #[inline(never)]
    fn find(&self, hash: (u64, u16)) -> Option<u64> {
        let (list, at) = self.place(hash);
        let slot = self.0.get(list)?.get(at)?;
        (slot.hash() == hash).then_some(slot.entry)
    }

    /// Replaces an entry. Returns whether there is one of this hash.
    #[inline(never)]
    fn replace(&mut self, new: Slot) -> bool {
        let (list, at) = self.place(new.hash());
        let known = self.0.get_mut(list).and_then(|list| list.get_mut(at));
        let known = known.filter(|slot| slot.hash() == new.hash());
        let is_there = known.is_some();
        known.into_iter().for_each(|slot| *slot = new);
        is_there
    }

    /// Adds an entry of a hash that is not there.
    #[inline(never)]
    fn add(&mut self, new: Slot, budget: &Budget) -> Room {
        let (list, at) = self.place(new.hash());
        if let Some(slots) = self.0.get_mut(list).filter(|slots| slots.len() < A_LIST) {
            budget.grow(slots, 1)?;
            steps(slots.len().saturating_sub(at));
            slots.insert(at, new);
            return Ok(());
        }
        // The second half of a full list becomes a list of its own.
        budget.grow(&mut self.0, 1)?;
        let mut rest = Vec::new();
        budget.grow_to(&mut rest, A_LIST)?;
        if let Some(slots) = self.0.get_mut(list) {
            rest.extend_from_slice(slots.get(A_LIST / 2..).unwrap_or_default());
            slots.truncate(A_LIST / 2);
        }
        let next = list.saturating_add(1).min(self.0.len());
        steps(self.0.len().saturating_sub(next));
        self.0.insert(next, rest);
        self.add(new, budget)
    }
}

/// Counts the slots that are looked at or moved, for the tests.
#[cfg(all(test, not(target_arch = "wasm32")))]
fn steps(count: usize) {
    tests::STEPS.set(tests::STEPS.get().saturating_add(count));
}

#[cfg(not(all(test, not(target_arch = "wasm32"))))]
const fn steps(_: usize) {}

/// The first capacity of a table.
const SMALLEST: usize = 4;

/// The capacity up to which a table doubles.
const SMALL: usize = 32;

/// Pushes a slot, and grows the list by eight. A vector would double its capacity.
fn push(slots: &mut Vec<Slot>, slot: Slot, budget: &Budget) -> Room {
    if slots.len() == slots.capacity() {
        budget.grow_to(slots, slots.len().saturating_add(8))?;
    }
    slots.push(slot);
    Ok(())
}

/// The home slot of a hash. It is proportional to the value of the hash.
#[allow(clippy::cast_possible_truncation)]
const fn home(high: u64, capacity: usize) -> usize {
    ((high >> 32).wrapping_mul(capacity as u64) >> 32) as usize
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::collections::BTreeMap;

    thread_local! {
        /// How many slots were looked at or moved by this thread.
        pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    fn message(timeline: u32) -> Entry {
        Entry {
            timeline,
            quarter: 0,
            usage: Usage::Message,
        }
    }

    fn put(ids: &mut SeenIds, hash: IdHash, entry: Entry) -> Option<Entry> {
        let (probe, old) = ids.find(hash);
        ids.put(probe, entry, &Budget::default()).unwrap();
        old
    }

    proptest! {
        #[test]
        fn seen_ids_behave_like_a_sorted_map(
            changes in prop::collection::vec(
                // Few tables and few home slots, so that hashes collide, also behind the last home slot.
                ((0..3_u8, prop_oneof![0..9_u64, (0..9_u64).prop_map(|n| u64::MAX - n), any::<u64>()], 0..3_u16),
                 (any::<u32>(), 0..1_u32 << 23, prop_oneof![
                    Just(Usage::Message), Just(Usage::Call), any::<u64>().prop_map(Usage::Timed),
                    (0..99_u64).prop_map(Usage::Timed), ((1 << 21) - 9..(1_u64 << 21) + 9).prop_map(Usage::Timed)])),
                0..600)
        ) {
            let mut ids = SeenIds::default();
            let mut model = BTreeMap::new();
            for ((table, high, low), (timeline, quarter, usage)) in changes {
                let entry = Entry { timeline: if timeline % 2 == 0 { timeline } else { timeline % 1000 }, quarter, usage };
                let old = put(&mut ids, IdHash::of(table, high, low).unwrap(), entry);
                prop_assert_eq!(old, model.insert((table, high, low), entry));
            }
            let got: Vec<_> = (0..TABLES).flat_map(|table| ids.of_table(table)).map(|(hash, entry)| (hash.parts(), entry)).collect();
            let want: Vec<_> = model.into_iter().collect();
            prop_assert_eq!(&got, &want);
            prop_assert_eq!((0..TABLES).map(|table| ids.count(table)).sum::<usize>(), want.len());
        }
    }

    /// The most steps that putting `count` ids takes for each id, and the ids.
    fn steps_of(count: u64, hash: impl Fn(u64) -> (u64, u16)) -> (usize, SeenIds) {
        let mut ids = SeenIds::default();
        STEPS.set(0);
        for n in 0..count {
            let (high, low) = hash(n);
            assert_eq!(put(&mut ids, IdHash::of(7, high, low).unwrap(), message(0)), None);
        }
        (STEPS.get() / usize::try_from(count).unwrap(), ids)
    }

    /// Where all hashes have one home slot, or where each new entry is before a long run, the steps for an id stay below a bound
    /// that does not depend on the number of ids.
    #[test]
    fn crowded_hashes_take_a_bounded_number_of_steps_each() {
        let most = 2 * FAR + A_LIST;
        for count in [3_000_u64, 30_000, 200_000] {
            let one_place = 1 << 40;
            let spread = u64::MAX / count;
            let found = [
                steps_of(count, |n| (one_place + n, 0)),
                steps_of(count, |n| (one_place + count - n, 0)),
                steps_of(count, |n| (u64::MAX - n, 9)),
                // One long run from the first slot on, filled from behind.
                steps_of(count, |n| ((count - n) * (spread / 4), 0)),
                // Evenly spread, then all in one place.
                steps_of(count, |n| {
                    if n % 2 == 0 {
                        (n * spread, 0)
                    } else {
                        (one_place + n, 1)
                    }
                }),
            ];
            for (steps, ids) in found {
                assert!(steps <= most, "{steps} steps for each of {count} ids");
                let table = &ids.tables[7];
                let lists = &table.crowd.0;
                assert!(lists.iter().all(|list| !list.is_empty() && list.capacity() <= A_LIST));
                let far = table.slots.iter().enumerate().filter(|(_, slot)| slot.entry != 0);
                assert!(
                    far.clone()
                        .all(|(at, slot)| at - home(slot.high, table.capacity) <= FAR + 1)
                );
                let hashes: Vec<_> = ids.of_table(7).map(|(hash, _)| hash).collect();
                assert!(hashes.is_sorted_by(|a, b| a < b));
                assert_eq!(
                    (hashes.len(), ids.count(7)),
                    (usize::try_from(count).unwrap(), hashes.len())
                );
            }
        }
    }

    #[test]
    fn crowded_ids_behave_like_a_sorted_map() {
        let (mut ids, mut model) = (SeenIds::default(), BTreeMap::new());
        let mut random = 1_u64;
        for n in 0..30_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (high, low) = (random >> 52, u16::try_from(random >> 20 & 1).unwrap());
            let old = put(&mut ids, IdHash::of(1, high, low).unwrap(), message(n));
            assert_eq!(old, model.insert((1, high, low), message(n)));
        }
        assert!(model.len() > 4 * FAR && ids.tables[1].crowd.0.len() > 4);
        let got = ids.of_table(1).map(|(hash, entry)| (hash.parts(), entry));
        assert!(got.eq(model));
    }

    #[test]
    fn hashes_of_ids_are_never_crowded() {
        let mut ids = SeenIds::default();
        for n in 0..1_000_000_u32 {
            put(
                &mut ids,
                IdHash::new(Kind::Message, false, &n.to_le_bytes()),
                message(0),
            );
        }
        assert!(ids.tables.iter().all(|table| table.crowd.0.is_empty()));
    }

    #[test]
    fn an_id_takes_at_most_24_bytes() {
        let mut ids = SeenIds::default();
        let mut most = 0.0_f64;
        for n in 0..3_000_000_u32 {
            assert_eq!(
                put(
                    &mut ids,
                    IdHash::new(Kind::Call, false, format!("call_{n}").as_bytes()),
                    message(n % 1000)
                ),
                None
            );
            if n >= 10_000 && n % 997 == 0 {
                // A table is in memory twice while it grows.
                let twice = ids.tables.iter().map(|t| t.slots.capacity()).max().unwrap() * size_of::<Slot>();
                most = most.max((ids.allocations().sum::<usize>() + twice / 5 * 4) as f64 / f64::from(n + 1));
            }
        }
        println!(
            "{most} bytes an id at most, {} bytes an id at the end",
            ids.allocations().sum::<usize>() as f64 / 3e6
        );
        assert!(most <= 24.0, "{most} bytes an id");
        assert!((0..3_000_000).all(|n| {
            ids.find(IdHash::new(Kind::Call, false, format!("call_{n}").as_bytes()))
                .1
                == Some(message(n % 1000))
        }));
        assert_eq!(ids.find(IdHash::new(Kind::Message, false, b"call_1")).1, None);
    }
}
