//! What the tests share: queries in JSON, and counting a text.

use crate::harness::feed;
use usage_by_agent::counting::aggregator::Aggregator;
use usage_by_agent::counting::text_feed::TextFeed;
use usage_by_agent::error::UsageError;
use usage_by_agent::options::Options;
use usage_by_agent::records::judge::Defaults;

/// June 2024 in UTC, invalid records skipped.
pub const JUNE: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z", "onInvalid": "skip"}"#;

/// June 2024 in UTC, ending at the first invalid record.
pub const STRICT: &str = r#"{"period": "month", "now": "2024-06-15T12:00:00Z"}"#;

pub fn asked(query: &str) -> Aggregator {
    Aggregator::new(Options::from_json(query).usage().unwrap())
}

/// Counts a text in chunks of these sizes, which are used in turn.
pub fn counted_in(query: &str, text: &[u8], sizes: &[usize]) -> (Aggregator, Result<(), UsageError>) {
    let mut counts = asked(query);
    let result = feed(&mut counts, TextFeed::new(Defaults::default()), text, sizes);
    (counts, result)
}

pub fn counted(query: &str, text: impl AsRef<[u8]>) -> (Aggregator, Result<(), UsageError>) {
    counted_in(query, text.as_ref(), &[usize::MAX])
}

/// The pointer, code, line and byte offset of each problem.
pub fn problems(counts: &Aggregator) -> Vec<(String, String, Option<u64>, Option<u64>)> {
    let problem = |p: &usage_by_agent::error::Problem| (p.path.clone(), p.code.clone(), p.line, p.byte_offset);
    counts.ledger().diagnostics().problems.iter().map(problem).collect()
}

/// Is every record counted in exactly one place, and do the rows sum to the totals?
pub fn is_conserved(counts: &Aggregator) -> bool {
    let d = counts.ledger().diagnostics();
    let ignored = d.ignored.voice_turns
        + d.ignored.reactions
        + d.ignored.events
        + d.ignored.tests
        + d.ignored.other
        + d.ignored.not_completed.entries().iter().map(|(_, n)| n).sum::<u64>();
    let rows = counts.report().data;
    let sum = |of: fn(&usage_by_agent::contract::AgentUsageItem) -> u64| rows.iter().map(of).sum::<u64>();
    d.records == d.counted + d.outside_period + d.duplicates + d.invalid + ignored
        && d.counted == d.totals.messages + d.totals.calls
        && (sum(|r| r.messages), sum(|r| r.calls), sum(|r| r.total_seconds))
            == (d.totals.messages, d.totals.calls, d.totals.total_seconds)
}

/// The list in another order.
pub fn shuffled<T: Clone>(list: &[T], seed: u64) -> Vec<T> {
    let mut list = list.to_vec();
    let mut seed = seed | 1;
    for i in (1..list.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        list.swap(i, usize::try_from(seed >> 33).unwrap() % (i + 1));
    }
    list
}

/// The report and the diagnostics, without the problems, whose order is that of reading.
pub fn outcome(counts: &Aggregator) -> String {
    let mut diagnostics = counts.ledger().diagnostics().clone();
    diagnostics.problems.clear();
    serde_json::to_string(&(counts.report(), diagnostics)).unwrap()
}
