//! Snapshots: what has been counted, as bytes that can be kept, sent and merged.
//!
//! Equal counts give equal bytes, in whatever order and parts the records came. The one exception is the list of problems: it
//! holds the first hundred in the order of arrival. The bytes do not depend on a zone, a machine or a version of the package.
//! A snapshot taken in the middle of a text holds only the records that have been counted so far.
//!
//! Numbers are LEB128, nine bytes at most. Counts are 2^53 - 1 at most. A *signed* number is zigzag-encoded. A *text* is its
//! length in bytes, then its UTF-8.
//!
//! | part | what |
//! |---|---|
//! | head | `UBA` and the format's version, 1 |
//! | kind | one byte of two flags: 1, it covers one period (otherwise all time, a rollup); 2, it contains the ids (`dedupe`) |
//! | period | only if it covers one: start and end in epoch milliseconds, signed |
//! | counters | `outsidePeriod`, `duplicates`, `invalid`, `voiceTurns`, `reactions`, `other`, `withoutId`, `withoutDuration` |
//! | not completed | number of statuses; for each, in byte order: the status, text; its calls |
//! | problems | number of problems, at most 100; for each: path, code and message, texts; 0 for an error, 1 for a warning; line and byte offset, each plus 1, or 0 if unknown |
//! | agents | number of agents; for each, in byte order of the ids: the id, text; 0 without a name, or 1, the time of the latest name, signed, and that name, text |
//! | numbers | phone numbers, written as agents are |
//! | timelines | number of timelines; for each, in order: agent and number by their places above, from 1, or 0 for none; then its quarter hours, then 0 |
//! | a quarter hour | the distance in quarter hours from the previous one, for the first from 1969-12-30T23:45Z; messages, calls, seconds |
//! | ids | only if it contains them, for each of 64 tables: number of ids; for each, in order: the hash, 8 and 2 bytes, little-endian; the place of the timeline, from 0; the quarter hour, from 1969-12-31T00:00Z; 0 for a message, 1 for a call of unknown duration, otherwise the seconds of a call plus 2 |
//! | checksum | 8 bytes, little-endian: the first half of the hash ([`murmur3`](crate::collections::murmur3), seed 0) of all bytes before it |
//!
//! A snapshot of one period has all usage of an agent in the first quarter hour. `records`, `counted` and `totals` are not
//! written, because they follow from the rest.

use crate::calendar::period::Window;
use crate::calendar::timestamp::{text, to_wire};
use crate::collections::interner::Interner;
use crate::collections::murmur3::murmur3_x64_128;
use crate::collections::sort::in_order;
use crate::counting::diagnostics::{Diagnostics, MAX_PROBLEMS};
use crate::counting::ledger::{Ledger, add_one};
use crate::counting::quarter_hours::{END, Timeline};
use crate::counting::seen_ids::{Entry, IdHash, Probe, TABLES, Usage};
use crate::counting::tally::Tally;
use crate::error::{Code, Place, Problem, Severity, UsageError};
use crate::json::MAX_SAFE;
use crate::leb128;
use chrono::DateTime;

const HEAD: [u8; 3] = *b"UBA";
const VERSION: u8 = 1;
const OF_A_PERIOD: u8 = 1;
const WITH_IDS: u8 = 2;
const CHECKSUM: usize = 8;
/// How many quarter hours of a timeline, or ids of a table, a merge adds at once.
const AT_ONCE: usize = 1024;

impl Ledger {
    /// Writes what has been counted as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut out = Out(HEAD.to_vec());
        out.bytes(&[VERSION, kind_of(self)]);
        if let Some(window) = self.window {
            out.signed(window.start);
            out.signed(window.end);
        }
        out.diagnostics(&self.diagnostics);

        let busy = |of: fn(&Timeline) -> u32, names: &Interner| {
            let mut busy = vec![false; names.count()];
            for timeline in self.timelines.iter().filter(|timeline| !timeline.total.is_idle()) {
                if let Some(busy) = busy.get_mut(of(timeline) as usize) {
                    *busy = true;
                }
            }
            busy
        };
        let agents = out.names(&self.agents, &busy(|s| s.agent, &self.agents));
        let numbers = out.names(&self.numbers, &busy(|s| s.number, &self.numbers));

