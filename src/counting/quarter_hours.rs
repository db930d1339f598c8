//! Timelines: the usage of one agent by one phone number, channel and direction, as a total and by the quarter hour.
//!
//! Every midnight of every zone since 1980 falls on a quarter hour of UTC. So any day, week, month or year of any zone is a sum
//! of whole quarter hours.
//!
//! A timeline is divided into blocks of almost eleven days. A block holds only its busy quarter hours, in order and 10 bytes
//! each, and their sum. The sum of a long span adds whole blocks, and single quarter hours at its two ends. Blocks are long
//! enough that a merge touches few of them, and short enough that a record out of order moves few quarter hours.

use crate::calendar::period::Window;
use crate::collections::budget::{Budget, Room};
use crate::counting::tally::Tally;
use crate::records::judge::Direction;
use std::cell::RefCell;

/// The length of a quarter hour in milliseconds.
pub const QUARTER: i64 = 900_000;

/// Quarter hours in a day.
const A_DAY: u32 = 96;

/// How many quarter hours a block has for each edge at least, if it is read at the edges only.
const FEW: usize = 8;

/// Quarter hours in a block: almost eleven days.
const A_BLOCK: u32 = 1024;

/// Where the first quarter hour begins, in epoch milliseconds: 1969-12-31T00:00Z, a day before 1970, because 1970 begins
/// earlier in zones east of UTC.
const FIRST: i64 = -86_400_000;

/// The quarter hour after the last: 2100-01-02T00:00Z, a day after 2099, because 2099 ends later in zones west of UTC.
pub const END: u32 = 47_484 * A_DAY;

/// All time that is counted: every moment that a supported period of any zone contains.
pub const ALL_TIME: Window = Window {
    start: FIRST,
    end: FIRST + END as i64 * QUARTER,
};

/// The quarter hour that holds a moment in epoch milliseconds. `None` if no supported period can contain the moment.
pub fn quarter_of(at: i64) -> Option<u32> {
    let after = at.checked_sub(FIRST)?;
    u32::try_from(after.div_euclid(QUARTER))
        .ok()
        .filter(|quarter| *quarter < END)
}

/// The quarter hour that begins exactly at a moment in epoch milliseconds, if there is one.
#[inline]
pub fn beginning_at(at: i64) -> Option<u32> {
    quarter_of(at).filter(|_| at.rem_euclid(QUARTER) == 0)
}

/// The key of a timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The agent, by its number in the interner of agents.
    pub agent: u32,
    /// The phone number, by its number in the interner of phone numbers.
    pub number: u32,
    /// The channel, by its number in the interner of channels.
    pub channel: u32,
    /// The direction.
    pub direction: Direction,
}

impl Key {
    /// A number that few keys share, for [`Recent`](crate::collections::recent::Recent).
    #[inline(always)]
    pub const fn number_of(self) -> u32 {
        let route = self.number.wrapping_mul(5) ^ self.channel.wrapping_mul(17) ^ self.direction as u32;
        self.agent ^ route.wrapping_mul(31)
    }

    /// The key as bytes, for a hash.
    pub fn bytes(self) -> [u8; 16] {
        let high = u64::from(self.agent) << 32 | u64::from(self.number);
        let low = u64::from(self.channel) << 8 | self.direction as u64;
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }
}

/// The usage of one agent by one phone number, channel and direction.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// What the usage is of.
    pub key: Key,
    /// The sum over all time.
    pub total: Tally,
    /// In order of time.
    blocks: Vec<Block>,
    /// The index of the block that was changed last.
    last_block: usize,
    /// Tallies that are too large for the fields of a [`QuarterHour`].
    overflow: Vec<Tally>,
}

#[derive(Clone, Debug)]
struct Block {
    /// The first quarter hour of the span.
    first: u32,
    total: Tally,
    /// In order of time.
    quarter_hours: Vec<QuarterHour>,
    /// The usage before each beginning of a day, for the times of day that were asked for. It is forgotten when the block changes.
    days: RefCell<Vec<Days>>,
}

