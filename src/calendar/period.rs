//! Periods: the calendar week, month or year that holds a moment, and its exact bounds.

use crate::calendar::timestamp::{text, to_wire};
use crate::calendar::zone::{Zone, day_before};
use crate::error::{Code, Place, UsageError};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Weekday};
use serde::Serialize;

/// A calendar period.
///
/// ```
/// use chrono::{NaiveDate, Weekday};
/// use usage_by_agent::Period;
///
/// let date = NaiveDate::from_ymd_opt(2024, 6, 13).unwrap(); // a Thursday
/// assert_eq!(Period::Week.first_date(date, Weekday::Sun), NaiveDate::from_ymd_opt(2024, 6, 9));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// Seven days from the week's first day.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

/// How bounds are written. The records that a period contains do not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundsFormat {
    /// True UTC instants.
    #[default]
    Instant,
    /// The local wall time of the first and the last second, followed by `Z`.
    WallClock,
}

/// A span of time in epoch milliseconds, half-open: `start <= t < end`.
///
/// ```
/// let day = usage_by_agent::Window { start: 0, end: 86_400_000 };
/// assert!(day.contains(0) && !day.contains(86_400_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first millisecond inside.
    pub start: i64,
    /// The first millisecond after.
    pub end: i64,
}

impl Window {
    /// Is a moment (epoch milliseconds) inside?
    pub const fn contains(&self, ms: i64) -> bool {
        self.start <= ms && ms < self.end
    }
}

/// One period in one zone.
///
/// ```
/// use chrono::Weekday;
/// use usage_by_agent::{Bounds, BoundsFormat, Period, Zone};
///
/// let now = 1_718_452_800_000; // 2024-06-15T12:00:00Z
/// let month = Bounds::of(Period::Month, &Zone::named("America/New_York")?, now, Weekday::Mon, 0)?;
/// let [start, end] = month.wire(BoundsFormat::Instant).unwrap();
/// assert_eq!((&start, &end), (b"2024-06-01T04:00:00Z", b"2024-07-01T03:59:59Z"));
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The kind of period.
    pub period: Period,
    /// The zone whose days these are.
    pub zone: Zone,
    /// Its first local date.
    pub first: NaiveDate,
    /// The span of time that it covers.
    pub window: Window,
}

/// The first supported year. A period lies wholly inside the supported years. The tz database knows too little of earlier years.
pub const FIRST_YEAR: i32 = 1970;

/// The last supported year. Today's rules say nothing reliable about later years.
pub const LAST_YEAR: i32 = 2099;

/// Do the dates lie inside the supported years?
pub(super) fn are_supported(first: NaiveDate, last: NaiveDate) -> bool {
    first.year() >= FIRST_YEAR && last.year() <= LAST_YEAR
}

/// The error for `what`, which is not inside the supported years in a zone.
pub(crate) fn out_of_range(what: &str, zone: &Zone, path: &str) -> UsageError {
    let span = format!(
        "{FIRST_YEAR}-01-01..{LAST_YEAR}-12-31 in {}, the supported span",
        zone.name()
    );
    UsageError::new(Code::OutOfRange, format!("{what} inside {span}")).at(Place::at(path))
}

impl Period {
    /// The first date of the period of this kind that contains `date`.
    pub fn first_date(self, date: NaiveDate, week_start: Weekday) -> Option<NaiveDate> {
        match self {
            Period::Week => {
                let into = date.weekday().days_since(week_start);
                date.checked_sub_signed(TimeDelta::days(i64::from(into)))
            }
            Period::Month => date.with_day(1),
            Period::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        }
    }

    /// The first date of the period that is `n` periods after the one that begins on `first`.
    pub fn step(self, first: NaiveDate, n: i64) -> Option<NaiveDate> {
        let months = |n: i64| {
            let by = Months::new(u32::try_from(n.unsigned_abs()).ok()?);
            if n < 0 {
                first.checked_sub_months(by)
            } else {
                first.checked_add_months(by)
            }
        };
        match self {
            Period::Week => first.checked_add_signed(TimeDelta::try_days(n.checked_mul(7)?)?),
            Period::Month => months(n),
            Period::Year => months(n.checked_mul(12)?),
        }
    }

    /// The period of a name: `week`, `month` or `year`.
    pub fn named(name: &str) -> Option<Period> {
        [Period::Week, Period::Month, Period::Year]
            .into_iter()
            .find(|period| period.as_str() == name)
    }

    /// The name of the period.
    pub const fn as_str(self) -> &'static str {
        match self {
            Period::Week => "week",
            Period::Month => "month",
            Period::Year => "year",
        }
    }
}

