//! Conventions: which first day of the week, zone and way of writing explain the bounds that an answer has.

use crate::calendar::period::WEEKDAYS;
use crate::calendar::period::{Bounds, BoundsFormat, Period};
use crate::calendar::timestamp::from_wire;
use crate::calendar::zone::Zone;
use chrono::{DateTime, Weekday};

/// A way of choosing and writing bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    /// The week's first day; `None` for months and years, where it plays no part.
    pub week_start: Option<Weekday>,
    /// How the bounds are written.
    pub bounds_as: BoundsFormat,
    /// Whose days they are.
    pub zone: Zone,
}

/// The convention that explains written bounds as a period in that zone, if one does. Where several do, a week that
/// begins on `week_start` comes first, then on Monday and so on; true instants come before wall times.
pub fn infer(
    period: Period,
    zone: &Zone,
    week_start: Option<Weekday>,
    start: &str,
    end: &str,
) -> Option<(Convention, Bounds)> {
    let at = from_wire(start)?;
    let (written, shown) = (DateTime::from_timestamp_millis(at)?.naive_utc(), zone.local(at)?);
    let days = week_start.into_iter().chain(WEEKDAYS.iter().map(|(_, day)| *day));
    // In one convention the text is the instant that clocks show as `shown`; in the other it is what they show.
    for (bounds_as, wall) in [(BoundsFormat::Instant, shown), (BoundsFormat::WallClock, written)] {
        for day in days.clone() {
            let bounds = Bounds::beginning(period, zone, period.first_date(wall.date(), day)?)?;
            if bounds.is_supported() && bounds.are_written(bounds_as, start, end) {
                let found = Convention {
                    week_start: (period == Period::Week).then_some(day),
                    bounds_as,
                    zone: zone.clone(),
                };
                return Some((found, bounds));
            }
            if period != Period::Week {
                break; // the first day plays no part
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(period: Period, zone: &str, start: &str, end: &str) -> Option<(Option<Weekday>, BoundsFormat)> {
        infer(period, &Zone::named(zone).unwrap(), None, start, end).map(|(c, _)| (c.week_start, c.bounds_as))
    }

    #[test]
    fn the_vendor_example_is_wall_time() {
        let (start, end) = ("2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z");
        assert_eq!(
            inferred(Period::Month, "America/New_York", start, end),
            Some((None, BoundsFormat::WallClock))
        );
        assert_eq!(
            inferred(Period::Month, "UTC", start, end),
            Some((None, BoundsFormat::Instant))
        );
        assert_eq!(inferred(Period::Year, "UTC", start, end), None);
        assert_eq!(inferred(Period::Month, "UTC", start, "2024-07-01T00:00:00Z"), None);
        assert_eq!(inferred(Period::Month, "UTC", "2024-06-01", end), None);
    }

    #[test]
    fn every_convention_explains_its_own_bounds() {
        for name in [
            "UTC",
            "Africa/Cairo",
            "America/Havana",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "America/St_Johns",
        ] {
            let zone = Zone::named(name).unwrap();
            for (_, day) in WEEKDAYS {
                for now in (0..400).map(|n| 1_262_304_000_000_i64 + n * 86_400_000 * 13) {
                    for bounds_as in [BoundsFormat::Instant, BoundsFormat::WallClock] {
                        let bounds = Bounds::of(Period::Week, &zone, now, day, 0).unwrap();
                        let (start, end) = bounds.written(bounds_as);
                        let (_, found) = infer(Period::Week, &zone, None, &start, &end).unwrap();
                        assert_eq!(found.written(bounds_as), (start, end));
                    }
                }
            }
        }
    }
}
