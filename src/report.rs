//! The report's rows: sums, names and their order.

use crate::contract::{AgentUsageItem, AgentUsageResponse, UNASSIGNED};
use crate::index::{Named, Names};
use crate::query::UsageQuery;
use serde::Serialize;
use std::cmp::Ordering;

/// The largest whole number that every JavaScript number up to it can tell from its neighbours: 2^53 - 1.
pub const MAX_SAFE: u64 = (1 << 53) - 1;

/// The same, to compare doubles with.
pub(crate) const MAX_SAFE_F64: f64 = 9_007_199_254_740_991.0;

/// Counts of one agent, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Messages.
    pub messages: u64,
    /// Completed calls.
    pub calls: u64,
    /// Their whole seconds.
    pub total_seconds: u64,
}

impl Tally {
    /// Adds to it. The caller has checked that all sums stay within [`MAX_SAFE`].
    pub const fn add(&mut self, more: Tally) {
        self.messages = self.messages.saturating_add(more.messages);
        self.calls = self.calls.saturating_add(more.calls);
        self.total_seconds = self.total_seconds.saturating_add(more.total_seconds);
    }

    /// Takes back what was added to it.
    pub const fn take(&mut self, less: Tally) {
        self.messages = self.messages.saturating_sub(less.messages);
        self.calls = self.calls.saturating_sub(less.calls);
        self.total_seconds = self.total_seconds.saturating_sub(less.total_seconds);
    }

    /// Is there anything in it?
    pub const fn is_idle(&self) -> bool {
        self.messages == 0 && self.calls == 0
    }

    /// The row of an agent.
    pub fn row(self, agent_id: &str, agent_name: &str) -> AgentUsageItem {
        self.item(Some(agent_id.to_owned()), agent_name, false)
    }

    /// The row of usage with no agent.
    pub fn unassigned_row(self) -> AgentUsageItem {
        self.item(None, UNASSIGNED, true)
    }

    fn item(self, agent_id: Option<String>, agent_name: &str, is_orphan: bool) -> AgentUsageItem {
        let Tally {
            messages,
            calls,
            total_seconds,
        } = self;
        AgentUsageItem {
            agent_id,
            agent_name: agent_name.to_owned(),
            messages,
            calls,
            total_seconds,
            is_orphan,
        }
    }
}

/// What an agent is called: by the directory, else by the records, else by its id.
pub(crate) fn name_of<'a>(directory: &'a Names, told: Option<&'a str>, id: &'a str) -> &'a str {
    let listed = directory.find(id).and_then(|number| directory.name(number));
    listed.filter(|name| !name.is_empty()).or(told).unwrap_or(id)
}

/// The report of a period, from each agent's counts in it, by their numbers.
pub fn by_agent(query: &UsageQuery, agents: &Names, tallies: &[Tally]) -> AgentUsageResponse {
    let row = |id: &str, told, tally: Tally| tally.row(id, name_of(&query.directory, told, id));
    let mut data = Vec::new();
    for ((number, agent), tally) in agents.iter().zip(tallies).filter(|(_, tally)| !tally.is_idle()) {
        data.push(match number {
            0 => tally.unassigned_row(),
            _ => row(&agent.id, agents.name(number), *tally),
        });
    }
    if query.include_idle {
        for (_, Named { id, .. }) in query.directory.iter().skip(1) {
            let number = agents.find(id);
            let tally = number.and_then(|number| tallies.get(number as usize));
            if tally.is_none_or(|tally| tally.is_idle()) {
                data.push(row(id, number.and_then(|number| agents.name(number)), Tally::default()));
            }
        }
    }
    let data = sorted(data, order);
    let bounds = &query.period.bounds;
    let (period_start, period_end) = bounds.written(query.period.boundaries);
    AgentUsageResponse {
        data,
        period: bounds.period,
        period_start,
        period_end,
    }
}

/// The order of rows: most messages first, then most calls, then most seconds, then name and id by code unit; the
/// row of usage with no agent last. A total order, so that equal counts never depend on the records' order.
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

/// Rows in order.
pub(crate) fn sorted<T>(rows: Vec<T>, order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = in_order((0..rows.len()).collect(), &|a, b| match (rows.get(a), rows.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    let mut rows: Vec<_> = rows.into_iter().map(Some).collect();
    places.into_iter().filter_map(|at| rows.get_mut(at)?.take()).collect()
}

/// By merging halves. The standard library's sorts are several kilobytes of the module for each kind of thing sorted.
pub(crate) fn in_order(mut left: Vec<usize>, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    if left.len() < 2 {
        return left;
    }
    let right = left.split_off(left.len() / 2);
    let mut merged = Vec::with_capacity(left.len().saturating_add(right.len()));
    let mut right = in_order(right, order).into_iter().peekable();
    for a in in_order(left, order) {
        while let Some(b) = right.next_if(|b| order(*b, a).is_lt()) {
            merged.push(b);
        }
        merged.push(a);
    }
    merged.extend(right);
    merged
}

/// JavaScript's `<` on strings: by UTF-16 code unit, which UTF-8's byte order is not (U+1F600 sorts before U+FF5E).
pub fn by_code_unit(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
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
