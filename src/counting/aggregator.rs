//! The counts of one period.

use crate::contract::AgentUsageResponse;
use crate::counting::ledger::Ledger;
use crate::counting::report;
use crate::counting::report::UsageQuery;
use crate::counting::tally::Tally;

/// The counts of one period: a [`Ledger`] and the query that it answers.
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
            if let Some(tally) = tallies.get_mut(timeline.agent as usize) {
                tally.add(timeline.total);
            }
        }
        report::by_agent(&self.query, &self.ledger.agents, &tallies)
    }
}
