//! The time of a breakdown: its window, its steps, and the slots that timelines are summed by.
//!
//! A slot is a part of the window in which the step, the weekday and the hour are constant. Hours begin at every instant at which
//! days begin, and days at every instant at which weeks and months begin. So the slots are the buckets of the finest unit.

use super::BreakdownQuery;
use crate::calendar::buckets::{Bucket, Unit, between, date_of, hours};
use crate::calendar::period::Window;
use crate::calendar::timestamp::{text, to_wire};
use crate::contract::{DIMENSION_NAMES, STEP_NAMES};
use crate::counting::ledger::Ledger;
use crate::counting::quarter_hours::{ALL_TIME, QUARTER, Timeline, beginning_at};
use crate::error::{Code, Place, UsageError};
use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use std::ops::Range;

/// A property of usage that rows differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The agent.
    Agent,
    /// The phone number.
    Number,
    /// The channel.
    Channel,
    /// The direction.
    Direction,
    /// The local day of the week.
    Weekday,
    /// The local hour, from 0 to 23.
    Hour,
}

/// The names of the dimensions in options, in the order of [`Dimension`].
pub const DIMENSIONS: [&str; 6] = DIMENSION_NAMES;

/// The length of a step of the time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An hour that clocks show. A change of the offset begins a new one.
    Hour,
    /// A day, a week or a month.
    Of(Unit),
}

/// The steps, with their names in options.
pub const STEPS: [(&str, Step); 4] = {
    let [hour, day, week, month] = STEP_NAMES;
    [
        (hour, Step::Hour),
        (day, Step::Of(Unit::Day)),
        (week, Step::Of(Unit::Week)),
        (month, Step::Of(Unit::Month)),
    ]
};

/// The window of a breakdown.
#[derive(Clone, Debug)]
pub enum Span {
    /// A window, and the dates that it consists of. Without dates it consists of the days that it touches.
    Given(Window, Option<Range<NaiveDate>>),
    /// The span of what has been counted. If there is nothing, the window is empty, at the beginning of the quarter hour that holds
    /// this moment (epoch milliseconds).
    Counted(i64),
}

/// The number of hours of a week.
pub(super) const HOURS_OF_WEEK: usize = 7 * 24;

/// The slots of a query.
pub(super) struct Axis {
    /// The quarter hours at which the slots begin, and the end of the last slot.
    pub edges: Vec<u32>,
    /// Of each slot: 24 times the weekday plus the hour, where 0 stands for what is not a dimension of the query; and the index of
    /// the step.
    pub slots: Vec<(u8, usize)>,
}

/// The window of a query.
pub(super) struct Clock<'q> {
    query: &'q BreakdownQuery,
    pub window: Window,
    /// The dates that the window consists of.
    dates: Range<NaiveDate>,
}

/// The span of what a ledger has counted: whole quarter hours, from the first with usage to the last. `None` without usage.
#[inline(never)]
pub(in crate::counting) fn span(ledger: &Ledger) -> Option<Window> {
    let mut found = (u32::MAX, 0);
    for (first, last) in ledger.timelines.iter().filter_map(Timeline::ends) {
        found = (found.0.min(first), found.1.max(last));
    }
    let at = |quarter: u32| {
        i64::from(quarter)
            .saturating_mul(QUARTER)
            .saturating_add(ALL_TIME.start)
    };
    (found.0 <= found.1).then(|| Window {
        start: at(found.0),
        end: at(found.1.saturating_add(1)),
    })
}

/// The quarter hour that begins at a moment.
///
/// # Errors
/// `out_of_range` if there is none. `what` begins at the moment.
pub(super) fn quarter_at(at: i64, what: &str, path: &str) -> Result<u32, UsageError> {
    beginning_at(at).ok_or_else(|| {
        let wire = DateTime::from_timestamp_millis(at).and_then(|at| to_wire(at.naive_utc()));
        let wanted =
            "a rollup counts by quarter hours of UTC, wanted one from 1969-12-31T00:00:00Z to 2100-01-01T23:45:00Z";
        let message = format!("{what} at {}: {wanted}", wire.map(text).unwrap_or_default());
        UsageError::new(Code::OutOfRange, message).at(Place::at(path))
    })
}

