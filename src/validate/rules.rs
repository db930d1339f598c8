//! What must hold beyond types: each [`Rule`] of the contract.

use super::fields::{Fields, Got};
use super::{Check, Path};
use crate::contract::{Kind, Rule, Shape};
use crate::convention::infer;
use crate::error::{Severity, shown};
use crate::period::{Bounds, Period};
use crate::report::in_order;
use crate::series::{Unit, buckets};
use crate::timestamp::{Naive, from_text, from_wire};
use crate::zone::Zone;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// The days or months of a series, by numbers that follow one another.
#[derive(Debug, Default)]
pub struct Series {
    /// Is it days or months, if it is a series?
    pub kind: Option<Kind>,
    /// The number of each row; of one that can't be read there is none.
    rows: Vec<Option<i32>>,
}

impl Series {
    /// No row yet, of such a shape.
    pub fn of(shape: &Shape) -> Self {
        let kind = shape.fields.first().map(|field| field.kind);
        Series {
            kind: kind.filter(|kind| matches!(kind, Kind::Date | Kind::Month)),
            rows: Vec::new(),
        }
    }

    /// Takes the next row, by its first field.
    pub fn add(&mut self, first: Got<'_>) {
        if let Some(kind) = self.kind {
            self.rows.push(first.text().and_then(|text| number_of(kind, &text)));
        }
    }
}

/// The number of a date or a month that is written as the wire writes it.
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
    Some(numbered(kind, date))
}

fn numbered(kind: Kind, date: NaiveDate) -> i32 {
    match kind {
        Kind::Date => date.num_days_from_ce(),
        _ => date
            .year()
            .saturating_mul(12)
            .saturating_add(date.month0().cast_signed()),
    }
}

/// Does a rule hold as it does for nearly every row? For others more has to be looked at.
#[inline(always)]
pub const fn holds_plainly(rule: Rule, got: &Fields<'_>) -> bool {
    matches!(
        (rule, got),
        (Rule::OrphanAgrees, [Got::Plain(_), _, _, _, _, Got::Flag(false), ..])
            | (Rule::OneOrphan, [Got::Plain(_), ..])
            | (Rule::SecondsNeedCalls, [_, _, _, Got::Whole(1..), ..])
    )
}

