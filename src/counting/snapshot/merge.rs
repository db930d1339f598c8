//! Reads a snapshot, and merges its counts into a ledger.

use super::{counted, counters, opened, refused};
use crate::collections::budget::{NoRoom, Room, taken};
use crate::collections::interner::Interner;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS, bytes_of};
use crate::counting::ledger::Ledger;
use crate::counting::lists::Missing;
use crate::counting::quarter_hours::{END, Key};
use crate::counting::ranks::Ranks;
use crate::counting::seen_ids::{Entry, IdHash, TABLES, Usage, fits_slot};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::leb128;
use crate::records::judge::DIRECTIONS;
use std::alloc::{Layout, handle_alloc_error};

/// How many quarter hours of a timeline, or ids of a table, a merge adds at once.
const AT_ONCE: usize = 1024;

impl Ledger {
    /// Adds what a snapshot has counted. If both have counted an id, one of the two becomes a duplicate. So the result is that
    /// of one pass over all the records.
    ///
    /// # Errors
    /// `invalid_snapshot` if the bytes are not a snapshot, are damaged, or belong to another period or way of counting;
    /// `overflow` if a sum, duplicates included, goes beyond 2^53 - 1; `out_of_memory` if both together might take more memory than
    /// the ledger may have. On an error the counts are unchanged.
    #[inline(never)]
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), UsageError> {
        let parts = opened(self, snapshot)?;
        let sums = walk(&mut In(parts), None).ok_or_else(|| refused("it is damaged"))?;
        // The number of records is the sum of most counters. A forged snapshot may have more records without an id, or without a
        // duration, than records.
        let checked = |of: &Diagnostics| [of.records, of.totals.total_seconds, of.without_id, of.without_duration];
        let both = checked(&self.diagnostics).into_iter().zip(checked(&sums));
        if both
            .into_iter()
            .any(|(ours, theirs)| ours.saturating_add(theirs) > MAX_SAFE)
        {
            let message = "the sums of both parts go beyond 2^53 - 1, the largest exact number";
            return Err(UsageError::new(Code::Overflow, message).at(Place::at("")));
        }
        // A merge can't be undone, so room for all of it is made before.
        if self.budget.most() < u64::MAX && self.make_room_for(parts).is_none() {
            return Err(self.out_of_memory(Place::at("")));
        }
        let most = self.budget.limit(u64::MAX);
        walk(&mut In(parts), Some(Target::new(self, false)));
        self.budget.limit(most);
        self.spreads.note_all();
        Ok(())
    }

    #[inline(never)]
    fn make_room_for(&mut self, parts: &[u8]) -> Option<()> {
        walk(&mut In(parts), Some(Target::new(self, true)))?;
        Some(())
    }
}

/// The ledger that a walk merges into.
struct Target<'l> {
    ledger: &'l mut Ledger,
    /// Whether only room is made for what the snapshot has, so that a merge afterwards needs no more memory. No count changes then.
    is_only_room: bool,
    /// The bytes that the merge takes beyond the room that has been made, at most.
    more: u64,
}

impl Target<'_> {
    const fn new(ledger: &mut Ledger, is_only_room: bool) -> Target<'_> {
        Target {
            ledger,
            is_only_room,
            more: 0,
        }
    }

    /// Notes that the merge takes an allocation of so many bytes more.
    const fn will_take(&mut self, bytes: usize) {
        self.more = self.more.saturating_add(taken(bytes));
    }

    /// What got memory. In the midst of a merge a lack of memory ends the program, or the instance of the module, as it does in
    /// the standard library.
    fn got<T>(&self, room: Room<T>) -> Option<T> {
        if room.is_err() && !self.is_only_room {
            handle_alloc_error(Layout::new::<Ledger>());
        }
        room.ok()
    }
}

/// One of the interners of a ledger.
type Which = fn(&mut Ledger) -> &mut Interner;

/// Bytes that are being read. Each method returns `None` if the bytes are not what they should be.
pub(super) struct In<'a>(pub(super) &'a [u8]);

impl<'a> In<'a> {
    fn number(&mut self) -> Option<u64> {
        leb128::read(&mut self.0)
    }

    /// A number that must be below `end`.
    #[inline(never)]
    fn below(&mut self, end: u64) -> Option<u32> {
        self.number().filter(|n| *n < end).and_then(|n| n.try_into().ok())
    }

    #[inline(never)]
    fn safe(&mut self) -> Option<u64> {
        self.number().filter(|n| *n <= MAX_SAFE)
    }

    /// The number of a line or byte, which is stored plus one; 0 is none.
    fn place(&mut self) -> Option<Option<u64>> {
        let number = self.number()?.checked_sub(1);
        number.is_none_or(|number| number <= MAX_SAFE).then_some(number)
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        leb128::read_signed(&mut self.0)
    }

