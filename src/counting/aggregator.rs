//! The counts of one period.

use crate::contract::AgentUsageResponse;
use crate::counting::ledger::Ledger;
use crate::counting::report;
use crate::counting::report::UsageQuery;
use crate::counting::tally::Tally;

/// The counts of one period: a [`Ledger`] and the query that it answers.
///
/// ```
/// use usage_by_agent::{Aggregator, Options, push_text};
///
/// let query = Options { period: "year".into(), now: "2024-06-15T00:00:00Z".into(), ..Options::default() };
/// let mut counts = Aggregator::new(query.usage()?);
/// push_text(counts.ledger_mut(), br#"[{"id": "m1", "agentId": "a", "receivedAt": "2024-02-29T00:00:00Z"}]"#, &Default::default())?;
/// assert_eq!(counts.ledger().diagnostics().counted, 1);
/// assert_eq!(counts.report().data[0].messages, 1);
/// # Ok::<(), usage_by_agent::UsageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Aggregator {
    query: UsageQuery,
    ledger: Ledger,
}

impl Aggregator {
    /// Creates an aggregator that has counted nothing yet.
    pub fn new(query: UsageQuery) -> Self {
        let ledger = Ledger::new(query.reading.clone(), Some(query.period.bounds.window));
        Aggregator { query, ledger }
    }

    /// The account of every record so far: what was counted, and why the rest was not.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger that records are added to and snapshots are merged into.
    pub const fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The report of what has been counted so far.
    pub fn report(&self) -> AgentUsageResponse {
        let mut tallies = vec![Tally::default(); self.ledger.agents.count()];
        for timeline in &self.ledger.timelines {
            if let Some(tally) = tallies.get_mut(timeline.key.agent as usize) {
                tally.add(timeline.total);
            }
        }
        report::by_agent(&self.query, &self.ledger.agents, &tallies)
    }
}
