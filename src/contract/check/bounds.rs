//! The rules about the bounds of a period: how they are written, their order, and which period they are.

use super::{Check, Expect, Path};
use crate::calendar::convention::{Convention, infer};
use crate::calendar::period::{Bounds, BoundsFormat, Period};
use crate::calendar::timestamp::{Naive, from_text, from_wire};
use crate::calendar::zone::Zone;

impl Check<'_, '_> {
    /// [`Rule::SpansPeriod`](crate::contract::Rule::SpansPeriod): how the bounds are written, their order, and whether they are
    /// the bounds of the period.
    #[inline(never)]
    pub(super) fn spans_period(&mut self, period: Option<Period>, start: Option<&str>, end: Option<&str>) {
        self.whole_seconds("periodStart", start);
        self.whole_seconds("periodEnd", end);
        let is_expected = self.is_expected_period(period);
        let (Some(start), Some(end)) = (start, end) else { return };
        let are_ordered = self.ordered(start, end).is_some();
        if !are_ordered || from_wire(start).is_none() || from_wire(end).is_none() {
            return;
        }
        if let Some(period) = period.filter(|_| is_expected) {
            self.explained(period, start, end);
        }
    }

    /// Reports a time that has a fraction of a second or an offset. A text that is not a time has been reported before.
    fn whole_seconds(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text
            && from_wire(text).is_none()
            && from_text(text, Naive::Reject).is_ok()
        {
            let message = format!("got {text}: wanted whole seconds followed by Z, like \"2024-06-01T00:00:00Z\"");
            self.error_in(&Path::Root, name, "timestamp", &message);
        }
    }

    /// Is the period the one that is expected, if one is? Another period is reported.
    fn is_expected_period(&mut self, period: Option<Period>) -> bool {
        let Some((got, wanted)) = period.zip(self.expect.period).filter(|(got, wanted)| got != wanted) else {
            return true;
        };
        let message = format!("got {}: wanted {}, the requested period", got.as_str(), wanted.as_str());
        self.error_in(&Path::Root, "period", "unexpected_period", &message);
        false
    }

    /// Finds the convention that explains the bounds, and reports bounds that no convention explains, or that are not current.
    fn explained(&mut self, period: Period, start: &str, end: &str) {
        let expect = self.expect;
        let mut found = None;
        let is_current = self.in_some_zone(&mut |zone| {
            let explanation = infer(period, zone, expect.week_start, start, end)
                .filter(|(convention, bounds)| is_allowed(expect, convention, bounds, start, end));
            let Some((convention, bounds)) = explanation else {
                return false;
            };
            let is_current = is_current(expect, &bounds);
            if is_current || found.is_none() {
                found = Some(convention);
            }
            is_current
        });
        if found.is_none() {
            let period = period.as_str();
            let zone = expect.zone.as_ref().map_or("any zone", |zone| zone.name());
            let message =
                format!("{start} to {end} is not a calendar {period} in {zone} under any accepted convention");
            self.error_in(&Path::Root, "periodStart", "bounds", &message);
        } else if !is_current {
            self.not_current(start, end);
        }
        self.convention = found;
    }

    /// Does this hold in the expected zone? The vendor does not say whose days it counts, so without an expected zone it may
    /// hold in any zone.
    #[inline(never)]
    pub(super) fn in_some_zone(&self, holds: &mut dyn FnMut(&Zone) -> bool) -> bool {
        match &self.expect.zone {
            Some(zone) => holds(zone),
            None => holds(&Zone::utc()) || Zone::names().any(|name| Zone::named(name).is_ok_and(|zone| holds(&zone))),
        }
    }

    /// The two bounds in epoch milliseconds, if both are times and in order. Bounds that are not in order are reported.
    #[inline(never)]
    fn ordered(&mut self, start: &str, end: &str) -> Option<(i64, i64)> {
        let time = |text: &str| from_text(text, Naive::Reject).ok();
        let (first, last) = (time(start)?, time(end)?);
        if first > last {
            let message = format!("the period ends at {end}, before its start at {start}");
            self.error_in(&Path::Root, "periodEnd", "bounds_order", &message);
            return None;
        }
        Some((first, last))
    }

    /// [`Rule::BoundsOrdered`](crate::contract::Rule::BoundsOrdered). The vendor does not say that the account's period is a
    /// calendar period, so its bounds are only held to be one where a kind of period is expected.
    #[inline(never)]
    pub(super) fn bounds_ordered(&mut self, start: Option<&str>, end: Option<&str>) {
        let expect = self.expect;
        if expect.period.is_some() {
            return self.spans_period(expect.period, start, end);
        }
        let (Some(start), Some(end)) = (start, end) else { return };
        let (Some((first, last)), Some(now)) = (self.ordered(start, end), expect.now) else {
            return;
        };
        // The bounds may be instants, or the wall time of some zone.
        let contains = |now: i64| first <= now && now < last.saturating_add(1000);
        let mut contains_wall_time = |zone: &Zone| {
            zone.local(now)
                .is_some_and(|at| contains(at.and_utc().timestamp_millis()))
        };
        let is_instant = expect.bounds_as == Some(BoundsFormat::Instant);
        if !contains(now) && (is_instant || !self.in_some_zone(&mut contains_wall_time)) {
            self.not_current(start, end);
        }
    }

    #[inline(never)]
    fn not_current(&mut self, start: &str, end: &str) {
        let message = format!("{start} to {end} is not the period of the requested moment");
        self.error_in(&Path::Root, "periodStart", "not_current", &message);
    }
}

/// Does the convention that explains these bounds have the expected week start and format?
fn is_allowed(expect: &Expect, convention: &Convention, bounds: &Bounds, start: &str, end: &str) -> bool {
    let week_starts = convention.week_start.zip(expect.week_start);
    week_starts.is_none_or(|(found, expected)| found == expected)
        && (expect.bounds_as).is_none_or(|format| bounds.are_written(format, start, end))
}

/// Are these the bounds that are expected: `expect.offset` periods after the period that contains `expect.now`?
fn is_current(expect: &Expect, bounds: &Bounds) -> bool {
    let Some(now) = expect.now else { return true };
    let back = expect.offset.checked_neg();
    back.and_then(|back| bounds.period.step(bounds.first, back))
        .and_then(|first| Bounds::beginning(bounds.period, &bounds.zone, first))
        .is_some_and(|current| current.window.contains(now))
}
