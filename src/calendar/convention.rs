//! Conventions: which first day of the week, zone and format explain the bounds of a response.

use crate::calendar::period::WEEKDAYS;
use crate::calendar::period::{Bounds, BoundsFormat, Period};
use crate::calendar::timestamp::from_wire;
use crate::calendar::zone::Zone;
use chrono::{DateTime, Weekday};

/// How bounds are chosen and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    /// The first day of the week; `None` for months and years, which do not depend on it.
    pub week_start: Option<Weekday>,
    /// How the bounds are written.
    pub bounds_as: BoundsFormat,
    /// The zone whose days they are.
    pub zone: Zone,
}

/// The convention that explains written bounds as a period in a zone, with the bounds. `None` if no convention does.
///
/// If several conventions do, true instants come before wall times. Among those, a week that begins on `week_start` comes
/// first, then one that begins on Monday, on Tuesday and so on.
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
    // As an instant, the text is the moment at which clocks show `shown`. As wall time, it is what clocks show.
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
                break; // only weeks depend on the first day
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
    fn the_vendors_example_is_wall_time() {
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