        let place = |places: &[u32], number: u32| places.get(number as usize).copied().unwrap_or(0);
        let places_of = |timeline: &Timeline| (place(&agents, timeline.agent), place(&numbers, timeline.number));
        let busy = self
            .timelines
            .iter()
            .enumerate()
            .filter(|(_, timeline)| !timeline.total.is_idle());
        let order = in_order(busy.map(|(at, _)| at).collect(), &|a, b| {
            let [a, b] = [a, b].map(|at| self.timelines.get(at).map(places_of));
            a.cmp(&b)
        });
        let mut places = vec![0; self.timelines.len()];
        out.count(order.len());
        for (n, at) in (0..).zip(order) {
            let (Some(timeline), Some(place)) = (self.timelines.get(at), places.get_mut(at)) else {
                continue;
            };
            *place = n;
            let (agent, number) = places_of(timeline);
            out.number(agent.into());
            out.number(number.into());
            let mut before = 0_u32;
            let mut quarter_hour = |quarter: u32, usage: Tally| {
                let after = quarter.saturating_add(1);
                out.number(after.saturating_sub(before).into());
                before = after;
                for n in [usage.messages, usage.calls, usage.total_seconds] {
                    out.number(n);
                }
            };
            match self.window {
                Some(_) => quarter_hour(0, timeline.total),
                None => timeline.each_quarter(&mut quarter_hour),
            }
            out.number(0);
        }

        if self.reading.dedupe {
            for table in 0..TABLES {
                out.count(self.ids.count(table));
                for (hash, entry) in self.ids.of_table(table) {
                    let (_, high, low) = hash.parts();
                    out.bytes(&high.to_le_bytes());
                    out.bytes(&low.to_le_bytes());
                    out.number(place(&places, entry.timeline).into());
                    out.number(entry.quarter.into());
                    out.number(match entry.usage {
                        Usage::Message => 0,
                        Usage::Call => 1,
                        Usage::Timed(seconds) => seconds.saturating_add(2),
                    });
                }
            }
        }
        out.bytes(&checksum(&out.0));
        out.0
    }

    /// Adds what a snapshot has counted. If both have counted an id, one of the two becomes a duplicate. So the result is that
    /// of one pass over all the records.
    ///
    /// # Errors
    /// `invalid_snapshot` if the bytes are not a snapshot, are damaged, or belong to another period or way of counting;
    /// `overflow` if the sums, duplicates included, go beyond 2^53 - 1. On an error the ledger is unchanged.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<(), UsageError> {
        let parts = opened(self, snapshot)?;
        let sums = walk(&mut In(parts), None).ok_or_else(|| refused("it is damaged"))?;
        let ours = &self.diagnostics;
        let fits = |a: u64, b: u64| a.saturating_add(b) <= MAX_SAFE;
        if !fits(ours.records, sums.records) || !fits(ours.totals.total_seconds, sums.totals.total_seconds) {
            let message = "the sums of both parts go beyond 2^53 - 1, the largest exact number";
            return Err(UsageError::new(Code::Overflow, message).at(Place::at("")));
        }
        walk(&mut In(parts), Some(self));
        Ok(())
    }
}

fn kind_of(ledger: &Ledger) -> u8 {
    let period = if ledger.window.is_some() { OF_A_PERIOD } else { 0 };
    period | if ledger.reading.dedupe { WITH_IDS } else { 0 }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    murmur3_x64_128(bytes, 0)[0].to_le_bytes()
}

fn refused(why: impl AsRef<str>) -> UsageError {
    let message = format!("the snapshot can't be merged: {}", why.as_ref());
    UsageError::new(Code::InvalidSnapshot, message).at(Place::at(""))
}

