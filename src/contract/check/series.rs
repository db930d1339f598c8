//! The rule about a series: one row for each day or month, in order, without gaps.

use super::fields::{Fields, Got};
use super::indexes::{ROW_KEY, SERIES_LENGTH, SERIES_ROWS};
use super::{Check, DATA, Path};
use crate::calendar::buckets::{Unit, buckets};
use crate::calendar::zone::Zone;
use crate::collections::sort::in_order;
use crate::contract::{Kind, Shape};
use crate::error::Severity;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// The rows of a series, while they are read.
#[derive(Debug, Default)]
pub struct SeriesRows {
    /// [`Kind::Date`] or [`Kind::Month`]; `None` for rows that are not a series.
    kind: Option<Kind>,
    /// The number of rows.
    count: usize,
    /// The rows whose date or month can be read, in the order of the response.
    dated: Vec<DatedRow>,
}

/// A row with its day or month.
#[derive(Clone, Copy, Debug, Default)]
struct DatedRow {
    /// The row's index in the response.
    row: usize,
    /// The day or month as a number, see [`number_of`].
    number: i32,
}

/// The names of a series.
struct Series {
    kind: Kind,
    unit: Unit,
    /// The field of the response that states the number of rows.
    counter: &'static str,
    /// The field of a row that has its day or month.
    key: &'static str,
}

impl SeriesRows {
    /// No rows of this shape yet.
    pub fn of(shape: &Shape) -> Self {
        let kind = shape.fields.get(ROW_KEY).map(|field| field.kind);
        SeriesRows {
            kind: kind.filter(|kind| matches!(kind, Kind::Date | Kind::Month)),
            ..SeriesRows::default()
        }
    }

    /// Adds the next row, which has these fields.
    #[inline(always)]
    pub fn add(&mut self, got: &Fields<'_>) {
        if self.kind.is_some() {
            self.add_key(got[ROW_KEY]);
        }
    }

    /// Adds the next row, which is not an object.
    pub fn add_unreadable(&mut self) {
        self.add_key(Got::Missing);
    }

    #[inline(never)]
    fn add_key(&mut self, key: Got<'_>) {
        if let Some(kind) = self.kind {
            let row = self.count;
            let number = key.text().and_then(|text| number_of(kind, &text));
            self.dated.extend(number.map(|number| DatedRow { row, number }));
            self.count = self.count.wrapping_add(1);
        }
    }

    /// Does the newest row come first? It does if most rows are older than the row before them.
    fn is_newest_first(&self) -> bool {
        let pairs = self.dated.len().saturating_sub(1);
        let falls = |pair: &&[DatedRow]| matches!(pair, [before, after] if after.number < before.number);
        self.dated.windows(2).filter(falls).count().saturating_mul(2) > pairs
    }
}

/// The number of a date or month in the format of the wire: days since the year 0, or months since the year 0. The numbers of
/// neighbouring days or months differ by one.
pub fn number_of(kind: Kind, text: &str) -> Option<i32> {
    let date = match kind {
        Kind::Date => Cow::Borrowed(text),
        _ => Cow::Owned(format!("{text}-01")),
    };
    let part = |from: usize, to: usize| -> Option<u32> {
        let digits = date.as_bytes().get(from..to)?;
        let digit = |n: u32, byte: &u8| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte & 0xf))?;
            n.checked_mul(10)?.checked_add(digit)
        };
        digits.iter().try_fold(0, digit)
    };
    let dashes = date.len() == 10 && date.as_bytes().get(4) == Some(&b'-') && date.as_bytes().get(7) == Some(&b'-');
    let year = i32::try_from(part(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, part(5, 7)?, part(8, 10)?).filter(|_| dashes)?;
    Some(number_of_date(kind, date))
}

fn number_of_date(kind: Kind, date: NaiveDate) -> i32 {
    match kind {
        Kind::Date => date.num_days_from_ce(),
        _ => date
            .year()
            .saturating_mul(12)
            .saturating_add(date.month0().cast_signed()),
    }
}