/// The most tables of [`Block::days`]. A zone needs one, or two if its clocks change.
const MAX_DAYS: usize = 8;

/// The usage of a block before each of its quarter hours at one time of day, so that sums of days do not read quarter hours.
#[derive(Clone, Debug)]
struct Days {
    /// The quarter hour of the day, in UTC.
    at: u32,
    before: [Tally; (A_BLOCK / A_DAY + 1) as usize],
}

/// The spans between edges, whose usage is summed in order of time.
struct Spans<'s> {
    /// For what blocks keep of the sums.
    budget: &'s Budget,
    edges: &'s [u32],
    /// The index of the span that is being summed.
    index: usize,
    sum: Tally,
    visit: &'s mut dyn FnMut(usize, Tally),
}

impl<'s> Spans<'s> {
    /// The edges that end the current span and those after it, as far as they lie before a quarter hour.
    fn until(&self, quarter: u32) -> &'s [u32] {
        let rest = self.edges.get(self.index.saturating_add(1)..).unwrap_or_default();
        rest.split_at(rest.partition_point(|edge| *edge < quarter)).0
    }

    /// Adds the usage of a quarter hour. Those before it have been added.
    #[inline]
    fn add(&mut self, quarter: u32, usage: Tally) {
        let rest = self.edges.get(self.index.saturating_add(1)..).unwrap_or_default();
        if rest.first().is_some_and(|end| *end <= quarter) {
            let over = rest.partition_point(|end| *end <= quarter);
            self.end();
            self.index = self.index.saturating_add(over);
        }
        if self.edges.get(self.index).is_some_and(|start| *start <= quarter) {
            self.sum.add(usage);
        }
    }

    /// Ends the current span. It is given if it has usage, unless it is what comes after the last edge.
    #[inline]
    fn end(&mut self) {
        let sum = std::mem::take(&mut self.sum);
        if !sum.is_idle() && self.index.saturating_add(1) < self.edges.len() {
            (self.visit)(self.index, sum);
        }
    }
}

/// A quarter hour that has usage.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed)]
struct QuarterHour {
    /// Counted from the beginning of its block.
    quarter: u16,
    /// [`OVERFLOW`] if `seconds` is the index of a tally in [`Timeline::overflow`].
    messages: u16,
    calls: u16,
    seconds: u32,
}

const OVERFLOW: u16 = u16::MAX;

impl QuarterHour {
    /// A quarter hour, unless the tally is too large for its fields.
    fn small(quarter: u16, usage: Tally) -> Option<QuarterHour> {
        let small = |n: u64| u16::try_from(n).ok().filter(|n| *n != OVERFLOW);
        Some(QuarterHour {
            quarter,
            messages: small(usage.messages)?,
            calls: small(usage.calls)?,
            seconds: usage.total_seconds.try_into().ok()?,
        })
    }

    /// `place` is the index in `overflow` of a tally that is too large, or was: it takes that place. `overflow` has room for it.
    fn new(quarter: u16, usage: Tally, place: Option<usize>, overflow: &mut Vec<Tally>) -> QuarterHour {
        if let (Some(small), None) = (QuarterHour::small(quarter, usage), place) {
            return small;
        }
        let place = place.unwrap_or(overflow.len());
        match overflow.get_mut(place) {
            Some(known) => *known = usage,
            None => overflow.push(usage),
        }
        QuarterHour {
            quarter,
            messages: OVERFLOW,
            calls: 0,
            seconds: u32::try_from(place).unwrap_or(u32::MAX),
        }
    }

    fn place(&self) -> Option<usize> {
        (self.messages == OVERFLOW).then_some(self.seconds as usize)
    }

    #[inline]
    fn usage(&self, overflow: &[Tally]) -> Tally {
        match self.place() {
            Some(place) => overflow.get(place).copied().unwrap_or_default(),
            None => Tally {
                messages: self.messages.into(),
                calls: self.calls.into(),
                total_seconds: self.seconds.into(),
            },
        }
    }
}

impl Timeline {
    /// Creates an empty timeline.
    pub fn new(key: Key) -> Self {
        Timeline {
            key,
            total: Tally::default(),
            blocks: Vec::new(),
            last_block: 0,
            overflow: Vec::new(),
        }
    }