/// The parts after the head, if this ledger can merge the snapshot.
fn opened<'a>(ledger: &Ledger, snapshot: &'a [u8]) -> Result<&'a [u8], UsageError> {
    let length = snapshot.len();
    let Some(rest) = snapshot.strip_prefix(&HEAD) else {
        let got = format!("these {length} bytes do not begin like a snapshot");
        return Err(refused(format!("{got}; wanted what snapshot() gave")));
    };
    let Some((&version, rest)) = rest.split_first() else {
        return Err(refused("it is cut short"));
    };
    if version != VERSION {
        return Err(refused(format!("its format is {version}; wanted {VERSION}")));
    }
    let body = snapshot
        .split_last_chunk::<CHECKSUM>()
        .filter(|(body, sum)| checksum(body) == **sum);
    let parts = rest.split_last_chunk::<CHECKSUM>().filter(|_| body.is_some());
    let Some((&kind, parts)) = parts.and_then(|(parts, _)| parts.split_first()) else {
        return Err(refused("it is damaged, or cut short: its checksum does not match"));
    };
    let ours = kind_of(ledger);
    if (kind ^ ours) & OF_A_PERIOD != 0 {
        let [got, wanted] = [kind, ours].map(|kind| match kind & OF_A_PERIOD {
            0 => "a rollup",
            _ => "an aggregator",
        });
        return Err(refused(format!("it is {got}'s; wanted {wanted}'s")));
    }
    if (kind ^ ours) & WITH_IDS != 0 {
        let [got, wanted] = [kind, ours].map(|kind| kind & WITH_IDS != 0);
        return Err(refused(format!(
            "its option dedupe was {got}; wanted {wanted}, as here"
        )));
    }
    let mut parts = In(parts);
    if let Some(ours) = ledger.window {
        let window = || -> Option<Window> {
            Some(Window {
                start: parts.signed()?,
                end: parts.signed()?,
            })
        };
        let mut window = window;
        let got = window().ok_or_else(|| refused("it is damaged"))?;
        if got != ours {
            return Err(refused(format!(
                "its period is {}; wanted {}",
                written(got),
                written(ours)
            )));
        }
    }
    Ok(parts.0)
}

fn written(window: Window) -> String {
    let [start, end] = [window.start, window.end].map(|ms| {
        let wire = DateTime::from_timestamp_millis(ms).and_then(|at| to_wire(at.naive_utc()));
        wire.map_or_else(|| format!("{ms} ms"), text)
    });
    format!("{start} until {end}")
}

/// Bytes that are being written.
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: u64) {
        leb128::write(&mut self.0, number);
    }

    fn signed(&mut self, number: i64) {
        leb128::write_signed(&mut self.0, number);
    }

    fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    #[inline(never)]
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    fn diagnostics(&mut self, of: &Diagnostics) {
        for counter in counted(of) {
            self.number(counter);
        }
        let by_status = of.ignored.not_completed.entries();
        self.count(by_status.len());
        for (status, calls) in by_status {
            self.text(status);
            self.number(calls);
        }
        self.count(of.problems.len());
        for problem in &of.problems {
            self.text(&problem.path);
            self.text(&problem.code);
            self.text(&problem.message);
            self.number((problem.severity == Severity::Warning).into());
            for n in [problem.line, problem.byte_offset] {
                self.number(n.map_or(0, |n| n.saturating_add(1)));
            }
        }
    }

    /// Writes the ids that have a name or are busy. Returns the place of each by its number in `names`.
    fn names(&mut self, names: &Interner, busy: &[bool]) -> Vec<u32> {
        let is_listed = |number: &u32| {
            let is_busy = busy.get(*number as usize).is_some_and(|busy| *busy);
            *number != 0 && (is_busy || names.name(*number).is_some())
        };
        let numbers = names.iter().map(|(number, _)| number).filter(is_listed);
        let listed = in_order(numbers.map(|number| number as usize).collect(), &|a, b| {
            let [a, b] = [a, b].map(|number| names.at(number).map(|named| &named.id));
            a.cmp(&b)
        });
        let mut places = vec![0; names.count()];
        self.count(listed.len());
        for (place, number) in (1..).zip(listed) {
            let (Some(named), Some(slot)) = (names.at(number), places.get_mut(number)) else {
                continue;
            };
            *slot = place;
            self.text(&named.id);
            match &named.name {
                None => self.number(0),
                Some((at, name)) => {
                    self.number(1);
                    self.signed(*at);
                    self.text(name);
                }
            }
        }
        places
    }
}

