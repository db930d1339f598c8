//! Time zones of the IANA tz database: their names, and what their clocks show.

use crate::error::{Code, UsageError};
use crate::leb128;
use crate::message::shown;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The tables that build.rs writes. Its head describes them.
mod tables {
    include!(concat!(env!("OUT_DIR"), "/tz_tables.rs"));
}

/// The release of the tz database that is compiled in, such as `2026f`.
pub const TZDB_VERSION: &str = tables::VERSION;

/// A zone of the tz database.
///
/// ```
/// use chrono::NaiveDate;
/// use usage_by_agent::Zone;
///
/// let zone = Zone::named("europe/berlin")?;
/// assert_eq!(zone.name(), "Europe/Berlin");
/// assert_eq!(zone.first_instant(NaiveDate::from_ymd_opt(1970, 1, 2).unwrap()), Some(23 * 3_600_000));
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: &'static str,
    spans: Arc<[Span]>,
}

/// A stretch of time with one offset. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// The first second, in seconds since 1970. `i64::MIN` for the first span.
    start: i64,
    /// Seconds east of UTC.
    offset: i64,
    /// What clocks show when the span ends, in seconds as if they showed UTC. It grows from span to span, which build.rs
    /// checks.
    local_end: i64,
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl Zone {
    /// Coordinated universal time.
    #[inline(never)]
    pub fn utc() -> Zone {
        let always = Span {
            start: i64::MIN,
            offset: 0,
            local_end: i64::MAX,
        };
        Zone {
            name: "UTC",
            spans: Arc::new([always]),
        }
    }

    /// The zone of a name, without regard to case.
    ///
    /// # Errors
    /// `invalid_tz` if the tz database does not have the name.
    pub fn named(name: &str) -> Result<Zone, UsageError> {
        found(name)
            .and_then(|(name, place)| {
                Some(Zone {
                    name,
                    spans: spans((*tables::NUMBERS.get(place)?).into())?,
                })
            })
            .ok_or_else(|| {
                let got = shown(name);
                let wanted = "wanted a name of the IANA tz database, such as \"America/New_York\" or \"UTC\"";
                UsageError::new(Code::InvalidTz, format!("unknown time zone {got}: {wanted}"))
            })
    }

    /// All names, sorted without regard to case and separated by line feeds.
    pub const NAMES: &'static str = tables::NAMES;

    /// All names, sorted without regard to case.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let names = Self::NAMES.as_bytes().split(|byte| *byte == b'\n');
        names.filter_map(|name| std::str::from_utf8(name).ok())
    }

    /// The name as the tz database spells it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Do the tables cover a moment (epoch milliseconds)? They cover 1969 to 2100: the supported years, and a year on each side.
    pub const fn knows(ms: i64) -> bool {
        ms / 1000 > tables::FROM && ms / 1000 < tables::TO
    }

    /// Seconds east of UTC at an instant (seconds since 1970).
    fn offset_at(&self, second: i64) -> i64 {
        let after = self.spans.partition_point(|span| span.start <= second);
        self.spans.get(after.saturating_sub(1)).map_or(0, |span| span.offset)
    }

    /// The first instant after this one (both in epoch milliseconds) at which the offset changes. `None` if there is none.
    pub fn next_change(&self, ms: i64) -> Option<i64> {
        let after = self.spans.partition_point(|span| span.start <= ms.div_euclid(1000));
        self.spans.get(after)?.start.checked_mul(1000)
    }

    /// What the clocks of the zone show at an instant (epoch milliseconds). `None` outside the range of chrono.
    pub fn local(&self, ms: i64) -> Option<NaiveDateTime> {
        let offset = TimeDelta::try_seconds(self.offset_at(ms.div_euclid(1000)))?;
        DateTime::from_timestamp_millis(ms)?
            .naive_utc()
            .checked_add_signed(offset)
    }

    /// The first instant (epoch milliseconds) of a local date.
    ///
    /// It is midnight, or the end of the gap if the date has no midnight, or the earlier midnight if the date has two. If clocks
    /// skip the whole date, it is the instant of the skip. `Temporal.PlainDate.prototype.toZonedDateTime` gives the same instant
    /// (ECMA-262 Temporal, GetStartOfDay).
    pub fn first_instant(&self, date: NaiveDate) -> Option<i64> {
        let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
        // The date begins in the first span that ends after its clocks show midnight, or would show it.
        let at = self.spans.partition_point(|span| span.local_end <= midnight);
        let span = self.spans.get(at)?;
        span.start.max(midnight.checked_sub(span.offset)?).checked_mul(1000)
    }
}

