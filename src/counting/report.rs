//! The by-agent report: its rows, their names and their order.

use crate::calendar::period::PeriodQuery;
use crate::collections::interner::{Interned, Interner};
use crate::collections::sort::{by_code_unit, sorted};
use crate::contract::{AgentUsageItem, AgentUsageResponse};
use crate::counting::tally::Tally;
use crate::records::judge::Reading;
use std::cmp::Ordering;

/// The query of a by-agent report.
#[derive(Clone, Debug)]
pub struct UsageQuery {
    /// The period.
    pub period: PeriodQuery,
    /// The names of agents by id.
    pub directory: Interner,
    /// Does an agent of the directory without usage get a row of zeros?
    pub include_idle: bool,
    /// How records are read.
    pub reading: Reading,
}

/// The query of the account's usage: the moment, and the counts that are not in records.
#[derive(Clone, Debug)]
pub struct AccountQuery {
    /// Webhook deliveries of all time. `None` means the sum of the next two fields.
    pub deliveries: Option<u64>,
    /// Webhook deliveries that succeeded.
    pub successful_deliveries: u64,
    /// Webhook deliveries that failed.
    pub failed_deliveries: u64,
    /// SMS segments of the last 30 days, if they are known.
    pub sms_segments: Option<u64>,
    /// The moment up to which the last days are counted, in epoch milliseconds.
    pub now: i64,
    /// The month that holds the moment.
    pub month: PeriodQuery,
}

/// The name of an agent: the directory's, else the one from the records, else its id.
#[inline(never)]
pub(crate) fn name_of<'a>(directory: &'a Interner, recorded: Option<&'a str>, id: &'a str) -> &'a str {
    let listed = directory.find(id).and_then(|number| directory.name(number));
    listed.filter(|name| !name.is_empty()).or(recorded).unwrap_or(id)
}

/// The report of a period. `tallies` has the tally of each agent in the period, by the agent's number in `agents`.
pub fn by_agent(query: &UsageQuery, agents: &Interner, tallies: &[Tally]) -> AgentUsageResponse {
    let row = |id: &str, name, tally: Tally| tally.row(id, name_of(&query.directory, name, id));
    let mut data = Vec::new();
    for ((number, agent), tally) in agents.iter().zip(tallies).filter(|(_, tally)| !tally.is_idle()) {
        data.push(match number {
            0 => tally.unassigned_row(),
            _ => row(&agent.id, agents.name(number), *tally),
        });
    }
    if query.include_idle {
        for (_, Interned { id, .. }) in query.directory.iter().skip(1) {
            let number = agents.find(id);
            let tally = number.and_then(|number| tallies.get(number as usize));
            if tally.is_none_or(|tally| tally.is_idle()) {
                data.push(row(id, number.and_then(|number| agents.name(number)), Tally::default()));
            }
        }
    }
    let data = sorted(data, order);
    let bounds = &query.period.bounds;
    let (period_start, period_end) = bounds.written(query.period.bounds_as);
    AgentUsageResponse {
        data,
        period: bounds.period,
        period_start,
        period_end,
    }
}

/// The order of rows: most messages first, then most calls, then most seconds, then name and id by UTF-16 code unit. The row of
/// usage without an agent is last. The order is total, so rows with equal counts do not depend on the order of the records.
pub fn order(a: &AgentUsageItem, b: &AgentUsageItem) -> Ordering {
    a.is_orphan
        .cmp(&b.is_orphan)
        .then_with(|| b.messages.cmp(&a.messages))
        .then_with(|| b.calls.cmp(&a.calls))
        .then_with(|| b.total_seconds.cmp(&a.total_seconds))
        .then_with(|| by_code_unit(&a.agent_name, &b.agent_name))
        .then_with(|| match (&a.agent_id, &b.agent_id) {
            (Some(a), Some(b)) => by_code_unit(a, b),
            (a, b) => a.cmp(b),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_order_of_the_contract() {
        let tally = |messages, calls, total_seconds| Tally {
            messages,
            calls,
            total_seconds,
        };
        let want = [
            tally(3, 0, 0).row("z", "z"),
            tally(2, 2, 0).row("y", "y"),
            tally(2, 1, 9).row("x", "x"),
            tally(2, 1, 8).row("w", "\u{1F600}"),
            tally(2, 1, 8).row("v", "\u{FF5E}"),
            tally(0, 0, 0).row("a", "n"),
            tally(0, 0, 0).row("b", "n"),
            tally(9, 9, 9).unassigned_row(),
        ];
        let mut got = want.clone();
        got.reverse();
        got.sort_by(order);
        assert_eq!(got, want);
    }
}