impl<'t> Check<'t, '_> {
    /// [`Rule::SeriesWhole`](crate::contract::Rule::SeriesWhole).
    #[inline(never)]
    pub(super) fn series_whole(&mut self, got: &Fields<'t>) {
        let rows = std::mem::take(&mut self.series);
        let (Got::Rows, Some(kind)) = (got[SERIES_ROWS], rows.kind) else {
            return;
        };
        let (unit, counter, key, asked) = match kind {
            Kind::Date => (Unit::Day, "days", "date", self.expect.days),
            _ => (Unit::Month, "months", "month", self.expect.months),
        };
        let series = Series {
            kind,
            unit,
            counter,
            key,
        };
        // The vendor does not say which end is the newest. The newest row first gets a warning.
        let is_newest_first = rows.is_newest_first();
        self.series_length(
            &series,
            got[SERIES_LENGTH].count(),
            asked.map(u64::from),
            rows.count as u64,
        );
        self.series_order(&series, &rows, is_newest_first);
        let newest = self.series_gaps(&series, &rows);
        if is_newest_first {
            let message = "the newest row comes first: wanted the newest row last";
            self.report(Severity::Warning, &DATA, "newest_first", message);
        }
        // Where the row at the newest end cannot be read, nobody knows whether the series is current.
        let newest_end = if is_newest_first { 0 } else { rows.count.wrapping_sub(1) };
        if let Some(newest) = newest.filter(|_| rows.dated.iter().any(|dated| dated.row == newest_end)) {
            self.series_is_current(&series, newest);
        }
    }

    /// The stated length is the expected one, and the number of rows is the stated length.
    fn series_length(&mut self, series: &Series, stated: Option<u64>, asked: Option<u64>, rows: u64) {
        if let (Some(stated), Some(asked)) = (stated, asked)
            && stated != asked
        {
            let message = format!("got {stated}: wanted {asked}, the requested number");
            self.error_in(&Path::Root, series.counter, "unexpected_count", &message);
        }
        if let Some(wanted) = stated.or(asked).filter(|wanted| *wanted != rows) {
            let message = format!("got {rows} rows: wanted {wanted}");
            self.error_in(&Path::Root, series.counter, "row_count", &message);
        }
    }

    /// Each row is newer than the row before it, or older in a series with the newest row first.
    fn series_order(&mut self, series: &Series, rows: &SeriesRows, is_newest_first: bool) {
        for pair in rows.dated.windows(2) {
            let [before, after] = *pair else { continue };
            let is_out_of_order = if is_newest_first {
                after.number > before.number
            } else {
                after.number < before.number
            };
            if is_out_of_order {
                let message = "the row is out of order: wanted the oldest row first";
                self.error_in(&Path::Row(&DATA, after.row), series.key, "order", message);
            }
        }
    }

    /// No day or month comes twice, and none is missing between two rows. Returns the newest row.
    fn series_gaps(&mut self, series: &Series, rows: &SeriesRows) -> Option<DatedRow> {
        let at = |n: usize| rows.dated.get(n).copied().unwrap_or_default();
        let sorted = in_order((0..rows.dated.len()).collect(), &|a, b| {
            at(a).number.cmp(&at(b).number).then(a.cmp(&b))
        });
        for pair in sorted.windows(2) {
            let [a, b] = *pair else { continue };
            let (before, after) = (at(a), at(b));
            let path = Path::Row(&DATA, after.row);
            if after.number == before.number {
                let (row, key) = (before.row, series.key);
                let message = format!("row {row} already has this {key}: wanted one row for each {key}");
                self.error_in(&path, key, "duplicate_row", &message);
                continue;
            }
            // Rows between the two that cannot be read may be the rows that seem to be missing.
            let unreadable = before.row.abs_diff(after.row).saturating_sub(a.abs_diff(b));
            let gap = (after.number.abs_diff(before.number) as usize).saturating_sub(1);
            let missing = gap.saturating_sub(unreadable);
            if missing > 0 {
                let (row, key) = (before.row, series.key);
                let message = format!("got a gap of {missing} after row {row}: wanted a row for each {key}");
                self.error_in(&path, key, "missing_rows", &message);
            }
        }
        sorted.last().map(|n| at(*n))
    }

    /// The newest row is the day or month that contains the expected moment, if one is expected.
    fn series_is_current(&mut self, series: &Series, newest: DatedRow) {
        let Some(now) = self.expect.now else { return };
        let mut is_current = |zone: &Zone| {
            buckets(zone, series.unit, now, 1)
                .and_then(|found| found.first().map(|bucket| number_of_date(series.kind, bucket.first)))
                .is_some_and(|current| current == newest.number)
        };
        if !self.in_some_zone(&mut is_current) {
            let message = "the newest row does not contain the requested moment";
            self.error_in(&Path::Row(&DATA, newest.row), series.key, "not_current", message);
        }
    }
}
