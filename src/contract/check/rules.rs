//! The rules about one object: every [`Rule`] but those about bounds (`bounds.rs`) and about series (`series.rs`).

use super::fields::{Fields, Got};
use super::indexes::ROW_KEY;
use super::{Check, Path};
use crate::calendar::period::Period;
use crate::collections::keyed_hash::table_hash;
use crate::contract::{AgentUsageItem, AgentUsageResponse, NumberLimits, Rule, Shape, UsageResponse, UsageStats};
use crate::error::Severity;
use std::borrow::Cow;

/// The counts of [`UsageStats`] that [`Rule::LongerCountsMore`] compares: of messages and of calls, the shorter spans first.
const SPANS: [[usize; 4]; 2] = [
    [
        UsageStats::MESSAGES_LAST_24H,
        UsageStats::MESSAGES_LAST_7D,
        UsageStats::MESSAGES_LAST_30D,
        UsageStats::TOTAL_MESSAGES,
    ],
    [
        UsageStats::CALLS_LAST_24H,
        UsageStats::CALLS_LAST_7D,
        UsageStats::CALLS_LAST_30D,
        UsageStats::TOTAL_CALLS,
    ],
];

/// Does the rule hold, as can be seen from values that are written in the usual way? `false` means that [`Check::rule`] has to
/// judge it.
#[inline(always)]
pub const fn holds_fast(rule: Rule, got: &Fields<'_>) -> bool {
    match rule {
        Rule::OrphanAgrees => {
            matches!(got[AgentUsageItem::AGENT_ID], Got::Ascii(_))
                && matches!(got[AgentUsageItem::IS_ORPHAN], Got::Flag(false))
        }
        Rule::OneOrphan => matches!(got[AgentUsageItem::AGENT_ID], Got::Ascii(_)),
        Rule::SecondsNeedCalls => matches!(got[AgentUsageItem::CALLS], Got::Whole(1..)),
        _ => false,
    }
}

impl<'t> Check<'t, '_> {
    /// Judges one rule about an object. [`Rule::IdsDiffer`] is judged by [`Check::ids_differ`].
    #[inline(never)]
    pub(super) fn rule(&mut self, rule: Rule, path: &Path<'_>, shape: &Shape, got: &Fields<'t>) {
        match rule {
            Rule::IdsDiffer => {}
            Rule::OrphanAgrees => self.orphan_agrees(path, got),
            Rule::OneOrphan => self.one_orphan(path, got),
            Rule::SecondsNeedCalls => self.seconds_need_calls(path, got),
            Rule::SpansPeriod => {
                let period = got[AgentUsageResponse::PERIOD].text();
                self.spans_period(
                    period.and_then(|period| Period::named(&period)),
                    got[AgentUsageResponse::PERIOD_START].text().as_deref(),
                    got[AgentUsageResponse::PERIOD_END].text().as_deref(),
                );
            }
            Rule::BoundsOrdered => self.bounds_ordered(
                got[UsageResponse::PERIOD_START].text().as_deref(),
                got[UsageResponse::PERIOD_END].text().as_deref(),
            ),
            Rule::LongerCountsMore => self.longer_counts_more(path, shape, got),
            Rule::DeliveriesSum => self.deliveries_sum(path, got),
            Rule::RemainderFits => self.remainder_fits(path, got),
            Rule::SeriesWhole => self.series_whole(got),
        }
    }

    /// [`Rule::IdsDiffer`]: reports a row with the id of a row before it. `n` is the row's number.
    #[inline(always)]
    pub(super) fn ids_differ(&mut self, path: &Path<'_>, shape: &Shape, got: &Fields<'t>, n: usize) {
        let id = match got[ROW_KEY] {
            Got::Ascii(id) => Cow::Borrowed(id),
            id @ Got::RawText(_) => match id.text() {
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
        self.index.unlimited_vacancy().fill(hash);
        self.ids.push((n, id));
    }

    #[inline(never)]
    fn id_again(&mut self, path: &Path<'_>, shape: &Shape, first: u32) {
        let row = self.ids.get(first as usize).map_or(0, |(row, _)| *row);
        let message = format!("row {row} already has this id: wanted one row for each id");
        self.error_in(path, name_of(shape, ROW_KEY), "duplicate_id", &message);
    }

    #[inline(never)]
    fn orphan_agrees(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let is_null = match got[AgentUsageItem::AGENT_ID] {
            Got::Null => true,
            id if id.text().is_some() => false,
            _ => return,
        };
        let is_orphan = match got[AgentUsageItem::IS_ORPHAN] {
            Got::Flag(flag) => flag,
            Got::Missing => false,
            _ => return,
        };
        if is_null != is_orphan {
            let message = if is_null {
                "agentId is null: wanted true"
            } else {
                "agentId is not null: wanted false"
            };
            self.error_in(path, "isOrphan", "orphan_mismatch", message);
        }
    }

    fn one_orphan(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let is_orphan = matches!(got[AgentUsageItem::AGENT_ID], Got::Null);
        if is_orphan && std::mem::replace(&mut self.has_orphan, true) {
            let message = "got a second row with a null agentId: wanted at most one";
            self.error(path, "second_orphan", message);
        }
    }

    fn seconds_need_calls(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let seconds = got[AgentUsageItem::TOTAL_SECONDS].number();
        if got[AgentUsageItem::CALLS].count() == Some(0) && seconds.is_some_and(|seconds| seconds > 0.0) {
            let message = "the row has call seconds but no calls";
            let path = Path::Field(path, "totalSeconds");
            self.report(Severity::Warning, &path, "seconds_without_calls", message);
        }
    }

    /// Counts that cannot be read are left out of the comparison.
    fn longer_counts_more(&mut self, path: &Path<'_>, shape: &Shape, got: &Fields<'t>) {
        for spans in SPANS {
            let mut shorter = None;
            for long in spans {
                let Some(more) = got.get(long).and_then(|got| got.count()) else {
                    continue;
                };
                if let Some((short, less)) = shorter.replace((long, more))
                    && less > more
                {
                    let longer = name_of(shape, long);
                    let message = format!("got more than {longer}: wanted at most the count of the longer span");
                    self.error_in(path, name_of(shape, short), "count_order", &message);
                }
            }
        }
    }

    fn deliveries_sum(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let Some(all) = got[UsageStats::TOTAL_WEBHOOK_DELIVERIES].count() else {
            return;
        };
        let successful = got[UsageStats::SUCCESSFUL_WEBHOOK_DELIVERIES].count().unwrap_or(0);
        let failed = got[UsageStats::FAILED_WEBHOOK_DELIVERIES].count().unwrap_or(0);
        if successful.saturating_add(failed) > all {
            let message = "got less than the successful and the failed deliveries together";
            self.error_in(path, "totalWebhookDeliveries", "deliveries", message);
        }
    }

    fn remainder_fits(&mut self, path: &Path<'_>, got: &Fields<'t>) {
        let used = got[NumberLimits::USED].count();
        let limit = got[NumberLimits::LIMIT].count();
        let remaining = got[NumberLimits::REMAINING].count();
        let (Some(used), Some(limit), Some(remaining)) = (used, limit, remaining) else {
            return;
        };
        if remaining != limit.saturating_sub(used) {
            let message = "got a number that is not the limit less the numbers used";
            self.report(Severity::Warning, &Path::Field(path, "remaining"), "remainder", message);
        }
    }
}

/// The key of a shape's field.
fn name_of(shape: &Shape, index: usize) -> &'static str {
    shape.fields.get(index).map_or("", |field| field.name)
}