    /// Changes the total, and the tally of a quarter hour if one is given. `by` is [`Tally::add`] or [`Tally::take`]. What is
    /// taken must be there: that needs no memory.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom). Nothing has changed then.
    pub fn change(&mut self, quarter: Option<u32>, usage: Tally, by: fn(&mut Tally, Tally), budget: &Budget) -> Room {
        if let Some(quarter) = quarter {
            let (block, overflow) = self.block(quarter, budget)?;
            let Some(block) = block else { return Ok(()) };
            let is_full = block.quarter_hours.len() == block.quarter_hours.capacity();
            if is_full && !block.has(quarter) {
                block.make_room(1, budget)?;
            }
            let fresh = block.change(quarter, usage, Some(by), overflow, budget)?;
            block.insert(fresh.as_slice());
        }
        by(&mut self.total, usage);
        Ok(())
    }

    /// Takes usage back from a quarter hour, or from the total if no quarter hour is given. Returns what was taken, which is no
    /// more than what is there. The last call takes all seconds with it.
    pub fn take(&mut self, quarter: Option<u32>, usage: Tally, budget: &Budget) -> Tally {
        let there = self.usage_of(quarter);
        let mut taken = usage.at_most(there);
        if taken.calls == there.calls {
            taken.total_seconds = there.total_seconds;
        }
        if taken != Tally::default() && self.change(quarter, taken, Tally::take, budget).is_err() {
            return Tally::default();
        }
        taken
    }

    /// The usage of a quarter hour, or the total if no quarter hour is given.
    pub fn usage_of(&self, quarter: Option<u32>) -> Tally {
        quarter.map_or(self.total, |quarter| self.sum(quarter, quarter.saturating_add(1)))
    }

    /// Adds the usage of quarter hours, which must be in order. A block inserts all its new quarter hours in one step.
    ///
    /// If it `is_only_room`, nothing is counted, and adding the same usage afterwards needs no memory.
    ///
    /// # Errors
    /// [`NoRoom`](crate::collections::budget::NoRoom). Some of the usage may have been added then, unless it `is_only_room`.
    pub fn add(&mut self, usage: &[(u32, Tally)], is_only_room: bool, budget: &Budget) -> Room {
        self.make_blocks(usage, budget)?;
        let mut fresh = Vec::new();
        for part in usage.chunk_by(|(a, _), (b, _)| a / A_BLOCK == b / A_BLOCK) {
            let (Some(block), overflow) = self.block(part.first().map_or(0, |(quarter, _)| *quarter), budget)? else {
                return Ok(());
            };
            let by: Option<fn(&mut Tally, Tally)> = if is_only_room { None } else { Some(Tally::add) };
            for (quarter, usage) in part {
                fresh.extend(block.change(*quarter, *usage, by, overflow, budget)?);
            }
            block.make_room(fresh.len(), budget)?;
            block.insert(&fresh);
            fresh.clear();
        }
        if !is_only_room {
            usage.iter().for_each(|(_, usage)| self.total.add(*usage));
        }
        Ok(())
    }

    /// Creates the blocks that quarter hours need, which must be in order. Each block that is there is moved once.
    #[inline(never)]
    fn make_blocks(&mut self, usage: &[(u32, Tally)], budget: &Budget) -> Room {
        let first_of = |(quarter, _): &(u32, Tally)| quarter & !(A_BLOCK.wrapping_sub(1));
        let is_known = |first: &u32| self.blocks.binary_search_by_key(first, |block| block.first).is_ok();
        let mut wanted: Vec<_> = usage.iter().map(first_of).collect();
        wanted.dedup();
        wanted.retain(|first| !is_known(first));
        if wanted.len() < 2 {
            return Ok(()); // `block` creates it
        }
        let mut end = self.blocks.len();
        budget.grow(&mut self.blocks, wanted.len())?;
        self.blocks.extend(wanted.iter().map(|first| Block::new(*first)));
        // From the last place to the first: it gets the later one of the last block that is there and the last new one.
        for at in (0..self.blocks.len()).rev() {
            let Some(first) = wanted.last() else { break };
            let last = end.wrapping_sub(1);
            if self.blocks.get(last).is_some_and(|block| block.first > *first) {
                if let Ok([known, place]) = self.blocks.get_disjoint_mut([last, at]) {
                    std::mem::swap(known, place);
                }
                end = last;
            } else if let Some(block) = self.blocks.get_mut(at) {
                block.first = *first;
                wanted.pop();
            }
        }
        Ok(())
    }

