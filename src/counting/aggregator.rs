//! The counts of one period.

use crate::contract::AgentUsageResponse;
use crate::counting::ledger::Ledger;
use crate::counting::report;
use crate::counting::report::UsageQuery;
use crate::counting::tally::Tally;
use std::ops::{Deref, DerefMut};

/// One period's counts: a [`Ledger`] and the question that it answers.
#[derive(Clone, Debug)]
pub struct Aggregator {
    query: UsageQuery,
    ledger: Ledger,
}

impl Aggregator {
    /// Nothing counted yet.
    pub fn new(query: UsageQuery) -> Self {
        let ledger = Ledger::new(query.reading.clone(), Some(query.period.bounds.window));
        Aggregator { query, ledger }
    }

    /// The question.
    pub const fn query(&self) -> &UsageQuery {
        &self.query
    }

    /// The report of what has been counted so far.
    pub fn report(&self) -> AgentUsageResponse {
        let mut tallies = vec![Tally::default(); self.agents.count()];
        for series in &self.series {
            if let Some(tally) = tallies.get_mut(series.agent as usize) {
                tally.add(series.total);
            }
        }
        report::by_agent(&self.query, &self.agents, &tallies)
    }
}

impl Deref for Aggregator {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

impl DerefMut for Aggregator {
    fn deref_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }
}
