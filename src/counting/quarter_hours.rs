//! What one agent had by one phone number: its sum, and its usage by the quarter hour.
//!
//! Every midnight of every zone since 1980 falls on a quarter hour of UTC, so that any day, week, month or year of any zone is a
//! sum of whole quarter hours. They lie in blocks of some days: a block holds its busy quarter hours only, 10 bytes each, in
//! order, and their sum. A longer span adds up whole blocks, and quarter hours at its two ends. Blocks are long enough for a
//! merge to go through a few of them from end to end, and short enough for a record out of order to move little.

use crate::calendar::period::Window;
use crate::counting::tally::Tally;

/// The length of a quarter hour in milliseconds.
const QUARTER: u64 = 900_000;

/// Quarter hours of a day.
const A_DAY: u32 = 96;

/// Quarter hours of a block: not quite eleven days.
const A_BLOCK: u32 = 1024;

/// Where the first one begins: 1969-12-31, a day early, for the zones in which 1970 begins then.
const FIRST: i64 = -86_400_000;

/// The first one after the last: 2100-01-02, a day late.
pub const END: u32 = 47_484 * A_DAY;

/// All time that is counted: every moment of a supported period of any zone.
pub const ALL_TIME: Window = Window {
    start: FIRST,
    end: FIRST + END as i64 * QUARTER as i64,
};

/// The quarter hour of a moment (epoch milliseconds), if it is one that any supported period can hold.
pub fn quarter_of(at: i64) -> Option<u32> {
    let after = u64::try_from(at.checked_sub(FIRST)?).ok()?;
    u32::try_from(after / QUARTER).ok().filter(|quarter| *quarter < END)
}

/// The quarter hour that begins at a moment, if one does.
pub fn beginning_at(at: i64) -> Option<u32> {
    quarter_of(at).filter(|_| at.unsigned_abs().is_multiple_of(QUARTER))
}

/// An agent's usage by a number.
#[derive(Clone, Debug)]
pub struct Series {
    /// The agent's number in its list.
    pub agent: u32,
    /// The phone number's in its.
    pub number: u32,
    /// The sum of all.
    pub total: Tally,
    /// In order.
    blocks: Vec<Block>,
    /// Where the last change was.
    near: usize,
    /// What is too large for a cell.
    wide: Vec<Tally>,
}

#[derive(Clone, Debug)]
struct Block {
    first: u32,
    total: Tally,
    /// In order.
    cells: Vec<Cell>,
}

/// A quarter hour that has usage.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed)]
struct Cell {
    /// Of its block.
    quarter: u16,
    /// [`WIDE`] where `seconds` is the index of what is too large.
    messages: u16,
    calls: u16,
    seconds: u32,
}

const WIDE: u16 = u16::MAX;

impl Cell {
    /// A change makes it anew: what was too large stays in its place there.
    fn new(quarter: u16, usage: Tally, place: Option<usize>, wide: &mut Vec<Tally>) -> Cell {
        let small = |n: u64| u16::try_from(n).ok().filter(|n| *n != WIDE);
        let sizes = (
            small(usage.messages),
            small(usage.calls),
            usage.total_seconds.try_into(),
        );
        if let ((Some(messages), Some(calls), Ok(seconds)), None) = (sizes, place) {
            return Cell {
                quarter,
                messages,
                calls,
                seconds,
            };
        }
        let place = place.unwrap_or(wide.len());
        match wide.get_mut(place) {
            Some(known) => *known = usage,
            None => wide.push(usage),
        }
        Cell {
            quarter,
            messages: WIDE,
            calls: 0,
            seconds: u32::try_from(place).unwrap_or(u32::MAX),
        }
    }

    fn place(&self) -> Option<usize> {
        (self.messages == WIDE).then_some(self.seconds as usize)
    }

    #[inline]
    fn usage(&self, wide: &[Tally]) -> Tally {
        match self.place() {
            Some(place) => wide.get(place).copied().unwrap_or_default(),
            None => Tally {
                messages: self.messages.into(),
                calls: self.calls.into(),
                total_seconds: self.seconds.into(),
            },
        }
    }
}

impl Series {
    /// Nothing yet.
    pub fn new(agent: u32, number: u32) -> Self {
        Series {
            agent,
            number,
            total: Tally::default(),
            blocks: Vec::new(),
            near: 0,
            wide: Vec::new(),
        }
    }

