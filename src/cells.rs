//! What one agent had by one phone number: its sum, and its usage by the quarter hour.
//!
//! Every midnight of every zone since 1980 falls on a quarter hour of UTC, so that any day, week, month or year of any zone is a
//! sum of whole quarter hours. A day of UTC holds its busy quarter hours only, 9 bytes each, and their sum: a longer span adds up
//! whole days, and quarter hours at its two ends.

use crate::report::Tally;

/// The length of a quarter hour in milliseconds.
const QUARTER: u64 = 900_000;

/// Quarter hours of a day.
const A_DAY: u32 = 96;

/// Where the first one begins: 1969-12-31, a day early, for the zones in which 1970 begins then.
const FIRST: i64 = -86_400_000;

/// The first one after the last: 2100-01-02, a day late.
pub const END: u32 = 47_484 * A_DAY;

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
    days: Vec<Day>,
    /// Where the last change was.
    near: usize,
    /// What is too large for a cell.
    wide: Vec<Tally>,
}

#[derive(Clone, Debug)]
struct Day {
    day: u16,
    total: Tally,
    /// In order.
    cells: Vec<Cell>,
}

/// A quarter hour that has usage.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed)]
struct Cell {
    /// Of its day.
    quarter: u8,
    /// [`WIDE`] where `seconds` is the index of what is too large.
    messages: u16,
    calls: u16,
    seconds: u32,
}

const WIDE: u16 = u16::MAX;

impl Cell {
    fn new(quarter: u8, usage: Tally) -> Option<Cell> {
        let messages = u16::try_from(usage.messages).ok().filter(|n| *n != WIDE)?;
        Some(Cell {
            quarter,
            messages,
            calls: usage.calls.try_into().ok()?,
            seconds: usage.total_seconds.try_into().ok()?,
        })
    }

    fn usage(&self, wide: &[Tally]) -> Tally {
        if self.messages == WIDE {
            return wide.get(self.seconds as usize).copied().unwrap_or_default();
        }
        Tally {
            messages: self.messages.into(),
            calls: self.calls.into(),
            total_seconds: self.seconds.into(),
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
            days: Vec::new(),
            near: 0,
            wide: Vec::new(),
        }
    }

    /// Adds usage to the sum, or takes it back ([`Tally::add`], [`Tally::take`]); and to a quarter hour, if one is given.
    pub fn change(&mut self, quarter: Option<u32>, usage: Tally, by: fn(&mut Tally, Tally)) {
        by(&mut self.total, usage);
        if let Some(quarter) = quarter {
            self.change_at(quarter, usage, by);
        }
    }

    fn change_at(&mut self, quarter: u32, usage: Tally, by: fn(&mut Tally, Tally)) {
        let (Ok(day), Ok(quarter)) = (u16::try_from(quarter / A_DAY), u8::try_from(quarter % A_DAY)) else {
            return;
        };
        // Records and the cells of a snapshot come nearly in order.
        let at = match self.days.get(self.near) {
            Some(near) if near.day == day => self.near,
            Some(near) if near.day < day => {
                let after = self
                    .days
                    .iter()
                    .skip(self.near)
                    .take(8)
                    .take_while(|d| d.day < day)
                    .count();
                match after {
                    8 => self.days.partition_point(|d| d.day < day),
                    _ => self.near.saturating_add(after),
                }
            }
            _ => self.days.partition_point(|d| d.day < day),
        };
        self.near = at;
        if self.days.get(at).is_none_or(|d| d.day != day) {
            let new = Day {
                day,
                total: Tally::default(),
                cells: Vec::new(),
            };
            self.days.insert(at, new);
        }
        if let Some(day) = self.days.get_mut(at) {
            by(&mut day.total, usage);
            day.change(quarter, &mut self.wide, usage, by);
        }
    }

    /// The usage of the quarter hours `from <= q < to`.
    pub fn sum(&self, from: u32, to: u32) -> Tally {
        let mut sum = Tally::default();
        let start = self.days.partition_point(|day| day.first() / A_DAY < from / A_DAY);
        for day in self.days.iter().skip(start) {
            let first = day.first();
            if first >= to {
                break;
            }
            if first >= from && first.saturating_add(A_DAY) <= to {
                sum.add(day.total);
                continue;
            }
            for cell in &day.cells {
                if (from..to).contains(&first.saturating_add(cell.quarter.into())) {
                    sum.add(cell.usage(&self.wide));
                }
            }
        }
        sum
    }

    /// Visits every quarter hour that has usage, in order.
    pub fn each_quarter(&self, visit: &mut dyn FnMut(u32, Tally)) {
        for day in &self.days {
            for cell in &day.cells {
                let usage = cell.usage(&self.wide);
                if !usage.is_idle() {
                    visit(day.first().saturating_add(cell.quarter.into()), usage);
                }
            }
        }
    }

    /// The bytes that it takes.
    pub fn bytes(&self) -> usize {
        let cells = |day: &Day| day.cells.capacity().saturating_mul(size_of::<Cell>());
        let days = self.days.capacity().saturating_mul(size_of::<Day>());
        let wide = self.wide.capacity().saturating_mul(size_of::<Tally>());
        let fixed = size_of::<Series>().saturating_add(days).saturating_add(wide);
        self.days.iter().map(cells).fold(fixed, usize::saturating_add)
    }
}

impl Day {
    fn first(&self) -> u32 {
        u32::from(self.day).saturating_mul(A_DAY)
    }

    fn change(&mut self, quarter: u8, wide: &mut Vec<Tally>, change: Tally, by: fn(&mut Tally, Tally)) {
        let at = match self.cells.last() {
            Some(last) if last.quarter == quarter => self.cells.len().saturating_sub(1),
            Some(last) if last.quarter > quarter => self.cells.partition_point(|cell| cell.quarter < quarter),
            _ => self.cells.len(),
        };
        let known = self.cells.get_mut(at).filter(|cell| cell.quarter == quarter);
        let mut usage = known.as_ref().map_or_else(Tally::default, |cell| cell.usage(wide));
        by(&mut usage, change);
        let is_wide = known.as_ref().is_some_and(|cell| cell.messages == WIDE);
        let new = match Cell::new(quarter, usage).filter(|_| !is_wide) {
            Some(cell) => cell,
            None => {
                let index = known
                    .as_ref()
                    .filter(|_| is_wide)
                    .map_or(wide.len(), |cell| cell.seconds as usize);
                match wide.get_mut(index) {
                    Some(place) => *place = usage,
                    None => wide.push(usage),
                }
                Cell {
                    quarter,
                    messages: WIDE,
                    calls: 0,
                    seconds: u32::try_from(index).unwrap_or(u32::MAX),
                }
            }
        };
        match known {
            Some(cell) => *cell = new,
            None => {
                if self.cells.len() == self.cells.capacity() {
                    self.cells.reserve_exact((self.cells.len() / 4).saturating_add(3));
                }
                self.cells.insert(at, new);
            }
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

    proptest! {
        #[test]
        fn sums_are_those_of_the_quarter_hours(
            changes in prop::collection::vec((0..500_u32, usage(), any::<bool>()), 0..200),
            from in 0..500_u32,
            length in 0..400_u32,
        ) {
            let mut series = Series::new(0, 0);
            let mut model = BTreeMap::<u32, Tally>::new();
            let mut added = Vec::new();
            for (quarter, usage, back) in changes {
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