    /// The block that holds a quarter hour, created if needed, and the list of overflowing tallies.
    #[inline(never)]
    fn block(&mut self, quarter: u32, budget: &Budget) -> Room<(Option<&mut Block>, &mut Vec<Tally>)> {
        let first = quarter & !(A_BLOCK.wrapping_sub(1));
        let is_at = |blocks: &[Block], at: usize| blocks.get(at).is_some_and(|block| block.first == first);
        if !is_at(&self.blocks, self.last_block) {
            self.last_block = self.last_block.saturating_add(1);
        }
        if !is_at(&self.blocks, self.last_block) {
            self.last_block = self.blocks.partition_point(|block| block.first < first);
            if !is_at(&self.blocks, self.last_block) {
                budget.grow(&mut self.blocks, 1)?;
                self.blocks.insert(self.last_block, Block::new(first));
            }
        }
        Ok((self.blocks.get_mut(self.last_block), &mut self.overflow))
    }

    /// The usage of the quarter hours `from <= q < to`.
    pub fn sum(&self, from: u32, to: u32) -> Tally {
        let mut sum = Tally::default();
        let start = self.blocks.partition_point(|block| block.end() <= from);
        let blocks = self.blocks.iter().skip(start);
        for block in blocks.take_while(|block| block.first < to) {
            sum.add(block.sum(from, to, &self.overflow));
        }
        sum
    }

    /// Visits the usage between each edge and the next one, with the index of the first of the two. The edges must be in order.
    /// Spans without usage are left out.
    ///
    /// A block that has many quarter hours for each edge is read at the edges only, from its `days`. Of other blocks each quarter
    /// hour is read.
    #[inline(never)]
    pub fn each_sum(&self, edges: &[u32], budget: &Budget, visit: &mut dyn FnMut(usize, Tally)) {
        let mut spans = Spans {
            budget,
            edges,
            index: 0,
            sum: Tally::default(),
            visit,
        };
        let (Some(from), Some(to)) = (edges.first(), edges.last()) else {
            return;
        };
        let start = self.blocks.partition_point(|block| block.end() <= *from);
        for block in self.blocks.iter().skip(start).take_while(|block| block.first < *to) {
            let inside = spans.until(block.end());
            if inside.len().saturating_mul(FEW) < block.quarter_hours.len() {
                block.at_edges(inside, &mut spans, &self.overflow);
                continue;
            }
            for quarter_hour in &block.quarter_hours {
                let quarter = block.first.saturating_add(quarter_hour.quarter.into());
                spans.add(quarter, quarter_hour.usage(&self.overflow));
            }
        }
        spans.end();
    }

    /// The lengths of the lists that it has, in bytes.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn allocations(&self) -> impl Iterator<Item = usize> {
        let of_block = |block: &Block| {
            let days = block.days.borrow().capacity().saturating_mul(size_of::<Days>());
            [
                block.quarter_hours.capacity().saturating_mul(size_of::<QuarterHour>()),
                days,
            ]
        };
        let blocks = self.blocks.capacity().saturating_mul(size_of::<Block>());
        let overflow = self.overflow.capacity().saturating_mul(size_of::<Tally>());
        [blocks, overflow]
            .into_iter()
            .chain(self.blocks.iter().flat_map(of_block))
    }

    /// The first and the last quarter hour that has usage. `None` without usage.
    pub fn ends(&self) -> Option<(u32, u32)> {
        let busy = |block: &Block| {
            let is_busy = |quarter_hour: &&QuarterHour| !quarter_hour.usage(&self.overflow).is_idle();
            let at = |found: &QuarterHour| block.first.saturating_add(found.quarter.into());
            let (mut forward, mut backward) = (block.quarter_hours.iter(), block.quarter_hours.iter().rev());
            Some((at(forward.find(is_busy)?), at(backward.find(is_busy)?)))
        };
        let first = self.blocks.iter().find_map(busy)?;
        let last = self.blocks.iter().rev().find_map(busy)?;
        Some((first.0, last.1))
    }

    /// Visits every quarter hour that has usage, in order.
    #[inline(never)]
    pub fn each_quarter(&self, visit: &mut dyn FnMut(u32, Tally)) {
        for block in &self.blocks {
            for quarter_hour in &block.quarter_hours {
                let usage = quarter_hour.usage(&self.overflow);
                if !usage.is_idle() {
                    visit(block.first.saturating_add(quarter_hour.quarter.into()), usage);
                }
            }
        }
    }
}