/// Finds a name among [`Zone::NAMES`] by bisection, without regard to case. Returns it as it is spelled there, and its place.
fn found(name: &str) -> Option<(&'static str, usize)> {
    let is_end = |byte: &u8| *byte == b'\n';
    let mut place = 0_usize;
    let mut left = Zone::NAMES.as_bytes();
    while !left.is_empty() {
        // The name in the middle of those that are left, and the names before it.
        let (half, _) = left.split_at_checked(left.len() / 2)?;
        let start = half.iter().rposition(is_end).map_or(0, |end| end.saturating_add(1));
        let (before, from) = left.split_at_checked(start)?;
        let known = from.split(is_end).next()?;
        let names_before = before.iter().filter(|byte| is_end(byte)).count();
        match lower(known).cmp(lower(name.as_bytes())) {
            Ordering::Equal => return Some((std::str::from_utf8(known).ok()?, place.saturating_add(names_before))),
            Ordering::Less => {
                place = place.saturating_add(names_before).saturating_add(1);
                left = from.get(known.len().saturating_add(1)..).unwrap_or_default();
            }
            Ordering::Greater => (_, left) = before.split_last()?,
        }
    }
    None
}

/// A text in lower case.
fn lower(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().map(u8::to_ascii_lowercase)
}

thread_local! {
    /// The tables that have been decoded, by number, because a zone that is used once is usually used again.
    static READ: RefCell<Vec<Option<Arc<[Span]>>>> = const { RefCell::new(Vec::new()) };
}

fn spans(number: usize) -> Option<Arc<[Span]>> {
    READ.with(|read| {
        let Ok(mut read) = read.try_borrow_mut() else {
            return decoded(number);
        };
        if read.len() <= number {
            read.resize(tables::NUMBERS.len(), None);
        }
        let slot = read.get_mut(number)?;
        if slot.is_none() {
            *slot = decoded(number);
        }
        slot.clone()
    })
}

/// Decodes the table of a zone. `None` only if build.rs wrote an invalid table.
fn decoded(number: usize) -> Option<Arc<[Span]>> {
    let mut rows = Row(tables::ZONES);
    let row = (0..=number).try_fold(&[][..], |_, _| {
        let (row, rest) = rows.split()?;
        rows.0 = rest;
        Some(row)
    });
    let mut row = Row(row?);
    let unit = i64::try_from(row.number()?).ok()?;
    let count = row.number()?;
    let offsets = (0..count).map(|_| row.signed()).collect::<Option<Vec<_>>>()?;
    let mut span = Span {
        start: i64::MIN,
        offset: *offsets.first()?,
        local_end: i64::MAX,
    };
    let mut spans = Vec::new();
    let mut units = 0_i64;
    while !row.0.is_empty() {
        let steps = if spans.is_empty() {
            row.signed()?
        } else {
            i64::try_from(row.number()?).ok()?
        };
        units = units.checked_add(steps)?;
        let start = units.checked_mul(unit)?;
        span.local_end = start.checked_add(span.offset)?;
        spans.push(span);
        let offset = *offsets.get(usize::try_from(row.number()?).ok()?)?;
        span = Span {
            start,
            offset,
            local_end: i64::MAX,
        };
    }
    spans.push(span);
    Some(spans.into())
}

/// LEB128 numbers, one after the other.
struct Row(&'static [u8]);

impl Row {
    /// Reads a length, and splits off that many bytes.
    fn split(&mut self) -> Option<(&'static [u8], &'static [u8])> {
        let length = usize::try_from(self.number()?).ok()?;
        self.0.split_at_checked(length)
    }

    fn number(&mut self) -> Option<u64> {
        leb128::read(&mut self.0)
    }

    fn signed(&mut self) -> Option<i64> {
        leb128::read_signed(&mut self.0)
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
    fn names_match_without_regard_to_case_and_are_returned_in_the_databases_spelling() {
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
    fn the_error_of_an_unknown_name_has_an_example() {
        let error = Zone::named("America/New_Yrok").unwrap_err();
        assert_eq!(
            error.message,
            "unknown time zone \"America/New_Yrok\": wanted a name of the IANA tz database, such as \"America/New_York\" or \"UTC\""
        );
    }

    #[test]
    fn names_are_sorted_and_each_names_itself() {
        assert!(Zone::names().count() > 590 && Zone::names().is_sorted_by_key(str::to_lowercase));
        for name in Zone::names() {
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