impl Bounds {
    /// The period that begins on a local date.
    pub fn beginning(period: Period, zone: &Zone, first: NaiveDate) -> Option<Bounds> {
        let start = zone.first_instant(first)?;
        let end = zone.first_instant(period.step(first, 1)?)?;
        Some(Bounds {
            period,
            zone: zone.clone(),
            first,
            window: Window { start, end },
        })
    }

    /// The period that holds `now` (epoch milliseconds), moved by `offset` whole periods.
    ///
    /// A period is found by its instants, not by the date that clocks show. In a fold across midnight (St John's, 2009-11-01)
    /// clocks show the old date again after the new month has begun. A moment in that fold belongs to the new month.
    ///
    /// # Errors
    /// `out_of_range` if the period is not wholly inside the local dates 1970-01-01..2099-12-31, or `now` is outside 1969..2100.
    pub fn of(period: Period, zone: &Zone, now: i64, week_start: Weekday, offset: i64) -> Result<Bounds, UsageError> {
        let found = Bounds::holding(period, zone, now, week_start).and_then(|b| {
            if offset == 0 {
                Some(b)
            } else {
                Bounds::beginning(period, zone, period.step(b.first, offset)?)
            }
        });
        found.filter(Bounds::is_supported).ok_or_else(|| {
            let path = if offset == 0 { "/now" } else { "/offset" };
            let moved = if offset == 0 {
                String::new()
            } else {
                format!(", moved by {offset},")
            };
            let moment = DateTime::from_timestamp_millis(now)
                .and_then(|t| to_wire(t.naive_utc()))
                .map_or_else(|| format!("{now} ms"), text);
            let what = format!("the {} of {moment}{moved} is not wholly", period.as_str());
            out_of_range(&what, zone, path)
        })
    }

    /// Does the period lie wholly inside the local dates 1970-01-01..2099-12-31?
    pub fn is_supported(&self) -> bool {
        let last = self.period.step(self.first, 1).and_then(day_before);
        last.is_some_and(|last| are_supported(self.first, last))
    }

    fn holding(period: Period, zone: &Zone, now: i64, week_start: Weekday) -> Option<Bounds> {
        let date = Some(now)
            .filter(|now| Zone::knows(*now))
            .and_then(|now| zone.local(now))?
            .date();
        let bounds = Bounds::beginning(period, zone, period.first_date(date, week_start)?)?;
        if now < bounds.window.start {
            Bounds::beginning(period, zone, period.step(bounds.first, -1)?)
        } else if now >= bounds.window.end {
            Bounds::beginning(period, zone, period.step(bounds.first, 1)?)
        } else {
            Some(bounds)
        }
    }

    /// `periodStart` and `periodEnd` as responses write them, in ASCII: the first and the last whole second. Only here the
    /// half-open window becomes inclusive. `None` only for bounds that are not supported.
    pub fn wire(&self, bounds_as: BoundsFormat) -> Option<[[u8; 20]; 2]> {
        let last = self.window.end.saturating_sub(1000);
        let wall = |ms| match bounds_as {
            BoundsFormat::Instant => DateTime::from_timestamp_millis(ms).map(|t| t.naive_utc()),
            BoundsFormat::WallClock => self.zone.local(ms),
        };
        Some([to_wire(wall(self.window.start)?)?, to_wire(wall(last)?)?])
    }

    /// Are these the texts of the bounds in this format?
    pub fn are_written(&self, bounds_as: BoundsFormat, start: &str, end: &str) -> bool {
        self.wire(bounds_as)
            .is_some_and(|[first, last]| first == start.as_bytes() && last == end.as_bytes())
    }

    /// `periodStart` and `periodEnd` as text, as [`Bounds::wire`] writes them.
    #[inline(never)]
    pub fn written(&self, bounds_as: BoundsFormat) -> (String, String) {
        self.wire(bounds_as)
            .map(|[start, end]| (text(start), text(end)))
            .unwrap_or_default()
    }
}

/// The query of one period.
#[derive(Clone, Debug)]
pub struct PeriodQuery {
    /// The period's bounds.
    pub bounds: Bounds,
    /// How the bounds are written.
    pub bounds_as: BoundsFormat,
}

/// A period query without its moment. It is reused for many moments.
///
/// ```
/// use usage_by_agent::Options;
///
/// let question = Options { period: "week".into(), tz: "Asia/Tokyo".into(), ..Options::default() }.question()?;
/// let bounds = question.at(1_718_452_800_000)?.bounds;
/// assert_eq!(bounds.window.end - bounds.window.start, 7 * 86_400_000);
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PeriodQuestion {
    /// The kind of period.
    pub period: Period,
    /// The zone whose days these are.
    pub zone: Zone,
    /// The first day of a week.
    pub week_start: Weekday,
    /// The number of whole periods to move from the one that holds the moment.
    pub offset: i64,
    /// How the bounds are written.
    pub bounds_as: BoundsFormat,
}