    fn bytes(&mut self, count: u64) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count.try_into().ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    #[inline(never)]
    fn text(&mut self) -> Option<&'a str> {
        let count = self.number()?;
        std::str::from_utf8(self.bytes(count)?).ok()
    }

    /// What an id counts as.
    #[inline(never)]
    fn entry(&mut self, timelines: &[u32]) -> Option<Entry> {
        let at = self.below(timelines.len() as u64)?;
        Some(Entry {
            timeline: *timelines.get(at as usize)?,
            quarter: self.below(END.into())?,
            usage: match self.number()? {
                0 => Usage::Message,
                1 => Usage::Call,
                seconds => Usage::Timed(seconds.checked_sub(2).filter(|seconds| *seconds <= MAX_SAFE)?),
            },
        })
    }

    fn problem(&mut self) -> Option<Problem> {
        Some(Problem {
            path: self.text()?.to_owned(),
            code: self.text()?.to_owned(),
            message: self.text()?.to_owned(),
            severity: match self.below(2)? {
                0 => Severity::Error,
                _ => Severity::Warning,
            },
            line: self.place()?,
            byte_offset: self.place()?,
        })
    }

    /// Reads ids, and interns them if there is a ledger. Returns the interned numbers by the places in the snapshot.
    fn names(&mut self, which: Which, into: &mut Option<Target<'_>>) -> Option<Vec<u32>> {
        let mut places = vec![0];
        let mut before = "";
        for _ in 0..self.number()? {
            let id = self.text().filter(|id| *id > before)?;
            before = id;
            let name = match self.below(2)? {
                0 => None,
                _ => Some((self.signed()?, self.text()?)),
            };
            let mut number = 0;
            if let Some(into) = into {
                // The budget is lent to the interner, which is a part of the same ledger.
                let budget = std::mem::take(&mut into.ledger.budget);
                let names = which(into.ledger);
                let mut room = names.intern(id.as_bytes(), &budget);
                if let (Ok(number), Some((at, name))) = (room, name) {
                    if into.is_only_room {
                        into.more = into.more.saturating_add(taken(name.len()));
                    } else if names.observe_name(number, at, name.as_bytes(), &budget).is_err() {
                        room = Err(NoRoom);
                    }
                }
                into.ledger.budget = budget;
                number = into.got(room)?;
            }
            places.push(number);
        }
        Some(places)
    }
}

/// Reads the parts after the head, and adds them to a ledger if one is given. Returns the sums of what it has read.
///
/// A merge calls it first without a ledger, to check the bytes; then, if memory is limited, to make room for them; then to add them.
fn walk(parts: &mut In<'_>, mut into: Option<Target<'_>>) -> Option<Diagnostics> {
    let mut sums = Diagnostics::default();
    for counter in counters(&mut sums) {
        *counter = parts.safe()?;
    }
    let ignored = &sums.ignored;
    let lists = [
        ignored.voice_turns,
        ignored.reactions,
        ignored.events,
        ignored.tests,
        ignored.other,
    ];
    let landed = [sums.outside_period, sums.duplicates, sums.invalid];
    sums.records = lists.into_iter().chain(landed).fold(0, u64::saturating_add);

    let mut before = None;
    for _ in 0..parts.number()? {
        let status = parts.text().filter(|status| before < Some(*status))?;
        before = Some(status);
        let calls = parts.safe().filter(|calls| *calls > 0)?;
        sums.records = sums.records.saturating_add(calls);
        if let Some(into) = &mut into {
            if into.is_only_room {
                into.will_take(status.len().saturating_add(64));
                continue;
            }
            let Ledger {
                diagnostics,
                reading,
                budget,
                ..
            } = &mut *into.ledger;
            let (by_status, most) = (&mut diagnostics.ignored.not_completed, reading.limits.max_statuses);
            let added = by_status.add(status.as_bytes(), calls, most, budget);
            into.got(added)?;
        }
    }
    for _ in 0..parts.number().filter(|n| *n <= MAX_PROBLEMS as u64)? {
        let problem = parts.problem()?;
        if let Some(into) = &mut into {
            if into.is_only_room {
                into.will_take(bytes_of(&problem));
                continue;
            }
            let kept = into.ledger.keep(problem);
            into.got(kept)?;
        }
    }
    let mut missing = Missing::default();
    for number in missing.numbers() {
        *number = parts.safe()?;
    }
    if let Some(into) = into.as_mut().filter(|into| !into.is_only_room) {
        into.ledger.lists.add(missing);
    }

    let agents = parts.names(|ledger| &mut ledger.agents, &mut into)?;
    let numbers = parts.names(|ledger| &mut ledger.numbers, &mut into)?;
    for number in &numbers {
        let ways = parts.below(4)?;
        if let Some(into) = &mut into {
            let Ledger { sources, budget, .. } = &mut *into.ledger;
            let room = sources.make_room(*number, budget);
            if !into.is_only_room {
                sources.note(*number, ways.to_le_bytes()[0]);
            }
            into.got(room)?;
        }
    }
    let channels = parts.names(|ledger| &mut ledger.channels, &mut into)?;

    let mut timelines = Vec::new();
    let mut quarter_hours = Vec::new();
    let mut before = None;
    for _ in 0..parts.number()? {
        let mut key = [0; 4];
        for (place, count) in key
            .iter_mut()
            .zip([agents.len(), numbers.len(), channels.len(), DIRECTIONS.len()])
        {
            *place = parts.below(count as u64)?;
        }
        if before >= Some(key) {
            return None;
        }
        before = Some(key);
        let mut here = 0;
        if let Some(into) = &mut into {
            let [agent, number, channel, direction] = key.map(|place| place as usize);
            let key = Key {
                agent: *agents.get(agent)?,
                number: *numbers.get(number)?,
                channel: *channels.get(channel)?,
                direction: *DIRECTIONS.get(direction)?,
            };
            let found = into.ledger.timeline_of(key);
            here = into.got(found)?;
        }
        timelines.push(here);
        let mut after = 0_u32;
        loop {
            let later = parts.below(u64::from(END).saturating_add(1))?;
            if later == 0 || quarter_hours.len() == AT_ONCE {
                if let Some(into) = &mut into {
                    let added = into.ledger.add_usage(here, &quarter_hours, into.is_only_room);
                    into.got(added)?;
                }
                quarter_hours.clear();
            }
            match later {
                0 if after == 0 => return None,
                0 => break,
                _ => {}
            }
            after = after.checked_add(later).filter(|after| *after <= END)?;
            let usage = Tally {
                messages: parts.safe()?,
                calls: parts.safe()?,
                total_seconds: parts.safe()?,
            };
            if usage.is_idle() || (usage.calls == 0 && usage.total_seconds > 0) {
                return None;
            }
            sums.totals.add(usage);
            quarter_hours.push((after.saturating_sub(1), usage));
        }
    }
    let Tally { messages, calls, .. } = sums.totals;
    sums.counted = messages.saturating_add(calls);
    sums.records = sums.records.saturating_add(sums.counted);
    let Some(into) = into else { return Some(sums) };
    if !into.is_only_room {
        let ours = &mut into.ledger.diagnostics;
        ours.totals.add(sums.totals);
        for (ours, theirs) in counters(ours).into_iter().zip(counted(&sums)) {
            *ours = ours.saturating_add(theirs);
        }
        ours.records = ours.records.saturating_add(sums.records);
        ours.counted = ours.counted.saturating_add(sums.counted);
    }

    if into.is_only_room {
        room_for_ids(parts, into, &timelines)?;
    } else {
        ids(parts, into, &timelines);
    }
    Some(sums)
}

