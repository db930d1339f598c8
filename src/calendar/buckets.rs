//! Buckets: the hours, days, weeks or months of a zone, oldest first.
//!
//! A day has 24 hours, or another number such as 23 or 25 when clocks change. A date that clocks skip (Pacific/Apia,
//! 2011-12-30) is an empty bucket, so that every date has one. Buckets tile time: each ends where the next begins.

use crate::calendar::period::{Period, Window, are_supported, out_of_range};
use crate::calendar::zone::{Zone, day_before};
use crate::error::UsageError;
use chrono::{NaiveDate, TimeDelta, Weekday};
use std::ops::Range;

/// The length of a bucket that begins with a local date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A local date.
    Day,
    /// Seven local dates.
    Week,
    /// A local calendar month.
    Month,
}

/// One bucket: its first local date and its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The date, or the first date of the week or month.
    pub first: NaiveDate,
    /// Half-open, in epoch milliseconds.
    pub window: Window,
}

/// The query of a series: the last `count` days or months up to the one that holds `now`.
#[derive(Clone, Debug)]
pub struct SeriesQuery {
    /// The zone whose days these are.
    pub zone: Zone,
    /// The moment that the last bucket holds, in epoch milliseconds.
    pub now: i64,
    /// The number of buckets.
    pub count: u16,
}

impl Unit {
    /// The first date of the bucket that contains a date. Weeks begin on `week_start`.
    fn first_date(self, date: NaiveDate, week_start: Weekday) -> Option<NaiveDate> {
        match self {
            Unit::Day => Some(date),
            Unit::Week => Period::Week.first_date(date, week_start),
            Unit::Month => Period::Month.first_date(date, week_start),
        }
    }

    /// The first date of the bucket that is `n` buckets after the one that begins on `first`.
    fn step(self, first: NaiveDate, n: i64) -> Option<NaiveDate> {
        match self {
            Unit::Day => first.checked_add_signed(TimeDelta::try_days(n)?),
            Unit::Week => Period::Week.step(first, n),
            Unit::Month => Period::Month.step(first, n),
        }
    }
}

/// The date whose day holds a moment (epoch milliseconds). `None` outside the tables of zones.
///
/// In a fold across midnight clocks show the old date again after the new day has begun. The moment belongs to the new day.
pub(crate) fn date_of(zone: &Zone, ms: i64) -> Option<NaiveDate> {
    let date = Some(ms)
        .filter(|ms| Zone::knows(*ms))
        .and_then(|ms| zone.local(ms))?
        .date();
    let next = date.succ_opt()?;
    Some(if ms < zone.first_instant(next)? { date } else { next })
}

/// The last `count` buckets up to the one that holds `now` (epoch milliseconds), oldest first. Weeks begin on Monday. `None` if one
/// of the buckets lies outside the supported dates, 1970-01-01..2099-12-31.
///
/// ```
/// use usage_by_agent::calendar::{buckets::{Unit, buckets}, zone::Zone};
///
/// let zone = Zone::named("America/New_York")?;
/// let days = buckets(&zone, Unit::Day, 1_710_129_600_000, 3).unwrap(); // 2024-03-11T04:00:00Z
/// let hours: Vec<_> = days.iter().map(|day| (day.window.end - day.window.start) / 3_600_000).collect();
/// assert_eq!(hours, [24, 23, 24]); // clocks went forward on the 10th
/// # Ok::<(), usage_by_agent::error::UsageError>(())
/// ```
pub fn buckets(zone: &Zone, unit: Unit, now: i64, count: u16) -> Option<Vec<Bucket>> {
    let last = unit.first_date(date_of(zone, now)?, Weekday::Mon)?;
    let first = unit.step(last, 1_i64.saturating_sub(count.into()))?;
    let end = unit.step(last, 1)?;
    if count > 0 && !are_supported(first, day_before(end)?) {
        return None;
    }
    let window = Window {
        start: zone.first_instant(first)?,
        end: zone.first_instant(end)?,
    };
    between(zone, unit, Weekday::Mon, first..end, window)
}

/// The buckets that contain these dates, cut to the dates and to a window. `None` outside the tables of zones.
pub(crate) fn between(
    zone: &Zone,
    unit: Unit,
    week_start: Weekday,
    dates: Range<NaiveDate>,
    within: Window,
) -> Option<Vec<Bucket>> {
    let mut found = Vec::new();
    let mut first = unit.first_date(dates.start, week_start)?;
    let mut start = within.start;
    while first < dates.end {
        let next = unit.step(first, 1)?;
        let end = zone.first_instant(next)?.min(within.end).max(start);
        found.push(Bucket {
            first: first.max(dates.start),
            window: Window { start, end },
        });
        (first, start) = (next, end);
    }
    Some(found)
}