impl<'t> Check<'t, '_> {
    /// Judges one rule about an object, but for [`Rule::IdsDiffer`], which is never seen to hold at a glance.
    #[inline(never)]
    pub(super) fn rule(&mut self, rule: Rule, path: &Path<'_>, shape: &Shape, got: &Fields<'t>) {
        let text = |at: usize| got.get(at).copied().and_then(Got::text);
        let count = |at: usize| got.get(at).copied().and_then(Got::count);
        match rule {
            Rule::IdsDiffer => {}
            Rule::OrphanAgrees => self.orphan_agrees(path, got),
            Rule::OneOrphan => {
                if matches!(got, [Got::Null, ..]) && std::mem::replace(&mut self.has_orphan, true) {
                    let message = "a second row of usage with no agent: wanted one at most";
                    self.error(path, "second_orphan", message);
                }
            }
            Rule::SecondsNeedCalls => {
                if let [_, _, _, Got::Whole(0), seconds, ..] = got
                    && seconds.number().is_some_and(|seconds| seconds > 0.0)
                {
                    let message = "there are call seconds and no calls";
                    let path = Path::Field(path, "totalSeconds");
                    self.tell(Severity::Warning, &path, "seconds_without_calls", message);
                }
            }
            Rule::SpansPeriod => {
                let period = text(1).and_then(|period| Period::named(&period));
                if let (Some(period), Some(start), Some(end)) = (period, text(2), text(3)) {
                    self.spans_period(period, &start, &end);
                }
            }
            Rule::BoundsOrdered => self.bounds_ordered(got),
            Rule::LongerCountsMore => {
                // Of messages, then of calls: all, of a day, of a week, of thirty days.
                for (short, long) in [(1, 2), (2, 3), (3, 0), (5, 6), (6, 7), (7, 4)] {
                    let name = |at: usize| shape.fields.get(at).map_or("", |field| field.name);
                    if count(short) > count(long) && count(long).is_some() {
                        let message = format!("it is more than {}: wanted no less in the longer span", name(long));
                        self.error(&Path::Field(path, name(short)), "count_order", &message);
                    }
                }
            }
            Rule::DeliveriesSum => {
                if let (Some(all), Some(good), Some(bad)) = (count(8), count(9), count(10))
                    && good.saturating_add(bad) > all
                {
                    let message = "more deliveries succeeded or failed than there are";
                    self.error(&Path::Field(path, "totalWebhookDeliveries"), "deliveries", message);
                }
            }
            Rule::RemainderFits => {
                if let (Some(used), Some(limit), Some(remaining)) = (count(0), count(1), count(2))
                    && remaining != limit.saturating_sub(used)
                {
                    let message = "it is not what the limit leaves of those used";
                    self.tell(Severity::Warning, &Path::Field(path, "remaining"), "remainder", message);
                }
            }
            Rule::SeriesWhole => self.series_whole(got),
        }
    }

    /// No row before this one has its id.
    #[inline(always)]
    pub(super) fn ids_differ(&mut self, path: &Path<'_>, shape: &Shape, got: &Fields<'t>, n: usize) {
        let id = match got {
            [Got::Plain(id), ..] => Cow::Borrowed(*id),
            [id @ Got::Spelled(_), ..] => match id.text() {
                Some(text) => Cow::Owned(text.into_owned().into_bytes()),
                None => return,
            },
            _ => return,
        };
        let hash = quick_hash(&id);
        let is_it = |known: u32| self.ids.get(known as usize).is_some_and(|(_, known)| **known == *id);
        if let Some(first) = self.index.find(hash, is_it) {
            return self.id_again(path, shape, first);
        }
        self.index.add(hash);
        self.ids.push((n, id));
    }

    #[inline(never)]
    fn id_again(&mut self, path: &Path<'_>, shape: &Shape, first: u32) {
        let row = self.ids.get(first as usize).map_or(0, |(row, _)| *row);
        let message = format!("row {row} has this id already: wanted one row an id");
        let name = shape.fields.first().map_or("", |field| field.name);
        self.error(&Path::Field(path, name), "duplicate_id", &message);
    }

    #[inline(never)]
    fn orphan_agrees(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let [id, _, _, _, _, flag, ..] = got;
        let is_null = match id {
            Got::Null => true,
            Got::Plain(_) | Got::Spelled(_) => false,
            _ => return,
        };
        let is_orphan = match flag {
            Got::Flag(flag) => *flag,
            Got::Missing => false,
            _ => return,
        };
        if is_null != is_orphan {
            let message = if is_null {
                "it is false, and agentId is null: wanted true"
            } else {
                "it is true, and agentId is an id: wanted true only where that is null"
            };
            self.error(&Path::Field(path, "isOrphan"), "orphan_mismatch", message);
        }
    }

    #[inline(never)]
    fn spans_period(&mut self, period: Period, start: &str, end: &str) {
        let (root, expect) = (Path::Root, self.expect);
        let at = |name| Path::Field(&root, name);
        if let Some(asked) = expect.period.filter(|asked| *asked != period) {
            let message = format!(
                "got {}: wanted {}, the period asked for",
                period.as_str(),
                asked.as_str()
            );
            return self.error(&at("period"), "unexpected_period", &message);
        }
        let mut readable = true;
        for (name, text) in [("periodStart", start), ("periodEnd", end)] {
            // What is no time at all has been told.
            if from_wire(text).is_none() && from_text(text, Naive::Reject).is_ok() {
                let message = format!(
                    "got {}: wanted whole seconds and a Z, like \"2024-06-01T00:00:00Z\"",
                    shown(text)
                );
                self.error(&at(name), "timestamp", &message);
            }
            readable &= from_wire(text).is_some();
        }
        if !readable {
            return;
        }
        // Of the same form and length, the texts compare as the times do.
        if start > end {
            let message = format!("the period ends at {end}, before it starts at {start}");
            return self.error(&at("periodEnd"), "bounds_order", &message);
        }
        let explained = |zone: &Zone| {
            infer(period, zone, expect.week_start, start, end).filter(|(found, bounds)| {
                let week =
                    expect.week_start.is_none() || found.week_start.is_none() || found.week_start == expect.week_start;
                week && expect.boundaries.is_none_or(|how| bounds.are_written(how, start, end))
            })
        };
        // Where no zone was asked for, the vendor does not say whose days it counts.
        let found = match &expect.zone {
            Some(zone) => explained(zone),
            None => {
                explained(&Zone::utc()).or_else(|| Zone::names().find_map(|name| explained(&Zone::named(name).ok()?)))
            }
        };
        let Some((convention, bounds)) = found else {
            // Neither as instants nor as wall time, whatever day weeks begin on, unless that was asked for.
            let period = period.as_str();
            let zone = expect.zone.as_ref().map_or("any zone", |zone| zone.name());
            let message = format!("{start} to {end} is no calendar {period} in {zone} by any convention asked for");
            return self.error(&at("periodStart"), "bounds", &message);
        };
        let zone = &convention.zone;
        let current = match expect.offset {
            0 => Some(bounds),
            by => by
                .checked_neg()
                .and_then(|by| Bounds::beginning(period, zone, period.step(bounds.first, by)?)),
        };
        if expect
            .now
            .is_some_and(|now| current.is_none_or(|current| !current.window.contains(now)))
        {
            let message = format!("{start} to {end} is not the period of the moment asked for");
            self.error(&at("periodStart"), "not_current", &message);
        }
        self.convention = Some(convention);
    }

    /// The account's period is not known to be one of the calendar: it is only held to be one where a kind is expected.
    #[inline(never)]
    fn bounds_ordered(&mut self, got: &Fields<'t>) {
        let [_, _, _, start, end, ..] = got;
        let (Some(start), Some(end)) = (start.text(), end.text()) else {
            return;
        };
        let time = |text: &str| from_text(text, Naive::Reject).ok();
        let (Some(first), Some(last)) = (time(&start), time(&end)) else {
            return;
        };
        let root = Path::Root;
        if first > last {
            let message = format!(
                "the period ends at {}, before it starts at {}",
                shown(&end),
                shown(&start)
            );
            self.error(&Path::Field(&root, "periodEnd"), "bounds_order", &message);
        } else if let Some(period) = self.expect.period {
            self.spans_period(period, &start, &end);
        } else if self
            .expect
            .now
            .is_some_and(|now| now < first || now >= last.saturating_add(1000))
        {
            let message = format!(
                "{} to {} does not hold the moment asked for",
                shown(&start),
                shown(&end)
            );
            self.error(&Path::Field(&root, "periodStart"), "not_current", &message);
        }
    }

    #[inline(never)]
    fn series_whole(&mut self, got: &Fields<'t>) {
        let series = std::mem::take(&mut self.series);
        let ([Got::Rows, count, ..], Some(kind)) = (got, series.kind) else {
            return;
        };
        let (unit, counter, name, asked) = match kind {
            Kind::Date => (Unit::Day, "days", "date", self.expect.days),
            _ => (Unit::Month, "months", "month", self.expect.months),
        };
        let root = Path::Root;
        let data = Path::Field(&root, "data");
        if let Some(told) = count.count() {
            let counter = Path::Field(&root, counter);
            if let Some(asked) = asked.map(u64::from).filter(|asked| *asked != told) {
                self.error(
                    &counter,
                    "unexpected_count",
                    &format!("got {told}: wanted {asked}, as asked for"),
                );
            }
            let rows = series.rows.len() as u64;
            if told != rows {
                self.error(
                    &counter,
                    "row_count",
                    &format!("it is {told}, and there are {rows} rows"),
                );
            }
        }
        let number = |n: usize| series.rows.get(n).copied().flatten();
        let known: Vec<usize> = (0..series.rows.len()).filter(|n| number(*n).is_some()).collect();
        // The vendor does not say which end is the newest: the other way round is told, and no fault.
        let falls = |pair: &&[usize]| matches!(*pair, [before, after] if number(*after) < number(*before));
        let pairs = known.len().saturating_sub(1);
        let is_reversed = known.windows(2).filter(falls).count().saturating_mul(2) > pairs;
        for pair in known.windows(2) {
            let [before, after] = *pair else { continue };
            let wrong = if is_reversed {
                number(after) > number(before)
            } else {
                number(after) < number(before)
            };
            if wrong {
                let path = Path::Row(&data, after);
                self.error(
                    &Path::Field(&path, name),
                    "order",
                    "it is out of order: wanted the oldest first",
                );
            }
        }
        let sorted = in_order(known, &|a, b| number(a).cmp(&number(b)).then(a.cmp(&b)));
        for pair in sorted.windows(2) {
            let [before, after] = *pair else { continue };
            let (Some(old), Some(new)) = (number(before), number(after)) else {
                continue;
            };
            let path = Path::Row(&data, after);
            let path = Path::Field(&path, name);
            match new.saturating_sub(old) {
                0 => self.error(
                    &path,
                    "duplicate_row",
                    &format!("row {before} is of the same {name}: wanted one row for each"),
                ),
                1 => {}
                gap => {
                    let message = format!("{} missing between row {before} and this one", gap.saturating_sub(1));
                    self.error(&path, "missing_rows", &message);
                }
            }
        }
        let newest = sorted.last().copied();
        if is_reversed {
            self.tell(
                Severity::Warning,
                &data,
                "newest_first",
                "the newest row comes first: wanted it last",
            );
        }
        if let (Some(now), Some(newest)) = (self.expect.now, newest) {
            let zone = self.expect.zone.clone().unwrap_or_else(Zone::utc);
            let current =
                buckets(&zone, unit, now, 1).and_then(|found| found.first().map(|bucket| numbered(kind, bucket.first)));
            if current != number(newest) {
                let path = Path::Row(&data, newest);
                let message = "the newest row is not of the moment asked for";
                self.error(&Path::Field(&path, name), "not_current", message);
            }
        }
    }
}

/// A hash to look ids up by, while one answer is checked.
#[allow(clippy::cast_possible_truncation)]
fn quick_hash(id: &[u8]) -> u32 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
    let mut hash = id.len() as u64;
    let mut rest = id;
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = mix(hash, u64::from_le_bytes(*word));
        rest = after;
    }
    // The last eight bytes, some of them for the second time: quicker than what is left one by one.
    hash = match id.last_chunk() {
        Some(word) => mix(hash, u64::from_le_bytes(*word)),
        None => rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte))),
    };
    (hash ^ hash >> 32) as u32
}
