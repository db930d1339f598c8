//! Time zones: a name of the tz database, and what its clocks show.

use crate::error::{Code, UsageError, shown};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};

/// The release of the tz database that is compiled in, such as `2025b`.
pub const TZDB_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// A zone of the tz database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(Tz::UTC);

    /// The zone of that name, whatever its case.
    ///
    /// # Errors
    /// `invalid_tz` where the tz database has no such name.
    pub fn named(name: &str) -> Result<Zone, UsageError> {
        Tz::from_str_insensitive(name).map(Zone).map_err(|_| {
            UsageError::new(
                Code::InvalidTz,
                format!(
                    "unknown time zone {}: wanted a name of the IANA tz database, such as \"America/New_York\" or \"UTC\"",
                    shown(name)
                ),
            )
        })
    }

    /// Every name there is, sorted by code unit.
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<_> = TZ_VARIANTS.iter().map(|tz| tz.name()).collect();
        names.sort_unstable();
        names
    }

    /// The name as the tz database spells it.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// What the zone's clocks show at an instant (epoch milliseconds); `None` beyond chrono's range.
    pub fn local(&self, ms: i64) -> Option<NaiveDateTime> {
        let utc = DateTime::from_timestamp_millis(ms)?.naive_utc();
        utc.checked_add_offset(self.0.offset_from_utc_datetime(&utc).fix())
    }

    /// The first instant (epoch milliseconds) of a local date: after the gap where the date has no midnight, the
    /// earlier one where it has two, and where clocks skip the whole date the instant at which they do.
    ///
    /// That is `Temporal.PlainDate.prototype.toZonedDateTime` (ECMA-262 Temporal, GetStartOfDay).
    pub fn first_instant(&self, date: NaiveDate) -> Option<i64> {
        let midnight = date.and_time(NaiveTime::MIN);
        let first = match self.0.from_local_datetime(&midnight).earliest() {
            Some(at) => at,
            None => GapInfo::new(&midnight, &self.0)?.end?,
        };
        Some(first.timestamp_millis())
    }
}

/// The day before a date, if chrono has one.
pub(crate) fn day_before(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn first(zone: &str, day: &str) -> String {
        let ms = Zone::named(zone).unwrap().first_instant(date(day)).unwrap();
        DateTime::from_timestamp_millis(ms)
            .unwrap()
            .format("%FT%TZ")
            .to_string()
    }

    #[test]
    fn names_match_without_regard_to_case_and_come_back_as_the_database_spells_them() {
        assert_eq!(Zone::named("america/new_york").unwrap().name(), "America/New_York");
        assert_eq!(Zone::named("uTc").unwrap().name(), "UTC");
        for wrong in [
            "",
            " ",
            "UTC ",
            "America/NewYork",
            "+05:30",
            "GMT+25",
            "a".repeat(10_000).as_str(),
        ] {
            assert_eq!(Zone::named(wrong).unwrap_err().code, Code::InvalidTz, "{wrong}");
        }
    }

    #[test]
    fn names_are_sorted_and_each_names_itself() {
        let names = Zone::names();
        assert!(names.len() > 590 && names.is_sorted());
        for name in names {
            assert_eq!(Zone::named(name).unwrap().name(), name);
        }
    }

    /// Expected instants: `Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant()` in V8 15.
    #[test]
    fn a_day_starts_after_the_gap_and_at_the_earlier_fold() {
        assert_eq!(first("America/New_York", "2024-06-01"), "2024-06-01T04:00:00Z");
        // Cairo's 2024-04-26 has no midnight: clocks went from 00:00 to 01:00.
        assert_eq!(first("Africa/Cairo", "2024-04-26"), "2024-04-25T22:00:00Z");
        // Havana's 2026-11-01 has two midnights: 01:00 went back to 00:00.
        assert_eq!(first("America/Havana", "2026-11-01"), "2026-11-01T04:00:00Z");
        // Apia had no 2011-12-30; its 29th ended at 10:00 UTC on the 30th.
        assert_eq!(first("Pacific/Apia", "2011-12-30"), "2011-12-30T10:00:00Z");
        assert_eq!(first("Pacific/Apia", "2011-12-31"), "2011-12-30T10:00:00Z");
    }
}
