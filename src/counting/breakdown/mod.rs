//! Breakdowns: the usage of a window by any combination of dimensions, and over time.
//!
//! A row is a combination of dimensions that has usage. Agent, phone number, channel and direction are in the keys of timelines:
//! the timelines of one such combination are a group. Weekday and hour depend on the time: `axis.rs` describes how.
//!
//! The timelines are read once for the rows, and once more for all rows and steps together if there are steps. So the number of
//! rows is known before memory is taken for their series.

mod axis;
mod groups;
mod rows;

pub(super) use axis::span;
pub use axis::{DIMENSIONS, Dimension, STEPS, Span, Step};
pub use groups::MAX_CHANNELS;
pub use rows::{BreakdownRow, DIRECTION_NAMES};

use crate::calendar::buckets::Bucket;
use crate::calendar::period::Window;
use crate::calendar::zone::Zone;
use crate::collections::interner::Interner;
use crate::collections::sort::in_order;
use crate::counting::ledger::Ledger;
use crate::counting::tally::Tally;
use crate::error::{Code, Place, UsageError};
use axis::{Axis, Clock, quarter_at};
use chrono::{NaiveTime, Weekday};
use groups::Groups;

/// The most values of a series, of all rows together.
pub const MAX_VALUES: usize = 5_000_000;

/// The query of a breakdown.
#[derive(Clone, Debug)]
pub struct BreakdownQuery {
    /// Whether rows differ in each dimension, in the order of [`Dimension`].
    pub by: [bool; DIMENSIONS.len()],
    /// The length of steps, if there is a time axis.
    pub step: Option<Step>,
    /// The window.
    pub span: Span,
    /// The zone of days and hours.
    pub zone: Zone,
    /// The first day of a week.
    pub week_start: Weekday,
    /// The names of agents by id.
    pub directory: Interner,
    /// Does an agent of the directory without usage get a row of zeros? Only a breakdown by agent alone may have it.
    pub include_idle: bool,
}

impl BreakdownQuery {
    fn is_by(&self, dimension: Dimension) -> bool {
        self.by.get(dimension as usize) == Some(&true)
    }
}

/// The usage of a window by rows, and by steps if the query has a step.
#[derive(Clone, Debug)]
pub struct Breakdown<'r> {
    /// The window.
    pub window: Window,
    /// The zone of days and hours.
    pub zone: &'r Zone,
    /// The rows in their order.
    pub rows: Vec<BreakdownRow<'r>>,
    /// The sum of all rows.
    pub totals: Tally,
    /// The steps, if the query has a step. They tile the window.
    pub steps: Vec<Bucket>,
    /// For each row the messages of each step, the calls of each step and the seconds of each step.
    pub series: Vec<f64>,
    step: Option<Step>,
}

impl Breakdown<'_> {
    /// What clocks show where a step begins, in epoch milliseconds as if they showed UTC. It is midnight of the first date, or of
    /// hours the local time.
    pub fn shown(&self, step: &Bucket) -> i64 {
        let local = if self.step == Some(Step::Hour) {
            self.zone.local(step.window.start)
        } else {
            Some(step.first.and_time(NaiveTime::MIN))
        };
        local.map_or(0, |local| local.and_utc().timestamp_millis())
    }
}

/// Computes a breakdown of what a ledger has counted.
///
/// # Errors
/// `out_of_range` if the window is not inside the time that a rollup contains; if the window, a step or an hour does not begin on a
/// quarter hour of UTC; if there are more than [`MAX_VALUES`] values.
pub(super) fn breakdown<'r>(ledger: &'r Ledger, query: &'r BreakdownQuery) -> Result<Breakdown<'r>, UsageError> {
    let clock = Clock::new(ledger, query);
    let Window { start, end } = clock.window;
    let from = quarter_at(start, "the window begins", "/from")?;
    let to = quarter_at(end, "the window ends", "/to")?;
    let steps = query.step.map_or(Ok(Vec::new()), |step| clock.buckets(step))?;
    let length = if query.step.is_some() { steps.len() } else { 1 };

    let groups = Groups::new(ledger, query, from, to);
    let depends_on_time = query.is_by(Dimension::Weekday) || query.is_by(Dimension::Hour);
    let axis = if depends_on_time {
        Some(clock.axis(None, &[])?)
    } else {
        None
    };
    let (mut found, mut count) = (Vec::new(), 0);
    groups.each(axis.as_ref(), &mut |row, usage, _| match found.get_mut(row) {
        None if row == count => {
            count = count.saturating_add(1);
            if are_few(count, length) {
                found.push(usage);
            }
        }
        None => {}
        Some(groups::Found { tally, .. }) => tally.add(usage.tally),
    });
    let mut rows: Vec<_> = found.iter().map(|found| groups.row(found)).collect();
    if query.by.iter().all(|is_by| !is_by) && rows.is_empty() {
        rows.push(BreakdownRow::default());
    }
    if query.include_idle {
        groups.add_idle(&found, &mut rows);
    }
    count = count.max(rows.len());
    if !are_few(count, length) {
        let wanted = "wanted longer steps, a shorter window or fewer dimensions";
        let message = format!("{count} rows of {length} steps are more than 5000000 values: {wanted}");
        return Err(UsageError::new(Code::OutOfRange, message).at(Place::at("/step")));
    }

    let places = in_order((0..rows.len()).collect(), &|a, b| {
        rows.get(a)
            .zip(rows.get(b))
            .map_or(std::cmp::Ordering::Equal, |(a, b)| a.order(b))
    });
    let mut series = Vec::new();
    if query.step.is_some() {
        let axis = clock.axis(query.step, &steps)?;
        series = values(&groups, &axis, &places, length);
    }
    let mut totals = Tally::default();
    groups.sums.iter().for_each(|sum| totals.add(*sum));
    Ok(Breakdown {
        window: clock.window,
        zone: &query.zone,
        rows: places.iter().filter_map(|place| rows.get(*place).copied()).collect(),
        totals,
        steps,
        series,
        step: query.step,
    })
}

fn are_few(rows: usize, steps: usize) -> bool {
    rows.saturating_mul(steps) <= MAX_VALUES
}

/// The values of all rows and steps. `places` has the row at each place, by its number in [`Groups::each`].
#[inline(never)]
fn values(groups: &Groups<'_>, axis: &Axis, places: &[usize], steps: usize) -> Vec<f64> {
    let length = steps.saturating_mul(3);
    let mut starts = vec![0; places.len()];
    for (place, row) in places.iter().enumerate() {
        if let Some(start) = starts.get_mut(*row) {
            *start = place.saturating_mul(length);
        }
    }
    let mut values = vec![0.0; places.len().saturating_mul(length)];
    groups.each(Some(axis), &mut |row, usage, step| {
        let mut at = starts.get(row).map_or(usize::MAX, |start| start.saturating_add(step));
        let Tally {
            messages,
            calls,
            total_seconds,
        } = usage.tally;
        for more in [messages, calls, total_seconds] {
            add(values.get_mut(at), more);
            at = at.saturating_add(steps);
        }
    });
    values
}

/// Adds to a value. All sums are below 2^53, so they are exact.
#[allow(clippy::cast_precision_loss, clippy::arithmetic_side_effects)]
#[inline]
fn add(value: Option<&mut f64>, more: u64) {
    if let Some(value) = value {
        *value += more as f64;
    }
}