/// Makes room for the ids, up to the first one that cannot be read.
#[inline(never)]
fn room_for_ids(parts: &mut In<'_>, into: Target<'_>, timelines: &[u32]) -> Option<()> {
    let (mut all, mut beside) = (0_usize, 0_usize);
    'tables: for _ in 0..TABLES {
        for _ in 0..parts.number().unwrap_or(0) {
            let Some(entry) = parts.bytes(10).and_then(|_| parts.entry(timelines)) else {
                break 'tables;
            };
            all = all.saturating_add(1);
            beside = beside.saturating_add(usize::from(!fits_slot(entry)));
        }
    }
    let more = if all == 0 { 0 } else { into.ledger.ids.growth_of(all) };
    let Ledger { ids, budget, .. } = &mut *into.ledger;
    let room = ids
        .make_room_beside(beside, budget)
        .and_then(|()| budget.check(into.more.saturating_add(more)));
    into.got(room)
}

/// Merges the ids, and stops near the first one that cannot be read. The checksum vouches for them, so they are not checked before.
/// A forged snapshot may omit ids, or name usage that was not counted; its merge then gives wrong counts.
fn ids(parts: &mut In<'_>, into: Target<'_>, timelines: &[u32]) -> Option<()> {
    let mut ranks = Ranks::default();
    let mut entries = Vec::new();
    let mut probes = Vec::new();
    for table in 0..TABLES {
        let mut count = parts.number()?;
        while count > 0 {
            entries.clear();
            let mut before = None;
            for _ in 0..count.min(AT_ONCE as u64) {
                let (high, low) = parts.bytes(10)?.split_first_chunk::<8>()?;
                let (high, low) = (u64::from_le_bytes(*high), u16::from_le_bytes(low.try_into().ok()?));
                let hash = IdHash::of(table, high, low).filter(|hash| before < Some(*hash))?;
                before = Some(hash);
                entries.push((hash, parts.entry(timelines)?));
            }
            probes.clear();
            probes.extend(entries.iter().map(|(hash, _)| into.ledger.ids.find(*hash)));
            for ((_, entry), (probe, known)) in entries.iter().zip(&probes).rev() {
                let merged = into.ledger.merge_id(*probe, *known, *entry, &mut ranks);
                into.got(merged)?;
            }
            count = count.saturating_sub(AT_ONCE as u64);
        }
    }
    Some(())
}