impl Block {
    const fn new(first: u32) -> Block {
        Block {
            first,
            total: Tally {
                messages: 0,
                calls: 0,
                total_seconds: 0,
            },
            quarter_hours: Vec::new(),
            days: RefCell::new(Vec::new()),
        }
    }

    const fn end(&self) -> u32 {
        self.first.saturating_add(A_BLOCK)
    }

    /// The index at which a quarter hour is or would be inserted. The search starts from where it would be if the busy quarter
    /// hours were spread evenly, which reads memory closer together than a binary search. A block has at most 1024, each once,
    /// so the first guess is off by at most 256.
    #[inline(never)]
    fn position(&self, quarter: u32) -> usize {
        let quarter = quarter.saturating_sub(self.first) as usize;
        let is_before = |quarter_hour: &QuarterHour| usize::from(quarter_hour.quarter) < quarter;
        if self.quarter_hours.last().is_none_or(is_before) {
            return self.quarter_hours.len(); // records come nearly in order
        }
        let guess = self.quarter_hours.len().saturating_mul(quarter) >> A_BLOCK.ilog2();
        let (before, after) = self.quarter_hours.split_at(guess.min(self.quarter_hours.len()));
        let back = before
            .iter()
            .rev()
            .take_while(|quarter_hour| !is_before(quarter_hour))
            .count();
        match back {
            0 => before
                .len()
                .saturating_add(after.iter().take_while(|quarter_hour| is_before(quarter_hour)).count()),
            _ => before.len().saturating_sub(back),
        }
    }

    /// Adds the usage of the block to spans. `inside` are the edges in the block from the end of the current span on.
    fn at_edges(&self, inside: &[u32], spans: &mut Spans<'_>, overflow: &[Tally]) {
        let start = spans.edges.get(spans.index).copied().unwrap_or(0);
        let mut before = self.before(start, overflow, spans.budget);
        for edge in inside {
            let until = self.before(*edge, overflow, spans.budget);
            let mut usage = until;
            usage.take(before);
            spans.sum.add(usage);
            spans.end();
            spans.index = spans.index.saturating_add(1);
            before = until;
        }
        if spans.index.saturating_add(1) < spans.edges.len() {
            let mut rest = self.total;
            rest.take(before);
            spans.sum.add(rest);
        }
    }

    /// The usage of the block before a quarter hour, which is in the block or before it.
    fn before(&self, quarter: u32, overflow: &[Tally], budget: &Budget) -> Tally {
        let Some(after) = quarter.checked_sub(self.first) else {
            return Tally::default();
        };
        let (at, day) = (quarter % A_DAY, (after / A_DAY) as usize);
        let Ok(mut days) = self.days.try_borrow_mut() else {
            return self.sum(self.first, quarter, overflow);
        };
        if let Some(known) = days.iter().find(|days| days.at == at) {
            return known.before.get(day).copied().unwrap_or_default();
        }
        let made = self.days_at(at, overflow);
        let before = made.before.get(day).copied().unwrap_or_default();
        if days.len() == MAX_DAYS {
            days.clear();
        }
        let room = days.len().saturating_add(1);
        if budget.grow_to(&mut days, room).is_ok() {
            days.push(made);
        }
        before
    }