    /// Adds usage to the sum, or takes it back ([`Tally::add`], [`Tally::take`]); and to a quarter hour, if one is given.
    pub fn change(&mut self, quarter: Option<u32>, usage: Tally, by: fn(&mut Tally, Tally)) {
        by(&mut self.total, usage);
        if let Some(quarter) = quarter {
            let (block, wide) = self.block(quarter);
            if let Some(block) = block {
                let fresh = block.change(quarter, usage, by, wide);
                block.insert(fresh.as_slice());
            }
        }
    }

    /// Adds the usage of quarter hours, which are in order. Those of a block that are new make room for themselves at once.
    pub fn add(&mut self, usage: &[(u32, Tally)]) {
        let mut fresh = Vec::new();
        for part in usage.chunk_by(|(a, _), (b, _)| a / A_BLOCK == b / A_BLOCK) {
            let (Some(block), wide) = self.block(part.first().map_or(0, |(quarter, _)| *quarter)) else {
                return;
            };
            let changes = part
                .iter()
                .map(|(quarter, usage)| block.change(*quarter, *usage, Tally::add, wide));
            fresh.extend(changes.flatten());
            block.insert(&fresh);
            fresh.clear();
        }
        usage.iter().for_each(|(_, usage)| self.total.add(*usage));
    }

    /// The block of a quarter hour, new or known, and what is too large for it.
    #[inline(never)]
    fn block(&mut self, quarter: u32) -> (Option<&mut Block>, &mut Vec<Tally>) {
        let first = quarter & !(A_BLOCK.wrapping_sub(1));
        let is_at = |blocks: &[Block], at: usize| blocks.get(at).is_some_and(|block| block.first == first);
        if !is_at(&self.blocks, self.near) {
            self.near = self.near.saturating_add(1);
        }
        if !is_at(&self.blocks, self.near) {
            self.near = self.blocks.partition_point(|block| block.first < first);
            if !is_at(&self.blocks, self.near) {
                let new = Block {
                    first,
                    total: Tally::default(),
                    cells: Vec::new(),
                };
                self.blocks.insert(self.near, new);
            }
        }
        (self.blocks.get_mut(self.near), &mut self.wide)
    }

    /// The usage of the quarter hours `from <= q < to`.
    pub fn sum(&self, from: u32, to: u32) -> Tally {
        let mut sum = Tally::default();
        let start = self.blocks.partition_point(|block| block.end() <= from);
        let blocks = self.blocks.iter().skip(start);
        for block in blocks.take_while(|block| block.first < to) {
            sum.add(block.sum(from, to, &self.wide));
        }
        sum
    }

    /// Visits every quarter hour that has usage, in order.
    pub fn each_quarter(&self, visit: &mut dyn FnMut(u32, Tally)) {
        for block in &self.blocks {
            for cell in &block.cells {
                let usage = cell.usage(&self.wide);
                if !usage.is_idle() {
                    visit(block.first.saturating_add(cell.quarter.into()), usage);
                }
            }
        }
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        let cells = |block: &Block| block.cells.capacity().saturating_mul(size_of::<Cell>());
        let blocks = self.blocks.capacity().saturating_mul(size_of::<Block>());
        let wide = self.wide.capacity().saturating_mul(size_of::<Tally>());
        let fixed = size_of::<Series>().saturating_add(blocks).saturating_add(wide);
        self.blocks.iter().map(cells).fold(fixed, usize::saturating_add)
    }
}

impl Block {
    const fn end(&self) -> u32 {
        self.first.saturating_add(A_BLOCK)
    }

    /// Where a quarter hour is or would be: looked for from where it would be if they were spread evenly, which reads less far
    /// apart than halving would. As there are 1024 at most, each once, that is off by 256 at most.
    #[inline(never)]
    fn spot(&self, quarter: u32) -> usize {
        let quarter = quarter.saturating_sub(self.first) as usize;
        let is_before = |cell: &Cell| usize::from(cell.quarter) < quarter;
        if self.cells.last().is_none_or(is_before) {
            return self.cells.len(); // records come nearly in order
        }
        let guess = self.cells.len().saturating_mul(quarter) >> A_BLOCK.ilog2();
        let (before, after) = self.cells.split_at(guess.min(self.cells.len()));
        let back = before.iter().rev().take_while(|cell| !is_before(cell)).count();
        match back {
            0 => before
                .len()
                .saturating_add(after.iter().take_while(|cell| is_before(cell)).count()),
            _ => before.len().saturating_sub(back),
        }
    }