impl<'q> Clock<'q> {
    /// Finds the window of a query.
    pub fn new(ledger: &Ledger, query: &'q BreakdownQuery) -> Self {
        let (window, dates) = match &query.span {
            Span::Given(window, dates) => (*window, dates.clone()),
            Span::Counted(now) => {
                let at = now.saturating_sub(now.rem_euclid(QUARTER));
                (span(ledger).unwrap_or(Window { start: at, end: at }), None)
            }
        };
        let touched = || {
            let last = date_of(&query.zone, window.end.saturating_sub(1))?;
            Some(date_of(&query.zone, window.start)?..last.succ_opt()?)
        };
        let dates = dates.or_else(|| touched().filter(|_| window.start < window.end));
        Clock {
            query,
            window,
            dates: dates.unwrap_or_default(),
        }
    }

    /// The buckets of the window, cut to the window, and the quarter hours at which they begin.
    ///
    /// # Errors
    /// `out_of_range` if a bucket does not begin on a quarter hour of UTC.
    #[inline(never)]
    pub fn buckets(&self, step: Step) -> Result<Vec<Bucket>, UsageError> {
        let BreakdownQuery { zone, week_start, .. } = self.query;
        let found = match step {
            Step::Hour => hours(zone, self.window),
            Step::Of(unit) => between(zone, unit, *week_start, self.dates.clone(), self.window),
        };
        let found = found.unwrap_or_default();
        for bucket in &found {
            let what = if step == Step::Hour {
                "an hour begins"
            } else {
                "a day begins"
            };
            quarter_at(bucket.window.start, what, "/tz")?;
        }
        Ok(found)
    }

    /// The slots of the window for these steps. `step` is their length; without it there are no steps.
    ///
    /// # Errors
    /// The errors of [`Clock::buckets`].
    pub fn axis(&self, step: Option<Step>, steps: &[Bucket]) -> Result<Axis, UsageError> {
        let (is_by_hour, is_by_day) = (self.query.is_by(Dimension::Hour), self.query.is_by(Dimension::Weekday));
        let days = if is_by_day {
            self.buckets(Step::Of(Unit::Day))?
        } else {
            Vec::new()
        };
        let hours = if is_by_hour {
            self.buckets(Step::Hour)?
        } else {
            Vec::new()
        };
        let finest = match step {
            Some(Step::Hour) => steps,
            _ if is_by_hour => &hours,
            _ if is_by_day => &days,
            _ => steps,
        };
        let (mut axis, mut day, mut step) = (
            Axis {
                edges: Vec::new(),
                slots: Vec::new(),
            },
            0,
            0,
        );
        for Bucket { window, .. } in finest {
            let weekday =
                bucket_at(&days, &mut day, window.start).map_or(0, |day| day.first.weekday().num_days_from_monday());
            let local = self.query.zone.local(window.start).filter(|_| is_by_hour);
            bucket_at(steps, &mut step, window.start);
            let hour_of_week = weekday
                .saturating_mul(24)
                .saturating_add(local.map_or(0, |local| local.hour()));
            axis.edges.extend(beginning_at(window.start));
            axis.slots.push((hour_of_week.to_le_bytes()[0], step));
        }
        axis.edges.extend(beginning_at(self.window.end));
        Ok(axis)
    }
}

/// The bucket that holds a moment. The search begins at `from`, and leaves the index there.
fn bucket_at<'b>(buckets: &'b [Bucket], from: &mut usize, ms: i64) -> Option<&'b Bucket> {
    while buckets.get(*from)?.window.end <= ms {
        *from = from.saturating_add(1);
    }
    buckets.get(*from)
}