/// The values of the counters, in the order of the snapshot.
const fn counted(of: &Diagnostics) -> [u64; 8] {
    [
        of.outside_period,
        of.duplicates,
        of.invalid,
        of.ignored.voice_turns,
        of.ignored.reactions,
        of.ignored.other,
        of.without_id,
        of.without_duration,
    ]
}

/// The counters, in the order of the snapshot.
fn counters(of: &mut Diagnostics) -> [&mut u64; 8] {
    [
        &mut of.outside_period,
        &mut of.duplicates,
        &mut of.invalid,
        &mut of.ignored.voice_turns,
        &mut of.ignored.reactions,
        &mut of.ignored.other,
        &mut of.without_id,
        &mut of.without_duration,
    ]
}

/// Bytes that are being read. Each method returns `None` if the bytes are not what they should be.
struct In<'a>(&'a [u8]);

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

    fn signed(&mut self) -> Option<i64> {
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
            line: self.number()?.checked_sub(1),
            byte_offset: self.number()?.checked_sub(1),
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
                number = into.intern(id);
                if let Some((at, name)) = name {
                    into.observe_name(number, at, name);
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
    let lists = [ignored.voice_turns, ignored.reactions, ignored.other];
    let landed = [sums.outside_period, sums.duplicates, sums.invalid];
    sums.records = lists.into_iter().chain(landed).fold(0, u64::saturating_add);

    let mut before = None;
    for _ in 0..parts.number()? {
        let status = parts.text().filter(|status| before < Some(*status))?;
        before = Some(status);
        let calls = parts.safe()?;
        sums.records = sums.records.saturating_add(calls);
        if let Some(into) = &mut into {
            into.diagnostics.ignored.not_completed.add(status, calls);
        }
    }
    for _ in 0..parts.number().filter(|n| *n <= MAX_PROBLEMS as u64)? {
        let problem = parts.problem()?;
        if let Some(into) = &mut into {
            into.keep(problem);
        }
    }
    let agents = parts.names(into.as_deref_mut().map(|into| &mut into.agents))?;
    let numbers = parts.names(into.as_deref_mut().map(|into| &mut into.numbers))?;

    let mut timelines = Vec::new();
    let mut quarter_hours = Vec::new();
    let mut before = None;
    for _ in 0..parts.number()? {
        let (agent, number) = (parts.below(agents.len() as u64)?, parts.below(numbers.len() as u64)?);
        if before >= Some((agent, number)) {
            return None;
        }
        before = Some((agent, number));
        let [agent, number] = [(&agents, agent), (&numbers, number)].map(|(list, at)| list.get(at as usize).copied());
        let mut here = 0;
        if let Some(into) = &mut into {
            here = into.timeline_of(agent?, number?);
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
            if later == 0 {
                break;
            }
            after = after.checked_add(later).filter(|after| *after <= END)?;
            let usage = Tally {
                messages: parts.safe()?,
                calls: parts.safe()?,
                total_seconds: parts.safe()?,
            };
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
                        seconds => Usage::Timed(seconds.saturating_sub(2)),
                    },
                };
                entries.push((hash, entry));
            }
            probes.clear();
            probes.extend(entries.iter().map(|(hash, _)| into.ids.find(*hash)));
            for ((_, entry), (probe, known)) in entries.iter().zip(&probes).rev() {
                into.merge_id(*probe, *known, *entry);
            }
            count = count.saturating_sub(AT_ONCE as u64);
        }
    }
    Some(())
}

impl Ledger {
    /// Merges an id whose usage has been added already.
    fn merge_id(&mut self, probe: Probe, known: Option<Entry>, entry: Entry) {
        let wins = known.is_none_or(|known| self.order(entry, known).is_gt());
        if wins {
            self.ids.put(probe, entry);
        }
        if let Some(known) = known {
            self.take(if wins { known } else { entry });
            add_one(&mut self.diagnostics.duplicates);
        }
    }
}