    fn sum(&self, from: u32, to: u32, wide: &[Tally]) -> Tally {
        if from <= self.first && self.end() <= to {
            return self.total;
        }
        let (inside, after) = self.cells.split_at(self.spot(to));
        let (before, inside) = inside.split_at(self.spot(from).min(inside.len()));
        let mut sum = Tally::default();
        let mut visit = |cells: &[Cell]| cells.iter().for_each(|cell| sum.add(cell.usage(wide)));
        if inside.len() <= self.cells.len() / 2 {
            visit(inside);
            return sum;
        }
        visit(before);
        visit(after);
        let mut rest = self.total;
        rest.take(sum);
        rest
    }

    /// Changes a quarter hour that is there; one that is not is given back, with its place.
    #[inline(never)]
    fn change(
        &mut self,
        quarter: u32,
        change: Tally,
        by: fn(&mut Tally, Tally),
        wide: &mut Vec<Tally>,
    ) -> Option<(usize, Cell)> {
        by(&mut self.total, change);
        let at = self.spot(quarter);
        #[allow(clippy::cast_possible_truncation)]
        let quarter = (quarter % A_BLOCK) as u16;
        let mut usage = Tally::default();
        match self.cells.get_mut(at).filter(|cell| cell.quarter == quarter) {
            Some(cell) => {
                usage = cell.usage(wide);
                by(&mut usage, change);
                *cell = Cell::new(quarter, usage, cell.place(), wide);
                None
            }
            None => {
                by(&mut usage, change);
                Some((at, Cell::new(quarter, usage, None, wide)))
            }
        }
    }

    /// Inserts cells, each where it would be among those that were there.
    #[inline(never)]
    fn insert(&mut self, fresh: &[(usize, Cell)]) {
        let mut end = self.cells.len();
        let all = end.saturating_add(fresh.len());
        if all > self.cells.capacity() {
            self.cells.reserve_exact((end / 4).saturating_add(3).max(fresh.len()));
        }
        self.cells.extend(fresh.iter().map(|(_, cell)| cell));
        // From the last to the first, so that each cell is moved once.
        for (before, (at, cell)) in fresh.iter().enumerate().rev() {
            if let Some(moved) = self.cells.get_mut(*at..=end.saturating_add(before)) {
                moved.copy_within(..end.saturating_sub(*at), before.saturating_add(1));
                if let Some(place) = moved.get_mut(before) {
                    *place = *cell;
                }
            }
            end = *at;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn usage() -> impl Strategy<Value = Tally> {
        let seconds = prop_oneof![0..100_u64, (0..3_u64).prop_map(|n| (1 << 32) - 1 + n), Just(1 << 50)];
        (prop_oneof![0..3_u64, 65_530..65_540_u64], 0..3_u64, seconds).prop_map(|(messages, calls, total_seconds)| {
            Tally {
                messages,
                calls,
                total_seconds,
            }
        })
    }

    /// Near each other, so that they meet, in a few blocks; rarely anywhere.
    fn quarter() -> impl Strategy<Value = u32> {
        prop_oneof![4 => 0..300_u32, 4 => 900..1200_u32, 4 => 0..4000_u32, 1 => 0..END]
    }

    proptest! {
        #[test]
        fn sums_are_those_of_the_quarter_hours(
            changes in prop::collection::vec((quarter(), usage(), any::<bool>()), 0..200),
            merged in prop::collection::vec(prop::collection::btree_map(quarter(), usage(), 0..100), 0..5),
            from in quarter(),
            length in 0..4000_u32,
        ) {
            let mut series = Series::new(0, 0);
            let mut model = BTreeMap::<u32, Tally>::new();
            let mut added = Vec::new();
            let mut runs = merged.into_iter();
            for (n, (quarter, usage, back)) in changes.into_iter().enumerate() {
                if n % 40 == 0 && let Some(run) = runs.next() {
                    series.add(&run.iter().map(|(quarter, usage)| (*quarter, *usage)).collect::<Vec<_>>());
                    for (quarter, usage) in run {
                        model.entry(quarter).or_default().add(usage);
                        added.push((quarter, usage));
                    }
                }
                match added.pop().filter(|_| back) {
                    Some((quarter, usage)) => {
                        series.change(Some(quarter), usage, Tally::take);
                        model.get_mut(&quarter).unwrap().take(usage);
                    }
                    None => {
                        series.change(Some(quarter), usage, Tally::add);
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
            prop_assert_eq!(series.sum(from, from + length), sum(from, from + length));
            prop_assert_eq!(series.total, sum(0, END));
            let busy: Vec<_> = model.into_iter().filter(|(_, usage)| !usage.is_idle()).collect();
            let mut got = Vec::new();
            series.each_quarter(&mut |quarter, usage| got.push((quarter, usage)));
            prop_assert_eq!(got, busy);
        }
    }

    #[test]
    fn every_moment_of_the_years_supported_has_a_quarter_hour() {
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