/// The hours of a window: they begin where clocks show a whole hour, and at each change of the offset. The first and the last hour
/// are cut to the window. `None` outside the tables of zones.
pub(crate) fn hours(zone: &Zone, within: Window) -> Option<Vec<Bucket>> {
    const HOUR: i64 = 3_600_000;
    let mut found = Vec::new();
    let mut start = within.start;
    while start < within.end {
        let local = zone.local(start)?;
        let shown = local.and_utc().timestamp_millis();
        let next = start.checked_add(HOUR.checked_sub(shown.rem_euclid(HOUR))?)?;
        let change = zone.next_change(start).unwrap_or(i64::MAX);
        let end = next.min(change).min(within.end);
        found.push(Bucket {
            first: local.date(),
            window: Window { start, end },
        });
        start = end;
    }
    Some(found)
}

impl SeriesQuery {
    /// The buckets of the series, oldest first.
    ///
    /// # Errors
    /// `out_of_range` if one of them lies outside 1970-01-01..2099-12-31.
    #[inline(never)]
    pub fn buckets(&self, unit: Unit) -> Result<Vec<Bucket>, UsageError> {
        buckets(&self.zone, unit, self.now, self.count).ok_or_else(|| {
            let units = if unit == Unit::Day { "days" } else { "months" };
            out_of_range(
                &format!("{} {units} up to `now` are not all", self.count),
                &self.zone,
                "/now",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, now: i64, count: u16) -> Vec<(String, i64)> {
        let found = buckets(&Zone::named(zone).unwrap(), Unit::Day, now, count).unwrap();
        found
            .iter()
            .map(|b| (b.first.to_string(), (b.window.end - b.window.start) / 3_600_000))
            .collect()
    }

    fn pairs(want: &[(&str, i64)]) -> Vec<(String, i64)> {
        want.iter().map(|(day, hours)| ((*day).to_owned(), *hours)).collect()
    }

    #[test]
    fn a_day_is_longer_or_shorter_when_clocks_change() {
        let november = 1_730_700_000_000; // 2024-11-04T06:00:00Z
        let want = pairs(&[("2024-11-02", 24), ("2024-11-03", 25), ("2024-11-04", 24)]);
        assert_eq!(hours("America/New_York", november, 3), want);
        // Apia had no 2011-12-30.
        let new_year = 1_325_300_000_000; // 2011-12-31T02:53:20Z
        let want = pairs(&[("2011-12-29", 24), ("2011-12-30", 0), ("2011-12-31", 24)]);
        assert_eq!(hours("Pacific/Apia", new_year, 3), want);
    }

    #[test]
    fn buckets_tile_time_and_the_last_of_the_asked_number_holds_now() {
        for name in Zone::names().step_by(7) {
            let zone = Zone::named(name).unwrap();
            for (unit, count) in [(Unit::Day, 365), (Unit::Month, 24), (Unit::Day, 1)] {
                for now in (1..75).map(|n| n * 41_000_000_000_i64 + 900_000_000_000) {
                    let found = buckets(&zone, unit, now, count).unwrap();
                    assert_eq!(found.len(), usize::from(count));
                    assert!(
                        found
                            .windows(2)
                            .all(|w| w[0].window.end == w[1].window.start && w[0].first < w[1].first)
                    );
                    assert!(found.last().unwrap().window.contains(now), "{name} {unit:?} {now}");
                }
            }
        }
    }

    #[test]
    fn a_fold_across_midnight_belongs_to_the_day_that_has_begun() {
        // In St John's, 2009-11-01 00:01 went back to 2009-10-31 23:01.
        let zone = Zone::named("America/St_Johns").unwrap();
        let found = buckets(&zone, Unit::Day, 1_257_044_400_000, 2).unwrap(); // 2009-11-01T03:00:00Z
        assert_eq!(found[1].first.to_string(), "2009-11-01");
        assert!(found[1].window.contains(1_257_044_400_000));
    }

    #[test]
    fn there_are_no_buckets_outside_the_supported_dates() {
        assert_eq!(buckets(&Zone::utc(), Unit::Day, 0, 2), None);
        assert!(buckets(&Zone::utc(), Unit::Day, 0, 1).is_some());
        assert_eq!(buckets(&Zone::utc(), Unit::Month, i64::MAX, 1), None);
        assert_eq!(buckets(&Zone::utc(), Unit::Day, 0, 0), Some(vec![]));
    }
}