impl PeriodQuestion {
    /// The period of a moment in epoch milliseconds.
    ///
    /// # Errors
    /// `out_of_range`: see [`Bounds::of`].
    pub fn at(&self, now: i64) -> Result<PeriodQuery, UsageError> {
        Ok(PeriodQuery {
            bounds: Bounds::of(self.period, &self.zone, now, self.week_start, self.offset)?,
            bounds_as: self.bounds_as,
        })
    }
}

/// The days of the week, with their names in options.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    fn of(period: Period, zone: &str, now: &str) -> Bounds {
        Bounds::of(period, &Zone::named(zone).unwrap(), ms(now), Weekday::Mon, 0).unwrap()
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.into(), b.into())
    }

    #[test]
    fn the_vendors_example_is_written_in_both_formats() {
        let june = of(Period::Month, "America/New_York", "2024-06-15T12:00:00Z");
        assert_eq!(
            june.written(BoundsFormat::Instant),
            pair("2024-06-01T04:00:00Z", "2024-07-01T03:59:59Z")
        );
        assert_eq!(
            june.written(BoundsFormat::WallClock),
            pair("2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z")
        );
    }

    #[test]
    fn a_week_without_a_midnight_starts_after_the_gap() {
        // In Beirut, 2021-03-28 has no midnight. This is the week that begins on that date.
        let bounds = Bounds::of(
            Period::Week,
            &Zone::named("Asia/Beirut").unwrap(),
            ms("2021-03-30T00:00:00Z"),
            Weekday::Sun,
            0,
        )
        .unwrap();
        assert_eq!(bounds.written(BoundsFormat::Instant).0, "2021-03-27T22:00:00Z");
        assert_eq!(bounds.written(BoundsFormat::WallClock).0, "2021-03-28T01:00:00Z");
    }

    #[test]
    fn a_fold_across_midnight_belongs_to_the_month_that_has_begun() {
        // In St John's, 2009-11-01 00:01 went back to 2009-10-31 23:01.
        let second_half_past_eleven = of(Period::Month, "America/St_Johns", "2009-11-01T03:00:00Z");
        assert_eq!(
            second_half_past_eleven.written(BoundsFormat::Instant).0,
            "2009-11-01T02:30:00Z"
        );
    }

    #[test]
    fn a_period_outside_the_supported_span_is_an_error() {
        let zone = Zone::utc();
        let of = |period, now, offset| Bounds::of(period, &zone, now, Weekday::Mon, offset);
        assert!(of(Period::Year, ms("1970-01-01T00:00:00Z"), 0).is_ok());
        assert!(of(Period::Year, ms("2099-12-31T23:59:59Z"), 0).is_ok());
        for (period, now, offset) in [
            (Period::Week, ms("1970-01-01T00:00:00Z"), 0),
            (Period::Week, ms("2099-12-31T00:00:00Z"), 0),
            (Period::Year, ms("1969-12-31T23:59:59Z"), 0),
            (Period::Month, ms("2100-01-01T00:00:00Z"), 0),
            (Period::Month, 0, i64::MAX),
            (Period::Week, 0, i64::MIN),
            (Period::Year, i64::MAX, 0),
            (Period::Year, -8_640_000_000_000_000, 0),
        ] {
            assert_eq!(
                of(period, now, offset).unwrap_err().code,
                Code::OutOfRange,
                "{period:?} {now} {offset}"
            );
        }
    }

    proptest! {
        #[test]
        fn periods_tile_time(
            name in proptest::sample::select(Zone::names().collect::<Vec<_>>()),
            now in 86_400_000 * 400..4_070_000_000_000_i64,
            period in proptest::sample::select(vec![Period::Week, Period::Month, Period::Year]),
            first_day in 0..7_u8,
            offset in -10..10_i64,
        ) {
            let zone = Zone::named(name).unwrap();
            let week_start = Weekday::try_from(first_day).unwrap();
            let bounds = Bounds::of(period, &zone, now, week_start, 0).unwrap();
            prop_assert!(bounds.window.contains(now));
            let of = |at, n| Bounds::of(period, &zone, at, week_start, n);
            prop_assert_eq!(of(bounds.window.end, 0).unwrap().window.start, bounds.window.end);
            prop_assert_eq!(of(bounds.window.start.saturating_sub(1), 0).unwrap().window.end, bounds.window.start);
            if let Ok(moved) = of(now, offset) {
                prop_assert_eq!(of(moved.window.start, offset.saturating_neg()).unwrap(), bounds);
            }
        }
    }
}
