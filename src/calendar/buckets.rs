//! The buckets of a daily or monthly series: the days or months of a zone, newest last.
//!
//! A day has 24 hours, or another number such as 23 or 25 when clocks change. A date that clocks skip (Pacific/Apia,
//! 2011-12-30) is an empty bucket, so that every date has one. Buckets tile time: each ends where the next begins.

use crate::calendar::period::{Period, Window, are_supported, out_of_range};
use crate::calendar::zone::{Zone, day_before};
use crate::error::UsageError;
use chrono::NaiveDate;

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A local date.
    Day,
    /// A local calendar month.
    Month,
}

/// One bucket: its first local date and its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The date, or the first date of the month.
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

/// The last `count` buckets up to the one that holds `now` (epoch milliseconds), oldest first. `None` if one of them lies
/// outside the supported dates, 1970-01-01..2099-12-31.
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
    let date = Some(now)
        .filter(|now| Zone::knows(*now))
        .and_then(|now| zone.local(now))?
        .date();
    let mut first = match unit {
        Unit::Day => date,
        Unit::Month => Period::Month.first_date(date, chrono::Weekday::Mon)?,
    };
    let mut end = zone.first_instant(next(unit, first)?)?;
    if now >= end {
        // A fold across midnight: clocks show the old date again after the new date has begun.
        first = next(unit, first)?;
        end = zone.first_instant(next(unit, first)?)?;
    }
    let mut found = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let start = zone.first_instant(first)?;
        let last = day_before(next(unit, first)?)?;
        if !are_supported(first, last) {
            return None;
        }
        found.push(Bucket {
            first,
            window: Window { start, end },
        });
        end = start;
        first = match unit {
            Unit::Day => day_before(first)?,
            Unit::Month => Period::Month.step(first, -1)?,
        };
    }
    found.reverse();
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

fn next(unit: Unit, first: NaiveDate) -> Option<NaiveDate> {
    match unit {
        Unit::Day => first.succ_opt(),
        Unit::Month => Period::Month.step(first, 1),
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