    #[inline(never)]
    fn days_at(&self, at: u32, overflow: &[Tally]) -> Days {
        let mut found = Days {
            at,
            before: Default::default(),
        };
        let (mut quarter_hours, mut sum) = (self.quarter_hours.iter().peekable(), Tally::default());
        let first_of_day = at.saturating_add(A_DAY).saturating_sub(self.first % A_DAY) % A_DAY;
        for (day, before) in (0..).zip(&mut found.before) {
            let end = A_DAY.saturating_mul(day).saturating_add(first_of_day);
            while let Some(quarter_hour) = quarter_hours.next_if(|next| u32::from(next.quarter) < end) {
                sum.add(quarter_hour.usage(overflow));
            }
            *before = sum;
        }
        found
    }

    fn sum(&self, from: u32, to: u32, overflow: &[Tally]) -> Tally {
        if from <= self.first && self.end() <= to {
            return self.total;
        }
        let (inside, after) = self.quarter_hours.split_at(self.position(to));
        let (before, inside) = inside.split_at(self.position(from).min(inside.len()));
        let mut sum = Tally::default();
        let mut visit = |quarter_hours: &[QuarterHour]| {
            quarter_hours
                .iter()
                .for_each(|quarter_hour| sum.add(quarter_hour.usage(overflow)))
        };
        if inside.len() <= self.quarter_hours.len() / 2 {
            visit(inside);
            return sum;
        }
        visit(before);
        visit(after);
        let mut rest = self.total;
        rest.take(sum);
        rest
    }

    /// Whether a quarter hour exists.
    fn has(&self, quarter: u32) -> bool {
        let found = self.quarter_hours.get(self.position(quarter));
        found.is_some_and(|found| self.first.saturating_add(found.quarter.into()) == quarter)
    }

    /// Changes a quarter hour that exists. Otherwise returns a new one, with the index to insert it at.
    ///
    /// Without `by`, only room is made for adding the usage.
    #[inline(never)]
    fn change(
        &mut self,
        quarter: u32,
        change: Tally,
        by: Option<fn(&mut Tally, Tally)>,
        overflow: &mut Vec<Tally>,
        budget: &Budget,
    ) -> Room<Option<(usize, QuarterHour)>> {
        let at = self.position(quarter);
        #[allow(clippy::cast_possible_truncation)]
        let quarter = (quarter % A_BLOCK) as u16;
        let known = self.quarter_hours.get_mut(at);
        let known = known.filter(|quarter_hour| quarter_hour.quarter == quarter);
        let before = known
            .as_ref()
            .map_or_else(Tally::default, |known| known.usage(overflow));
        let mut usage = before;
        by.unwrap_or(Tally::add)(&mut usage, change);
        let mut place = known.as_ref().and_then(|known| known.place());
        let small = match place {
            None => QuarterHour::small(quarter, usage),
            Some(_) => None,
        };
        if place.is_none() && small.is_none() {
            budget.grow(overflow, 1)?;
            place = Some(overflow.len());
        }
        match by {
            Some(by) => {
                by(&mut self.total, change);
                self.days.get_mut().clear();
            }
            None => usage = before,
        }
        let changed = match small.filter(|_| by.is_some()) {
            Some(small) => small,
            None => QuarterHour::new(quarter, usage, place, overflow),
        };
        match known {
            Some(quarter_hour) => {
                *quarter_hour = changed;
                Ok(None)
            }
            None => Ok(Some((at, changed))),
        }
    }

    /// Makes room for so many quarter hours more.
    fn make_room(&mut self, more: usize, budget: &Budget) -> Room {
        let (end, capacity) = (self.quarter_hours.len(), self.quarter_hours.capacity());
        if capacity.saturating_sub(end) >= more {
            return Ok(());
        }
        let most = end.saturating_add((end / 4).saturating_add(3).max(more));
        budget.grow_to(&mut self.quarter_hours, most.min((A_BLOCK as usize).max(more)))
    }

