//! Reads a snapshot, and merges its counts into a ledger.

use super::{counted, counters, opened, refused};
use crate::collections::interner::Interner;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS};
use crate::counting::ledger::Ledger;
use crate::counting::lists::Missing;
use crate::counting::quarter_hours::{END, Key};
use crate::counting::ranks::Ranks;
use crate::counting::seen_ids::{Entry, IdHash, TABLES, Usage};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::leb128;
use crate::records::judge::DIRECTIONS;

/// How many quarter hours of a timeline, or ids of a table, a merge adds at once.
const AT_ONCE: usize = 1024;

impl Ledger {
    /// Adds what a snapshot has counted. If both have counted an id, one of the two becomes a duplicate. So the result is that
    /// of one pass over all the records.
    ///
    /// # Errors
    /// `invalid_snapshot` if the bytes are not a snapshot, are damaged, or belong to another period or way of counting;
    /// `overflow` if a sum, duplicates included, goes beyond 2^53 - 1. On an error the ledger is unchanged.
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
        walk(&mut In(parts), Some(self));
        Ok(())
    }
}

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

    /// Reads ids, and interns them if an interner is given. Returns the interned numbers by the places in the snapshot.
    fn names(&mut self, mut into: Option<&mut Interner>) -> Option<Vec<u32>> {
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
            if let Some(into) = &mut into {
                number = into.intern(id.as_bytes());
                if let Some((at, name)) = name {
                    into.observe_name(number, at, name.as_bytes());
                }
            }
            places.push(number);
        }
        Some(places)
    }
}

/// Reads the parts after the head, and adds them to a ledger if one is given. Returns the sums of what it has read.
///
/// A merge calls it twice: first without a ledger, to check the bytes, then with one.
fn walk(parts: &mut In<'_>, mut into: Option<&mut Ledger>) -> Option<Diagnostics> {
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
            into.diagnostics.ignored.not_completed.add(status.as_bytes(), calls);
        }
    }
    for _ in 0..parts.number().filter(|n| *n <= MAX_PROBLEMS as u64)? {
        let problem = parts.problem()?;
        if let Some(into) = &mut into {
            into.keep(problem);
        }
    }
    let mut missing = Missing::default();
    for number in missing.numbers() {
        *number = parts.safe()?;
    }
    if let Some(into) = &mut into {
        into.lists.add(missing);
    }

    let agents = parts.names(into.as_deref_mut().map(|into| &mut into.agents))?;
    let numbers = parts.names(into.as_deref_mut().map(|into| &mut into.numbers))?;
    for number in &numbers {
        let ways = parts.below(4)?;
        if let Some(into) = &mut into {
            into.sources.note(*number, ways.to_le_bytes()[0]);
        }
    }
    let channels = parts.names(into.as_deref_mut().map(|into| &mut into.channels))?;

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
            here = into.timeline_of(key);
        }
        timelines.push(here);
        let mut after = 0_u32;
        loop {
            let later = parts.below(u64::from(END).saturating_add(1))?;
            if later == 0 || quarter_hours.len() == AT_ONCE {
                if let Some(into) = &mut into {
                    into.add_usage(here, &quarter_hours);
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
    if let Some(into) = &mut into {
        let ours = &mut into.diagnostics;
        ours.totals.add(sums.totals);
        for (ours, theirs) in counters(ours).into_iter().zip(counted(&sums)) {
            *ours = ours.saturating_add(theirs);
        }
        ours.records = ours.records.saturating_add(sums.records);
        ours.counted = ours.counted.saturating_add(sums.counted);
    }

    if let Some(into) = into {
        ids(parts, into, &timelines);
    }
    Some(sums)
}

/// Merges the ids, and stops near the first one that cannot be read. The checksum vouches for them, so they are read only once.
/// A forged snapshot may omit ids, or name usage that was not counted; its merge then gives wrong counts.
fn ids(parts: &mut In<'_>, into: &mut Ledger, timelines: &[u32]) -> Option<()> {
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
                let at = parts.below(timelines.len() as u64)?;
                let entry = Entry {
                    timeline: *timelines.get(at as usize)?,
                    quarter: parts.below(END.into())?,
                    usage: match parts.number()? {
                        0 => Usage::Message,
                        1 => Usage::Call,
                        seconds => Usage::Timed(seconds.checked_sub(2).filter(|seconds| *seconds <= MAX_SAFE)?),
                    },
                };
                entries.push((hash, entry));
            }
            probes.clear();
            probes.extend(entries.iter().map(|(hash, _)| into.ids.find(*hash)));
            for ((_, entry), (probe, known)) in entries.iter().zip(&probes).rev() {
                into.merge_id(*probe, *known, *entry, &mut ranks);
            }
            count = count.saturating_sub(AT_ONCE as u64);
        }
    }
    Some(())
}
