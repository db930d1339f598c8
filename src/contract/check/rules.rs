//! What must hold beyond types: each [`Rule`] of the contract.

use super::fields::{Fields, Got};
use super::{Check, Path};
use crate::calendar::buckets::{Unit, buckets};
use crate::calendar::convention::infer;
use crate::calendar::period::{Bounds, BoundsFormat, Period};
use crate::calendar::timestamp::{Naive, from_text, from_wire};
use crate::calendar::zone::Zone;
use crate::collections::keyed_hash::table_hash;
use crate::collections::sort::in_order;
use crate::contract::{Kind, Rule, Shape};
use crate::error::Severity;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// The days or months of a series, by numbers that follow one another.
#[derive(Debug, Default)]
pub struct Series {
    /// Is it days or months, if it is a series?
    pub kind: Option<Kind>,
    /// How many rows there are.
    count: usize,
    /// Those that can be read: which row, and its number.
    known: Vec<(usize, i32)>,
}

impl Series {
    /// No row yet, of such a shape.
    pub fn of(shape: &Shape) -> Self {
        let kind = shape.fields.first().map(|field| field.kind);
        Series {
            kind: kind.filter(|kind| matches!(kind, Kind::Date | Kind::Month)),
            ..Series::default()
        }
    }

    /// Takes the next row, by its first field.
    pub fn add(&mut self, first: Got<'_>) {
        if let Some(kind) = self.kind {
            let number = first.text().and_then(|text| number_of(kind, &text));
            self.known.extend(number.map(|number| (self.count, number)));
            self.count = self.count.wrapping_add(1);
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
                if let [_, _, _, calls, seconds, ..] = got
                    && calls.count() == Some(0)
                    && seconds.number().is_some_and(|seconds| seconds > 0.0)
                {
                    let message = "there are call seconds and no calls";
                    let path = Path::Field(path, "totalSeconds");
                    self.tell(Severity::Warning, &path, "seconds_without_calls", message);
                }
            }
            Rule::SpansPeriod => {
                let period = text(1).and_then(|period| Period::named(&period));
                self.spans_period(period, text(2).as_deref(), text(3).as_deref());
            }
            Rule::BoundsOrdered => self.bounds_ordered(got),
            Rule::LongerCountsMore => {
                // Of messages, then of calls: of a day, of a week, of thirty days, all. One that can't be read is passed over.
                for spans in [[1, 2, 3, 0], [5, 6, 7, 4]] {
                    let name = |at: usize| shape.fields.get(at).map_or("", |field| field.name);
                    let mut shorter = None;
                    for long in spans {
                        let Some(more) = count(long) else { continue };
                        if let Some((short, less)) = shorter.replace((long, more))
                            && less > more
                        {
                            let message = format!("it is more than {}: wanted no less in the longer span", name(long));
                            self.error_in(path, name(short), "count_order", &message);
                        }
                    }
                }
            }
            Rule::DeliveriesSum => {
                let part = |at: usize| count(at).unwrap_or(0);
                if count(8).is_some_and(|all| part(9).saturating_add(part(10)) > all) {
                    let message = "more deliveries succeeded or failed than there are";
                    self.error_in(path, "totalWebhookDeliveries", "deliveries", message);
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
        let hash = table_hash(&id);
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
        self.error_in(path, name, "duplicate_id", &message);
    }

    #[inline(never)]
    fn orphan_agrees(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let [id, _, _, _, _, flag, ..] = got;
        let is_null = match id {
            Got::Null => true,
            _ if id.text().is_some() => false,
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
            self.error_in(path, "isOrphan", "orphan_mismatch", message);
        }
    }

    /// The bounds of a report: how they are written, their order, and whether they are those of the period.
    #[inline(never)]
    fn spans_period(&mut self, period: Option<Period>, start: Option<&str>, end: Option<&str>) {
        let expect = self.expect;
        for (name, text) in [("periodStart", start), ("periodEnd", end)] {
            // What is no time at all has been told.
            if let Some(text) = text
                && from_wire(text).is_none()
                && from_text(text, Naive::Reject).is_ok()
            {
                let message = format!("got {text}: wanted whole seconds and a Z, like \"2024-06-01T00:00:00Z\"");
                self.error_in(&Path::Root, name, "timestamp", &message);
            }
        }
        let unexpected = period.zip(expect.period).filter(|(got, asked)| got != asked);
        if let Some((got, asked)) = unexpected {
            let message = format!("got {}: wanted {}, the period asked for", got.as_str(), asked.as_str());
            self.error_in(&Path::Root, "period", "unexpected_period", &message);
        }
        let (Some(start), Some(end)) = (start, end) else { return };
        if self.ordered(start, end).is_none() || from_wire(start).is_none() || from_wire(end).is_none() {
            return;
        }
        let Some(period) = period.filter(|_| unexpected.is_none()) else {
            return;
        };
        let explained = |zone: &Zone| {
            infer(period, zone, expect.week_start, start, end).filter(|(found, bounds)| {
                let is_asked = |day| expect.week_start.is_none_or(|asked| asked == day);
                found.week_start.is_none_or(is_asked)
                    && expect.bounds_as.is_none_or(|how| bounds.are_written(how, start, end))
            })
        };
        // The period that is current by these bounds holds the moment asked for.
        let is_current = |zone: &Zone, bounds: &Bounds| {
            let first = expect.offset.checked_neg().and_then(|by| period.step(bounds.first, by));
            let current = first.and_then(|first| Bounds::beginning(period, zone, first));
            expect
                .now
                .is_none_or(|now| current.is_some_and(|current| current.window.contains(now)))
        };
        let mut found = None;
        let holds = self.in_some_zone(&mut |zone| {
            let Some((convention, bounds)) = explained(zone) else {
                return false;
            };
            let holds = is_current(zone, &bounds);
            if holds || found.is_none() {
                found = Some(convention);
            }
            holds
        });
        if found.is_none() {
            // Neither as instants nor as wall time, whatever day weeks begin on, unless that was asked for.
            let period = period.as_str();
            let zone = expect.zone.as_ref().map_or("any zone", |zone| zone.name());
            let message = format!("{start} to {end} is no calendar {period} in {zone} by any convention asked for");
            self.error_in(&Path::Root, "periodStart", "bounds", &message);
        } else if !holds {
            self.not_current(start, end);
        }
        self.convention = found;
    }

    /// Does this hold in the zone asked for? Where none was, the vendor does not say whose days it counts: any zone's will do.
    #[inline(never)]
    fn in_some_zone(&self, holds: &mut dyn FnMut(&Zone) -> bool) -> bool {
        match &self.expect.zone {
            Some(zone) => holds(zone),
            None => holds(&Zone::utc()) || Zone::names().any(|name| Zone::named(name).is_ok_and(|zone| holds(&zone))),
        }
    }

    /// The moments that two bounds say, if they are moments and in order; that they are not in order is told.
    #[inline(never)]
    fn ordered(&mut self, start: &str, end: &str) -> Option<(i64, i64)> {
        let time = |text: &str| from_text(text, Naive::Reject).ok();
        let (first, last) = (time(start)?, time(end)?);
        if first > last {
            let message = format!("the period ends at {end}, before it starts at {start}");
            self.error_in(&Path::Root, "periodEnd", "bounds_order", &message);
            return None;
        }
        Some((first, last))
    }

    /// The account's period is not known to be one of the calendar: it is only held to be one where a kind is expected.
    #[inline(never)]
    fn bounds_ordered(&mut self, got: &Fields<'t>) {
        let [_, _, _, start, end, ..] = got;
        let (start, end) = (start.text(), end.text());
        let expect = self.expect;
        if expect.period.is_some() {
            return self.spans_period(expect.period, start.as_deref(), end.as_deref());
        }
        let (Some(start), Some(end)) = (start, end) else {
            return;
        };
        let (Some((first, last)), Some(now)) = (self.ordered(&start, &end), expect.now) else {
            return;
        };
        // They are instants, or a zone's wall time.
        let within = |now: i64| first <= now && now < last.saturating_add(1000);
        let mut shown_within = |zone: &Zone| {
            zone.local(now)
                .is_some_and(|at| within(at.and_utc().timestamp_millis()))
        };
        let is_instant = expect.bounds_as == Some(BoundsFormat::Instant);
        if !within(now) && (is_instant || !self.in_some_zone(&mut shown_within)) {
            self.not_current(&start, &end);
        }
    }

    #[inline(never)]
    fn not_current(&mut self, start: &str, end: &str) {
        let message = format!("{start} to {end} is not the period of the moment asked for");
        self.error_in(&Path::Root, "periodStart", "not_current", &message);
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
        let (told, asked) = (count.count(), asked.map(u64::from));
        if let (Some(told), Some(asked)) = (told, asked)
            && told != asked
        {
            let message = format!("got {told}: wanted {asked}, as asked for");
            self.error_in(&root, counter, "unexpected_count", &message);
        }
        let rows = series.count as u64;
        if let Some(wanted) = told.or(asked).filter(|wanted| *wanted != rows) {
            let message = format!("there are {rows} rows: wanted {wanted}");
            self.error_in(&root, counter, "row_count", &message);
        }
        let known = series.known;
        // The vendor does not say which end is the newest: the other way round is told, and no fault.
        let falls = |pair: &&[(usize, i32)]| matches!(*pair, [(_, before), (_, after)] if after < before);
        let pairs = known.len().saturating_sub(1);
        let is_reversed = known.windows(2).filter(falls).count().saturating_mul(2) > pairs;
        for pair in known.windows(2) {
            let [(_, before), (row, after)] = *pair else { continue };
            if if is_reversed { after > before } else { after < before } {
                let path = Path::Row(&data, row);
                let message = "it is out of order: wanted the oldest first";
                self.error_in(&path, name, "order", message);
            }
        }
        let at = |n: usize| known.get(n).copied().unwrap_or_default();
        let sorted = in_order((0..known.len()).collect(), &|a, b| {
            at(a).1.cmp(&at(b).1).then(a.cmp(&b))
        });
        for pair in sorted.windows(2) {
            let [a, b] = *pair else { continue };
            let ((before, old), (after, new)) = (at(a), at(b));
            let path = Path::Row(&data, after);
            if new == old {
                let message = format!("row {before} is of the same {name}: wanted one row for each");
                self.error_in(&path, name, "duplicate_row", &message);
                continue;
            }
            // Rows between the two that can't be read may be those that seem to be missing.
            let unread = before.abs_diff(after).saturating_sub(a.abs_diff(b));
            let missing = (new.abs_diff(old) as usize).saturating_sub(1).saturating_sub(unread);
            if missing > 0 {
                let message = format!("{missing} missing between row {before} and this one");
                self.error_in(&path, name, "missing_rows", &message);
            }
        }
        if is_reversed {
            let message = "the newest row comes first: wanted it last";
            self.tell(Severity::Warning, &data, "newest_first", message);
        }
        let (Some(now), Some(newest)) = (self.expect.now, sorted.last()) else {
            return;
        };
        let (row, number) = at(*newest);
        let mut is_current = |zone: &Zone| {
            buckets(zone, unit, now, 1)
                .and_then(|found| found.first().map(|bucket| numbered(kind, bucket.first)))
                .is_some_and(|current| current == number)
        };
        // Of a newest row that can't be read nobody knows whether it is current.
        let end = if is_reversed { 0 } else { series.count.wrapping_sub(1) };
        let is_read = known.iter().any(|(row, _)| *row == end);
        if is_read && !self.in_some_zone(&mut is_current) {
            let path = Path::Row(&data, row);
            let message = "the newest row is not of the moment asked for";
            self.error_in(&path, name, "not_current", message);
        }
    }
}