    /// Inserts quarter hours, for which there is room. Each index refers to the list as it was before the first insertion.
    #[inline(never)]
    fn insert(&mut self, fresh: &[(usize, QuarterHour)]) {
        let mut end = self.quarter_hours.len();
        self.quarter_hours
            .extend(fresh.iter().map(|(_, quarter_hour)| quarter_hour));
        // From the last to the first, so that each quarter hour is moved once.
        for (before, (at, quarter_hour)) in fresh.iter().enumerate().rev() {
            if let Some(moved) = self.quarter_hours.get_mut(*at..=end.saturating_add(before)) {
                moved.copy_within(..end.saturating_sub(*at), before.saturating_add(1));
                if let Some(place) = moved.get_mut(before) {
                    *place = *quarter_hour;
                }
            }
            end = *at;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::calendar::period::{FIRST_YEAR, LAST_YEAR};
    use crate::calendar::zone::Zone;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn quarter_hours_cover_the_supported_years_and_a_day_on_each_side() {
        let midnight = |year, month, day| {
            let date = chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap();
            date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
        };
        assert_eq!(ALL_TIME.start, midnight(FIRST_YEAR - 1, 12, 31));
        assert_eq!(ALL_TIME.end, midnight(LAST_YEAR + 1, 1, 2));
        let year = 365 * 86_400_000;
        assert!(Zone::knows(ALL_TIME.start - year) && Zone::knows(ALL_TIME.end + year));
    }

    fn usage() -> impl Strategy<Value = Tally> {
        let seconds = prop_oneof![0..100_u64, (0..3_u64).prop_map(|n| (1 << 32) - 1 + n), Just(1 << 50)];
        (prop_oneof![0..3_u64, 65_530..65_540_u64], 0..3_u64, seconds).prop_map(|(messages, calls, total_seconds)| {
            Tally {
                messages,
                calls,
                total_seconds: if calls == 0 { 0 } else { total_seconds }, // only calls have seconds
            }
        })
    }

    /// Mostly close together in a few blocks, so that they coincide, and rarely anywhere.
    fn quarter() -> impl Strategy<Value = u32> {
        prop_oneof![4 => 0..300_u32, 4 => 900..1200_u32, 4 => 0..4000_u32, 1 => 0..END]
    }

    proptest! {
        #[test]
        fn a_sum_equals_the_sum_of_its_quarter_hours(
            changes in prop::collection::vec((quarter(), usage(), any::<bool>()), 0..200),
            merged in prop::collection::vec(prop::collection::btree_map(quarter(), usage(), 0..100), 0..5),
            from in quarter(),
            length in 0..4000_u32,
            mut edges in prop::collection::vec(quarter(), 0..40),
        ) {
            let (mut timeline, budget) = (Timeline::new(Key::default()), Budget::default());
            let mut model = BTreeMap::<u32, Tally>::new();
            let mut added = Vec::new();
            let mut runs = merged.into_iter();
            for (n, (quarter, usage, back)) in changes.into_iter().enumerate() {
                if n % 40 == 0 && let Some(run) = runs.next() {
                    let all: Vec<_> = run.iter().map(|(quarter, usage)| (*quarter, *usage)).collect();
                    if back {
                        timeline.add(&all, true, &budget).unwrap(); // makes room alone
                        let (used, mut total) = (budget.used(), timeline.total);
                        timeline.add(&all, false, &budget).unwrap();
                        prop_assert_eq!(budget.used(), used);
                        all.iter().for_each(|(_, usage)| total.add(*usage));
                        prop_assert_eq!(timeline.total, total);
                    } else {
                        timeline.add(&all, false, &budget).unwrap();
                    }
                    for (quarter, usage) in run {
                        model.entry(quarter).or_default().add(usage);
                        added.push((quarter, usage));
                    }
                }
                match added.pop().filter(|_| back) {
                    Some((quarter, usage)) => {
                        prop_assert_eq!(timeline.take(Some(quarter), usage, &budget), usage);
                        model.get_mut(&quarter).unwrap().take(usage);
                    }
                    None => {
                        timeline.change(Some(quarter), usage, Tally::add, &budget).unwrap();
                        model.entry(quarter).or_default().add(usage);
                        added.push((quarter, usage));
                    }
                }
            }
            let sum = |from, to| {
                let mut sum = Tally::default();
                model.range(from..to).for_each(|(_, usage)| sum.add(*usage));
                sum
            };
            prop_assert_eq!(timeline.sum(from, from + length), sum(from, from + length));
            prop_assert_eq!(timeline.total, sum(0, END));
            edges.sort_unstable();
            let want: Vec<_> = edges.windows(2).map(|two| sum(two[0], two[1])).enumerate().filter(|(_, sum)| !sum.is_idle()).collect();
            let mut got = Vec::new();
            timeline.each_sum(&edges, &budget, &mut |at, usage| got.push((at, usage)));
            prop_assert_eq!(got, want);
            let busy: Vec<_> = model.into_iter().filter(|(_, usage)| !usage.is_idle()).collect();
            let mut got = Vec::new();
            timeline.each_quarter(&mut |quarter, usage| got.push((quarter, usage)));
            prop_assert_eq!(got, busy);
            let block = |bytes: usize| if bytes == 0 { 0 } else { (bytes as u64 + 15) / 8 * 8 };
            prop_assert_eq!(timeline.allocations().map(block).sum::<u64>(), budget.used());
        }
    }

    /// Blocks that are nearly full are read from their days, which must be made anew after a change.
    #[test]
    fn sums_of_a_busy_timeline_equal_the_sums_of_its_quarter_hours() {
        let message = |messages| Tally {
            messages,
            calls: messages % 3,
            total_seconds: messages % 7,
        };
        let mut model: Vec<_> = (0..4000_u64)
            .map(|n| message(if n % 5 == 0 { 0 } else { n % 11 + 1 }))
            .collect();
        let (mut timeline, budget) = (Timeline::new(Key::default()), Budget::default());
        let quarters: Vec<_> = (0..)
            .zip(model.iter().copied())
            .filter(|(_, usage)| !usage.is_idle())
            .collect();
        timeline.add(&quarters, false, &budget).unwrap();
        for round in 0..3_u32 {
            for (first, step) in [
                (0, 96),
                (88, 92),
                (1000, 24),
                (5, 1024),
                (1023, 1),
                (1024, 500),
                (0, 4000),
                (17, 16),
            ] {
                // Equal edges are an empty span.
                let edges: Vec<_> = (first..4100).step_by(step).chain([4100, 4100, 5000]).collect();
                let mut want = Vec::new();
                for (at, two) in edges.windows(2).enumerate() {
                    let mut sum = Tally::default();
                    let span = model.iter().take(two[1] as usize).skip(two[0] as usize);
                    span.for_each(|usage| sum.add(*usage));
                    want.extend(Some((at, sum)).filter(|_| !sum.is_idle()));
                }
                let mut got = Vec::new();
                timeline.each_sum(&edges, &budget, &mut |at, usage| got.push((at, usage)));
                assert_eq!(got, want, "round {round}, steps of {step} from {first}");
            }
            let more = Tally {
                messages: 1,
                calls: 1,
                total_seconds: 1 << (20 * round),
            };
            for at in [0, 1023, 1500, 3999_u32] {
                timeline.change(Some(at), more, Tally::add, &budget).unwrap();
                model[at as usize].add(more);
            }
        }
    }

    #[test]
    fn every_moment_of_the_supported_years_has_a_quarter_hour() {
        assert_eq!(quarter_of(FIRST - 1), None);
        assert_eq!((quarter_of(FIRST), quarter_of(0)), (Some(0), Some(96)));
        assert_eq!((quarter_of(899_999), quarter_of(900_000)), (Some(96), Some(97)));
        let end = 4_102_444_800_000 + 86_400_000; // 2100-01-02
        assert_eq!((quarter_of(end - 1), quarter_of(end)), (Some(END - 1), None));
        assert_eq!((quarter_of(i64::MIN), quarter_of(i64::MAX)), (None, None));
        assert_eq!(
            (beginning_at(900_000), beginning_at(900_001), beginning_at(-900_000)),
            (Some(97), None, Some(95))
        );
    }
}
